"""Who leaves which living unit when: the headline counts, and a list for each unit."""

from __future__ import annotations

from collections.abc import Iterable

from core.paper import Block, Column, Heading, Leaf, PaperNote, Table
from enrollment.domain.lists.day import Day, DayMeeting, slots_of
from enrollment.exports.head import head, hours, unit_name, unit_words
from enrollment.wording import both, hour, moment

WHY_WIDTH = 16.0
"""Digits: room for a few words by hand."""


def overview(day: Day, version: int | None) -> Leaf:
    """How many leave each unit in each time slot; who comes without names; what does not take place."""
    counts = day.counts()
    slots = slots_of(counts)
    found = {(count.unit, count.starts, count.ends): count.people for count in counts}
    units = day.units()
    rows = [[found.get((unit, *slot)) for slot in slots] for unit in units]
    totals = [sum(row[place] or 0 for row in rows) for place in range(len(slots))]
    columns = [Column(unit_words(day))]
    columns += [Column(f"{hour(starts)}–{hour(ends)}", is_centred=True) for starts, ends in slots]
    body = [
        [unit or both("unknown"), *row, sum(number or 0 for number in row)]
        for unit, row in zip(units, rows, strict=True)
    ]
    table = Table(
        [*columns, Column(both("total"), is_centred=True)], [*body, [both("total"), *totals, sum(totals)]]
    )
    blocks: list[Block] = [Heading(both("overview")), *head(day, "movement_list", version), table]
    blocks += _told_below("drop_in", [meeting for meeting in day.taking_place if meeting.is_drop_in])
    blocks += _told_below("cancelled", day.cancelled)
    return Leaf(both("total"), blocks, subject=both("overview"))


def unit_lists(day: Day, version: int | None) -> list[Leaf]:
    """A list for each unit that somebody leaves, in the order of the walk."""
    return [unit_list(day, unit, version) for unit in day.units()]


def unit_list(day: Day, unit: str, version: int | None) -> Leaf:
    counts = [count for count in day.counts() if count.unit == unit]
    told = " · ".join(f"{hour(count.starts)}–{hour(count.ends)}: {count.people}" for count in counts)
    rows = [
        (
            hour(row.meeting.from_time),
            hour(row.meeting.to_time),
            row.person.cell,
            row.person.number,
            row.person.name,
            row.meeting.room,
            row.meeting.name,
        )
        for row in day.movements_of(unit)
    ]
    blocks: list[Block] = [
        Heading(unit_name(day, unit)),
        *head(day, "movement_list", version),
        PaperNote(f"{both('how_many')}: {told}", is_bold=True),
        PaperNote(both("tick")),
        Table(
            [
                Column(both("from"), is_centred=True),
                Column(both("to"), is_centred=True),
                Column(both("cell"), is_centred=True),
                Column(both("number"), is_centred=True),
                Column(both("name")),
                Column(both("where")),
                Column(both("what")),
                *ticks("out", "back", "not_brought"),
                Column(both("why"), width=WHY_WIDTH),
            ],
            rows,
        ),
    ]
    return Leaf(
        unit or "-",
        blocks,
        "landscape",
        subject=f"{both('movement_list')} · {unit or both('unknown')}",
        running=f"{unit_name(day, unit)} · {both('movement_list')} · {moment(day.on)}",
    )


def cancellations(day: Day, version: int | None) -> Leaf:
    """What does not take place, on a sheet of its own; when all does, it says that as large."""
    heading = both("cancelled" if day.cancelled else "none_cancelled")
    blocks: list[Block] = [Heading(heading), *head(day, "cancellations", version, with_cells=False)]
    if day.cancelled:
        columns = [
            Column(both("from"), is_centred=True),
            Column(both("to"), is_centred=True),
            Column(both("where")),
            Column(both("what")),
        ]
        rows = [
            (hour(meeting.from_time), hour(meeting.to_time), meeting.room, meeting.name)
            for meeting in day.cancelled
        ]
        blocks.append(Table(columns, rows))
    return Leaf(both("cancelled"), blocks, subject=both("cancellations"))


def told(meeting: DayMeeting) -> str:
    """One session in one line: when, where, what; of a drop-in hour also who may come."""
    parts = [hours(meeting), meeting.room, meeting.name]
    if meeting.is_drop_in and not meeting.is_cancelled:
        parts += [" ".join(meeting.units), both("people_at_most", number=meeting.places)]
    return " · ".join(filter(None, parts))


def ticks(*words: str) -> Iterable[Column]:
    return (Column(both(word), is_tick=True) for word in words)


def _told_below(heading: str, meetings: Iterable[DayMeeting]) -> list[Block]:
    lines: list[Block] = [PaperNote(told(meeting)) for meeting in meetings]
    return [PaperNote(), PaperNote(both(heading), is_bold=True), *lines] if lines else []
