"""What an ask asks for, as it is kept: changes as JSON, each with where its session stood then."""

from __future__ import annotations

import datetime as dt
from typing import Any

from planner.models import Ask
from planner.scheduling.placement.session_changes import Change, Keep
from sessions.models import GroupSession


def changes_of(ask: Ask) -> list[Change]:
    """What was asked, as changes for the placement writer."""
    return [_from_json(asked) for asked in ask.changes]


def is_outdated(ask: Ask) -> bool:
    """The sessions stand elsewhere than when it was asked: it cannot be accepted any more."""
    touched = {one.pk: one for one in (ask.session, ask.swap_with) if one is not None}
    return any(asked["was"] != stands(touched[asked["session"]]) for asked in ask.changes)


def versions_seen(ask: Ask) -> dict[int, int]:
    """What was seen: publishing or another facilitator in the meantime changes nothing in what was asked."""
    if is_outdated(ask):
        return {int(pk): version for pk, version in ask.versions.items()}
    return {one.pk: one.version for one in (ask.session, ask.swap_with) if one is not None}


def stands(session: GroupSession) -> dict[str, Any]:
    """Where it stands, and whether it takes place."""
    return {
        "room": session.room_id,
        "starts_at": _iso(session.starts_at),
        "ends_at": _iso(session.ends_at),
        "is_live": session.is_live,
    }


def as_json(change: Change, session: GroupSession) -> dict[str, Any]:
    asked: dict[str, Any] = {"session": change.session_id, "was": stands(session)}
    if not isinstance(change.state, Keep):
        return asked | {"state": change.state, "reason": change.reason}
    room = session.room_id if isinstance(change.room_id, Keep) else change.room_id
    starts = session.starts_at if isinstance(change.starts_at, Keep) else change.starts_at
    ends = session.ends_at if isinstance(change.ends_at, Keep) else change.ends_at
    return asked | {"room": room, "starts_at": _iso(starts), "ends_at": _iso(ends)}


def _from_json(asked: dict[str, Any]) -> Change:
    if "state" in asked:
        return Change(asked["session"], state=asked["state"], reason=asked["reason"])
    return Change(asked["session"], asked["room"], _instant(asked["starts_at"]), _instant(asked["ends_at"]))


def _iso(at: dt.datetime | None) -> str | None:
    return at.astimezone(dt.UTC).isoformat() if at else None


def _instant(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None
