"""The engine's plan as lines: what is placed, moved or left out, against what stands now."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from planner.models import Proposal, ProposalLine
from planner.optimiser.problem import Plan
from planner.proposals.problem.building import PlanningProblem
from planner.proposals.problem.meetings import Item, Meeting, Spot
from planner.scheduling.placement.session_changes import Change
from rooms.models import Room
from sessions.domain.recurrence import instants
from sessions.models import GroupSession

Outcome = ProposalLine.Outcome
Described = dict[str, Any]
"""A line as plain JSON, before it is a row."""


def describe(made: PlanningProblem, plan: Plan) -> list[Described]:
    """Every item that does not simply stay where it is."""
    found = (_describe(made, index, item, plan) for index, item in enumerate(made.items))
    return [line for line in found if line is not None]


def _describe(made: PlanningProblem, index: int, item: Item, plan: Plan) -> Described | None:
    place = plan[index]
    spot = made.spot(index, place) if place is not None else None
    cell = made.cell(index, place) if place is not None else None
    skipped = list(cell.skipped) if cell else []
    if spot is None:
        return _line(index, item, Outcome.LEFT_OUT, item.meetings, None, [])
    going = [m for m in item.meetings if m.session_id not in skipped and not _stands_at(m, spot)]
    if not going:
        return None
    is_moved = any(meeting.stands is not None for meeting in going)
    return _line(index, item, Outcome.MOVED if is_moved else Outcome.PLACED, going, spot, skipped)


def _stands_at(meeting: Meeting, spot: Spot) -> bool:
    return meeting.stands is not None and meeting.stands._replace(day=spot.day) == spot


def _line(
    index: int, item: Item, outcome: str, going: Iterable[Meeting], spot: Spot | None, skipped: list[int]
) -> Described:
    return {
        "index": index,
        "series": item.series_id,
        "outcome": outcome,
        "sessions": [[meeting.session_id, meeting.version] for meeting in going],
        "minutes": item.minutes,
        "spot": _spot_json(spot),
        "was": _spot_json(item.present),
        "skipped": skipped,
    }


def _spot_json(spot: Spot | None) -> list[Any] | None:
    return [spot.day.isoformat() if spot.day else None, *spot[1:]] if spot else None


def write(
    proposal: Proposal, described: Iterable[Described], why: Mapping[int, dict[str, Any]] | None = None
) -> dict[str, int]:
    """Replace the lines of the proposal; returns how many there are of each outcome."""
    described = list(described)
    rooms = set(Room.objects.in_prison(proposal.prison).values_list("pk", flat=True))
    proposal.lines.all().delete()
    ProposalLine.objects.bulk_create(
        [_row(proposal, line, rooms, (why or {}).get(line["index"], {})) for line in described],
        batch_size=500,
    )
    return dict(Counter(str(line["outcome"]) for line in described))


def _row(proposal: Proposal, line: Described, rooms: set[int], why: dict[str, Any]) -> ProposalLine:
    on, weekday, starts, room = _spot_fields(line["spot"], rooms)
    was_on, was_weekday, was_starts, was_room = _spot_fields(line["was"], rooms)
    return ProposalLine(
        proposal=proposal,
        series_id=line["series"],
        sessions=line["sessions"],
        outcome=line["outcome"],
        minutes=line["minutes"],
        on=on,
        weekday=weekday,
        starts=starts,
        room_id=room,
        was_on=was_on,
        was_weekday=was_weekday,
        was_starts=was_starts,
        was_room_id=was_room,
        skipped=line["skipped"],
        why=why,
    )


def _spot_fields(
    spot: list[Any] | None, rooms: set[int]
) -> tuple[dt.date | None, int | None, dt.time | None, int | None]:
    if spot is None:
        return None, None, None, None
    day, weekday, start, room = spot
    on = dt.date.fromisoformat(day) if day else None
    return on, weekday, dt.time(start // 60, start % 60), room if room in rooms else None


def sessions_of(lines: Iterable[ProposalLine]) -> dict[int, GroupSession]:
    """Every session that these lines speak of, in one query."""
    ids = {pk for line in lines for pk, _version in line.sessions} | {
        pk for line in lines for pk in line.skipped
    }
    rows = GroupSession.objects.filter(pk__in=ids).select_related("series__activity__organisation", "room")
    return rows.in_bulk()


def changes_of(line: ProposalLine, sessions: Mapping[int, GroupSession]) -> dict[int, Change]:
    """Session -> what accepting the line does to it. Sessions that are gone or there already are left away."""
    if line.room_id is None or line.starts is None or line.weekday is None:
        return {}
    changes = {}
    for session_id, _version in line.sessions:
        session = sessions.get(session_id)
        if session is None or not session.is_live:
            continue
        day = line.on or session.week_on + dt.timedelta(days=line.weekday - 1)
        starts_at, ends_at = instants(day, line.starts, length_of(session))
        if (session.room_id, session.starts_at) != (line.room_id, starts_at):
            changes[session_id] = Change(session_id, line.room_id, starts_at, ends_at)
    return changes


def length_of(session: GroupSession) -> int:
    if session.starts_at and session.ends_at:
        return int((session.ends_at - session.starts_at).total_seconds() // 60)
    return session.series.duration_minutes
