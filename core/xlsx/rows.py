"""Cells and rows as the file holds them.

Written as text: a day of 213 sheets has 45,000 cells, and an object of openpyxl for each took two thirds of what the
whole workbook cost. What is not repeated so often (styles, pages, names) openpyxl writes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from xml.sax.saxutils import escape

from openpyxl.compat import safe_string
from openpyxl.utils.datetime import to_excel

Cell = str | int | float | dt.date | dt.time | None


def cell_text(at: str, value: Cell, look: int) -> str:
    """A text is a text, whatever it looks like: "=1+1" and "#N/A" are names here. `look` numbers a style."""
    if value is None or value == "":
        return f'<c r="{at}" s="{look}"/>'
    if isinstance(value, str):
        space = ' xml:space="preserve"' if "\n" in value else ""
        return f'<c r="{at}" s="{look}" t="inlineStr"><is><t{space}>{escape(value)}</t></is></c>'
    number = to_excel(value) if isinstance(value, dt.date | dt.time) else value
    return f'<c r="{at}" s="{look}"><v>{safe_string(number)}</v></c>'


def row_text(number: int, height: float, cells: Iterable[str]) -> str:
    return f'<row r="{number}" ht="{height}" customHeight="1">{"".join(cells)}</row>'
