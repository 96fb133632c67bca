"""One printed sheet: headings, notes and tables, laid out when all of them are known."""

import datetime as dt
import functools
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.utils.functional import Promise
from openpyxl.utils import get_column_letter

from core.dates.clock import BRUSSELS
from core.words.text import printable
from core.xlsx.rows import Cell, cell_text, row_text
from core.xlsx.typeset import (
    FORMATS,
    MOST_WIDE,
    POINTS,
    CellStyle,
    Dresser,
    fit_widths,
    line_count,
    text_width,
)

Text = str | Promise
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


@dataclass(frozen=True, slots=True)
class _PressedColumn:
    """Where the values of one column come to stand. So many `letters` fit in one line, whichever they are."""

    name: str
    look: int
    column: Column
    room: float
    letters: int
    is_head: bool


class Sheet:
    """One printed sheet, filled downwards; `PrintedWorkbook.sheet` makes it.

    After `press`: its `rows` as the file holds them, the `size` that they fill, the `widths` of its columns, the
    cells that are `merged`, and the row of the `head` that comes back on every page.
    """

    def __init__(self, *, room: float, dresser: Dresser) -> None:
        self.rows: list[str] = []
        self.widths: list[float] = []
        self.merged: list[str] = []
        self.head: int | None = None
        self.size = ""
        self._room = room
        self._dresser = dresser
        self._blocks: list[_Line | _Table] = []

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
        """Works out what was added: widths first, as heights depend on them."""
        blocks = [_read_table(block) if isinstance(block, _Table) else block for block in self._blocks]
        tables = [block for block in blocks if isinstance(block, _Table)]
        self.widths = _column_widths(tables, self._room)
        self.size = f"A1:{get_column_letter(len(self.widths))}"
        if (rest := self._room - sum(self.widths)) > 1:
            self.widths.append(rest)  # so that headings have the whole page, however narrow the tables
        for block in blocks:
            if isinstance(block, _Table):
                self._press_table(block, is_only=len(tables) == 1)
            else:
                self._press_line(block)
        self.size += str(max(len(self.rows), 1))

    def _press_line(self, line: _Line) -> None:
        row, text, last = len(self.rows) + 1, str(read_value(line.text)), len(self.widths)
        if last > 1:
            self.merged.append(f"A{row}:{get_column_letter(last)}{row}")
        look = self._dresser.number(CellStyle(points=line.points, is_bold=line.is_bold))
        room = sum(self.widths) - CELL_PADDING
        lines = line_count(text, room, points=line.points, is_bold=line.is_bold)
        self._add([cell_text(f"A{row}", text, look)], lines * line.points * LINE_HEIGHT + 2)

    def _press_table(self, table: _Table, *, is_only: bool) -> None:
        self._press_row(self._places(table.columns, is_head=True), [column.title for column in table.columns])
        if is_only:
            self.head = len(self.rows)
        places = self._places(table.columns)
        for row in table.rows:
            self._press_row(places, row)

    def _places(self, columns: Sequence[Column], *, is_head: bool = False) -> list[_PressedColumn]:
        places = []
        for number, (column, width) in enumerate(zip(columns, self.widths, strict=False), start=1):
            look = _look(column.is_centred, column.is_tick, is_head, GENERAL)
            room = width - CELL_PADDING
            name, style = get_column_letter(number), self._dresser.number(look)
            places.append(_PressedColumn(name, style, column, room, int(room / MOST_WIDE), is_head))
        return places

    def _press_row(self, places: Sequence[_PressedColumn], row: Sequence[Any]) -> None:
        lines, cells, number = 1, [], len(self.rows) + 1
        for place, value in zip(places, row, strict=True):
            look = place.look
            if (number_format := FORMATS.get(type(value))) is not None:
                column = place.column
                look = self._dresser.number(_look(column.is_centred, column.is_tick, False, number_format))
            cells.append(cell_text(f"{place.name}{number}", value, look))
            if value is not None and (len(text := shown_value(value)) > place.letters or "\n" in text):
                lines = max(lines, line_count(text, place.room, is_bold=place.is_head))
        self._add(cells, lines * POINTS * LINE_HEIGHT + ROW_PADDING)

    def _add(self, cells: Sequence[str], points: float) -> None:
        self.rows.append(row_text(len(self.rows) + 1, min(round(points, 1), MAX_ROW_HEIGHT), cells))


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
            most, fewest = _column_width(column, {shown_value(row[number]) for row in table.rows})
            wanted[number], least[number] = max(wanted[number], most), max(least[number], fewest)
    return fit_widths(wanted, least, room)


def _column_width(column: Column, texts: Collection[str]) -> tuple[float, float]:
    """What the column would like to have, and what it needs for its longest word."""
    head = (
        max((text_width(word, is_bold=True) for word in str(column.title).split()), default=0) + CELL_PADDING
    )
    if column.is_tick:
        head = max(head, TICK_WIDTH)
    if column.width is not None:
        return max(column.width, head), head
    longest_word = max(map(text_width, {word for text in texts for word in text.split()}), default=0)
    longest = max(map(text_width, texts), default=0)
    return max(head, longest + CELL_PADDING), max(head, min(longest_word + CELL_PADDING, MAX_WORD_WIDTH))
