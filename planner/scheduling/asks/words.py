"""What an ask asks for, in one sentence of the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from planner.models import Ask
from planner.scheduling.asks.wanted_changes import changes_of
from planner.scheduling.rules.sentences import when
from prisons import gate
from prisons.access import Access
from rooms.models import Room
from sessions.models import Cancellation


def kind_of(ask: Ask) -> str:
    """`swap`, `cancel` or `move`."""
    if ask.swap_with_id is not None:
        return "swap"
    return "cancel" if "state" in ask.changes[0] else "move"


def wish_in_words(ask: Ask, access: Access | None, rooms: dict[int, Room] | None = None) -> str:
    """`Move it to Class B, Tue 24 Nov 09:00-10:30.` Give `rooms` by id where there are many asks."""
    kind, change = kind_of(ask), changes_of(ask)[0]
    if kind == "cancel":
        reason = dict(Cancellation.Reason.choices).get(change.reason, change.reason)
        return _("Let it not take place: %(reason)s.") % {"reason": reason}
    if kind == "swap" and ask.swap_with is not None:
        own = ask.swap_with
        facts = {
            "session": gate.name_of(access, own.series),
            "room": own.room or "–",
            "when": when(own.starts_at, own.ends_at),
        }
        return _("Swap places with %(session)s (%(room)s, %(when)s).") % facts
    room: Any = _room(change.room_id, rooms)
    if room is None:
        return _("Take it out of its room and time.")
    starts_at, ends_at = change.starts_at, change.ends_at
    return _("Move it to %(room)s, %(when)s.") % {"room": room, "when": when(starts_at, ends_at)}  # type: ignore[arg-type]


def rooms_of(asks: list[Ask]) -> dict[int, Room]:
    """Every room that these asks name, in one query."""
    return Room.objects.in_bulk({a["room"] for ask in asks for a in ask.changes if a.get("room")})


def _room(room_id: object, rooms: dict[int, Room] | None) -> Room | None:
    if not isinstance(room_id, int):
        return None
    return rooms.get(room_id) if rooms is not None else Room.objects.filter(pk=room_id).first()
