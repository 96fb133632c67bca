"""Logs tell what happened, never a secret: tokens in addresses are blotted out before a line is written."""

import logging
import re
from typing import Any

from django.db import InterfaceError, OperationalError

_FEED = re.compile(r"(/ical/)\S{6,}")
# Words that somebody searched are names; they may be short.
_WORDS = re.compile(r"([?&](?:q|person|name|register_number)=)[^&\s\"']+")
_SECRET = re.compile(
    r"(/invitations?/|/notices/(?:staff/)?|/password/reset/key/|[?&](?:token|key)=|Bearer\s+)([A-Za-z0-9_\-.:~]{6,})"
)

# What PostgreSQL adds to a refusal is the row itself, with every name in it.
_ROW = re.compile(r"^(DETAIL:\s+)\S.*$", re.MULTILINE)
# What a machine that lacks something says, through either database.
_NOT_OURS = re.compile(
    r"connect|terminat|shutting down|starting up|recovery mode|no space|disk|readonly|unable to open|too many clients",
    re.IGNORECASE,
)


def blot(text: str) -> str:
    """`text` with secret feed addresses, invitations and bearer tokens made unreadable."""
    text = _ROW.sub(r"\1[secret]", text)
    return _WORDS.sub(r"\1[secret]", _SECRET.sub(r"\1[secret]", _FEED.sub(r"\1[secret]", text)))


def trace_of(formatter: logging.Formatter, error: Any) -> str:
    """Where it broke; one line where it was the database that is away or the disk that is full, not a line of ours."""
    kind, value = error[:2]
    if isinstance(value, OperationalError | InterfaceError) and _NOT_OURS.search(str(value)):
        return blot(f"{kind.__module__}.{kind.__name__}: {' '.join(str(value).split())}")
    return blot(logging.Formatter.formatException(formatter, error))


class Line(logging.Formatter):
    """For people who read."""

    def formatException(self, ei: Any) -> str:
        return trace_of(self, ei)


class NoTokens(logging.Filter):
    """Rewrites each record; never drops one."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = blot(record.getMessage())
        record.args = None
        return True
