"""Reply slips: written in the transaction of the decision, printed in batches, an answer once handed out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.database import many_rows
from core.dates import clock
from core.dates.clock import today
from core.errors import PlannerError
from core.words.folding import as_filed
from core.words.text import as_counted
from enrollment.domain.taking_part import places_of
from enrollment.models import Enrollment, Participant, Request, Slip, Stay
from prisons.domain.records import audit
from prisons.models import ChangeSet, Prison, User
from sessions.models import GroupSession

Kind = Slip.Kind
TAKEN_BACK_WITHIN = dt.timedelta(hours=1)


def write(
    prison: Prison,
    participant: Participant,
    kind: Slip.Kind,
    *,
    now: dt.datetime,
    request: Request | None = None,
    enrollment: Enrollment | None = None,
    reason: str = "",
    facts: dict[str, int | str] | None = None,
) -> Slip:
    """One new slip. What lay on the desk about the same request or enrolment is replaced.

    It was never said.
    """
    about = Q()
    if request is not None:
        about |= Q(request=request)
    if enrollment is not None:
        about |= Q(enrollment=enrollment)
    if about:
        Slip.objects.in_prison(prison).on_the_desk().filter(about, participant=participant).update(
            replaced_at=now
        )
    return Slip.objects.create(
        prison=prison,
        participant=participant,
        request=request,
        enrollment=enrollment,
        kind=kind,
        reason=reason,
        language=participant.language,
        third_language=participant.third_language,
        facts=facts or {},
        created_at=now,
    )


def replace_on_desk(prison: Prison, *, enrollment: Enrollment, now: dt.datetime) -> int:
    """Takes what has not been handed out yet off the desk (the decision was taken back); returns how many."""
    desk = Slip.objects.in_prison(prison).on_the_desk()
    return desk.filter(enrollment=enrollment).update(replaced_at=now)


ABOUT_SESSIONS = (Kind.MOVED, Kind.CANCELLED, Kind.RESTORED)


def tell(
    prison: Prison,
    wanted: Mapping[tuple[int, int], Slip.Kind],
    *,
    about: Collection[int],
    before: Mapping[int, str] | None = None,
    act: int | None = None,
    now: dt.datetime | None = None,
) -> int:
    """A slip for each (session, person) whom a change of sessions concerns; returns how many.

    To be called in the transaction of the change. What still lies on the desk about the sessions in `about` was
    never said: it is replaced. `before` says the old time as ISO text; `act` is the change set, which can be
    undone.
    """
    at = now or clock.now()
    _take_off_the_desk(prison, about, wanted, act, at)
    return _write_for(prison, wanted, before or {}, act, at)


def who_must_hear_of_return(
    prison: Prison, there: Mapping[int, Collection[int]]
) -> dict[tuple[int, int], Slip.Kind]:
    """(session, person) -> the slip that corrects what this person knows, once these sessions take place after all.

    `there` says who is expected. Whoever holds a slip in hand that says "does not take place" gets one that it
    does; a move that nobody was told of is told now. What is still on the desk was never said. Writes nothing.
    """
    if not there:
        return {}
    told: dict[tuple[int, int], str] = {}
    unsaid_move: set[tuple[int, int]] = set()
    rows = Slip.objects.in_prison(prison).filter(kind__in=ABOUT_SESSIONS, facts__session__in=list(there))
    for slip in rows.order_by("created_at", "pk"):
        key = (int(slip.facts["session"]), slip.participant_id)
        if slip.handed_out_at is not None:
            told[key] = slip.kind
            unsaid_move.discard(key)
        elif slip.kind == Kind.MOVED and not slip.facts.get("taken_back"):
            unsaid_move.add(key)
    wanted = dict.fromkeys(unsaid_move, Kind.MOVED)
    wanted |= {key: Kind.RESTORED for key, kind in told.items() if kind == Kind.CANCELLED}
    return {key: kind for key, kind in wanted.items() if key[1] in there.get(key[0], ())}


def _take_off_the_desk(
    prison: Prison,
    about: Collection[int],
    wanted: Collection[tuple[int, int]],
    act: int | None,
    at: dt.datetime,
) -> None:
    """All about these sessions, and what the new slips replace.

    Each remembers the act that replaced it: when that is undone, it lies there again.
    """
    ids = {*about, *(session for session, _person in wanted)}
    desk = Slip.objects.in_prison(prison).on_the_desk()
    rows = [
        slip
        for slip in desk.filter(kind__in=ABOUT_SESSIONS, facts__session__in=list(ids))
        if slip.facts["session"] in about or (slip.facts["session"], slip.participant_id) in wanted
    ]
    for slip in rows:
        slip.replaced_at, slip.facts = at, {**slip.facts, "replaced_by": act}
    Slip.objects.bulk_update(rows, ["replaced_at", "facts"], batch_size=300)


def on_desk_of(act: ChangeSet) -> QuerySet[Slip]:
    """What an act has written about sessions and nobody has handed out yet."""
    desk = Slip.objects.in_prison(act.prison_id).on_the_desk()
    return desk.filter(kind__in=ABOUT_SESSIONS, facts__act=act.pk)


def take_back_unsaid(act: ChangeSet, *, now: dt.datetime) -> None:
    """The act is undone: its slips leave the desk, and what they had replaced lies there again."""
    gone = list(on_desk_of(act))
    for slip in gone:
        slip.replaced_at, slip.facts = now, {**slip.facts, "taken_back": True}
    back = list(
        Slip.objects.in_prison(act.prison_id).filter(kind__in=ABOUT_SESSIONS, facts__replaced_by=act.pk)
    )
    for slip in back:
        slip.replaced_at = None
        slip.facts = {name: value for name, value in slip.facts.items() if name != "replaced_by"}
    Slip.objects.bulk_update([*gone, *back], ["replaced_at", "facts"], batch_size=300)


def _write_for(
    prison: Prison,
    wanted: Mapping[tuple[int, int], Slip.Kind],
    before: Mapping[int, str],
    act: int | None,
    at: dt.datetime,
) -> int:
    """A slip per (session, person), in one statement."""
    people = Participant.objects.in_bulk({person for _session, person in wanted})
    places = _places(prison, wanted)
    same = {"prison_id": prison.pk, "created_at": at}
    names = ("participant_id", "enrollment_id", "kind", "language", "third_language", "facts")
    slips = (
        (
            person,
            places.get((session_id, person)),
            kind,
            people[person].language,
            people[person].third_language,
            {"session": session_id, "before": before.get(session_id, ""), "act": act},
        )
        for (session_id, person), kind in sorted(wanted.items())
    )
    return many_rows.insert(Slip, same, names, slips)


def _places(prison: Prison, wanted: Collection[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """(session, person) -> the enrolment: it says whose slip this is."""
    sessions = {session for session, _person in wanted}
    series = dict(GroupSession.objects.filter(pk__in=sessions).values_list("pk", "series_id"))
    found = places_of(set(series.values()), prison) if series else []
    place = {(each.series_id, each.participant_id): each.enrollment_id for each in found}
    return {
        (session, person): place[series[session], person]
        for session, person in wanted
        if (series[session], person) in place
    }


@dataclass(frozen=True)
class BatchLine:
    """A slip and where to bring it."""

    slip: Slip
    stay: Stay | None

    @property
    def sort_key(self) -> tuple[bool, str, str, str, int]:
        """The order of the walk: cell 9 comes before cell 10, and whoever has no unit here comes last."""
        unit = self.stay.unit.code if self.stay and self.stay.unit else ""
        cell = self.stay.cell if self.stay else ""
        return (
            not unit,
            as_counted(unit),
            as_counted(cell),
            as_filed(str(self.slip.participant)),
            self.slip.pk,
        )


def desk(prison: Prison) -> QuerySet[Slip]:
    """Every slip that waits to be handed out; one query function for the count and for the list."""
    return Slip.objects.in_prison(prison).on_the_desk()


def batch(prison: Prison, slips: QuerySet[Slip], *, now: dt.datetime | None = None) -> list[BatchLine]:
    """Slips in the order of the walk: unit, cell, name. Whoever has left comes last."""
    current = Stay.objects.in_prison(prison).open_on(today(now)).select_related("unit")
    rows = slips.select_related(
        "participant",
        "enrollment__series__activity__organisation",
        "request__activity",
        "request__series__activity",
    ).prefetch_related(Prefetch("participant__stays", queryset=current, to_attr="current"))
    lines = [BatchLine(slip, next(iter(slip.participant.current), None)) for slip in rows]  # type: ignore[attr-defined]
    return sorted(lines, key=lambda line: line.sort_key)


def hand_out(prison: Prison, slip_ids: Collection[int], *, by: User, now: dt.datetime | None = None) -> int:
    """Given to the people: from now on they have their answer. Returns how many.

    Doing it twice changes nothing.
    """
    at = now or clock.now()
    with transaction.atomic():
        rows = list(desk(prison).filter(pk__in=list(slip_ids)).select_for_update().order_by("pk"))
        Slip.objects.filter(pk__in=[slip.pk for slip in rows]).update(handed_out_at=at, handed_out_by=by)
        audit.record_many(prison, by, "hand_out", rows, fields=["handed_out_at"], now=at)
    return len(rows)


def take_back_batch(
    prison: Prison, slip_ids: Collection[int], *, by: User, now: dt.datetime | None = None
) -> int:
    """Marked by mistake: those of the last hour that no later answer has followed; returns how many.

    Raises PlannerError `too_late` (409) when there are none.
    """
    at = now or clock.now()
    with transaction.atomic():
        rows = list(
            Slip.objects.in_prison(prison)
            .filter(~_has_followed(), pk__in=list(slip_ids), handed_out_at__gte=at - TAKEN_BACK_WITHIN)
            .select_for_update()
            .order_by("pk")
        )
        if not rows:
            raise _too_late()
        ids = [slip.pk for slip in rows]
        Slip.objects.filter(pk__in=ids).update(handed_out_at=None, handed_out_by=None)
        audit.record_many(prison, by, "take_back", rows, fields=["handed_out_at"], now=at)
    return len(rows)


def _has_followed() -> Exists:
    """A later answer about the same enrolment or request: then the earlier one was said, whatever was marked."""
    later = Slip.objects.filter(created_at__gt=OuterRef("created_at")).filter(
        Q(enrollment=OuterRef("enrollment")) | Q(request=OuterRef("request"))
    )
    return Exists(later)


def _too_late() -> PlannerError:
    return PlannerError(
        "too_late", _("This can be taken back within an hour only, and while no later answer is written.")
    )


def take_back_handing_out(slip: Slip, *, by: User, now: dt.datetime | None = None) -> Slip:
    """One slip, as `take_back_batch` does."""
    take_back_batch(slip.prison, [slip.pk], by=by, now=now)
    slip.refresh_from_db()
    return slip
