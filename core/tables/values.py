"""What the readers of a file hand on: sheets of plain values, and what stops a file, in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import PlannerError

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 60
MOST_SHEETS = 60

FORMULA = object()
"""Stands for a formula of which the file keeps no value. Nothing is ever worked out."""
FAULT = object()
"""Stands for a cell that holds an error (#N/A, #REF!)."""
_KNOWN_FAULTS = frozenset(
    (
        *("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#FIELD!"),
        *("#N/B", "#VERW!", "#WAARDE!", "#NAAM?", "#DEEL/0!", "#LEEG!", "#GETAL!"),
        *("#VALEUR!", "#NOM?", "#NUL!", "#NOMBRE!"),
    )
)
"""As Excel writes them in English, Dutch and French."""
_FAULT_OF_LIBREOFFICE = re.compile(r"Err:\d{3}")
_TEXT_FORMULA = re.compile(r'="([^"]*)"')


@dataclass(frozen=True)
class ReadSheet:
    """One sheet: its rows as values, `FORMULA` and `FAULT` for what is none. Row 1 of the file comes first."""

    title: str
    rows: tuple[tuple[Any, ...], ...]
    is_hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    """Counted from 0, as the columns are: what somebody who opens the file does not see."""
    hidden_columns: frozenset[int] = frozenset()
    torn: tuple[int, ...] = ()
    """Rows, counted from 0, where a quotation mark was never closed: what it swallowed was read line by line."""


def plain_value(value: Any) -> Any:
    """="2169" is the text 2169, however it came to stand there; an error is an error in text too."""
    if not isinstance(value, str):
        return value
    if value[:1] in "#E" and (
        value.strip().upper() in _KNOWN_FAULTS or _FAULT_OF_LIBREOFFICE.fullmatch(value)
    ):
        return FAULT
    found = _TEXT_FORMULA.fullmatch(value.strip())
    return found[1] if found else value


def refusal(code: str, message: str | Promise) -> PlannerError:
    return PlannerError(f"file_{code}", message, status=422)


def unreadable() -> PlannerError:
    return refusal(
        "unreadable",
        _("This file is damaged or cannot be read. Open it, save it again as .xlsx and send that."),
    )


def too_large() -> PlannerError:
    return refusal("too_large", _("The file unpacks to far more than a list of people. Check the file."))


def too_long() -> PlannerError:
    return refusal("too_long", _("The file has more than 20,000 rows. Remove what is not the list."))
