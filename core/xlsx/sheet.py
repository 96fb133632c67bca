"""One printed sheet: headings, notes and tables, laid out when all of them are known."""

import datetime as dt
import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from django.utils.functional import Promise
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from core.dates.clock import BRUSSELS
from core.words.text import printable
from core.xlsx.typeset import FORMATS, POINTS, CellStyle, Dresser, fit_widths, line_count, text_width

Text = str | Promise
Cell = str | int | float | dt.date | dt.time | None
Value = Cell | Promise
Orientation = Literal["portrait", "landscape"]

# What lies between the margins of A4, in digits of 11 pt: the unit of a column's width.
PAGE_WIDTHS: dict[Orientation, float] = {"portrait": 86.0, "landscape": 127.0}
HEADING_POINTS = 15
LINE_HEIGHT = 1.3  # times the size of the letters
ROW_PADDING = 8.0  # points: room for a tick or a word by hand
MAX_ROW_HEIGHT = 409.0  # points: no program makes a row higher
MAX_TEXT = 500  # letters in a cell: no list needs more, and no page holds it
TICK_WIDTH = 8.0
GENERAL = "General"
MAX_WORD_WIDTH = 30.0  # longer words are broken rather than squeezing the other columns
CELL_PADDING = 1.5


@dataclass(frozen=True)
class Column:
    """A column of a table. `is_tick` draws thick lines, for a pen. `width` counts digits."""

    title: Text
    is_tick: bool = False
    is_centred: bool = False
    width: float | None = None


@dataclass(frozen=True)
class _Line:
    """A heading or a note: text over the whole width of the sheet."""

    text: Text
    points: int = POINTS
    is_bold: bool = False


@dataclass(frozen=True)
class _Table:
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]


class Sheet:
    """One printed sheet, filled downwards; `PrintedWorkbook.sheet` makes it."""

    def __init__(self, worksheet: Worksheet, *, room: float, dresser: Dresser) -> None:
        self._worksheet = worksheet
        self._room = room
        self._dresser = dresser
        self._blocks: list[_Line | _Table] = []
        self._widths: list[float] = []
        self._row = 0

    def heading(self, text: Text) -> None:
        self._blocks.append(_Line(text, HEADING_POINTS, is_bold=True))

    def note(self, text: Text = "", *, is_bold: bool = False) -> None:
        """A line of plain text over the whole width; without text a gap."""
        self._blocks.append(_Line(text, is_bold=is_bold))

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[Value]]) -> None:
        """A table. Its head comes back on every page, unless the sheet has more than one.

        A row may leave out what its last columns would hold: they stay empty, for a pen.
        Raises ValueError for a row with more values than columns.
        """
        filled = [(*row, *[None] * (len(columns) - len(row))) for row in rows]
        if any(len(row) > len(columns) for row in filled):
            raise ValueError("a row has more values than the table has columns")
        self._blocks.append(_Table(columns, filled))

    def press(self) -> None:
        """Writes what was added into the worksheet: widths first, as heights depend on them."""
        blocks = [_read_table(block) if isinstance(block, _Table) else block for block in self._blocks]
        tables = [block for block in blocks if isinstance(block, _Table)]
        self._widths = _column_widths(tables, self._room)
        if (rest := self._room - sum(self._widths)) > 1:
            self._widths.append(rest)  # so that headings have the whole page, however narrow the tables
        for number, width in enumerate(self._widths, start=1):
            self._worksheet.column_dimensions[get_column_letter(number)].width = round(width, 2)
        for block in blocks:
            if isinstance(block, _Table):
                self._press_table(block, is_only=len(tables) == 1)
            else:
                self._press_line(block)
        self._worksheet.print_area = f"A1:{get_column_letter(len(self._widths))}{max(self._row, 1)}"

    def _press_line(self, line: _Line) -> None:
        self._row += 1
        text, last = str(read_value(line.text)), len(self._widths)
        self._write(1, text, CellStyle(points=line.points, is_bold=line.is_bold))
        if last > 1:
            # Without the empty cells and frames that `merge_cells` makes for each: a fifth of the time of a large book.
            self._worksheet.merged_cells.add(f"A{self._row}:{get_column_letter(last)}{self._row}")
        room = sum(self._widths) - CELL_PADDING
        lines = line_count(text, room, points=line.points, is_bold=line.is_bold)
        self._set_height(lines * line.points * LINE_HEIGHT + 2)

    def _press_table(self, table: _Table, *, is_only: bool) -> None:
        self._press_row(table.columns, [column.title for column in table.columns], is_head=True)
        if is_only:
            self._worksheet.print_title_rows = f"{self._row}:{self._row}"
            self._worksheet.freeze_panes = f"A{self._row + 1}"
        for row in table.rows:
            self._press_row(table.columns, row)

    def _press_row(self, columns: Sequence[Column], row: Sequence[Value], *, is_head: bool = False) -> None:
        self._row += 1
        lines = 1
        for number, (column, value) in enumerate(zip(columns, row, strict=True), start=1):
            self._write(
                number,
                value,
                _look(column.is_centred, column.is_tick, is_head, FORMATS.get(type(value), GENERAL)),
            )
            if value is not None and value != "":
                room = self._widths[number - 1] - CELL_PADDING
                lines = max(lines, line_count(shown_value(value), room, is_bold=is_head))
        self._set_height(lines * POINTS * LINE_HEIGHT + ROW_PADDING)

    def _write(self, column: int, value: Value, look: CellStyle) -> None:
        cell = self._worksheet.cell(self._row, column, value)
        if isinstance(value, str):
            cell.data_type = "s"  # whatever it looks like: "=1+1" and "#N/A" are names here
        self._dresser.dress(cell, look)

    def _set_height(self, points: float) -> None:
        self._worksheet.row_dimensions[self._row].height = min(round(points, 1), MAX_ROW_HEIGHT)


@functools.cache
def _look(is_centred: bool, is_tick: bool, is_head: bool, number_format: str) -> CellStyle:
    return CellStyle(
        is_bold=is_head,
        is_centred=is_centred or is_tick,
        frame="thick" if is_tick or is_head else "thin",
        number_format=number_format,
    )


def read_value(value: Value) -> Cell:
    """The value as a cell takes it: lazy texts read, all texts printable, instants on the clock of here."""
    if isinstance(value, str | Promise):
        text = printable(str(value)).strip()
        return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"
    if isinstance(value, dt.datetime) and value.tzinfo:
        return value.astimezone(BRUSSELS).replace(tzinfo=None)
    return value


def _read_table(table: _Table) -> _Table:
    columns = [replace(column, title=str(read_value(column.title))) for column in table.columns]
    return _Table(columns, [[read_value(value) for value in row] for row in table.rows])


def shown_value(value: Value) -> str:
    """As many letters, and about as wide, as the cell will show."""
    if (number_format := FORMATS.get(type(value))) is not None:
        return re.sub("[a-z]", "0", number_format)
    return "" if value is None else str(value)


def column_widths(columns: Sequence[Column], rows: Sequence[Sequence[Value]], room: float) -> list[float]:
    """Widths of a table that stands alone, in digits, for whoever draws it without a workbook."""
    filled = [[*row, *[None] * (len(columns) - len(row))] for row in rows]
    return _column_widths([_Table(columns, filled)], room)


def _column_widths(tables: Sequence[_Table], room: float) -> list[float]:
    """Widths that serve all the tables of a sheet, which share its columns."""
    count = max((len(table.columns) for table in tables), default=0)
    if not count:
        return [room]
    wanted, least = [0.0] * count, [0.0] * count
    for table in tables:
        for number, column in enumerate(table.columns):
            most, fewest = _column_width(column, [shown_value(row[number]) for row in table.rows])
            wanted[number], least[number] = max(wanted[number], most), max(least[number], fewest)
    return fit_widths(wanted, least, room)


def _column_width(column: Column, texts: Sequence[str]) -> tuple[float, float]:
    """What the column would like to have, and what it needs for its longest word."""
    head = (
        max((text_width(word, is_bold=True) for word in str(column.title).split()), default=0) + CELL_PADDING
    )
    if column.is_tick:
        head = max(head, TICK_WIDTH)
    if column.width is not None:
        return max(column.width, head), head
    longest_word = max((text_width(word) for text in texts for word in text.split()), default=0)
    longest = max(map(text_width, texts), default=0)
    return max(head, longest + CELL_PADDING), max(head, min(longest_word + CELL_PADDING, MAX_WORD_WIDTH))
