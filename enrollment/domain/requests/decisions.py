"""Deciding on requests: approve, waiting list, decline, withdraw, end, take back. The table is in states.py.

Every function locks the prison, decides on fresh rows, and writes enrolment, step, slip, request and audit
in one transaction. A place that comes free is given to the next eligible in that same transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from enrollment.domain.deciding.clashes import PersonClashes, clashes_of
from enrollment.domain.deciding.sentences import REFUSALS
from enrollment.domain.locking import lock_facts
from enrollment.domain.notes.asking import refuse_over
from enrollment.domain.requests import seats, waiting_list
from enrollment.domain.requests.states import Verb, move_of
from enrollment.domain.requests.steps import Act, fresh, transition
from enrollment.domain.requests.waiting_list import HandReason
from enrollment.domain.slips import reply_slips
from enrollment.models import Enrollment, Skip, Slip
from prisons.models import Prison, User
from sessions.models import Series

E = Enrollment.State
DECLINE_REASONS = (
    Enrollment.Reason.FULL,
    Enrollment.Reason.REQUIREMENT,
    Enrollment.Reason.UNIT,
    Enrollment.Reason.CANNOT,
    Enrollment.Reason.OTHER_GROUP,
    Enrollment.Reason.SERIES_ENDED,
)
END_REASONS = (
    Enrollment.Reason.DROPPED_OUT,
    Enrollment.Reason.LEFT,
    Enrollment.Reason.OTHER_GROUP,
    Enrollment.Reason.SERIES_ENDED,
    Enrollment.Reason.PRISON,
)


def approve(
    enrollment: Enrollment,
    *,
    by: User,
    now: dt.datetime | None = None,
    seen: int | None = None,
    skip_clashing: bool = False,
) -> Enrollment:
    """Gives a place; a full group puts on the waiting list; where the prison agrees first, the place is held.

    Raises PlannerError 409: `stale`, `not_from_here`, `series_over`, or the hard clash (`occupied`, `cannot`,
    `unit`, `population`, `not_here`). With `skip_clashing` the person comes only to the dates that are free.
    """

    def decide(row: Enrollment, act: Act) -> None:
        refuse_over(row.series, act.day)
        move_of(Verb.APPROVE, row.state, "full")
        seats.fill(row.series, act)
        if not seats.count(row.series).free:
            transition(row, move_of(Verb.APPROVE, row.state, "full"), act)
            return
        found = _refuse_clashes(row, act, skip_clashing)
        seats.pass_over_waiting(row.series, act)
        transition(row, move_of(Verb.APPROVE, row.state, seats.when_giving(act)), act)
        if found.clashing_dates:
            skip_dates(row, found.clashing_dates, act)

    return _act(enrollment, decide, by=by, now=now, seen=seen)


def put_on_list(
    enrollment: Enrollment, *, by: User, now: dt.datetime | None = None, seen: int | None = None
) -> Enrollment:
    """On the waiting list although there may be a place: the next free one is given like any other."""

    def decide(row: Enrollment, act: Act) -> None:
        refuse_over(row.series, act.day)
        transition(row, move_of(Verb.PUT_ON_LIST, row.state), act)

    return _act(enrollment, decide, by=by, now=now, seen=seen)


def give_place(
    enrollment: Enrollment,
    *,
    by: User,
    reason: str = "",
    now: dt.datetime | None = None,
    seen: int | None = None,
) -> Enrollment:
    """Gives a free place to somebody who waits. Not the first in line.

    A reason is needed, and kept for the others.
    """

    def decide(row: Enrollment, act: Act) -> None:
        refuse_over(row.series, act.day)
        move_of(Verb.GIVE_PLACE, row.state, "free")
        if not seats.count(row.series).free:
            raise PlannerError("full", _("There is no free place in %(series)s."), series=str(row.series))
        line = waiting_list.in_line(row.series)
        before = line[: [each.pk for each in line].index(row.pk)]
        if before and reason not in HandReason.values:
            raise PlannerError(
                "reason_missing", _("Others stand before. Choose why this person goes first."), status=422
            )
        _refuse_clashes(row, act, False)
        seats.pass_over_by_hand(before, reason, act)
        transition(row, move_of(Verb.GIVE_PLACE, row.state, seats.when_giving(act)), act, reason=reason)

    return _act(enrollment, decide, by=by, now=now, seen=seen)


def decline(
    enrollment: Enrollment,
    reason: str,
    *,
    by: User,
    now: dt.datetime | None = None,
    seen: int | None = None,
) -> Enrollment:
    """No place, with a listed reason that stands on the slip."""
    if reason not in DECLINE_REASONS:
        raise PlannerError(
            "reason_missing", _("Choose a reason from the list: it stands on the reply slip."), status=422
        )

    def decide(row: Enrollment, act: Act) -> None:
        transition(row, move_of(Verb.DECLINE, row.state), act, reason=reason)
        seats.fill(row.series, act)

    return _act(enrollment, decide, by=by, now=now, seen=seen)


def withdraw(
    enrollment: Enrollment, *, by: User, now: dt.datetime | None = None, seen: int | None = None
) -> Enrollment:
    """At any time, without a reason. A place goes to the next in line at once."""

    def decide(row: Enrollment, act: Act) -> None:
        transition(row, move_of(Verb.WITHDRAW, row.state), act)
        seats.fill(row.series, act)

    return _act(enrollment, decide, by=by, now=now, seen=seen)


def end(
    enrollment: Enrollment,
    reason: str,
    *,
    by: User,
    now: dt.datetime | None = None,
    seen: int | None = None,
) -> Enrollment:
    """The place ends (dropped out, left, another group); the next in line gets it at once."""
    if reason not in END_REASONS:
        raise PlannerError(
            "reason_missing", _("Choose a reason from the list: it stands on the reply slip."), status=422
        )

    def decide(row: Enrollment, act: Act) -> None:
        transition(row, move_of(Verb.END, row.state), act, reason=reason)
        seats.fill(row.series, act)

    return _act(enrollment, decide, by=by, now=now, seen=seen)


def swap(
    enrollment: Enrollment,
    given_up: Enrollment,
    *,
    by: User,
    now: dt.datetime | None = None,
    seen: int | None = None,
) -> Enrollment:
    """The person leaves another group of the service and gets a place in this one, as one act or not at all.

    Raises PlannerError as `end` and `approve` do, and 409 `no_place` when this group is full: nobody gives up a
    place to wait.
    """
    at = now or clock.now()
    with transaction.atomic():
        end(given_up, Enrollment.Reason.OTHER_GROUP, by=by, now=at)
        row = approve(enrollment, by=by, now=at, seen=seen)
        if row.state not in Enrollment.HOLDING:
            raise PlannerError("no_place", _("There is no free place in %(series)s."), series=str(row.series))
        return row


def take_back(
    enrollment: Enrollment, *, by: User, now: dt.datetime | None = None, seen: int | None = None
) -> Enrollment:
    """Undo of a decision whose slip is still on the desk: the request is to be decided again.

    A place that this frees goes to the next in line; a place that had gone to somebody else meanwhile is
    gone.
    """

    def decide(row: Enrollment, act: Act) -> Enrollment:
        move = move_of(Verb.TAKE_BACK, row.state)
        _refuse_said(row)
        if row.state == E.PLACED and row.placed_from and row.placed_from < act.day:
            raise PlannerError(
                "has_begun", _("The place has begun: end it, or note that the person withdraws.")
            )
        if row.placed_from and row.state != E.PLACED and row.state != E.AWAITING:
            row = _successor(row)  # the old place ran: its dates stay what they were
        reply_slips.replace_on_desk(act.prison, enrollment=row, now=act.at)
        transition(row, move, act)
        seats.fill(row.series, act)
        return row

    return _act(enrollment, decide, by=by, now=now, seen=seen)


def _refuse_said(row: Enrollment) -> None:
    """Raises PlannerError when the answer was handed out after all, or the person has asked again."""
    said = Slip.objects.filter(enrollment=row, handed_out_at__isnull=False)
    if said.filter(kind__in=_KIND_OF_STATE[row.state]).exists():
        raise PlannerError(
            "said_already", _("The reply slip has been handed out: this cannot be taken back.")
        )
    live = Enrollment.objects.live().filter(series=row.series, participant=row.participant)
    if live.exclude(pk=row.pk).exists():
        raise PlannerError("asked_again", _("This person has asked again in the meantime."))


_KIND_OF_STATE: dict[str, tuple[str, ...]] = {
    E.PLACED: (Slip.Kind.PLACED,),
    E.AWAITING: (Slip.Kind.PLACED,),
    E.WAITING: (Slip.Kind.WAITING,),
    E.DECLINED: (Slip.Kind.DECLINED,),
    E.WITHDRAWN: (Slip.Kind.WITHDRAWN,),
}


def _successor(row: Enrollment) -> Enrollment:
    """A new enrolment that carries the request on; the old one keeps its dates and its end."""
    request = row.request
    row.request = None
    row.save(update_fields=["request"])
    Slip.objects.filter(enrollment=row, handed_out_at__isnull=True).update(replaced_at=row.decided_at)
    return fresh(
        Enrollment.objects.create(
            series=row.series,
            participant=row.participant,
            request=request,
            requested_at=row.requested_at,
            state=row.state,
        )
    )


def fill_series(series: Series, *, by: User | None, now: dt.datetime | None = None) -> list[Enrollment]:
    """More places, or somebody became eligible: give what is free.

    For the planner's series edits and the nightly job.
    """
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(series.prison_id, now=at)
        series.refresh_from_db()
        return seats.fill(series, Act(prison, by, at))


def skip_dates(enrollment: Enrollment, session_ids: frozenset[int], act: Act) -> None:
    """The person does not come to these dates; the place is not free then."""
    Skip.objects.bulk_create(
        [Skip(enrollment=enrollment, session_id=pk, by=act.by, at=act.at) for pk in sorted(session_ids)],
        ignore_conflicts=True,
    )


def _refuse_clashes(row: Enrollment, act: Act, skip_clashing: bool) -> PersonClashes:
    found = clashes_of(row.series, {row.participant_id}, now=act.at, dates=act.dates_of(row.series_id))[
        row.participant_id
    ]
    if found.hard and not (skip_clashing and found.can_skip):
        raise PlannerError(
            found.code, REFUSALS[found.code], name=str(row.participant), series=str(row.series)
        )
    return found


def _act(
    enrollment: Enrollment,
    decide: Callable[[Enrollment, Act], Enrollment | None],
    *,
    by: User,
    now: dt.datetime | None,
    seen: int | None,
) -> Enrollment:
    at = now or clock.now()
    with transaction.atomic():
        prison: Prison = lock_facts(enrollment.series.prison_id, now=at)
        row = fresh(enrollment, seen)
        row.series.prison = prison
        return decide(row, Act(prison, by, at)) or row
