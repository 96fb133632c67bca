"""Cells of an .ods, as LibreOffice and others write them: rows and cells are repeated by a number."""

from __future__ import annotations

import re
from xml.parsers import expat

from core.tables.cell_marks import MOST_COLUMNS, MOST_ROWS, Marks

_ERROR = re.compile(r"#[A-Z][A-Z/0]*[!?]?|#DIV/0!|Err:\d{3}")


def marks(body: bytes) -> dict[str, Marks]:
    """Title -> marks."""
    reader = _Tables()
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.Parse(body, True)
    return reader.found


class _Tables:
    def __init__(self) -> None:
        self.found: dict[str, Marks] = {}
        self.marks = Marks()
        self.depth = 0
        self.next_row = self.next_column = self.row = self.column = self.head = 0
        self.cell: dict[str, str] | None = None
        self.words = ""

    def start(self, name: str, given: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        if kind == "table":
            self.depth += 1
            if self.depth == 1:
                self.marks = self.found.setdefault(given.get("table:name", ""), Marks())
                self.next_row = self.head = 0
        elif self.depth != 1:
            return
        elif kind == "table-row":
            self._start_row(given)
        elif kind == "table-column":
            count = _count(given, "table:number-columns-repeated")
            if given.get("table:visibility") in ("collapse", "filter"):
                self.marks.hide_columns(self.head, count)
            self.head += count
        elif kind in ("table-cell", "covered-table-cell"):
            self._start_cell(given)

    def _start_row(self, given: dict[str, str]) -> None:
        count = _count(given, "table:number-rows-repeated")
        self.row, self.next_row, self.next_column = self.next_row, self.next_row + count, 0
        if given.get("table:visibility") in ("collapse", "filter"):
            self.marks.hide_rows(self.row, count)

    def _start_cell(self, given: dict[str, str]) -> None:
        self.column = self.next_column
        self.next_column += _count(given, "table:number-columns-repeated")
        down = _count(given, "table:number-rows-spanned")
        if down > 1:
            self.marks.merge((self.row, self.column), (self.row + down - 1, self.column))
        self.cell, self.words = given, ""

    def text(self, text: str) -> None:
        if self.cell is not None and len(self.words) < 20:
            self.words += text

    def end(self, name: str) -> None:
        kind = name.rpartition(":")[2]
        if kind == "table":
            self.depth -= 1
        elif kind == "table-cell" and self.depth == 1 and self.cell is not None:
            self._end_cell(self.cell)
            self.cell = None

    def _end_cell(self, given: dict[str, str]) -> None:
        if self.row >= MOST_ROWS or self.column >= MOST_COLUMNS:
            return
        is_formula = bool(given.get("table:formula"))
        if given.get("calcext:value-type") == "error" or (
            is_formula and _ERROR.fullmatch(self.words.strip())
        ):
            self.marks.faults.add((self.row, self.column))
        elif is_formula and not self.words and not given.get("office:value-type"):
            self.marks.formulas.add((self.row, self.column))


def _count(given: dict[str, str], name: str) -> int:
    text = given.get(name, "1")
    return int(text) if text.isdecimal() and len(text) < 9 else 1
