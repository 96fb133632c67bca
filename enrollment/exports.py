"""The workbooks that leave on paper: movement list, attendance sheets, gate list, a facilitator's own sheet.

Every file for the prison is made from a `Day`, which holds neutral names only. The title of an activity can
come in through `worker_sheet` alone, which is not for the prison.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.xlsx import Column, PrintedWorkbook, Sheet
from enrollment.domain.day import Day, Meeting, Visitor, visitors_of
from enrollment.domain.list_changes import Change, Kind, changes
from enrollment.wording import both, day_in_words, hour, joined, moment


def movement_list(day: Day, *, version: int | None = None) -> bytes:
    """First how many leave each unit when, and what does not take place; then a sheet for each unit."""
    workbook = _workbook(day, "movement_list", version)
    _overview(workbook.sheet(both("total")), day, version)
    for unit in day.units():
        sheet = workbook.sheet(unit or "-", "landscape")
        sheet.heading(f"{joined(day.unit_nl, day.unit_fr).capitalize()} {unit or both('unknown')}")
        _head(sheet, day, "movement_list", version)
        sheet.table(
            [
                Column(both("from"), is_centred=True),
                Column(both("to"), is_centred=True),
                Column(both("cell"), is_centred=True),
                Column(both("number"), is_centred=True),
                Column(both("name")),
                Column(both("where")),
                Column(both("what")),
                *_ticks("out", "back", "not_brought"),
                Column(both("why")),
            ],
            (
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
            ),
        )
    return workbook.to_bytes()


def attendance_sheets(day: Day, *, version: int | None = None) -> bytes:
    """A sheet per session in order of time, each with the code under which it is typed in afterwards."""
    workbook = _workbook(day, "attendance_sheet", version)
    for meeting in day.taking_place:
        _attendance_sheet(workbook.sheet(f"{hour(meeting.from_time)} {meeting.code}"), day, meeting, version)
    if not day.taking_place:
        sheet = workbook.sheet("-")
        _head(sheet, day, "attendance_sheet", version)
        sheet.note(both("nobody"))
    return workbook.to_bytes()


def gate_list(day: Day, *, version: int | None = None) -> bytes:
    """Everybody from outside by name, with permission and what they may bring in; families as numbers."""
    workbook = _workbook(day, "gate_list", version)
    sheet = workbook.sheet(both("gate_list"), "landscape")
    _head(sheet, day, "gate_list", version, with_cells=False)
    for meeting in day.taking_place:
        if any(meeting.family):
            told = both("families", adults=meeting.family[0], children=meeting.family[1])
            sheet.note(f"{_hours(meeting)} {meeting.name}: {told}", is_bold=True)
    sheet.table(
        [
            Column(both("name")),
            Column(both("organisation")),
            Column(both("permission")),
            Column(both("from"), is_centred=True),
            Column(both("to"), is_centred=True),
            Column(both("where")),
            Column(both("material")),
            *_ticks("gate_in", "gate_out"),
        ],
        (
            (
                _visitor_name(visitor),
                visitor.organisation,
                _permission(visitor, day),
                hour(meeting.from_time),
                hour(meeting.to_time),
                meeting.room,
                ", ".join(f"{number} × {name}" for name, number in meeting.material),
            )
            for visitor, meetings in visitors_of(day)
            for meeting in meetings
        ),
    )
    return workbook.to_bytes()


def changes_page(frozen: Day, current: Day, *, version: int) -> bytes:
    """One page for the morning: what is different from the version, or that nothing is."""
    workbook = _workbook(current, "changes", None)
    sheet = workbook.sheet(both("changes"), "landscape")
    sheet.heading(both("changes"))
    sheet.note(day_in_words(current.on), is_bold=True)
    sheet.note(both("version", number=version, when=moment(frozen.made_at)))
    sheet.note(f"{both('made_at', when=moment(current.made_at))} · {both('destroy')}")
    found = changes(frozen, current)
    if not found:
        sheet.heading(both("no_changes"))
        return workbook.to_bytes()
    sheet.table(
        [
            Column(both("change")),
            Column(both("from"), is_centred=True),
            Column(both("to"), is_centred=True),
            Column(joined(current.unit_nl, current.unit_fr).capitalize(), is_centred=True),
            Column(both("cell"), is_centred=True),
            Column(both("number"), is_centred=True),
            Column(both("name")),
            Column(both("where")),
            Column(both("what")),
        ],
        (_changed(change) for change in found),
    )
    return workbook.to_bytes()


_CHANGE_WORDS = {
    Kind.ADDED: "added",
    Kind.REMOVED: "removed",
    Kind.MOVED: "changed_place",
    Kind.REHOUSED: "changed_cell",
    Kind.CANCELLED: "cancelled",
}


def _changed(change: Change) -> tuple[str, ...]:
    """A line of the page; what it was stands below what it is."""
    meeting, person = change.meeting, change.person
    who = (
        (person.unit, person.cell, person.number, person.name)
        if person
        else ("", "", "", both("whole_group"))
    )
    where, told = meeting.room, both(_CHANGE_WORDS[change.kind])
    if change.kind == Kind.MOVED and change.before:
        where = f"{where} ({both('was')} {_hours(change.before)} {change.before.room})"
    if change.kind == Kind.REHOUSED and change.person_before:
        told = f"{told} ({both('was')} {change.person_before.unit} {change.person_before.cell})"
    return (told, hour(meeting.from_time), hour(meeting.to_time), *who, where, meeting.name)


def worker_sheet(day: Day, meeting: Meeting, *, title: str, language: str) -> bytes:
    """For whoever leads the session, not for the prison: title, first name and initial; no number, no cell."""
    workbook = PrintedWorkbook(
        language=language,
        title=title,
        made_at=day.made_at,
        product=settings.PRODUCT_NAME,
        footer=_("Destroy after use."),
    )
    sheet = workbook.sheet(meeting.code)
    sheet.heading(title)
    sheet.note(f"{moment(day.on)} · {_hours(meeting)} · {meeting.room}")
    sheet.note(_("Not for the prison. Hand it back to the service, or destroy it after use."))
    sheet.table(
        [Column(_("Name")), Column(_("present"), is_tick=True), Column(_("did not come"), is_tick=True)],
        ((person.short_name,) for person in sorted(meeting.people, key=lambda one: one.short_name)),
    )
    return workbook.to_bytes()


def _workbook(day: Day, kind: str, version: int | None) -> PrintedWorkbook:
    return PrintedWorkbook(
        language="nl",
        title=f"{both(kind)} {moment(day.on)}",
        made_at=day.made_at,
        product=settings.PRODUCT_NAME,
        footer=f"{joined(day.name_nl, day.name_fr)} {moment(day.on)} · {_standing(day, version)}",
        page_words=both("page", page="%(page)s", pages="%(pages)s"),
    )


def _head(sheet: Sheet, day: Day, kind: str, version: int | None, *, with_cells: bool = True) -> None:
    """Which list, of when, made when, and how old its cells are."""
    sheet.note(f"{both(kind)} · {joined(day.name_nl, day.name_fr)}")
    sheet.note(day_in_words(day.on), is_bold=True)
    sheet.note(f"{_standing(day, version)} · {both('destroy')}")
    if not with_cells:
        return
    if day.cells_as_of is None:
        sheet.heading(both("cells_unknown"))
    elif day.are_cells_old:
        sheet.heading(both("cells_old", when=moment(day.cells_as_of)))
    else:
        sheet.note(both("cells_as_of", when=moment(day.cells_as_of)))


def _standing(day: Day, version: int | None) -> str:
    """Which version it is, or that it may still change."""
    if version is None:
        return f"{both('provisional')} · {both('made_at', when=moment(day.made_at))}"
    return both("version", number=version, when=moment(day.made_at))


def _overview(sheet: Sheet, day: Day, version: int | None) -> None:
    _head(sheet, day, "movement_list", version)
    counts = day.counts()
    slots = sorted({(count.starts, count.ends) for count in counts})
    found = {(count.unit, count.starts, count.ends): count.people for count in counts}
    units = day.units()
    rows = [[unit or both("unknown"), *(found.get((unit, *slot)) for slot in slots)] for unit in units]
    totals = [sum(found.get((unit, *slot), 0) for unit in units) for slot in slots]
    columns = [Column(joined(day.unit_nl, day.unit_fr).capitalize())]
    columns += [Column(f"{hour(starts)}–{hour(ends)}", is_centred=True) for starts, ends in slots]
    total = Column(both("total"), is_centred=True)
    body = [[*row, sum(number or 0 for number in row[1:] if isinstance(number, int))] for row in rows]
    sheet.table([*columns, total], [*body, [both("total"), *totals, sum(totals)]])
    for heading, meetings in (("drop_in", _drop_ins(day)), ("cancelled", day.cancelled)):
        for number, meeting in enumerate(meetings):
            if number == 0:
                sheet.note()
                sheet.note(both(heading), is_bold=True)
            sheet.note(_told(meeting))


def _drop_ins(day: Day) -> list[Meeting]:
    return [meeting for meeting in day.taking_place if meeting.is_drop_in]


def _told(meeting: Meeting) -> str:
    parts = [_hours(meeting), meeting.room, meeting.name]
    if meeting.is_drop_in and not meeting.is_cancelled:
        parts += [" ".join(meeting.units), both("people_at_most", number=meeting.places)]
    return " · ".join(filter(None, parts))


def _attendance_sheet(sheet: Sheet, day: Day, meeting: Meeting, version: int | None) -> None:
    sheet.heading(f"{meeting.name} · {both('code', code=meeting.code)}")
    sheet.note(f"{_hours(meeting)} · {meeting.room}", is_bold=True)
    _head(sheet, day, "attendance_sheet", version)
    if meeting.is_drop_in:
        sheet.note(_told(meeting))
        sheet.note(both("head_count"), is_bold=True)
        return
    if not meeting.people:
        sheet.note(both("nobody"), is_bold=True)
        return
    sheet.table(
        [
            Column(both("number"), is_centred=True),
            Column(both("name")),
            Column(joined(day.unit_nl, day.unit_fr).capitalize(), is_centred=True),
            Column(both("cell"), is_centred=True),
            *_ticks("out", "back", "not_brought"),
            Column(both("why")),
        ],
        ((person.number, person.name, person.unit, person.cell) for person in meeting.people),
    )


def _ticks(*words: str) -> Iterable[Column]:
    return (Column(both(word), is_tick=True) for word in words)


def _hours(meeting: Meeting) -> str:
    return f"{hour(meeting.from_time)}–{hour(meeting.to_time)}"


def _visitor_name(visitor: Visitor) -> str:
    part = {"interpreter": "interpreter", "substitute": "substitute"}.get(visitor.part)
    return f"{visitor.name} ({both(part)})" if part else visitor.name


def _permission(visitor: Visitor, day: Day) -> str:
    if not visitor.needs_permission:
        return both("permission_unneeded")
    if visitor.permitted_until is None or not visitor.is_permitted_on(day.on):
        return both("permission_none")
    return both("permission_until", when=moment(visitor.permitted_until))
