"""Reply slips: written in the transaction of the decision, printed in batches, an answer once handed out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core import clock
from core.clock import today
from core.errors import PlannerError
from enrollment.domain.taking_part import occupancy, places_of
from enrollment.models import Enrollment, Participant, Request, Slip, Stay
from prisons.domain import audit
from prisons.models import Prison, User
from sessions.models import GroupSession

Kind = Slip.Kind


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


def tell_people(
    prison: Prison,
    session_ids: Collection[int],
    kind: Slip.Kind,
    *,
    before: dict[int, str] | None = None,
    now: dt.datetime | None = None,
) -> int:
    """A slip for everybody who takes part in these sessions, which were moved or cancelled; returns how many.

    To be called in the transaction of the change. One statement for all; a second change of the same session
    replaces the slip that is still on the desk. `before` says the old time as ISO text, per session.
    """
    at = now or clock.now()
    there = occupancy(prison, session_ids, with_awaiting=False)
    people = Participant.objects.in_bulk({person for group in there.values() for person in group})
    places = _places(prison, there)
    desk = Slip.objects.in_prison(prison).on_the_desk()
    desk.filter(kind__in=(Kind.MOVED, Kind.CANCELLED), facts__session__in=list(session_ids)).update(
        replaced_at=at
    )
    slips = [
        Slip(
            prison=prison,
            participant=people[person],
            enrollment_id=places.get((session_id, person)),
            kind=kind,
            language=people[person].language,
            third_language=people[person].third_language,
            facts={"session": session_id, "before": (before or {}).get(session_id, "")},
            created_at=at,
        )
        for session_id, group in there.items()
        for person in sorted(group)
    ]
    Slip.objects.bulk_create(slips, batch_size=500)
    return len(slips)


def _places(prison: Prison, there: dict[int, frozenset[int]]) -> dict[tuple[int, int], int]:
    """(session, person) -> the enrolment: it says whose slip this is."""
    series = dict(GroupSession.objects.filter(pk__in=list(there)).values_list("pk", "series_id"))
    found = places_of(set(series.values()), prison)
    place = {(each.series_id, each.participant_id): each.enrollment_id for each in found}
    return {
        (session, person): place[series[session], person]
        for session, group in there.items()
        for person in group
        if (series[session], person) in place
    }


@dataclass(frozen=True)
class BatchLine:
    """A slip and where to bring it."""

    slip: Slip
    stay: Stay | None

    @property
    def sort_key(self) -> tuple[str, str, str]:
        unit = self.stay.unit.code if self.stay and self.stay.unit else "~"
        return unit, self.stay.cell if self.stay else "", str(self.slip.participant)


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


def mark_printed(slips: Iterable[Slip], *, now: dt.datetime | None = None) -> None:
    Slip.objects.filter(pk__in=[slip.pk for slip in slips], printed_at__isnull=True).update(
        printed_at=now or clock.now()
    )


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


def take_back_handing_out(slip: Slip, *, by: User, now: dt.datetime | None = None) -> Slip:
    """It was marked by mistake. Within the hour, and only while no later answer exists; else 409."""
    at = now or clock.now()
    with transaction.atomic():
        slip = Slip.objects.select_for_update().get(pk=slip.pk)
        if slip.handed_out_at is None or at - slip.handed_out_at > dt.timedelta(hours=1):
            raise PlannerError("too_late", _("This can be taken back within an hour only."))
        slip.handed_out_at = slip.handed_out_by = None
        slip.save(update_fields=["handed_out_at", "handed_out_by"])
        audit.record(slip.prison, by, "take_back", slip, fields=["handed_out_at"], now=at)
    return slip
