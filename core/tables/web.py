"""A web page that a system saved with the name of a workbook: its tables are read as they stand."""

from __future__ import annotations

import re
from html import unescape

from django.utils.translation import gettext_lazy as _

from core.tables.values import (
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_SHEETS,
    ReadSheet,
    plain_value,
    refusal,
    too_large,
    too_long,
)

_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*"
    r"<(?:!doctype\s+html|html|head|body|table|meta|div|style)\b",
    re.IGNORECASE | re.DOTALL,
)


_HEADINGS = frozenset(("h1", "h2", "h3", "h4"))
"""The last one before a table is its title."""
_NUMBERED = re.compile(r"^[^\W\d]+ \d+: ")


def is_web_page(text: str) -> bool:
    return _START.match(text[:4000]) is not None


def read(text: str) -> list[ReadSheet]:
    """Each table as a sheet. Raises PlannerError 422 for a page without one.

    Tags are found by one expression that never looks back: the parser of the standard library takes minutes for forty
    kilobytes of tags that do not end, and what is read here comes from anybody.
    """
    page = _WebTables()
    end = 0
    text = _without_comments(text)
    for found in _TAG.finditer(text):
        page.data(text[end : found.start()])
        end = found.end()
        if found[1]:
            page.end(found[2].lower())
        else:
            page.start(found[2].lower(), found[3])
    page.data(text[end:])
    page.end("table")
    sheets = [
        ReadSheet(title, tuple(map(tuple, rows)), hidden_rows=frozenset(hidden))
        for title, rows, hidden in zip(page.titles, page.tables, page.hidden, strict=True)
        if rows
    ]
    if not sheets:
        raise refusal("web_page", _("This is a web page without a table. Open it and save it as .xlsx."))
    return sheets


_TAG = re.compile(r"<(/?)(table|tr|td|th|br|p|div|h[1-4])\b([^<>]*)>", re.IGNORECASE)
_OTHER_TAG = re.compile(r"<[/!?a-z][^<>]*>", re.IGNORECASE)
_LEFT_OUT = (("<!--", "-->"), ("<script", "</script"), ("<style", "</style"))


def _without_comments(text: str) -> str:
    for start, end in _LEFT_OUT:
        kept: list[str] = []
        place, lower = 0, text.lower()
        if len(lower) != len(text):  # a letter that grows in small would move every place
            lower = text
        while (found := lower.find(start, place)) >= 0:
            kept.append(text[place:found])
            after = lower.find(end, found)
            place = after + len(end) if after >= 0 else len(text)
        text = "".join([*kept, text[place:]])
    return text


class _WebTables:
    """Rows of texts; a cell over several rows counts for each of them."""

    def __init__(self) -> None:
        self.tables: list[list[list[object]]] = []
        self.titles: list[str] = []
        self.hidden: list[set[int]] = []
        self.heading: list[str] | None = None
        self.in_heading = False
        self.cell: list[str] | None = None
        self.spans = (1, 1)
        self.hanging: dict[int, tuple[int, object]] = {}
        self.count = 0

    def start(self, tag: str, given: str) -> None:
        if tag == "table":
            self._start_table()
        elif tag == "tr" and self.tables:
            self._end_cell()
            if _HIDDEN.search(given):
                self.hidden[-1].add(len(self.tables[-1]))
            self.tables[-1].append([])
            self.count += 1
            if self.count > MOST_ROWS:
                raise too_long()
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            self._end_cell()
            self.cell = []
            self.spans = (_span("row", given), _span("col", given))
        elif tag in _BREAKS and self.cell is not None:
            self.cell.append(" ")
        elif tag in _HEADINGS:
            self.heading, self.in_heading = [], True

    def _start_table(self) -> None:
        self._end_cell()
        self.tables.append([])
        self.titles.append(_NUMBERED.sub("", " ".join("".join(self.heading or []).split()))[:60])
        self.hidden.append(set())
        self.heading, self.in_heading = None, False
        self.hanging = {}
        if len(self.tables) > MOST_SHEETS:
            raise too_large()

    def end(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._end_cell()
        elif tag in _HEADINGS:
            self.in_heading = False

    def data(self, text: str) -> None:
        if self.cell is not None:
            self.cell.append(unescape(_OTHER_TAG.sub("", text)))
        elif self.in_heading and self.heading is not None:
            self.heading.append(unescape(_OTHER_TAG.sub("", text)))

    def _end_cell(self) -> None:
        if self.cell is None:
            return
        row, value = self.tables[-1][-1], plain_value(" ".join("".join(self.cell).split()))
        down, across = self.spans
        self.cell = None
        self._hang(row)
        if len(row) >= MOST_COLUMNS:
            return
        if down > 1:
            self.hanging[len(row)] = (down - 1, value)
        row.extend([value, *[None] * (min(across, MOST_COLUMNS) - 1)])

    def _hang(self, row: list[object]) -> None:
        while len(row) in self.hanging:
            place = len(row)
            left, value = self.hanging.pop(place)
            row.append(value)
            if left > 1:
                self.hanging[place] = (left - 1, value)


_BREAKS = frozenset(("br", "p", "div"))
_HIDDEN = re.compile(r"display:\s*none|\bhidden\b", re.IGNORECASE)


def _span(what: str, given: str) -> int:
    """How many rows or columns a cell goes over."""
    found = re.search(rf"\b{what}span\s*=\s*[\"']?\s*(\d{{1,4}})\b", given[:1000], re.IGNORECASE)
    return min(max(int(found[1]), 1), 2000) if found else 1
