"""Workbooks of every kind (.xlsx, .xls, .xlsb, .ods), read in a process of their own that may take only so much.

What makes a reader take all memory, or fall, takes or fells that process and nothing else.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.tables.values import (
    FAULT,
    FORMULA,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_SHEETS,
    ReadSheet,
    plain_value,
    refusal,
    too_large,
    too_long,
    unreadable,
)

_READER = Path(__file__).with_name("calamine_process.py")
MOST_SECONDS = 20


def read(content: bytes) -> list[ReadSheet]:
    """The sheets in their order. Raises PlannerError 422."""
    limits = [str(MOST_SHEETS), str(MOST_ROWS), str(MOST_COLUMNS)]
    try:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-I", "-S", str(_READER), _packages(), *limits],
            input=content,
            capture_output=True,
            timeout=MOST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise too_large() from error
    try:
        told = json.loads(done.stdout)
    except ValueError as error:  # it was stopped at a limit, or fell
        raise too_large() from error
    if "refused" in told:
        raise _refusal(told["refused"])
    return [
        ReadSheet(
            each["title"],
            tuple(tuple(map(_value, row)) for row in each["rows"]),
            each["hidden"],
            frozenset(each["hidden_rows"]),
            frozenset(each["hidden_columns"]),
        )
        for each in told["sheets"]
    ]


def _packages() -> str:
    import python_calamine

    return str(Path(python_calamine.__file__).parents[1])


def _refusal(code: str) -> Exception:
    if code == "protected":
        return refusal("protected", _("The file has a password. Save it without one and send that."))
    return {"too_long": too_long, "too_large": too_large}.get(code, unreadable)()


def _value(cell: Any) -> Any:
    if isinstance(cell, list):
        kind, text = cell
        return {
            "date": dt.date.fromisoformat,
            "moment": dt.datetime.fromisoformat,
            "time": dt.time.fromisoformat,
            "fault": lambda _text: FAULT,
            "formula": lambda _text: FORMULA,
        }[kind](text)
    return plain_value(cell)
