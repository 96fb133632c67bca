"""How a table stands on a page: its widths, the size of its letters, and words that are too long for a cell.

Widths are counted in digits of 11 points, as in the workbook. Heads stay at 11 points whatever the size of the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from django.utils.formats import number_format

from core.paper.content import Column, Heading, Leaf, Table
from core.paper.widths import text_width
from core.xlsx.sheet import MAX_WORD_WIDTH, PAGE_WIDTHS, Orientation, Value, read_value, shown_value
from core.xlsx.typeset import POINTS, fit_widths, line_count

SMALLEST = POINTS
SIZES = (16, 15, 14, 13, 12)
"""Points, the largest first; whatever fits a page in one of these is read from further away."""
HEIGHTS: dict[Orientation, float] = {"portrait": 740.0, "landscape": 490.0}
"""Points between the margins of A4, less what the marks of a scanner take."""
MARKS = 40.0
HEAD = 2
"""Blocks of a marked list that stand between the marks, in the margin."""
WIDER = 1.13
"""How much wider the letters of headings are than those of the workbook, at most."""
PADDING = 1.3
"""Digits at the sides of a cell, and a hair more."""
HEAD_PADDING = 0.75
"""Of a head: closer, so that there is more room for names."""
PEN, LEAST_PEN = 8.0, 6.4
"""Digits of a box to tick: 17 mm, or 14 mm where names would be broken otherwise."""
LEAST_SHARE = 0.55
"""Of its width keeps a column to write in where names would be broken otherwise."""
CAPITAL, LINE = 0.72, 1.2
"""Heights in sizes of the letters: one line, and each further one."""
MOST_BROKEN = 0.25
"""Of the rows may take another line for the sake of larger letters."""
LEAST_INSET, INSET, MOST_INSET = 0.32, 0.48, 0.8
"""Room above and below the letters of a cell, in their size: for a pen, and more where the page is empty."""
BREAK = "\u200b"
ROUNDING = 0.01


@dataclass(frozen=True)
class Setting:
    """How all tables of a list are set."""

    size: int = SMALLEST
    inset: float = INSET


def setting_of(leaf: Leaf) -> Setting:
    """The largest letters in which the list stays on one page and hardly a row takes two lines; else the smallest."""
    tables = [MeasuredTable(block) for block in leaf.blocks if isinstance(block, Table)]
    rows = sum(len(table.rows) for table in tables)
    room = PAGE_WIDTHS[leaf.orientation]
    rest = HEIGHTS[leaf.orientation] - _lines_above(leaf) - (MARKS if leaf.code else 0)
    if not rows:
        return Setting(SIZES[0] if _lines_above(leaf) < HEIGHTS[leaf.orientation] / 3 else SMALLEST)
    for size in SIZES:
        if size * rows * (CAPITAL + 2 * INSET) <= rest:
            more = sum(table.lines_more(room, size) for table in tables)
            if more <= rows * MOST_BROKEN:
                spare = rest - _heads(tables, room, size) - more * size * LINE
                if size * rows * (CAPITAL + 2 * INSET) <= spare:
                    return Setting(size, _inset(spare, rows, size))
    rest -= _heads(tables, room, SMALLEST)
    spare = rest - sum(table.lines_more(room, SMALLEST) for table in tables) * SMALLEST * LINE
    is_nearly_one = rows * SMALLEST * (CAPITAL + 2 * LEAST_INSET) <= spare
    return Setting(inset=_inset(spare, rows, SMALLEST) if is_nearly_one else INSET)


def _heads(tables: Sequence[MeasuredTable], room: float, size: int) -> float:
    return sum(head_height(table.head_lines(room, size)) for table in tables)


def head_height(lines: int) -> float:
    """Points that the head of a table takes, with the gaps around the table."""
    return lines * LINE * SMALLEST + 2 * SMALLEST


def row_height(setting: Setting, lines: int) -> float:
    return setting.size * (CAPITAL + 2 * setting.inset + (lines - 1) * LINE)


def _inset(rest: float, rows: int, size: int) -> float:
    """So that the rows fill the page, within reason."""
    return round(min(max((rest / rows / size - CAPITAL) / 2, LEAST_INSET), MOST_INSET), 3)


def _lines_above(leaf: Leaf) -> float:
    """Points that headings and notes take, about."""
    blocks = leaf.blocks[HEAD if leaf.code else 0 :]
    return sum(
        text_height(str(getattr(block, "text", "")), leaf.orientation, is_heading=isinstance(block, Heading))
        for block in blocks
        if not isinstance(block, Table)
    )


def text_height(text: str, orientation: Orientation, *, is_heading: bool) -> float:
    """Points that a heading or a note takes, about."""
    points = 19 if is_heading else 12
    return line_count(text, PAGE_WIDTHS[orientation] / WIDER, points=points) * points * 1.45


class MeasuredTable:
    """A table, read once, and how wide its columns are in each size."""

    def __init__(self, table: Table) -> None:
        self.columns = table.columns
        self.heads = [str(read_value(str(column.title))) for column in table.columns]
        empty = [""] * len(table.columns)
        self.rows = [
            [*(shown_on_page(read_value(value)) for value in row), *empty[len(row) :]] for row in table.rows
        ]
        self._longest = [
            max((text_width(row[place]) for row in self.rows), default=0.0)
            for place in range(len(self.columns))
        ]

    def head_lines(self, room: float, size: int) -> int:
        heads = self.heads_told(self.widths(room, size))
        return max((head.count("\n") + 1 for head in heads), default=1)

    def heads_told(self, widths: Sequence[float]) -> list[str]:
        """Each head in the lines that it takes: one language below the other where they do not fit beside it."""
        rooms = [
            width - _padding(column) + ROUNDING for width, column in zip(widths, self.columns, strict=True)
        ]
        return [_head_in_lines(head, room) for head, room in zip(self.heads, rooms, strict=True)]

    def lines_more(self, room: float, size: int) -> float:
        """Lines that its rows take beyond one each, at that size; without end where even a word does not fit."""
        if sum(self._wanted(size, is_tight=True)) <= room:
            return 0
        if sum(self._least(size)) > room:
            return inf
        widths = [(width - PADDING) * SMALLEST / size + ROUNDING for width in self.widths(room, size)]
        return sum(
            max(_lines(text, width) for text, width in zip(row, widths, strict=True)) - 1 for row in self.rows
        )

    def widths(self, room: float, size: int) -> list[float]:
        """Columns for a pen give way first, then the longest texts are broken."""
        wanted, tight = self._wanted(size), self._wanted(size, is_tight=True)
        if (spare := room - sum(wanted)) >= 0:
            return fit_widths(self._wider(wanted, spare), wanted, room)
        if (short := sum(wanted) - room) <= (given := sum(wanted) - sum(tight)):
            share = short / given
            return [most - (most - least) * share for most, least in zip(wanted, tight, strict=True)]
        return fit_widths(tight, self._least(size), room)

    def _least(self, size: int) -> list[float]:
        """So that no word is broken."""
        longest = [min(self._longest_word(place, size), MAX_WORD_WIDTH) for place in range(len(self.columns))]
        return [max(self._head(place, is_tight=True), word) for place, word in enumerate(longest)]

    def _wider(self, wanted: list[float], spare: float) -> list[float]:
        """What is meant to be wide gets what is left."""
        for place, column in enumerate(self.columns):
            if column.width is not None:
                more = min(max(column.width - wanted[place], 0), spare)
                wanted[place] += more
                spare -= more
        return wanted

    def _wanted(self, size: int, *, is_tight: bool = False) -> list[float]:
        scale = size / SMALLEST
        return [
            max(self._head(place, is_tight=is_tight), longest * scale + PADDING if longest else 0)
            for place, longest in enumerate(self._longest)
        ]

    def _head(self, place: int, *, is_tight: bool = False) -> float:
        """Room for the longest word of the head; a column for a pen is wider."""
        column: Column = self.columns[place]
        words = _one_below_the_other(self.heads[place]).replace("\n", " ").split(" ")
        widest = max((text_width(word, is_bold=True) for word in words), default=0.0) + _padding(column)
        pen = (LEAST_PEN if is_tight else PEN) if column.is_tick else 0.0
        return max(widest, pen, (LEAST_SHARE if is_tight else 0.7) * (column.width or 0.0))

    def _longest_word(self, place: int, size: int) -> float:
        words = (text_width(word) for row in self.rows for word in row[place].split())
        return max(words, default=0.0) * size / SMALLEST + PADDING


def shown_on_page(value: Value) -> str:
    """A fraction has the comma of its language; a workbook shows it so by itself."""
    if isinstance(value, float):
        return number_format(int(value) if value.is_integer() else round(value, 2))
    return shown_value(value)


def _padding(column: Column) -> float:
    return HEAD_PADDING if column.is_centred or column.is_tick else PADDING


def _one_below_the_other(head: str) -> str:
    """Two languages need no slash between them when each has its line."""
    return head.replace(" / ", "\n")


def _head_in_lines(head: str, room: float) -> str:
    if text_width(head, is_bold=True) <= room:
        return head
    lines = []
    for line in _one_below_the_other(head).split("\n"):
        lines.append("")
        for word in _breakable(line, room, is_bold=True).split(" "):
            longer = f"{lines[-1]} {word}".strip(" ")
            if lines[-1] and text_width(longer, is_bold=True) > room:
                lines.append(word)
            else:
                lines[-1] = longer
    return "\n".join(lines)


def _lines(text: str, room: float) -> int:
    """How many lines it takes at 11 points in so many digits: one only where it is sure to fit."""
    if "\n" not in text and (len(text) * 2.0 <= room or text_width(text) <= room):
        return 1
    lines, filled, space = 0, inf, text_width(" ")
    for line in text.replace(" /", "\u00a0/").split("\n"):
        filled = inf
        for word in line.split(" "):
            width = text_width(word)
            is_new = filled + space + width > room
            lines, filled = (lines + 1, width) if is_new else (lines, filled + space + width)
    return lines


def table_facts(table: Table, orientation: Orientation, setting: Setting) -> dict[str, Any]:
    """Widths as shares of the page, kinds (0 text, 1 centred, 2 to tick), and all texts."""
    measured, room = MeasuredTable(table), PAGE_WIDTHS[orientation]
    widths = measured.widths(room, setting.size)
    in_rows = [(width - PADDING) * SMALLEST / setting.size + ROUNDING for width in widths]
    return {
        "widths": [round(width, 3) for width in widths],
        "rest": round(max(room - sum(widths), 0.0), 3),
        "kinds": [2 if one.is_tick else 1 if one.is_centred else 0 for one in table.columns],
        "inset": setting.inset,
        "head": (heads := measured.heads_told(widths)),
        "rows": [_broken(row, in_rows) for row in measured.rows],
        "lines": [_row_lines(row, in_rows) for row in measured.rows],
        "head_lines": max((head.count("\n") + 1 for head in heads), default=1),
    }


def _row_lines(row: Sequence[str], widths: Sequence[float]) -> int:
    return max((_lines(text, width) for text, width in zip(row, widths, strict=True)), default=1)


def _broken(texts: Sequence[str], widths: Sequence[float]) -> list[str]:
    """Words that are wider than their column may break anywhere rather than run into the next cell.

    A number never does: whoever copies it from the page wants it whole.
    """
    return [
        _breakable(text, width, is_bold=False) if text else ""
        for text, width in zip(texts, widths, strict=True)
    ]


def _breakable(text: str, room: float, *, is_bold: bool) -> str:
    if len(text) * 2.0 <= room or text_width(text, is_bold=is_bold) <= room:
        return text
    return " ".join(
        BREAK.join(_pieces(word, room, is_bold)) if any(map(str.isalpha, word)) else word
        for word in text.split(" ")
    )


def _pieces(word: str, room: float, is_bold: bool) -> Iterator[str]:
    """The word in pieces that each fit the room."""
    piece = ""
    for letter in word:
        if piece and text_width(piece + letter, is_bold=is_bold) > room:
            yield piece
            piece = ""
        piece += letter
    yield piece
