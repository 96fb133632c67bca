"""A proposal mended by hand, tried against the plan with the rest of the proposal on it; and why not there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.dates.clock import BRUSSELS
from core.errors import PlannerError
from planner.models import Proposal, ProposalLine
from planner.proposals.accepting import is_open, open_lines
from planner.proposals.lines.making import changes_of, length_of, sessions_of
from planner.proposals.starting import OPEN, require_maker
from planner.scheduling.placement.session_changes import Change, Refused
from planner.scheduling.placement.writer import preview
from planner.scheduling.rules.codes import Conflict
from prisons.domain.locking import lock_prison
from prisons.domain.records import audit
from prisons.models import User
from rooms.domain.facts import rules_of
from rooms.models import Room
from sessions.models import GroupSession

Answer, Outcome = ProposalLine.Answer, ProposalLine.Outcome


@dataclass(frozen=True)
class Goal:
    """Where a line shall go: a slot of the week (or of one date) and a room; `start` as the slot allows."""

    weekday: int
    slot_start: int
    slot_end: int
    room: Room
    on: dt.date | None = None
    start: int | None = None


def goals_of(proposal: Proposal) -> list[tuple[dt.date | None, int, int, int]]:
    """(date or None, weekday, start, end) of every slot of the span, in order of time."""
    rules = rules_of(proposal.prison)
    first = max(proposal.first_on, clock.today())
    found: dict[tuple[dt.date | None, int, int, int], None] = {}
    for number in range(max(0, (proposal.last_on - first).days + 1)):
        day = first + dt.timedelta(days=number)
        for slot in rules.slots_on(day):
            found[None if proposal.is_weekly else day, day.isoweekday(), slot.start, slot.end] = None
    return sorted(found, key=lambda one: (one[0] or dt.date.min, one[1:]))


def conflicts_at(proposal: Proposal, line: ProposalLine, goal: Goal) -> tuple[int, list[Conflict]]:
    """The minute at which the line would start there, and what is hard about it: with the rest accepted."""
    rest = [one for one in open_lines(proposal) if one.pk != line.pk and _meets(one, goal)]
    sessions = sessions_of([*rest, line])
    around: dict[int, Change] = {}
    for one in rest:
        around |= changes_of(one, sessions)
    best: tuple[int, list[Conflict]] | None = None
    for start in _starts(line, goal):
        own = changes_of(_at(line, goal, start), sessions)
        changes = [*(change for pk, change in around.items() if pk not in own), *own.values()]
        found = [one for one in preview(proposal.prison, changes) if _concerns(one, set(own))]
        if best is None or len(found) < len(best[1]):
            best = start, found
        if not found:
            break
    if best is None:
        raise PlannerError("too_long", _("It lasts longer than this slot. Choose a longer slot."), status=422)
    return best


def _meets(line: ProposalLine, goal: Goal) -> bool:
    """It goes to the day of the goal, or leaves it."""
    return (goal.on, goal.weekday) in ((line.on, line.weekday), (line.was_on, line.was_weekday))


def _concerns(conflict: Conflict, own: set[int]) -> bool:
    if not conflict.is_hard:
        return False
    return conflict.session_id in own or dict(conflict.facts).get("other") in own


def _starts(line: ProposalLine, goal: Goal) -> Iterator[int]:
    if goal.start is not None:
        yield goal.start
        return
    wished = [
        _minute(line.starts),
        _minute(line.was_starts),
        _minute(line.series.start_time),
        goal.slot_start,
    ]
    wished.append(goal.slot_end - line.minutes)
    for start in dict.fromkeys(one for one in wished if one is not None):
        if goal.slot_start <= start and start + line.minutes <= goal.slot_end:
            yield start


def _minute(at: dt.time | None) -> int | None:
    return at.hour * 60 + at.minute if at else None


def _at(line: ProposalLine, goal: Goal, start: int) -> ProposalLine:
    """The same line there, not saved."""
    return ProposalLine(
        pk=line.pk,
        proposal=line.proposal,
        series=line.series,
        sessions=line.sessions,
        skipped=line.skipped,
        on=goal.on,
        weekday=goal.weekday,
        starts=dt.time(start // 60, start % 60),
        room=goal.room,
        minutes=line.minutes,
    )


def put(
    proposal: Proposal, line: ProposalLine, goal: Goal, *, by: User, now: dt.datetime | None = None
) -> ProposalLine:
    """Another place for the line. Raises Refused (409), PlannerError `not_ready`, `entered` (409)."""
    now = now or clock.now()
    with transaction.atomic():
        _lock(proposal, by)
        line.refresh_from_db()
        _require_open(line)
        start, found = conflicts_at(proposal, line, goal)
        if found:
            raise Refused(found)
        line.on, line.weekday, line.room = goal.on, goal.weekday, goal.room
        line.starts = dt.time(start // 60, start % 60)
        had_place = line.was_room_id is not None
        line.outcome = Outcome.MOVED if had_place else Outcome.PLACED
        line.answer, line.refusals, line.why = Answer.OPEN, [], {}
        line.save()
        audit.record(proposal.prison, by, "mend", line, fields=["room", "starts", "weekday"], now=now)
    return line


def leave_out(
    proposal: Proposal, line: ProposalLine, *, by: User, now: dt.datetime | None = None
) -> ProposalLine:
    """Not this line, whatever is accepted; or, when it was left out by hand, back in."""
    now = now or clock.now()
    with transaction.atomic():
        _lock(proposal, by)
        line.refresh_from_db()
        if line.answer == Answer.DROPPED:
            line.answer = Answer.OPEN
        else:
            _require_open(line)
            line.answer = Answer.DROPPED
        line.save(update_fields=["answer"])
        audit.record(proposal.prison, by, "mend", line, fields=["answer"], now=now)
    return line


def add_line(
    proposal: Proposal,
    session: GroupSession,
    goal: Goal,
    *,
    by: User,
    now: dt.datetime | None = None,
) -> ProposalLine:
    """One more move, of a session that the proposal does not speak of yet.

    Raises Refused (409), PlannerError `in_it_already`, `weekly`, `not_ready` (409).
    """
    now = now or clock.now()
    with transaction.atomic():
        _lock(proposal, by)
        if proposal.is_weekly:
            raise PlannerError("weekly", _("To a plan of a whole term no single session can be added."))
        if any(session.pk in dict(line.sessions) for line in proposal.lines.all()):
            raise PlannerError(
                "in_it_already", _("This session stands in the proposal already. Change it there.")
            )
        line = _new_line(proposal, session)
        start, found = conflicts_at(proposal, line, goal)
        if found:
            raise Refused(found)
        line.on, line.weekday, line.room = goal.on, goal.weekday, goal.room
        line.starts = dt.time(start // 60, start % 60)
        line.save()
        audit.record(proposal.prison, by, "mend", line, fields=["room", "starts"], now=now)
    return line


def _new_line(proposal: Proposal, session: GroupSession) -> ProposalLine:
    local = session.starts_at.astimezone(BRUSSELS) if session.starts_at and session.room_id else None
    return ProposalLine(
        proposal=proposal,
        series=session.series,
        sessions=[[session.pk, session.version]],
        outcome=Outcome.MOVED if local else Outcome.PLACED,
        minutes=length_of(session),
        was_on=local.date() if local else None,
        was_weekday=local.isoweekday() if local else None,
        was_starts=local.time().replace(second=0, microsecond=0) if local else None,
        was_room=session.room if local else None,
    )


def _lock(proposal: Proposal, by: User) -> None:
    lock_prison(proposal.prison_id)
    proposal.refresh_from_db()
    require_maker(proposal, by)
    if proposal.state not in (*OPEN, Proposal.State.ACCEPTED):
        raise PlannerError("not_ready", _("This proposal can no longer be changed."))


def _require_open(line: ProposalLine) -> None:
    if line.outcome != Outcome.LEFT_OUT and not is_open(line):
        raise PlannerError("entered", _("This is entered already. Undo it first, or change it on the board."))
