"""The attendance sheet of each session, with the code under which it is typed in afterwards."""

from __future__ import annotations

from core.paper import Block, Column, Heading, Leaf, PaperNote, Table
from enrollment.domain.lists.day import Day, DayMeeting
from enrollment.exports.head import head, hours, unit_words
from enrollment.exports.movements import WHY_WIDTH, ticks, told
from enrollment.wording import both, hour


def sheets(day: Day, version: int | None) -> list[Leaf]:
    """A sheet per session in order of time; where nothing takes place, one that says so."""
    if not day.taking_place:
        return [
            Leaf(
                "-",
                [*head(day, "attendance_sheet", version), PaperNote(both("nobody"))],
                subject=both("attendance_sheet"),
            )
        ]
    return [_sheet(day, meeting, version) for meeting in day.taking_place]


def _sheet(day: Day, meeting: DayMeeting, version: int | None) -> Leaf:
    blocks: list[Block] = [
        Heading(f"{meeting.name} · {both('code', code=meeting.code)}"),
        PaperNote(f"{hours(meeting)} · {meeting.room}", is_bold=True),
        *head(day, "attendance_sheet", version),
    ]
    if meeting.is_drop_in:
        blocks += [PaperNote(told(meeting)), PaperNote(both("head_count"), is_bold=True)]
    elif not meeting.people:
        blocks.append(PaperNote(both("nobody"), is_bold=True))
    else:
        blocks += [
            PaperNote(f"{both('how_many')}: {len(meeting.people)}", is_bold=True),
            PaperNote(both("tick")),
            _table(day, meeting),
        ]
    subject = f"{both('attendance_sheet')} · {hours(meeting)} · {meeting.room} · {meeting.name}"
    return Leaf(
        f"{hour(meeting.from_time)} {meeting.code}",
        blocks,
        subject=subject,
        running=f"{meeting.name} · {both('code', code=meeting.code)} · {hours(meeting)} · {meeting.room}",
        code=f"{meeting.code}-{version or 0}" if meeting.people else "",
    )


def _table(day: Day, meeting: DayMeeting) -> Table:
    return Table(
        [
            Column(both("number"), is_centred=True),
            Column(both("name")),
            Column(unit_words(day), is_centred=True),
            Column(both("cell"), is_centred=True),
            *ticks("out", "back", "not_brought"),
            Column(both("why"), width=WHY_WIDTH),
        ],
        [(person.number, person.name, person.unit, person.cell) for person in meeting.people],
    )
