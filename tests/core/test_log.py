"""A log tells what happened and never a secret."""

import logging

import pytest

from core.log import NoTokens, blot


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
