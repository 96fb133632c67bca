"""Accept a proposal, whole or in part: through the one writer, so nothing that the conflict engine refuses enters.

What is one's own is written as one act that can be undone; what belongs to another service is asked of it.
What cannot be entered any more is left out and said, line by line, and all the rest is entered.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from core.secrets.digest import digest, require_seen
from enrollment.domain.locking import lock_facts
from planner.models import Proposal, ProposalLine
from planner.proposals.lines.making import changes_of, sessions_of
from planner.proposals.lines.refusals import as_json, in_code
from planner.proposals.problem.planning_request import WhatIf
from planner.proposals.starting import OPEN, require_maker
from planner.scheduling.asks import ask_acts
from planner.scheduling.placement.session_changes import Change, Refused
from planner.scheduling.placement.writer import apply, preview
from planner.scheduling.rules.codes import Conflict
from prisons.access import Access, Right, access_for
from prisons.domain.records import audit
from prisons.models import ChangeSet, Prison, User
from sessions.models import GroupSession

VERB = "accept_proposal"
Answer, State = ProposalLine.Answer, Proposal.State
MOST_ROUNDS = 12


@dataclass
class AcceptedProposal:
    """What came of it. Sessions that were refused stand in their lines, with why."""

    entered: int = 0
    asked: int = 0
    refused: int = 0
    joined: int = 0
    """Lines that were not ticked, and without which the ticked ones cannot be entered."""
    change_set: ChangeSet | None = None
    lines: list[ProposalLine] = field(default_factory=list)


@dataclass
class _Sorted:
    own: dict[int, Change] = field(default_factory=dict)
    others: dict[int, Change] = field(default_factory=dict)
    line_of: dict[int, ProposalLine] = field(default_factory=dict)
    refusals: dict[int, list[dict[str, object]]] = field(default_factory=lambda: defaultdict(list))


def open_lines(proposal: Proposal) -> list[ProposalLine]:
    """Lines that can be accepted now: with a place, and not entered or asked already."""
    rows = proposal.lines.exclude(outcome=ProposalLine.Outcome.LEFT_OUT).select_related("change_set")
    return [line for line in rows if is_open(line)]


def is_open(line: ProposalLine) -> bool:
    """Not entered yet, or entered and undone since."""
    if line.answer in (Answer.ENTERED, Answer.PARTLY):
        return line.change_set is not None and line.change_set.undone_by_id is not None
    return line.answer in (Answer.OPEN, Answer.REFUSED)


def accept(
    proposal: Proposal,
    line_ids: Collection[int] | None = None,
    *,
    by: User,
    seen: str | None = None,
    now: dt.datetime | None = None,
    access: Access | None = None,
) -> AcceptedProposal:
    """Enter the lines (None: all that are open). `seen` is the digest of the lines as they were shown.

    Raises NotAsShown (409), PlannerError `not_ready`, `only_supposed`, `nothing_chosen` (409, 422), `not_yours`,
    `may_not_plan` (403).
    """
    now = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(proposal.prison_id, now=now)
        proposal.refresh_from_db()
        require_maker(proposal, by)
        access = access or access_for(by, prison, now=now)
        _refuse(proposal, access)
        require_seen(seen, digest_of(proposal))
        lines = [one for one in open_lines(proposal) if line_ids is None or one.pk in line_ids]
        if not lines:
            raise PlannerError(
                "nothing_chosen", _("Tick at least one line that is not entered yet."), status=422
            )
        ticked = len(lines)
        lines = _with_what_they_need(prison, proposal, lines, access, now)
        sessions = sessions_of(lines)
        chosen = _sort(lines, sessions, access, now)
        result = AcceptedProposal(lines=lines, joined=len(lines) - ticked)
        _enter(prison, chosen, result, proposal, by, access, now)
        asked = _ask_others(chosen, sessions, result, by, access, now)
        _answer(lines, chosen, asked, result)
        proposal.state = State.PARTLY if open_lines(proposal) else State.ACCEPTED
        proposal.save(update_fields=["state"])
        audit.record(prison, by, VERB, proposal, fields=["state"], change_set=result.change_set, now=now)
    return result


def _with_what_they_need(
    prison: Prison, proposal: Proposal, lines: list[ProposalLine], access: Access | None, now: dt.datetime
) -> list[ProposalLine]:
    """These lines, and those that must leave a place first: a line into a place that another leaves needs it."""
    known = {line.pk for line in lines}
    rest = [line for line in open_lines(proposal) if line.pk not in known]
    while rest:
        free = _sort(rest, sessions_of(rest), access, now)
        of_session = {session_id: free.line_of[session_id] for session_id in free.own}
        own = _sort(lines, sessions_of(lines), access, now).own
        blocked = [one for one in preview(prison, own.values(), now=now) if one.is_hard]
        others = {pk for one in blocked for pk in (one.session_id, dict(one.facts).get("other"))}
        needed = {of_session[pk].pk for pk in others if pk in of_session}
        if not needed:
            break
        lines = [*lines, *(line for line in rest if line.pk in needed)]
        rest = [line for line in rest if line.pk not in needed]
    return lines


def digest_of(proposal: Proposal) -> str:
    """Of every line as the page shows it, and of the sessions that it moves as they stand."""
    shown = "pk", "outcome", "on", "weekday", "starts", "minutes", "room", "answer", "sessions", "change_set"
    lines = list(proposal.lines.order_by("pk").values_list(*shown))
    ids = [session_id for line in lines for session_id, _version in line[8]]
    sessions = GroupSession.objects.in_prison(proposal.prison_id).filter(pk__in=ids).only("version")
    return digest(VERB, lines, sorted((one.pk, one.version) for one in sessions))


def _refuse(proposal: Proposal, access: Access | None) -> None:
    if access is None or not access.has(Right.PLACE):
        raise PlannerError("may_not_plan", _("Your role does not include planning."), status=403)
    if proposal.state not in (*OPEN, State.ACCEPTED):
        raise PlannerError("not_ready", _("This proposal is not ready, or was discarded."))
    if WhatIf.from_json(proposal.what_if).adds:
        raise PlannerError(
            "only_supposed",
            _("This proposal supposes what does not exist. It is there to compare, not to be entered."),
        )


def _sort(
    lines: Iterable[ProposalLine],
    sessions: Mapping[int, GroupSession],
    access: Access | None,
    now: dt.datetime,
) -> _Sorted:
    """What is one's own, what is others', and what has changed since the proposal was made."""
    chosen = _Sorted()
    for line in lines:
        seen = dict(line.sessions)
        for session_id, change in changes_of(line, sessions).items():
            session = sessions[session_id]
            chosen.line_of[session_id] = line
            if session.version != seen[session_id] and line.change_set is None:
                chosen.refusals[line.pk].append(in_code("stale", session_id))
            elif _is_past(session, change, now):
                chosen.refusals[line.pk].append(in_code("past", session_id))
            elif access is not None and access.may_change(session.series.activity.organisation):
                chosen.own[session_id] = change
            else:
                chosen.others[session_id] = change
    return chosen


def _is_past(session: GroupSession, change: Change, now: dt.datetime) -> bool:
    moments = [at for at in (session.starts_at, change.starts_at) if isinstance(at, dt.datetime)]
    return any(clock.today(at) < clock.today(now) for at in moments)


def _enter(
    prison: Prison,
    chosen: _Sorted,
    result: AcceptedProposal,
    proposal: Proposal,
    by: User,
    access: Access | None,
    now: dt.datetime,
) -> None:
    """As many of the own changes as go together; the rest is named."""
    _leave_out_what_clashes(prison, chosen, now)
    if not chosen.own:
        return
    try:
        with transaction.atomic():
            done = apply(
                prison, chosen.own.values(), by=by, verb=VERB, now=now, accept_soft=True, access=access,
                facts={"proposal": proposal.pk},
            )  # fmt: skip
    except PlannerError as error:
        for session_id in chosen.own:
            chosen.refusals[chosen.line_of[session_id].pk].append(in_code(error.code, session_id))
        chosen.own.clear()
        return
    result.change_set, result.entered = done.change_set, len(done.session_ids)


def _leave_out_what_clashes(prison: Prison, chosen: _Sorted, now: dt.datetime) -> None:
    """Of two that clash with each other only the later one goes; then everything is tried anew."""
    for attempt in range(MOST_ROUNDS):
        found = [one for one in preview(prison, chosen.own.values(), now=now) if one.is_hard]
        if not found:
            return
        gone = _to_leave_out(found, chosen.own, takes_all=attempt == MOST_ROUNDS - 1)
        if not gone:
            gone = {one.session_id: one for one in found if one.session_id in chosen.own} or dict.fromkeys(
                chosen.own, found[0]
            )
        for session_id, conflict in gone.items():
            del chosen.own[session_id]
            chosen.refusals[chosen.line_of[session_id].pk].append(as_json(conflict, session_id))


def _to_leave_out(
    found: Iterable[Conflict], own: Mapping[int, Change], *, takes_all: bool
) -> dict[int, Conflict]:
    order = {session_id: number for number, session_id in enumerate(own)}
    gone: dict[int, Conflict] = {}
    crowded: dict[tuple[object, ...], list[Conflict]] = defaultdict(list)
    for conflict in found:
        other = int(dict(conflict.facts).get("other", 0))
        if conflict.session_id not in own:
            if other in own:
                gone.setdefault(other, conflict)
        elif conflict.code == "movement_capacity" and not takes_all:
            crowded[conflict.facts].append(conflict)
        elif takes_all or other not in own or order[conflict.session_id] > order[other]:
            gone.setdefault(conflict.session_id, conflict)
    for conflicts in crowded.values():
        last = max(conflicts, key=lambda one: order[one.session_id])
        if not any(one.session_id in gone for one in conflicts):
            gone[last.session_id] = last
    return gone


def _ask_others(
    chosen: _Sorted,
    sessions: Mapping[int, GroupSession],
    result: AcceptedProposal,
    by: User,
    access: Access | None,
    now: dt.datetime,
) -> set[int]:
    """Ask the owner of each session that is not one's own; returns those that could be asked."""
    asked = set()
    for session_id, change in chosen.others.items():
        line = chosen.line_of[session_id]
        try:
            with transaction.atomic():
                ask_acts.ask_to_move(sessions[session_id], change, by=by, now=now, access=access)
        except Refused as refused:
            chosen.refusals[line.pk].append(as_json(refused.conflicts[0], session_id))
        except PlannerError as error:
            chosen.refusals[line.pk].append(in_code(error.code, session_id))
        else:
            asked.add(session_id)
    result.asked = len(asked)
    return asked


def _answer(lines: list[ProposalLine], chosen: _Sorted, asked: set[int], result: AcceptedProposal) -> None:
    entered = {chosen.line_of[session_id].pk for session_id in chosen.own}
    asked_lines = {chosen.line_of[session_id].pk for session_id in asked}
    for line in lines:
        line.refusals = chosen.refusals.get(line.pk, [])
        result.refused += len(line.refusals)
        line.change_set = result.change_set if line.pk in entered else None
        line.answer = _answer_of(line.pk in entered, line.pk in asked_lines, bool(line.refusals))
    ProposalLine.objects.bulk_update(lines, ["refusals", "change_set", "answer"], batch_size=500)


def _answer_of(is_entered: bool, is_asked: bool, is_refused: bool) -> str:
    if is_entered:
        return Answer.PARTLY if is_refused else Answer.ENTERED
    if is_asked:
        return Answer.PARTLY if is_refused else Answer.ASKED
    return Answer.REFUSED if is_refused else Answer.ENTERED  # nothing to do: it stands there already
