"""The group of a series as one page: places, dates, and the four lists of its page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef

from core.dates import clock
from core.dates.clock import today
from enrollment.domain.attendance import marking
from enrollment.domain.deciding import clashes, evidence, requirements
from enrollment.domain.deciding.date_rows import SeriesDates, dates_of
from enrollment.domain.deciding.evidence import Evidence
from enrollment.domain.deciding.sentences import PASSED_OVER
from enrollment.domain.group_facts import covers
from enrollment.domain.participants.people import here
from enrollment.domain.requests import seats, waiting_list
from enrollment.domain.requests.seats import Seats
from enrollment.domain.taking_part import absences_between
from enrollment.models import Enrollment, Participant, Skip, Slip, Stay
from sessions.models import Series

TABS = ("in_group", "waiting", "undecided", "suitable")
MOST_SUITABLE = 60
E = Enrollment.State


@dataclass(frozen=True)
class GroupRow:
    """One person of the group, of the waiting list or of the requests."""

    enrollment: Enrollment
    stay: Stay | None
    present: int = 0
    marked: int = 0
    skips: tuple[dt.datetime, ...] = ()
    is_dropping_out: bool = False
    is_away: bool = False
    can_take_back: bool = False
    position: waiting_list.Position | None = None
    evidence: Evidence | None = None

    @property
    def passed_over_words(self) -> str:
        code = self.position.passed_over if self.position else ""
        return str(PASSED_OVER.get(code, "")) if code else ""


@dataclass(frozen=True)
class Suitable:
    """Somebody who could come: nothing in the way, every requirement met or not known yet."""

    participant: Participant
    stay: Stay | None
    has_asked: bool
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class GroupPage:
    series: Series
    places: Seats
    dates: SeriesDates
    tab: str
    rows: list[GroupRow] = field(default_factory=list)
    suitable: list[Suitable] = field(default_factory=list)
    cannot: int = 0
    """How many more would be suitable, but cannot come at that time."""


def page_of(series: Series, tab: str, *, now: dt.datetime | None = None) -> GroupPage:
    """Everything for the series page, in a fixed number of queries whatever the size of the group."""
    at = now or clock.now()
    tab = tab if tab in TABS else "in_group"
    head = head_of(series, tab, now=at)
    if tab == "suitable":
        found, cannot = suitable(series, now=at)
        return GroupPage(series, head.places, head.dates, tab, suitable=found, cannot=cannot)
    make = {"in_group": _in_group, "waiting": _waiting, "undecided": _undecided}[tab]
    return GroupPage(series, head.places, head.dates, tab, rows=make(series, at))


def head_of(series: Series, tab: str, *, now: dt.datetime | None = None) -> GroupPage:
    """The page without anybody on it: what stands around the lists."""
    return GroupPage(series, seats.count(series), dates_of(series, now=now), tab)


def _stays(people: Sequence[int], series: Series, at: dt.datetime) -> dict[int, Stay]:
    rows = Stay.objects.in_prison(series.prison_id).open_on(today(at)).filter(participant__in=people)
    return {stay.participant_id: stay for stay in rows.select_related("unit")}


def _in_group(series: Series, at: dt.datetime) -> list[GroupRow]:
    held = list(
        Enrollment.objects.holding_a_place()
        .filter(series=series)
        .select_related("participant")
        .order_by("participant__last_name", "participant__first_name", "pk")
    )
    people = [each.participant_id for each in held]
    stays = _stays(people, series, at)
    attended = marking.attended(people, series.pk)
    dropping = marking.dropping_out(series.pk)
    skips: dict[int, list[dt.datetime]] = {}
    coming = Skip.objects.filter(enrollment__in=held, session__starts_at__gte=at).order_by(
        "session__starts_at"
    )
    for enrollment_id, starts_at in coming.values_list("enrollment_id", "session__starts_at"):
        if starts_at:
            skips.setdefault(enrollment_id, []).append(starts_at)
    away = absences_between(series.prison_id, today(at), today(at), people)
    said = set(
        Slip.objects.filter(enrollment__in=held, handed_out_at__isnull=False).values_list(
            "enrollment_id", flat=True
        )
    )
    return [
        GroupRow(
            each,
            stays.get(each.participant_id),
            *attended.get(each.participant_id, (0, 0)),
            skips=tuple(skips.get(each.pk, ())),
            is_dropping_out=each.participant_id in dropping,
            is_away=covers(away.get(each.participant_id, ()), today(at)),
            can_take_back=each.pk not in said
            and each.placed_from is not None
            and each.placed_from >= today(at),
        )
        for each in held
    ]


def _waiting(series: Series, at: dt.datetime) -> list[GroupRow]:
    lines = waiting_list.positions(series)
    stays = _stays([line.enrollment.participant_id for line in lines], series, at)
    found = evidence.of_series(series, [line.enrollment for line in lines], now=at) if lines else {}
    return [
        GroupRow(
            line.enrollment,
            stays.get(line.enrollment.participant_id),
            position=line,
            evidence=found[line.enrollment.pk],
        )
        for line in lines
    ]


def _undecided(series: Series, at: dt.datetime) -> list[GroupRow]:
    asked = list(
        Enrollment.objects.filter(series=series, state=E.REQUESTED)
        .select_related("participant", "request")
        .order_by("requested_at", "pk")
    )
    stays = _stays([each.participant_id for each in asked], series, at)
    found = evidence.of_series(series, asked, now=at) if asked else {}
    return [GroupRow(each, stays.get(each.participant_id), evidence=found[each.pk]) for each in asked]


def suitable(series: Series, *, now: dt.datetime | None = None) -> tuple[list[Suitable], int]:
    """People who could come and have not asked for it; and how many more cannot come at that time.

    First whoever asked for the activity, then by name. At most 60.
    """
    at = now or clock.now()
    live = Enrollment.objects.live().filter(series=series, participant=OuterRef("pk"))
    people = here(series.prison, today(at)).exclude(Exists(live))
    units = [unit.pk for unit in series.units.all()]
    if units:
        people = people.filter(
            stays__unit__in=units, stays__ends_on__isnull=True, stays__prison=series.prison_id
        )
    rows = {person.pk: person for person in people.order_by("last_name", "first_name", "pk")}
    wanted = requirements.of_people(series, rows, now=at)
    fit = [pk for pk in rows if all(each.state != requirements.NOT_MET for each in wanted[pk])]
    in_the_way = clashes.clashes_of(series, fit, now=at)
    asked = _asked_for_activity(series)
    free = [pk for pk in fit if not in_the_way[pk].clashes]
    free.sort(key=lambda pk: pk not in asked)
    return (
        [
            Suitable(
                rows[pk],
                next(iter(rows[pk].current), None),  # type: ignore[attr-defined]
                pk in asked,
                tuple(each.label for each in wanted[pk] if each.state == requirements.UNKNOWN),
            )
            for pk in free[:MOST_SUITABLE]
        ],
        len(fit) - len(free),
    )


def _asked_for_activity(series: Series) -> set[int]:
    rows = series.activity.requests.filter(prison=series.prison_id, state="open")
    return set(rows.values_list("participant_id", flat=True))
