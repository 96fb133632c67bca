"""Dates and times as Belgium writes them, in every language of the interface."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format

AT = dt.datetime(2026, 6, 8, 9, 5)  # a wall clock, no instant
DAY = dt.date(2026, 6, 8)


@pytest.mark.parametrize(
    ("language", "words"), [("nl", "8 juni 2026"), ("fr", "8 juin 2026"), ("en", "8 June 2026")]
)
def test_dates_read_day_first(language, words):
    with translation.override(language):
        assert date_format(DAY) == words
        assert date_format(AT, "SHORT_DATETIME_FORMAT") == "08/06/2026 09:05"


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
@pytest.mark.parametrize("typed", ["2026-06-08", "08/06/2026", "8-6-2026", "8.6.2026", "08/06/26"])
def test_a_typed_date_is_understood_day_first(language, typed):
    with translation.override(language):
        assert forms.DateField().clean(typed) == DAY


@pytest.mark.parametrize("typed", ["9:05", "09:05:00", "9.05", "9u05", "9h05"])
def test_a_typed_time_is_understood(typed):
    with translation.override("nl"):
        assert forms.TimeField().clean(typed) == dt.time(9, 5)


@pytest.mark.parametrize(("language", "words"), [("nl", "ma 8 jun"), ("fr", "lun 8 juin")])
def test_short_months_are_written_small(language, words):
    with translation.override(language):
        assert date_format(DAY, "D j N") == words
        assert date_format(dt.date(2026, 11, 16), "j N").startswith("16 nov")


def test_no_date_asks_for_the_month_that_takes_a_capital():
    """Django writes "M" as in English, "Nov", in every language: "N" follows the language."""
    root, guilty = Path(settings.BASE_DIR), []
    asked = re.compile(r"""(?:\|date:|date_format\([^"'\n]*)["']([^"'\n]*)["']""")
    folders = ("templates", "core", "prisons", "rooms", "sessions", "enrollment", "planner")
    for path in (path for folder in folders for path in (root / folder).rglob("*") if path.is_file()):
        if path.suffix in {".py", ".html", ".txt"}:
            formats = asked.findall(path.read_text("utf-8"))
            guilty += [f"{path.name}: {one}" for one in formats if "M" in one and "_FORMAT" not in one]
    assert not guilty
