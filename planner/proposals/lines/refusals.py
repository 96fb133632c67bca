"""What could not be entered, kept with its line: a conflict or a code, without any person."""

from __future__ import annotations

import datetime as dt
from typing import Any

from planner.scheduling.rules.codes import CODES, Conflict

SECRET = frozenset({"apart"})


def in_code(code: str, session_id: int) -> dict[str, object]:
    return {"code": code, "session": session_id, "facts": []}


def as_json(conflict: Conflict, session_id: int) -> dict[str, object]:
    """`session_id` is the session that does not go in, also where the conflict is named at the other one."""
    facts = [[name, _plain(value)] for name, value in conflict.facts if name not in SECRET]
    return {"code": conflict.code, "session": session_id, "facts": facts}


def conflict_of(kept: dict[str, Any]) -> Conflict | None:
    """The conflict as the sentences want it; None for what is not one of the engine's."""
    if kept["code"] not in CODES:
        return None
    facts = tuple((name, _back(value)) for name, value in kept["facts"])
    return Conflict(kept["code"], kept["session"], facts)


def _plain(value: Any) -> Any:
    return {"date": value.isoformat()} if isinstance(value, dt.date) else value


def _back(value: Any) -> Any:
    return dt.date.fromisoformat(value["date"]) if isinstance(value, dict) else value
