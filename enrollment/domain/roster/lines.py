"""One row of the prison's list: the person, or why it is none. Pure.

A row that is not understood carries what could be read of it, so that its person stays.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.tables.values import FAULT, FORMULA
from core.words.folding import name_key
from core.words.text import one_line
from enrollment.domain.roster.cell_values import cell_of, date_of, number_of, split_name, text_of
from enrollment.domain.roster.headings import Columns
from enrollment.domain.roster.no_person_rows import at

Text = str | Promise


@dataclass(frozen=True)
class RosterLine:
    """One person as the file says; `row` is the row in the file, counted from 1 (over all its sheets)."""

    row: int
    number: str
    last_name: str
    first_name: str
    unit: str
    cell: str
    arrived_on: dt.date | None = None
    section: str = ""
    """What stands above these lines, or the name of their sheet: perhaps the living unit."""

    @property
    def name_key(self) -> str:
        return name_key(self.last_name, self.first_name)


@dataclass(frozen=True)
class LineProblem:
    """A line that was not understood, and why; what could be read keeps its person. A remark stops nothing."""

    row: int
    text: str
    why: Text
    number: str = ""
    name_key: str = ""
    unit: str = ""
    cell: str = ""
    is_remark: bool = False

    @property
    def names_nobody(self) -> bool:
        return not self.number and not self.name_key and not self.is_remark


def line_of(
    number: int, row: Sequence[Any], places: Columns, section: str
) -> tuple[RosterLine | LineProblem, LineProblem | None]:
    """The line, or why it is none; and what is to be said of it although it stops nothing."""
    values = {name: at(row, index) for name, index in places.items()}
    last, first = _names(values)
    unit, cell = _unit_and_cell(values)
    read = RosterLine(
        number,
        number_of(values["number"]),
        last,
        first,
        unit,
        cell,
        date_of(values.get("arrived_on")),
        section,
    )
    if why := _why_not(read, values):
        return LineProblem(number, _shown(row), why, read.number, read.name_key, read.unit, read.cell), None
    arrival = values.get("arrived_on")
    if read.arrived_on is None and (arrival is FAULT or arrival is FORMULA or text_of(arrival)):
        return read, LineProblem(number, _shown(row), _("the date of arrival is no date"), is_remark=True)
    return read, None


def _why_not(read: RosterLine, values: dict[str, Any]) -> Text:
    told = [value for name, value in values.items() if name != "arrived_on"]
    if any(value is FORMULA for value in told):
        return _("there is a formula on this row that has no value: open the file, save it and send it again")
    if any(value is FAULT for value in told):
        return _("there is an error (such as #N/A) in a cell of this row")
    if isinstance(values.get("cell"), dt.date):
        return _("the cell has become a date")
    if not read.number:
        return _("there is no number")
    if not read.last_name:
        return _("there is no name")
    if len(read.number) > 20 or len(read.cell) > 12 or max(len(read.last_name), len(read.first_name)) > 80:
        return _("something is too long for a name, a number or a cell")
    return ""


def _names(values: dict[str, Any]) -> tuple[str, str]:
    if "full_name_reversed" in values and "last_name" not in values:
        return split_name(text_of(values["full_name_reversed"]), is_full=True, is_reversed=True)
    if "full_name" in values and "last_name" not in values:
        return split_name(text_of(values["full_name"]), is_full=True)
    last, first = text_of(values.get("last_name")), text_of(values.get("first_name"))
    return (last, first) if first else split_name(last, is_full="first_name" not in values)


def _unit_and_cell(values: dict[str, Any]) -> tuple[str, str]:
    """“A1-003” in a column that holds both is unit A1, cell 003."""
    unit, cell = text_of(values.get("unit")), cell_of(values.get("cell"))
    both = text_of(values.get("unit_and_cell"))
    if both:
        left, _sign, right = both.rpartition(next((sign for sign in "/-·, ." if sign in both), "/"))
        unit, cell = unit or left.strip(), cell or cell_of(right)
    return unit, cell


def _shown(row: Sequence[Any]) -> str:
    texts = ("#" if value is FAULT else "=…" if value is FORMULA else value for value in row)
    shown = (f"{value:%d/%m/%Y}" if isinstance(value, dt.date) else str(value) for value in texts)
    return one_line(" · ".join(text for text in shown if text not in ("None", "")), 120)
