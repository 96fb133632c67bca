"""What stands in an address or a form field, read: numbers, days, weeks and months, else None.

Anybody can type anything there. What is read here fits into a database and leaves room to count on from it: no
`²`, no thirty digits, no year 0001 or 9999. A page that is asked for rubbish shows what it shows unasked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from core.dates.weeks import YEARS, Week

DIGITS = 18
"""More than any row's number has, fewer than overflow a column."""


def number(text: str | None, *, digits: int = DIGITS) -> int | None:
    """A whole number, zero or more."""
    return int(text) if text and len(text) <= digits and text.isascii() and text.isdigit() else None


def numbers(texts: Iterable[str]) -> list[int]:
    """Those that are numbers."""
    return [found for text in texts if (found := number(text)) is not None]


def day(text: str | None) -> dt.date | None:
    """`2026-11-24`."""
    try:
        found = dt.date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.year in YEARS else None


def week(text: str | None) -> Week | None:
    """`2026-W48`."""
    try:
        found = Week.parse(text or "")
    except ValueError:
        return None
    return found if found.year in YEARS else None


def month(text: str | None) -> dt.date | None:
    """`2026-11`: its first day."""
    return day(f"{text}-01")


class WeekConverter:
    """For `register_converter`: `<week:week>` in an address gives a Week; a week that is none gives 404."""

    regex = r"\d{4}-W\d{2}"

    def to_python(self, value: str) -> Week:
        if (found := week(value)) is None:
            raise ValueError(value)
        return found

    def to_url(self, value: Week | str) -> str:
        return str(value)


class DayConverter:
    """For `register_converter`: `<day:on>` in an address gives a date; a day that is none gives 404."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> dt.date:
        if (found := day(value)) is None:
            raise ValueError(value)
        return found

    def to_url(self, value: dt.date | str) -> str:
        return str(value)


def of_this_site(wanted: str | None, request: HttpRequest) -> str:
    """`wanted` when it leads to a page of this site, else nothing.

    A word without a slash is no address: `redirect` would look for a page of that name, and fail.
    """
    wanted = wanted or ""
    is_address = wanted.startswith(("/", "http://", "https://"))
    hosts = {request.get_host()}
    return (
        wanted if is_address and url_has_allowed_host_and_scheme(wanted, hosts, request.is_secure()) else ""
    )
