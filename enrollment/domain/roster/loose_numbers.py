"""Numbers that stand on a list where no line was read from them: whoever has one stays, and it is said. Pure.

Rows that slipped, remarks, blocks beside the columns, sheets without headings: a list is read by its columns, and
nobody goes because somebody typed elsewhere.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.tables.values import FAULT, FORMULA, ReadSheet
from enrollment.domain.roster.cell_values import (
    INVISIBLE,
    date_of,
    is_day_number,
    number_key,
    number_of,
    text_of,
)
from enrollment.domain.roster.headings import Columns
from enrollment.domain.roster.no_person_rows import at

_DATES = re.compile(r"\b\d{1,4}([./-])\d{1,2}\1\d{2,4}\b|\b\d{1,2}[:uh]\d{2}\b")
_GROUPED = re.compile(r"\b\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3})+\b")
_WORDS = re.compile(r"[^\W_]+")
_FIGURES = re.compile(r"\d+")
_SHORT = 20
"""Letters of a unit or a cell: more than that is another text that slipped into the column."""
_OF_A_CELL = 3
"""Figures of a cell or a unit; a longer number under these headings is somebody's."""


@dataclass(frozen=True)
class LooseNumber:
    """A number (as `number_key` writes it) and where it stands; `sheet` is named when it was not read at all."""

    number: str
    row: int
    sheet: str = ""


@dataclass
class LooseNumbers:
    """Those of the `wanted` numbers that stand anywhere in the file, each where it stands first."""

    wanted: Collection[str]
    found: dict[str, LooseNumber] = field(default_factory=dict)
    counting: frozenset[int] = frozenset()
    """Columns of the sheet at hand that count its rows: 1, 2, 3 are nobody there."""

    def look(self, row: int, values: Iterable[Any], sheet: str = "") -> None:
        if not self.wanted:
            return
        for value in values:
            for number in numbers_in(value):
                if number in self.wanted:
                    self.found.setdefault(number, LooseNumber(number, row, sheet))

    def look_beside(self, number: int, row: Sequence[Any], places: Columns) -> None:
        """A row that was read: what stands outside its columns, and what slipped into another of them."""
        self.look(number, (value for index, value in enumerate(row) if self._is_loose(row, index, places)))

    def look_over(self, sheet: ReadSheet) -> None:
        """A sheet of which nothing was read."""
        for number, row in enumerate(sheet.rows, 1):
            self.look(number, row, sheet.title)

    def _is_loose(self, row: Sequence[Any], index: int, places: Columns) -> bool:
        kind = next((kind for kind, place in places.items() if place == index), "")
        value, is_known = row[index], number_key(number_of(at(row, places["number"]))) in self.wanted
        if kind == "number":
            return not is_known
        if kind == "arrived_on":
            return not (date_of(value) or (isinstance(value, (int, float)) and is_day_number(value)))
        if kind in ("unit", "cell", "unit_and_cell"):
            longest = max(map(len, numbers_in(value)), default=0)
            return len(text_of(value)) > _SHORT or (not is_known and longest > _OF_A_CELL)
        return index not in self.counting


def counting_columns(sheet: ReadSheet) -> frozenset[int]:
    """Those that begin with 1 and of which nearly every figure follows on the one above it."""
    last: dict[int, int] = {}
    following: Counter[int] = Counter()
    filled: Counter[int] = Counter()
    for row in sheet.rows:
        for index, value in enumerate(row):
            text = number_of(value) if index in last or text_of(value) == "1" else ""
            if text.isdecimal() and len(text) < _SHORT:
                filled[index] += 1
                following[index] += int(text) in (1, last.get(index, 0) + 1)
                last[index] = int(text)
    return frozenset(index for index, times in filled.items() if times > 2 and following[index] > times * 0.8)


def numbers_in(value: Any) -> Iterator[str]:
    """Every number that may be meant: the whole cell, or words and figures of a remark. A date is none."""
    if value is None or value is FAULT or value is FORMULA or isinstance(value, (dt.date, dt.time, bool)):
        return
    whole = number_of(value)
    if whole:
        yield number_key(whole)
    if not isinstance(value, str) or not any(sign.isdigit() for sign in value):
        return
    text = _DATES.sub(" ", unicodedata.normalize("NFKC", INVISIBLE.sub("", value)))
    for pattern in (_GROUPED, _WORDS, _FIGURES):
        yield from map(number_key, pattern.findall(text))
    for word in text.split():
        yield number_key(word)
