"""A log tells what happened and never a secret."""

import logging
import sys

import pytest
from django.db import IntegrityError, OperationalError

from core.log import Line, NoTokens, blot
from core.web.request_log import JsonLine


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("GET /ical/3f9a0c1d2e4b.ics 200", "3f9a0c1d2e4b"),
        ("Not Found: /ical/../3f9a0c1d2e4b.ics", "3f9a0c1d2e4b"),
        ("Not Found: /ical/%2e%2e/3f9a0c1d2e4b.ics", "3f9a0c1d2e4b"),
        ("GET /notices/eyJhbGciOi:1abc:def/ 200", "eyJhbGciOi:1abc:def"),
        ("GET /notices/staff/WzEsMl0:1abc:def/ 200", "WzEsMl0:1abc:def"),
        ("Not Found: /invitation/abcdef123456/", "abcdef123456"),
        ("/accounts/password/reset/key/1-abc123-def/", "1-abc123-def"),
        ("Authorization: Bearer tempo_7b7d7c7a", "tempo_7b7d7c7a"),
        ("/p/haren/?token=s3cretvalue&x=1", "s3cretvalue"),
    ],
)
def test_secrets_are_blotted_out(line: str, secret: str) -> None:
    assert secret not in blot(line)
    assert "[secret]" in blot(line)


def test_the_filter_rewrites_arguments_too() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "Not Found: %s", ("/ical/3f9a0c1d2e4b.ics",), None)
    assert NoTokens().filter(record)
    assert record.getMessage() == "Not Found: /ical/[secret]"


def test_other_lines_stay_as_they_are() -> None:
    assert blot("Not Found: /p/haren/rooms/12/") == "Not Found: /p/haren/rooms/12/"


def _said(error: Exception, formatter: logging.Formatter) -> str:
    try:
        raise error
    except Exception:
        record = logging.getLogger("x").makeRecord("x", logging.ERROR, "f", 1, "It broke", (), sys.exc_info())
    return formatter.format(record)


FORMATTERS = [Line("%(levelname)s %(message)s"), JsonLine()]


@pytest.mark.parametrize("formatter", FORMATTERS, ids=["line", "json"])
@pytest.mark.parametrize(
    "said",
    [
        'connection failed: connection to server at "127.0.0.1" failed: Connection refused\n\tIs it running?',
        "the connection is closed",
        "terminating connection due to administrator command",
        "database or disk is full",
        "attempt to write a readonly database",
        'could not extend file "base/5/2613": No space left on device\nHINT:  Check free disk space.',
    ],
)
def test_a_database_that_is_away_is_one_line_and_not_a_page(formatter: logging.Formatter, said: str) -> None:
    """Hundreds of requests find it so; what each of them was about to do says nothing."""
    line = _said(OperationalError(said), formatter)
    assert f"django.db.utils.OperationalError: {said.split()[0]}" in line.replace('\\"', '"')
    assert "Traceback" not in line
    assert len(line.splitlines()) <= 2


@pytest.mark.parametrize("formatter", FORMATTERS, ids=["line", "json"])
def test_what_is_our_fault_keeps_its_trace(formatter: logging.Formatter) -> None:
    assert "Traceback" in _said(OperationalError("no such table: rooms_room"), formatter)
    assert "Traceback" in _said(ValueError("connection"), formatter)


@pytest.mark.parametrize("formatter", FORMATTERS, ids=["line", "json"])
def test_a_refused_row_is_not_copied_into_the_log(formatter: logging.Formatter) -> None:
    words = 'duplicate key value violates "one_name"\nDETAIL:  Key (last_name)=(Geheimnaam) already exists.'
    said = _said(IntegrityError(words), formatter)
    assert "one_name" in said
    assert "Geheimnaam" not in said


def test_a_trace_holds_no_secret_either() -> None:
    assert "abcdefgh" not in _said(ValueError("/ical/abcdefghijkl.ics"), FORMATTERS[0])
