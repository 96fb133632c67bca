"""The page of the morning: what is different from the version that lies at the posts, or that nothing is."""

from __future__ import annotations

from collections.abc import Collection

from core.paper import Block, Column, Heading, Leaf, PaperNote, Table
from enrollment.domain.lists.day import Day
from enrollment.domain.lists.list_changes import GateChange, ListChange, ListChangeKind, changes, gate_changes
from enrollment.exports.gate_list import families, material, permission, visitor_name
from enrollment.exports.head import cells_told, hours, unit_words
from enrollment.wording import both, day_in_words, hour, joined, moment

_WORDS = {
    ListChangeKind.ADDED: "added",
    ListChangeKind.REMOVED: "removed",
    ListChangeKind.MOVED: "changed_place",
    ListChangeKind.REHOUSED: "changed_cell",
    ListChangeKind.CORRECTED: "changed_name",
    ListChangeKind.CANCELLED: "cancelled",
}


def changed(frozen: Day, current: Day, version: int, units: Collection[str] = ()) -> list[Leaf]:
    """The page for the posts, and one for the gate when something changes there.

    Of `units` only, where a post has no others: it needs no visitor's name. What concerns a whole group is
    told to everybody.
    """
    found = [
        change
        for change in changes(frozen, current)
        if not units or change.person is None or _concerns(change, units)
    ]
    at_the_gate = [] if units else gate_changes(frozen, current)
    leaves = []
    if found or not at_the_gate:
        told = _table(current, found) if found else Heading(both("no_changes"))
        leaves.append(_page(frozen, current, version, "changes", told))
    if at_the_gate:
        table = _gate_table(current, at_the_gate)
        leaves.append(_page(frozen, current, version, "gate_changes", table))
    return leaves


def _page(frozen: Day, current: Day, version: int, kind: str, told: Block) -> Leaf:
    blocks: list[Block] = [
        Heading(both(kind)),
        PaperNote(f"{day_in_words(current.on)} · {joined(current.name_nl, current.name_fr)}", is_bold=True),
        PaperNote(both("changed_since", number=version, when=moment(frozen.made_at))),
        PaperNote(both("made_at", when=moment(current.made_at)), is_bold=True),
        PaperNote(f"{both('replaces')} · {both('destroy')}"),
    ]
    if kind == "changes":
        blocks.append(cells_told(current))
    footer = f"{both(kind)} {moment(current.on)} · {both('made_at', when=moment(current.made_at))}"
    return Leaf(both(kind), [*blocks, told], "landscape", footer)


def _concerns(change: ListChange, units: Collection[str]) -> bool:
    return any(person.unit in units for person in (change.person, change.person_before) if person)


def _table(current: Day, found: list[ListChange]) -> Table:
    return Table(
        [
            Column(both("change")),
            Column(both("from"), is_centred=True),
            Column(both("to"), is_centred=True),
            Column(unit_words(current), is_centred=True),
            Column(both("cell"), is_centred=True),
            Column(both("number"), is_centred=True),
            Column(both("name")),
            Column(both("where")),
            Column(both("what")),
        ],
        [_row(change) for change in found],
    )


def _row(change: ListChange) -> tuple[str, ...]:
    """A line of the page; what it was stands below what it is."""
    meeting, person = change.meeting, change.person
    who = (
        (person.unit, person.cell, person.number, person.name)
        if person
        else ("", "", "", both("whole_group"))
    )
    where, told = meeting.room, both(_WORDS[change.kind])
    if change.kind == ListChangeKind.MOVED and change.before:
        where = f"{where} ({both('was')} {hours(change.before)} {change.before.room})"
    if change.kind == ListChangeKind.REHOUSED and change.person_before:
        told = f"{told} ({both('was')} {change.person_before.unit} {change.person_before.cell})"
    if change.kind == ListChangeKind.CORRECTED and change.person_before:
        told = f"{told} ({both('was')} {change.person_before.name} {change.person_before.number})"
    return (told, hour(meeting.from_time), hour(meeting.to_time), *who, where, meeting.name)


def _gate_table(current: Day, found: list[GateChange]) -> Table:
    columns = [
        Column(both("change")),
        Column(both("from"), is_centred=True),
        Column(both("to"), is_centred=True),
        Column(both("name")),
        Column(both("organisation")),
        Column(both("permission")),
        Column(both("where")),
    ]
    return Table(columns, [_gate_row(current, change) for change in found])


def _gate_row(current: Day, change: GateChange) -> tuple[str, ...]:
    meeting, visitor = change.meeting, change.visitor
    told = both("changed_at_gate" if change.kind == ListChangeKind.MOVED else _WORDS[change.kind])
    if visitor:
        who = visitor_name(visitor), visitor.organisation, permission(visitor, current)
    else:
        brought = ", ".join(filter(None, (families(meeting), material(meeting))))
        who = brought, "", ""
    return (told, hour(meeting.from_time), hour(meeting.to_time), *who, meeting.room)
