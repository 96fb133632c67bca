"""A small paper per person and movement, to cut apart: where a prison wants them, in the order of the walk."""

from __future__ import annotations

from core.paper import Cards, Leaf, PaperNote
from enrollment.domain.lists.day import Day, Movement, in_walk_order
from enrollment.exports.head import hours, standing, unit_name
from enrollment.wording import both, joined, moment, weekday


def movement_slips(day: Day, version: int | None = None, units: tuple[str, ...] = ()) -> Leaf:
    rows = [row for row in day.movements() if not units or row.person.unit in units]
    if not rows:
        return Leaf(both("movement_slip"), [PaperNote(both("nobody"), is_bold=True)])
    cards = Cards([_card(day, row, version) for row in in_walk_order(rows)])
    return Leaf(both("movement_slip"), [cards])


def _card(day: Day, row: Movement, version: int | None) -> tuple[str, list[str]]:
    """First who, then when and where: what somebody in a corridor looks for."""
    person, meeting = row.person, row.meeting
    lives = f"{unit_name(day, person.unit)} · {both('cell')} {person.cell or both('unknown')}"
    return person.name, [
        f"{hours(meeting)} · {meeting.room}",
        lives,
        f"{both('number')} {person.number}",
        f"{weekday(day.on)} {moment(day.on)}",
        meeting.name,
        f"{both('movement_slip')} · {joined(day.name_nl, day.name_fr)}",
        f"{standing(day, version)} · {both('destroy')}",
    ]
