"""The gate list: everybody from outside by name, with permission and what they may bring in; families as numbers."""

from __future__ import annotations

from core.paper import Block, Column, Heading, Leaf, PaperNote, Table
from enrollment.domain.lists.day import Day, DayMeeting, Visitor, visitors_of
from enrollment.exports.head import head, hours
from enrollment.exports.movements import ticks
from enrollment.wording import both, hour, moment


def gate(day: Day, version: int | None) -> Leaf:
    blocks: list[Block] = [
        Heading(both("gate_list")),
        *head(day, "gate_list", version, with_cells=False),
        *_families(day),
    ]
    rows = [_row(day, visitor, meeting) for visitor, meetings in visitors_of(day) for meeting in meetings]
    if not rows:
        return Leaf(both("gate_list"), [*blocks, PaperNote(both("nobody"), is_bold=True)], "landscape")
    columns = [
        Column(both("name")),
        Column(both("organisation")),
        Column(both("permission")),
        Column(both("from"), is_centred=True),
        Column(both("to"), is_centred=True),
        Column(both("where")),
        Column(both("material")),
        *ticks("gate_in", "gate_out"),
    ]
    running = f"{both('gate_list')} · {moment(day.on)}"
    return Leaf(both("gate_list"), [*blocks, Table(columns, rows)], "landscape", running=running)


def _families(day: Day) -> list[Block]:
    """Numbers only: no visitor's name stands on any list."""
    return [
        PaperNote(
            f"{hours(meeting)} · {meeting.room} · {meeting.name} · {families(meeting)}",
            is_bold=True,
        )
        for meeting in day.taking_place
        if any(meeting.family)
    ]


def _row(day: Day, visitor: Visitor, meeting: DayMeeting) -> tuple[str, ...]:
    return (
        visitor_name(visitor),
        visitor.organisation,
        permission(visitor, day),
        hour(meeting.from_time),
        hour(meeting.to_time),
        meeting.room,
        material(meeting),
    )


def material(meeting: DayMeeting) -> str:
    return ", ".join(f"{number} × {name}" for name, number in meeting.material)


def families(meeting: DayMeeting) -> str:
    return both("families", adults=meeting.family[0], children=meeting.family[1])


def visitor_name(visitor: Visitor) -> str:
    part = {"interpreter": "interpreter", "substitute": "substitute"}.get(visitor.part)
    return f"{visitor.name} ({both(part)})" if part else visitor.name


def permission(visitor: Visitor, day: Day) -> str:
    if not visitor.needs_permission:
        return both("permission_unneeded")
    if visitor.permitted_until is None or not visitor.is_permitted_on(day.on):
        return both("permission_none")
    return both("permission_until", when=moment(visitor.permitted_until))
