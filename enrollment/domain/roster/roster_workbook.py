"""Reading the list of a prison: any workbook or text, columns in any order, headings in Dutch, French or English.

Pure: bytes in, lines out. Whatever cannot be read is refused in words before anything is kept. A row that is
not understood carries what could be read of it, so that its person stays.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.errors import PlannerError
from core.tables.reading import read_sheets
from core.tables.values import ReadSheet
from core.words.text import one_line
from enrollment.domain.roster.cell_values import is_day_number, number_key, text_of
from enrollment.domain.roster.headings import HEAD_ROWS, Columns, columns, kind_of, of_two_rows
from enrollment.domain.roster.lines import LineProblem, RosterLine, Text, line_of
from enrollment.domain.roster.loose_numbers import LooseNumber, LooseNumbers, counting_columns
from enrollment.domain.roster.no_person_rows import at, filled, is_no_person, section_of

MOST_PEOPLE = 5000
MOST_PROBLEMS = 500


@dataclass(frozen=True)
class RosterFile:
    lines: tuple[RosterLine, ...]
    problems: tuple[LineProblem, ...]
    remarks: tuple[LineProblem, ...] = ()
    loose: tuple[LooseNumber, ...] = ()
    """Numbers of people who stay here, wherever they stand in the file outside of these lines."""


def read(name: str, content: bytes, numbers: Collection[str] = ()) -> RosterFile:
    """`numbers` (as `number_key` writes them) are looked for in the whole file, sheets that are not read too.

    Raises PlannerError 422 with a sentence for a file that is none, too large, protected or without headings.
    """
    return _understand(read_sheets(content), frozenset(numbers))


def _refuse(code: str, message: Text) -> PlannerError:
    return PlannerError(f"roster_{code}", message, status=422)


@dataclass
class _Reading:
    """What was read so far, over all sheets."""

    lines: list[RosterLine] = field(default_factory=list)
    problems: list[LineProblem] = field(default_factory=list)
    remarks: list[LineProblem] = field(default_factory=list)
    seen: set[RosterLine] = field(default_factory=set)
    loose: LooseNumbers = field(default_factory=lambda: LooseNumbers(()))

    def add(self, found: RosterLine | LineProblem) -> None:
        """The same line again says nothing new; the same number with something else is decided by who stays here."""
        if isinstance(found, LineProblem):
            self.problems.append(found)
        elif (bare := replace(found, row=0, section="", number=number_key(found.number))) not in self.seen:
            self.seen.add(bare)
            self.lines.append(found)
        if len(self.lines) > MOST_PEOPLE:
            raise _refuse(
                "too_long", _("The file has more than 5,000 people. No prison has: check the file.")
            )
        if len(self.problems) >= MOST_PROBLEMS:
            raise _refuse(
                "not_understood",
                _(
                    "More than 500 rows were not understood; the first: %(why)s. This seems to be another list."
                )
                % {"why": self.problems[0].why},
            )


def _understand(sheets: Sequence[ReadSheet], numbers: frozenset[str]) -> RosterFile:
    """All visible sheets that have the headings are one list; hidden ones are named, never read by themselves."""
    reading, above, visible = _Reading(loose=LooseNumbers(numbers)), 0, 0
    hidden = [sheet for sheet in sheets if sheet.is_hidden and _has_headings(sheet)]
    wanted = [sheet for sheet in sheets if not sheet.is_hidden]
    lists = [sheet for sheet in wanted if _has_headings(sheet)]
    for sheet in wanted:
        if sheet in lists:
            _read_sheet(reading, sheet, above, is_one_of_many=len(lists) > 1)
            visible += 1
        elif len(sheet.rows) > 2 and lists:
            reading.remarks.append(_remark(_("The sheet “%(name)s” was not read: no headings."), sheet))
        above += len(sheet.rows)
    for sheet in sheets:
        if sheet.is_hidden or sheet not in lists:
            reading.loose.look_over(sheet)
    reading.remarks += [_remark(_("The hidden sheet “%(name)s” was not read."), each) for each in hidden]
    if not visible:
        raise _no_list(sheets, hidden)
    if not reading.lines:
        raise _nobody(reading)
    return RosterFile(
        tuple(reading.lines),
        tuple(reading.problems),
        tuple(reading.remarks),
        tuple(reading.loose.found.values()),
    )


def _remark(words: Text, sheet: ReadSheet) -> LineProblem:
    return LineProblem(0, "", str(words) % {"name": sheet.title}, is_remark=True)


def _has_headings(sheet: ReadSheet) -> bool:
    return any(columns(row) for row in sheet.rows[:HEAD_ROWS])


def _no_list(sheets: Sequence[ReadSheet], hidden: Sequence[ReadSheet]) -> PlannerError:
    if hidden:
        words = _(
            "Only the hidden sheet “%(name)s” holds a list. Show it in the workbook and save, or send another."
        )
        return _refuse("hidden", words % {"name": hidden[0].title})
    rows = [row for sheet in sheets for row in sheet.rows[:HEAD_ROWS] if any(text_of(one) for one in row)]
    first = one_line(" · ".join(filter(None, map(text_of, rows[0]))), 80) if rows else ""
    for row in rows:
        if len(kinds := {kind for value in row if (kind := kind_of(value))}) > 1:
            return _column_missing(row, kinds)
    return _refuse(
        "no_headings",
        _(
            "No headings were found in the first rows (the first is “%(first)s”). There must be at least a column "
            "with the number and one with the name."
        )
        % {"first": first},
    )


def _column_missing(row: Sequence[Any], kinds: Collection[str]) -> PlannerError:
    has_number = "number" in kinds or "any_number" in kinds
    words = (
        _("A column with the name is missing. The headings that were read: %(headings)s.")
        if has_number
        else _("A column with the number is missing. The headings that were read: %(headings)s.")
    )
    headings = one_line(", ".join(filter(None, map(text_of, row))), 160)
    return _refuse("no_headings", words % {"headings": headings})


def _nobody(reading: _Reading) -> PlannerError:
    if reading.problems:
        first = reading.problems[0]
        return _refuse(
            "nobody",
            _("No row was understood. Row %(row)s: %(why)s. Nothing was changed.")
            % {"row": first.row, "why": first.why},
        )
    return _refuse("nobody", _("Below the headings there is nobody on this list. Nothing was changed."))


def _read_sheet(reading: _Reading, sheet: ReadSheet, above: int, *, is_one_of_many: bool) -> None:
    places: Columns = {}
    section = sheet.title if is_one_of_many else ""
    before: Sequence[Any] = ()
    start, hidden, groups = len(reading.lines), 0, _Groups()
    arrivals: list[tuple[Any, LineProblem]] = []
    reading.loose.counting = counting_columns(sheet)
    for number, row in enumerate(sheet.rows, start=above + 1):
        if headings := of_two_rows(before, row) or columns(row, sheet.hidden_columns):
            if not places:
                reading.remarks += _hidden_columns(sheet, row, headings) + _second_numbers(
                    sheet, row, headings
                )
            places, before = headings, row
            reading.loose.look(number, row)
            continue
        values, before = filled(row), row
        if not places or not values or is_no_person(row, places, len(reading.lines)):
            section = section_of(values) or section
            reading.loose.look(number, row)
            continue
        reading.loose.look_beside(number, row, places)
        found, remark = line_of(number, row, places, section)
        groups.add(found)
        hidden += number - above - 1 in sheet.hidden_rows
        reading.add(found)
        if remark:
            arrivals.append((at(row, places["arrived_on"]), remark))
    reading.remarks += [_torn(above + place + 1) for place in sheet.torn]
    reading.remarks += _remarks_of_arrivals(arrivals, reading.lines[start:])
    reading.lines[start:] = map(groups.filled, reading.lines[start:])
    if hidden:
        words = ngettext(
            "%(count)s row is hidden in the file; it was read as well.",
            "%(count)s rows are hidden in the file; they were read as well.",
            hidden,
        )
        reading.remarks.append(LineProblem(0, sheet.title, words % {"count": hidden}, is_remark=True))


def _torn(row: int) -> LineProblem:
    why = _("a quotation mark is not closed from here on: the lines were read one by one")
    return LineProblem(row, "", why, is_remark=True)


def _remarks_of_arrivals(
    arrivals: list[tuple[Any, LineProblem]], lines: list[RosterLine]
) -> list[LineProblem]:
    """A program that forgot to say that they are days writes every day as a number: nothing to be said."""
    are_days = all(isinstance(value, (int, float)) and is_day_number(value) for value, _remark in arrivals)
    if are_days and not any(line.arrived_on for line in lines):
        return []
    return [remark for _value, remark in arrivals]


@dataclass
class _Groups:
    """Units that stand on the first row of their people only, as a merged cell does that was saved as text."""

    unit: str = ""
    written: int = 0
    unit_of: dict[int, str] = field(default_factory=dict)

    def add(self, row: RosterLine | LineProblem) -> None:
        self.unit = row.unit or self.unit
        if row.unit:
            self.written += 1
        elif self.unit:
            self.unit_of[row.row] = self.unit

    def filled(self, line: RosterLine) -> RosterLine:
        """When most rows have none, the unit above is what they mean."""
        is_grouped = line.row in self.unit_of and len(self.unit_of) > self.written
        return replace(line, section=self.unit_of[line.row]) if is_grouped else line


def _second_numbers(sheet: ReadSheet, row: Sequence[Any], places: Columns) -> list[LineProblem]:
    """Of two columns with numbers one is read: which, is said."""
    kinds = ("number", "other_number")
    others = [
        index
        for index, value in enumerate(row)
        if kind_of(value) in kinds and index != places["number"] and index not in sheet.hidden_columns
    ]
    words = _("The column “%(name)s” (%(letter)s) was not read: the numbers come from column %(read)s.")
    return [
        LineProblem(
            0,
            "",
            str(words)
            % {"name": text_of(row[index]), "letter": _letter(index), "read": _letter(places["number"])},
            is_remark=True,
        )
        for index in others
    ]


def _letter(index: int) -> str:
    """As spreadsheets call their columns; there are sixty at most."""
    first, second = divmod(index, 26)
    return (chr(64 + first) if first else "") + chr(65 + second)


def _hidden_columns(sheet: ReadSheet, row: Sequence[Any], places: Columns) -> list[LineProblem]:
    """Named, whether they were read or another column holds the same: never taken or left in silence."""
    found = []
    for index in sorted(sheet.hidden_columns):
        name = text_of(at(row, index))
        if index in places.values():
            words = _("The hidden column “%(name)s” was read: no other column holds this.")
        elif kind_of(at(row, index)):
            words = _("The hidden column “%(name)s” was not read: another column holds this.")
        else:
            continue
        found.append(LineProblem(0, "", words % {"name": name}, is_remark=True))
    return found
