"""One step along the table: state, dates, step, request, slip and audit in one go.

Called under the prison's lock.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.dates.clock import BRUSSELS, today
from core.errors import PlannerError
from enrollment.domain.requests.states import Transition, Verb
from enrollment.domain.slips import reply_slips
from enrollment.models import Enrollment, EnrollmentStep, Request
from prisons.domain.records import audit
from prisons.models import Prison, User
from sessions.models import GroupSession

E = Enrollment.State


@dataclass(frozen=True)
class Act:
    """Who acts when, and in which prison: the same for every row that one act touches."""

    prison: Prison
    by: User | None
    at: dt.datetime
    _dates: dict[int, list[Any]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def day(self) -> dt.date:
        return today(self.at)

    def dates_of(self, series_id: int) -> list[tuple[int, int, dt.datetime, dt.datetime]]:
        """(session, series, start, end) of what the series has from today on: read once an act, under its lock."""
        if series_id not in self._dates:
            midnight = dt.datetime.combine(self.day, dt.time(tzinfo=BRUSSELS))
            rows = GroupSession.objects.live().filter(series=series_id, starts_at__gte=midnight)
            self._dates[series_id] = list(rows.values_list("pk", "series_id", "starts_at", "ends_at"))
        return self._dates[series_id]


def fresh(enrollment: Enrollment, seen: int | None = None) -> Enrollment:
    """The row as it stands under the lock.

    Raises PlannerError `stale` (409) when it is not what the user saw.
    """
    row = Enrollment.objects.select_related(
        "participant", "request", "series__prison", "series__activity__organisation", "decided_by"
    ).get(pk=enrollment.pk)
    if seen is not None and row.version != seen:
        raise PlannerError(
            "stale",
            _("Somebody changed this meanwhile (%(who)s): it is now “%(state)s”. Nothing was changed."),
            who=str(row.decided_by or ""),
            state=E(row.state).label,
        )
    return row


def transition(
    enrollment: Enrollment, move: Transition, act: Act, *, reason: str = "", tells: bool = True
) -> Enrollment:
    """Walks one row of the table.

    Writes the enrolment, its step, its request, its slip and the audit entry.
    """
    _enter_state(enrollment, move, act, reason)
    note_step(enrollment, move.verb, act, reason)
    if move.request is not None and enrollment.request is not None:
        answer_request(enrollment.request, move.request, act)
    if move.slip is not None and tells:
        reply_slips.write(
            act.prison,
            enrollment.participant,
            move.slip,
            now=act.at,
            request=enrollment.request,
            enrollment=enrollment,
            reason=reason,
        )
    audit.record(act.prison, act.by, move.verb.value, enrollment, fields=["state", "reason"], now=act.at)
    return enrollment


def _enter_state(enrollment: Enrollment, move: Transition, act: Act, reason: str) -> None:
    was = enrollment.state
    enrollment.state = move.to
    enrollment.reason = reason if reason in Enrollment.Reason.values else ""
    enrollment.decided_at, enrollment.decided_by = act.at, act.by
    enrollment.version += 1
    if move.to in Enrollment.HOLDING and was not in Enrollment.HOLDING:
        enrollment.placed_from, enrollment.placed_until = _first_day(enrollment, act), None
    elif was == E.AWAITING and move.to == E.PLACED:
        enrollment.placed_from = _first_day(
            enrollment, act
        )  # held while the prison was asked; runs from its answer
    elif was == E.PLACED:
        _close_place(enrollment, act)
    elif was == E.AWAITING:
        enrollment.placed_from = enrollment.placed_until = None
    if move.to == E.WAITING:
        enrollment.waiting_since = enrollment.waiting_since or act.at
    if move.to == E.REQUESTED:
        enrollment.waiting_since = enrollment.hand_position = None
    enrollment.save()


def _first_day(enrollment: Enrollment, act: Act) -> dt.date:
    """Today, or tomorrow when a session of today has begun: nobody joins a group that has met already."""
    tomorrow = dt.timedelta(days=1 if _has_met_today(enrollment, act) else 0)
    return max(act.day + tomorrow, enrollment.series.starts_on)


def _close_place(enrollment: Enrollment, act: Act) -> None:
    """The place was there up to yesterday, or up to today when the group has met already.

    Else it never ran.
    """
    before = dt.timedelta(days=0 if _has_met_today(enrollment, act) else 1)
    last = act.day - before
    ran = enrollment.placed_from is not None and enrollment.placed_from <= last
    enrollment.placed_from, enrollment.placed_until = (enrollment.placed_from, last) if ran else (None, None)


def _has_met_today(enrollment: Enrollment, act: Act) -> bool:
    return any(starts_at <= act.at for _pk, _series, starts_at, _ends in act.dates_of(enrollment.series_id))


def note_step(enrollment: Enrollment, verb: Verb, act: Act, reason: str = "") -> EnrollmentStep:
    return EnrollmentStep.objects.create(
        enrollment=enrollment, verb=verb, state=enrollment.state, reason=reason, by=act.by, at=act.at
    )


def answer_request(request: Request, state: Request.State, act: Act) -> None:
    """What becomes of the request; open again when a decision is taken back."""
    if state == Request.State.WITHDRAWN and request.state == Request.State.DECIDED:
        return  # it had its answer; the enrolment tells the rest
    request.state = state
    is_open = state == Request.State.OPEN
    request.decided_at, request.decided_by = (None, None) if is_open else (act.at, act.by)
    request.version += 1
    request.save(update_fields=["state", "decided_at", "decided_by", "version"])
