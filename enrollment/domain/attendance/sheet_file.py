"""Reading a sheet that a school sends back: either every line is understood, or each that is not is named.

Pure but for the words: what was read is handed on as values, nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import PlannerError
from core.tables.reading import read_sheets
from core.tables.values import FAULT, FORMULA, ReadSheet
from core.words.text import one_line
from enrollment.domain.attendance.sheet_codes import session_id_of
from enrollment.domain.attendance.sheet_lines import (
    HEADINGS,
    MARKER,
    FillSheet,
    SheetLine,
    marks_by_word,
    spellings,
)
from enrollment.domain.roster.cell_values import plain
from enrollment.models import Attendance

Mark = Attendance.Mark
MOST_GUESTS = 50
_HEAD_ROWS = 40
_NEEDED = ("key", "name", "mark")


@dataclass(frozen=True)
class ReadLine:
    """One row as it stands in the file; the number is the one that a spreadsheet shows."""

    row: int
    values: dict[str, Any]


@dataclass(frozen=True)
class SheetFile:
    """The sheet of one session, not yet compared with the group."""

    session_id: int
    made_of: str
    lines: tuple[ReadLine, ...]
    ignores_columns: bool


@dataclass(frozen=True)
class Filled:
    """What the file says of one person; an empty mark says nothing."""

    participant_id: int
    mark: str
    adults: int | None = None
    children: int | None = None


@dataclass(frozen=True)
class Fault:
    """A row that was not understood, and why."""

    row: int
    why: str | Promise


class FaultyFile(PlannerError):
    """Rows were not understood, so none was taken; `faults` says which and why."""

    def __init__(self, faults: list[Fault]) -> None:
        message = _("Nothing was taken over. Mend these lines in the file, or download the sheet anew:")
        super().__init__("sheet_faulty", message, status=422)
        self.faults = faults


def read(content: bytes) -> SheetFile:
    """Raises PlannerError 422 for what is no workbook, holds no sheet of ours, or more than one."""
    found = [one for sheet in read_sheets(content) if (one := _sheet(sheet)) is not None]
    if not found:
        raise PlannerError(
            "sheet_unknown",
            _("This is no sheet to fill in from here: its code is not in it. Download the sheet anew."),
            status=422,
        )
    if len(found) > 1:
        raise PlannerError(
            "sheet_twice",
            _("There is more than one sheet to fill in in this file. Send one file for each session."),
            status=422,
        )
    return found[0]


def _sheet(sheet: ReadSheet) -> SheetFile | None:
    """None for a sheet without our marker; its tab may be called anything."""
    head = sheet.rows[:_HEAD_ROWS]
    texts = (str(value) for row in head for value in row if isinstance(value, str))
    codes = {found.groups() for text in texts if (found := MARKER.search(text))}
    markers = {(number, made_of) for code, made_of in codes if (number := session_id_of(code)) is not None}
    if not markers:
        return None
    if len(markers) > 1:
        raise PlannerError(
            "sheet_twice", _("Two different codes stand on one sheet. Download the sheet anew."), status=422
        )
    [(session_id, made_of)] = markers
    number, columns = _headings(head)
    rows = tuple(_lines(sheet.rows[number:], number, columns))
    others = [index for row in sheet.rows[number:] for index, value in enumerate(row) if not _is_blank(value)]
    return SheetFile(session_id, made_of, rows, bool(set(others) - set(columns.values())))


def _headings(head: tuple[tuple[Any, ...], ...]) -> tuple[int, dict[str, int]]:
    """Number of the row with the headings, and which column holds what; columns may stand in any order."""
    words = {name: spellings(word) for name, word in HEADINGS.items()}
    for number, row in enumerate(head, start=1):
        places = {name: [i for i, value in enumerate(row) if plain(value) in words[name]] for name in words}
        if all(places[name] for name in _NEEDED):
            if any(len(found) > 1 for found in places.values()):
                raise PlannerError(
                    "sheet_columns",
                    _("A column stands twice on this sheet. Download the sheet anew."),
                    status=422,
                )
            return number, {name: found[0] for name, found in places.items() if found}
    raise PlannerError(
        "sheet_columns",
        _("The headings Line, Name and Mark are not all on this sheet. Download the sheet anew."),
        status=422,
    )


def _lines(rows: tuple[tuple[Any, ...], ...], above: int, columns: dict[str, int]) -> Iterator[ReadLine]:
    for number, row in enumerate(rows, start=above + 1):
        values = {name: row[index] if index < len(row) else None for name, index in columns.items()}
        if not all(_is_blank(value) for value in values.values()):
            yield ReadLine(number, values)


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not one_line(value))


def compare(file: SheetFile, sheet: FillSheet) -> list[Filled]:
    """What the file says of each person of the sheet. Raises FaultyFile when any row is not understood."""
    by_key = {line.key: line for line in sheet.lines}
    words = marks_by_word()
    faults: list[Fault] = []
    seen: set[str] = set()
    filled: list[Filled] = []
    for row in file.lines:
        line = by_key.get(one_line(str(row.values["key"] or "")).upper())
        fault = _line_fault(row, line, seen)
        if fault or line is None:
            faults.append(Fault(row.row, fault))
            continue
        seen.add(line.key)
        try:
            filled.append(_filled(row, line, words, is_family=sheet.is_family))
        except PlannerError as error:
            faults.append(Fault(row.row, str(error)))
    if faults:
        raise FaultyFile(faults)
    return filled


def _line_fault(row: ReadLine, line: SheetLine | None, seen: set[str]) -> str | Promise:
    """Why this row is not the row of somebody on the sheet; empty when it is."""
    if any(value is FORMULA for value in row.values.values()):
        return _("there is a formula on this line: type the word instead")
    if any(value is FAULT for value in row.values.values()):
        return _("there is an error in a cell of this line")
    name = one_line(str(row.values["name"] or ""), 80)
    if line is None:
        if _is_blank(row.values["key"]):
            return _("“%(name)s” was added in the file. People are added in the group, not on the sheet.") % {
                "name": name
            }
        return _(
            "“%(name)s” is not in this group on this date (any more), or the code of the line changed."
        ) % {"name": name}
    if line.key in seen:
        return _("%(name)s stands twice in the file") % {"name": line.name}
    if name.casefold() != line.name.casefold():
        return _("the name was changed: “%(new)s” instead of “%(old)s”") % {"new": name, "old": line.name}
    return ""


def _filled(row: ReadLine, line: SheetLine, words: dict[str, Mark], *, is_family: bool) -> Filled:
    mark = _mark(row.values["mark"], words)
    adults, children = (_guests(row.values.get(name)) for name in ("adults", "children"))
    if (adults is not None or children is not None) and not is_family:
        raise _fault(_("adults and children are counted at family afternoons only"))
    if (adults or children) and mark != Mark.PRESENT:
        raise _fault(_("adults and children are counted only for somebody who was present"))
    return Filled(line.participant.pk, mark, adults, children)


def _mark(value: Any, words: dict[str, Mark]) -> str:
    if _is_blank(value):
        return ""
    mark = words.get(plain(value)) if isinstance(value, str) else None
    if mark is None:
        told = one_line(str(value), 40)
        raise _fault(_("“%(word)s” is no mark. Choose one from the list in the cell.") % {"word": told})
    return mark


def _guests(value: Any) -> int | None:
    if _is_blank(value):
        return None
    if isinstance(value, str) and one_line(value).isdecimal() and len(value) < 4:
        value = int(one_line(value))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_GUESTS:
        raise _fault(_("adults and children are numbers from 0 to 50"))
    return value


def _fault(message: str | Promise) -> PlannerError:
    return PlannerError("sheet_line", message, status=422)
