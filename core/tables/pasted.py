"""A table pasted from a spreadsheet, or sent as a file: its columns recognised by their headings, line by line. Pure.

Without headings the columns count in the order in which they are declared. A file is turned into the text that
its cells would give when copied, so that one field shows what will be read and lets people mend it.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import PlannerError
from core.tables import reading, text
from core.tables.values import FAULT, FORMULA
from core.words.folding import fold
from core.words.text import one_line

MOST_LINES = 500
HEAD_ROWS = 5
"""So many rows with titles may stand above the headings."""
_BESIDE = re.compile(r"\([^)]*\)|\[[^]]*\]")


@dataclass(frozen=True)
class PastedColumn:
    """One thing that a line may say. `spellings` are headings in three languages, separated by a bar."""

    name: str
    label: str | Promise
    spellings: str
    is_needed: bool = False

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(_key(each) for each in self.spellings.split("|"))


@dataclass(frozen=True)
class PastedLine:
    number: int
    """Counted from 1, as the spreadsheet counts."""
    values: Mapping[str, str]


@dataclass(frozen=True)
class PastedTable:
    columns: tuple[PastedColumn, ...]
    """Those that were found."""
    unknown: tuple[str, ...]
    """Headings that nobody understood: their columns are left out, and that is said."""
    lines: tuple[PastedLine, ...]
    has_headings: bool


def text_of(content: bytes) -> str:
    """A file as it would have been pasted: its first sheet that can be seen and says something.

    Raises PlannerError 422 as the reader of files does.
    """
    sheets = [sheet for sheet in reading.read_sheets(content) if not sheet.is_hidden and sheet.rows]
    found = io.StringIO()
    writer = csv.writer(found, dialect="excel-tab", lineterminator="\n")
    for row in sheets[0].rows if sheets else ():
        writer.writerow([_shown(value) for value in row])
    return found.getvalue()


def parse(pasted: str, columns: Sequence[PastedColumn]) -> PastedTable:
    """Raises PlannerError 422: nothing in it, too many lines, or a needed column is missing."""
    rows = [
        [_shown(value) for value in row] for row in text.read(pasted, "\t" if "\t" in pasted else "").rows
    ]
    head, order, unknown = _headings(rows, columns)
    missing = [column for column in columns if column.is_needed and column.name not in order]
    if missing and any(any(row) for row in rows):
        words = _("There is no column “%(column)s”. Put the names of the columns on the first line.")
        raise PlannerError("column_missing", words, 422, column=missing[0].label)
    lines = tuple(_lines(rows[head:], order, head + 1))
    if not lines:
        raise PlannerError(
            "nothing_pasted", _("There is nothing in it yet. Paste the rows of the table."), 422
        )
    if len(lines) > MOST_LINES:
        words = _("These are more than %(most)s lines. Paste them in parts.")
        raise PlannerError("too_many_lines", words, 422, most=MOST_LINES)
    return PastedTable(tuple(one for one in columns if one.name in order), unknown, lines, head > 0)


def _headings(
    rows: Sequence[Sequence[str]], columns: Sequence[PastedColumn]
) -> tuple[int, dict[str, int], tuple[str, ...]]:
    """Where the lines begin, which column holds what, and the headings that say nothing to us."""
    for index, row in enumerate(rows[:HEAD_ROWS]):
        found, unknown = _recognised(row, columns)
        if _are_headings(row, found, columns):
            return index + 1, found, tuple(unknown)
    return 0, {column.name: index for index, column in enumerate(columns)}, ()


def _are_headings(row: Sequence[str], found: Mapping[str, int], columns: Sequence[PastedColumn]) -> bool:
    """Most of them are known; or what is needed is, and nothing in the row counts or tells a time as a line does."""
    filled = [cell for cell in row if cell]
    if found and len(found) * 2 >= len(filled) and (len(found) > 1 or len(filled) == 1):
        return True
    needed = any(column.is_needed and column.name in found for column in columns)
    return needed and len(filled) > 1 and not any(sign.isdigit() for cell in filled for sign in cell)


def _recognised(row: Sequence[str], columns: Sequence[PastedColumn]) -> tuple[dict[str, int], list[str]]:
    found: dict[str, int] = {}
    unknown = []
    for index, cell in enumerate(row):
        spelt = _spellings(cell)
        name = next((one.name for one in columns if spelt & one.keys and one.name not in found), "")
        if name:
            found[name] = index
        elif cell:
            unknown.append(one_line(cell, 40))
    return found, unknown


def _spellings(cell: str) -> frozenset[str]:
    """“Naam / Nom”, “Capaciteit (personen)”: the whole, and each of its parts."""
    bare = _BESIDE.sub("", cell)
    return frozenset(key for key in (_key(cell), _key(bare), *map(_key, re.split(r"[/|\n]", bare))) if key)


def _key(heading: str) -> str:
    return fold(heading).replace(" ", "") if any(sign.isalnum() for sign in heading) else ""


def _lines(rows: Sequence[Sequence[str]], order: Mapping[str, int], first: int) -> Iterator[PastedLine]:
    for number, row in enumerate(rows, start=first):
        values = {name: row[index] if index < len(row) else "" for name, index in order.items()}
        if any(values.values()):
            yield PastedLine(number, values)


def _shown(value: Any) -> str:
    """A cell as somebody who copies it sees it; lines within a cell stay."""
    if value is None or value is FORMULA:
        return ""
    if value is FAULT:
        return "#?"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "\n".join(filter(None, (one_line(part) for part in str(value).splitlines())))
