"""The alternatives of a session in words, for the panel "Where can it go?" when nothing is free."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.dates.clock import BRUSSELS
from core.dates.weeks import Week
from planner.scheduling.choices.alternatives import alternatives
from planner.scheduling.choices.candidates import Choice
from planner.scheduling.rules.sentences import when
from prisons import gate
from prisons.access import Access
from rooms.domain.facts import rules_of
from sessions.models import GroupSession


def nearest(session: GroupSession, week: Week, found: Sequence[Choice], access: Access) -> dict[str, Any]:
    """What the template says: a shorter session, another week, what would have to move."""
    is_own = access.may_change(session.series.activity.organisation)
    near = alternatives(session, week, found, of_people=is_own)
    return {
        "minutes": near.minutes,
        "shorter": [_told(choice, session) for choice in near.shorter],
        "other_weeks": [_told(choice, session) for choice in near.other_weeks],
        "in_the_way": [
            {
                **_told(row.choice, session),
                "is_own": row.is_own,
                "others": [
                    (one, _name(one, access), when(one.starts_at, one.ends_at)) for one in row.sessions
                ],
            }
            for row in near.in_the_way
        ],
    }


def _told(choice: Choice, session: GroupSession) -> dict[str, Any]:
    starts = choice.starts_at.astimezone(BRUSSELS)
    return {
        "choice": choice,
        "room": rules_of(session.prison).rooms[choice.room_id],
        "when": when(choice.starts_at, choice.ends_at),
        "start": f"{starts:%H:%M}",
    }


def _name(session: GroupSession, access: Access) -> str:
    return gate.name_of(access, session.series)
