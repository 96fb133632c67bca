"""What a page showed, in one word: an act does exactly what was shown, or it shows the new effect and does nothing.

The page carries `digest(form, effect)` in a field `seen`; the act makes it anew under its lock and asks
`require_seen`. Whoever answers with the refusal (409) shows the page again, with the effect as it is now.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from core.errors import PlannerError

FIELD = "seen"


class NotAsShown(PlannerError):
    """Between the look and the act something changed: the form, a row, or what the act would do to others."""

    def __init__(self) -> None:
        super().__init__(
            "other_effects",
            _(
                "It would do something else now than what you saw. Nothing was changed. Look again, then decide."
            ),
        )


def digest(*shown: object) -> str:
    """Stands for exactly these values, in any process of this installation; it betrays nothing of them.

    Dataclasses count with all their fields, rows of the database with id and `version`; a class that shows less
    of itself says what in `as_seen()`. Raises TypeError for what has no value of its own (a translated text).
    """
    text = json.dumps(_plain(shown), separators=(",", ":"))
    return salted_hmac("core.secrets.digest", text, algorithm="sha256").hexdigest()[:32]


def require_seen(seen: str | None, now_shown: str) -> None:
    """Raises NotAsShown (409) when a page showed something else; None is a program, which looks at no page."""
    if seen is not None and not constant_time_compare(seen, now_shown):
        raise NotAsShown


def _plain(value: Any) -> object:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if hasattr(value, "as_seen"):
        return _plain(value.as_seen())
    if isinstance(value, Model):
        return [value._meta.label_lower, value.pk, getattr(value, "version", None)]
    if is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, *(_plain(getattr(value, field.name)) for field in fields(value))]
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat() if value.tzinfo else value.isoformat()
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, Enum):
        return [type(value).__name__, value.value]
    if isinstance(value, (UUID, Decimal)):
        return str(value)
    if isinstance(value, Mapping):
        return sorted(([_plain(key), _plain(one)] for key, one in value.items()), key=json.dumps)
    if isinstance(value, Set):
        return sorted((_plain(one) for one in value), key=json.dumps)
    if isinstance(value, (list, tuple, QuerySet)):
        return [_plain(one) for one in value]
    raise TypeError(f"{type(value).__name__} has no value to compare with what was shown")
