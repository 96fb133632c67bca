"""Cells of an .xlsx, transitional or strict, with or without references at each cell."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree  # the zip was searched for entities before it came here
from xml.parsers import expat

from core.tables.cell_marks import MOST_COLUMNS, MOST_ROWS, Marks, Place
from core.tables.cell_marks.parts import local, targets

_WORTH_IT = re.compile(rb"""t=["']e["']|<(?:\w+:)?f\b|hidden=""")
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_TEXT = re.compile(r'\s*"([^"]*)"\s*')
MOST_LETTERS = 200
"""Of a formula that is looked at: longer ones are no number and no name."""
_TRUE = frozenset(("1", "true", "on"))


def marks(archive: zipfile.ZipFile) -> dict[str, Marks]:
    found = {}
    for title, part in _sheets(archive):
        body = archive.read(part)
        if _WORTH_IT.search(body):
            found[title] = _Sheet().read(body)
    return found


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    names, parts = set(archive.namelist()), targets(archive, "xl/_rels/workbook.xml.rels")
    for each in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():  # noqa: S314
        if local(each.tag) == "sheet":
            key = next((value for name, value in each.attrib.items() if local(name) == "id"), "")
            if parts.get(key) in names:
                yield each.get("name", ""), parts[key]


class _Sheet:
    """Reads piece by piece: nothing is kept but the marks."""

    def __init__(self) -> None:
        self.marks = Marks()
        self.row, self.column = -1, -1
        self.has_formula = self.has_value = self.in_value = self.in_formula = False
        self.formula = ""

    def read(self, body: bytes) -> Marks:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(body, True)
        return self.marks

    def _start(self, name: str, given: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        if kind == "c":
            self._start_cell(given)
        elif kind == "f":
            self.has_formula = self.in_formula = True
            self.formula = ""
        elif kind == "v":
            self.in_value = True
        elif kind == "row":
            self.row = int(given["r"]) - 1 if given.get("r", "").isdecimal() else self.row + 1
            self.column = -1
            if given.get("hidden") in _TRUE:
                self.marks.hide_rows(self.row, 1)
        elif kind == "col" and given.get("hidden") in _TRUE:
            first, last = int(given.get("min", 1)), int(given.get("max", 1))
            self.marks.hide_columns(first - 1, last - first + 1)

    def _start_cell(self, given: dict[str, str]) -> None:
        self.column += 1
        if place := _REFERENCE.fullmatch(given.get("r", "")):
            self.column = _column(place[1])
        self.has_formula = self.has_value = False
        if given.get("t") == "e" and self._is_near():
            self.marks.faults.add((self.row, self.column))

    def _end(self, name: str) -> None:
        kind = name.rpartition(":")[2]
        if kind == "v":
            self.in_value = False
        elif kind == "f":
            self.in_formula = False
        elif kind == "c" and self.has_formula and self._is_near():
            self._end_formula((self.row, self.column))

    def _end_formula(self, place: Place) -> None:
        if text := _TEXT.fullmatch(self.formula):
            self.marks.texts[place] = text[1]
        elif not self.has_value:
            self.marks.formulas.add(place)

    def _text(self, text: str) -> None:
        if self.in_value:
            self.has_value = True
        elif self.in_formula and len(self.formula) < MOST_LETTERS:
            self.formula += text

    def _is_near(self) -> bool:
        return self.row < MOST_ROWS and self.column < MOST_COLUMNS


def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column - 1
