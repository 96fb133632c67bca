"""A web page that a system saved with the name of a workbook: its tables are read as they stand."""

from __future__ import annotations

import re
from html.parser import HTMLParser

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
    """Each table as a sheet. Raises PlannerError 422 for a page without one."""
    parser = _Tables()
    parser.feed(text)
    parser.close()
    found = [
        ReadSheet(title, tuple(map(tuple, rows)), hidden_rows=frozenset(hidden))
        for title, rows, hidden in zip(parser.titles, parser.tables, parser.hidden, strict=True)
        if rows
    ]
    if not found:
        raise refusal("web_page", _("This is a web page without a table. Open it and save it as .xlsx."))
    return found


class _Tables(HTMLParser):
    """Rows of texts; a cell over several rows counts for each of them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[object]]] = []
        self.titles: list[str] = []
        self.hidden: list[set[int]] = []
        self.heading: list[str] | None = None
        self.in_heading = False
        self.cell: list[str] | None = None
        self.spans = (1, 1)
        self.hanging: dict[int, tuple[int, object]] = {}
        self.count = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._end_cell()
            self.tables.append([])
            self.titles.append(_NUMBERED.sub("", " ".join("".join(self.heading or []).split()))[:60])
            self.hidden.append(set())
            self.heading, self.in_heading = None, False
            self.hanging = {}
            if len(self.tables) > MOST_SHEETS:
                raise too_large()
        elif tag == "tr" and self.tables:
            self._end_cell()
            if _is_hidden(dict(attrs)):
                self.hidden[-1].add(len(self.tables[-1]))
            self.tables[-1].append([])
            self.count += 1
            if self.count > MOST_ROWS:
                raise too_long()
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            self._end_cell()
            self.cell = []
            given = dict(attrs)
            self.spans = (_span(given.get("rowspan")), _span(given.get("colspan")))
        elif tag == "br" and self.cell is not None:
            self.cell.append(" ")
        elif tag in _HEADINGS:
            self.heading, self.in_heading = [], True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._end_cell()
        elif tag in _HEADINGS:
            self.in_heading = False

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)
        elif self.in_heading and self.heading is not None:
            self.heading.append(data)

    def _end_cell(self) -> None:
        if self.cell is None:
            return
        row, value = self.tables[-1][-1], plain_value(" ".join("".join(self.cell).split()))
        down, across = self.spans
        self.cell = None
        self._hang(row)
        if down > 1:
            self.hanging[len(row)] = (down - 1, value)
        if len(row) < MOST_COLUMNS:
            row.extend([value, *[None] * (across - 1)])

    def _hang(self, row: list[object]) -> None:
        while len(row) in self.hanging:
            place = len(row)
            left, value = self.hanging.pop(place)
            row.append(value)
            if left > 1:
                self.hanging[place] = (left - 1, value)


def _is_hidden(given: dict[str, str | None]) -> bool:
    return "hidden" in given or "display:none" in (given.get("style") or "").replace(" ", "").lower()


def _span(text: str | None) -> int:
    return min(int(text), 2000) if text and text.isdecimal() and len(text) < 5 else 1
