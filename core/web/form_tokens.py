"""The token of a form that is done once: it tells when its page was drawn (a UUID of version 7).

A second tab that was open before the button of the first was pressed carries another token, and is older than
what was done; a page that was drawn after it knows what was done, and means what it says.
"""

from __future__ import annotations

import datetime as dt
import secrets
from uuid import UUID

from core.dates import clock

_VERSION, _VARIANT = 7, 2


def new() -> UUID:
    ms = int(clock.now().timestamp() * 1000)
    high = ms << 16 | _VERSION << 12 | secrets.randbits(12)
    return UUID(int=high << 64 | _VARIANT << 62 | secrets.randbits(62))


def drawn_at(token: UUID) -> dt.datetime | None:
    """None for a token that tells no time."""
    if token.version != _VERSION:
        return None
    try:
        return dt.datetime.fromtimestamp((token.int >> 80) / 1000, dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None
