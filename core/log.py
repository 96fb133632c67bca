"""Logs tell what happened, never a secret: tokens in addresses are blotted out before a line is written."""

import logging
import re

_FEED = re.compile(r"(/ical/)\S{6,}")
# Words that somebody searched are names; they may be short.
_WORDS = re.compile(r"([?&](?:q|person|name|register_number)=)[^&\s\"']+")
_SECRET = re.compile(
    r"(/invitations?/|/notices/(?:staff/)?|/password/reset/key/|[?&](?:token|key)=|Bearer\s+)([A-Za-z0-9_\-.:~]{6,})"
)


def blot(text: str) -> str:
    """`text` with secret feed addresses, invitations and bearer tokens made unreadable."""
    return _WORDS.sub(r"\1[secret]", _SECRET.sub(r"\1[secret]", _FEED.sub(r"\1[secret]", text)))


class NoTokens(logging.Filter):
    """Rewrites each record; never drops one."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = blot(record.getMessage())
        record.args = None
        return True
