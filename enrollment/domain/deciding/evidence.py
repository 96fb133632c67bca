"""The evidence before a decision.

Requirements, clashes, other places of the week, and how earlier places ended.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.dates import clock
from core.dates.clock import BRUSSELS, today
from core.dates.weeks import Week
from enrollment.domain.deciding import requirements
from enrollment.domain.deciding.clashes import (
    CANNOT,
    FIXED_BLOCK,
    NOT_HERE,
    OCCUPIED,
    POPULATION,
    UNIT,
    UNIT_HOURS,
    Clash,
    PersonClashes,
    clashes_of,
)
from enrollment.domain.deciding.requirements import MET, Requirement, known_here
from enrollment.domain.taking_part import occupancy
from enrollment.models import Enrollment, FixedBlock
from rooms.models import UnitHours
from sessions.models import GroupSession, Series

WORDS: dict[str, str | Promise] = {
    NOT_HERE: gettext_lazy("does not stay in this prison"),
    OCCUPIED: gettext_lazy("occupied"),
    CANNOT: gettext_lazy("it cannot be arranged"),
    UNIT: gettext_lazy("the series is not for this living unit"),
    POPULATION: gettext_lazy("men and women are not in one group here"),
    FIXED_BLOCK: gettext_lazy("has something fixed at that time"),
    UNIT_HOURS: gettext_lazy("the living unit is not free then"),
}


@dataclass(frozen=True)
class ClashLine:
    """One thing in the way, in words; `title` only for places of the own service."""

    clash: Clash
    title: str = ""

    @property
    def words(self) -> str:
        label = {
            FIXED_BLOCK: dict(FixedBlock.Label.choices),
            UNIT_HOURS: dict(UnitHours.Kind.choices),
        }.get(self.clash.code, {})
        if self.title:
            return _("at the same time: %(title)s") % {"title": self.title}
        return str(label.get(self.clash.label, WORDS[self.clash.code]))


@dataclass(frozen=True)
class Evidence:
    """All that is known about one person and one series."""

    enrollment: Enrollment
    requirements: tuple[Requirement, ...]
    clashes: PersonClashes
    lines: tuple[ClashLine, ...]

    @property
    def is_exception(self) -> bool:
        """Somebody must look: a requirement is not met or unknown, or anything is in the way."""
        return bool(self.lines) or any(each.state != MET for each in self.requirements)

    @property
    def blocks(self) -> bool:
        """Giving a place would be refused, whatever somebody decides."""
        return bool(self.clashes.hard)

    @property
    def summary(self) -> str:
        """Why it is an exception, in a few words."""
        wants = [
            _("%(label)s: %(text)s") % {"label": each.label, "text": _STATES[each.state]}
            for each in self.requirements
            if each.state != MET
        ]
        return " · ".join([*dict.fromkeys(line.words for line in self.lines), *wants])


_STATES: dict[str, str | Promise] = {
    requirements.NOT_MET: gettext_lazy("not met"),
    requirements.UNKNOWN: gettext_lazy("unknown"),
}


def of_series(
    series: Series, enrollments: Sequence[Enrollment], *, now: dt.datetime | None = None
) -> dict[int, Evidence]:
    """Enrolment -> evidence, for people of one series, in a fixed number of queries."""
    at = now or clock.now()
    people = {each.participant_id for each in enrollments}
    wanted = requirements.of_people(series, people, now=at)
    clashes = clashes_of(series, people, now=at)
    titles = _titles(clashes.values())
    return {
        each.pk: Evidence(
            each,
            tuple(wanted[each.participant_id]),
            clashes[each.participant_id],
            tuple(
                ClashLine(clash, titles.get(clash.other_series_id or 0, ""))
                for clash in clashes[each.participant_id].clashes
                if clash.code != UNIT or not _says_unit(wanted[each.participant_id])
            ),
        )
        for each in enrollments
    }


def swaps(found: Evidence) -> list[Enrollment]:
    """Places of the own service that are in the way: the person could leave that group for this one."""
    meets = {clash.other_series_id for clash in found.clashes.hard if clash.code == OCCUPIED}
    others = {clash for clash in found.clashes.hard if clash.code != OCCUPIED}
    if others or not meets or None in meets:
        return []
    places = Enrollment.objects.filter(
        participant=found.enrollment.participant_id, series__in=meets, state=Enrollment.State.PLACED
    )
    rows = list(places.select_related("series__activity", "series__prison"))
    return rows if len(rows) == 1 else []  # out of two groups at once is two decisions


def _says_unit(rows: Iterable[Requirement]) -> bool:
    return any(row.kind == requirements.UNIT for row in rows)


def _titles(found: Iterable[PersonClashes]) -> dict[int, str]:
    ids = {clash.other_series_id for each in found for clash in each.clashes if clash.other_series_id}
    rows = Series.objects.filter(pk__in=ids).select_related("activity") if ids else []
    return {series.pk: str(series) for series in rows}


@dataclass(frozen=True)
class Occupied:
    """When a person is somewhere. `title` is empty where all that may be said is "not free at that date"."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    title: str
    is_this: bool = False


@dataclass(frozen=True)
class StripDay:
    """One day of the week strip (templates/components/week_strip.html)."""

    label: str
    small: str
    title: str
    state: str


def week_of(
    series: Series, participant_id: int, *, now: dt.datetime | None = None
) -> tuple[Week, list[Occupied]]:
    """The week of the next date of the series: its dates, and what the person has in it at the same service.

    A place at another service is neither hours nor a line: a date of this series that it meets is not free.
    """
    at = now or clock.now()
    coming = GroupSession.objects.live().filter(series=series, starts_at__gte=at)
    first = coming.values_list("starts_at", flat=True).first()
    week = Week.from_instant(first or at)
    rows: list[GroupSession] = list(
        GroupSession.objects.live()
        .in_prison(series.prison_id)
        .filter(starts_at__gte=week.starts_at, starts_at__lt=week.ends_at)
        .select_related("series__activity")
    )
    there = occupancy(series.prison_id, [row.pk for row in rows], people=[participant_id])
    owner, found = series.activity.organisation_id, []
    dates = [row for row in rows if row.series_id == series.pk]
    for row in rows:
        if row.series_id == series.pk:
            found.append(_occupied(row, str(row.series), is_this=True))
        elif participant_id not in there.get(row.pk, frozenset()):
            continue
        elif row.series.activity.organisation_id == owner:
            found.append(_occupied(row, str(row.series)))
        else:
            found += [_occupied(date, "") for date in dates if _meets(date, row)]
    return week, sorted(set(found), key=lambda each: each.starts_at)


def _meets(one: GroupSession, other: GroupSession) -> bool:
    """Whether both are at the same time, if only for a minute."""
    if not (one.starts_at and one.ends_at and other.starts_at and other.ends_at):
        return False
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _occupied(row: GroupSession, title: str, *, is_this: bool = False) -> Occupied:
    assert row.starts_at and row.ends_at  # noqa: S101  (rows of a week have a time)
    return Occupied(row.starts_at, row.ends_at, title, is_this)


def strip(week: Week, occupied: Sequence[Occupied], *, now: dt.datetime | None = None) -> list[StripDay]:
    """The week as seven days: free, busy, this series, or both at once."""
    by_day: dict[dt.date, list[Occupied]] = defaultdict(list)
    for each in occupied:
        by_day[each.starts_at.astimezone(BRUSSELS).date()].append(each)
    return [_strip_day(day, by_day[day], day == today(now)) for day in week]


def _strip_day(day: dt.date, there: Sequence[Occupied], is_today: bool) -> StripDay:
    this, others = [each for each in there if each.is_this], [each for each in there if not each.is_this]
    clash = any(a.starts_at < b.ends_at and b.starts_at < a.ends_at for a in this for b in others)
    state = "clash" if clash else "done" if this else "busy" if others else "today" if is_today else ""
    words = "; ".join(f"{_hours(each)} {each.title or WORDS[OCCUPIED]}" for each in there)
    return StripDay(f"{day:%d/%m}", " ".join(_hours(each) for each in there[:1]), words, state)


def _hours(each: Occupied) -> str:
    return f"{each.starts_at.astimezone(BRUSSELS):%H:%M}–{each.ends_at.astimezone(BRUSSELS):%H:%M}"


def earlier_ends(series: Series, participant_id: int) -> QuerySet[Enrollment]:
    """How places and requests of this person at the same service ended before, newest first.

    Of another prison only with the person's recorded consent.
    """
    owner = series.activity.organisation_id
    rows = Enrollment.objects.filter(
        known_here(series, [participant_id]),
        participant=participant_id,
        series__activity__organisation=owner,
    ).exclude(state__in=Enrollment.LIVE)
    return rows.select_related("series__activity").order_by("-decided_at")[:10]
