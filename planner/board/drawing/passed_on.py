"""Drawn tables that the processes of all machines hand each other through Redis, so that a change is drawn once.

Without Redis, and while it is away, each process draws for itself: nothing is written to the database for this. The
key holds all that the table depends on (shared.Sight), the secret of this installation, and what it is drawn with: two
machines of different releases hand each other nothing.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import caches
from django.utils.crypto import salted_hmac
from django.utils.safestring import SafeString

from core.dates.clock import now
from core.shared_cache import RedisOrDatabase

KEPT_SECONDS = 10
DRAWS_SECONDS = 2
"""So long nobody else draws the same, should whoever draws it be killed."""
WAITS_SECONDS, LOOKS_SECONDS = 0.6, 0.02
APPS = ("core", "enrollment", "planner", "prisons", "rooms", "sessions")
DRAWN_WITH = (*(f"{app}/**/*.py" for app in APPS), "templates/**/*.html", "locale/*/LC_MESSAGES/django.mo")


class Passed(NamedTuple):
    table: SafeString
    age: float
    """Seconds since its drawing began, by the clock on the wall: machines share no other."""


class Handing:
    """One table: fetched, or the turn to draw it taken."""

    def __init__(self, sight: Any, seconds: float) -> None:
        cache = caches["default"]
        self._cache = cache if isinstance(cache, RedisOrDatabase) else None
        self._key = key_of(sight) if self._cache else ""
        self._seconds = seconds

    def fetch(self) -> Passed | None:
        """What another has drawn, also when that other is about to: nobody waits for long."""
        if self._cache is None:
            return None
        if (found := self._get()) or self._take_turn():
            return found
        until = time.monotonic() + WAITS_SECONDS
        while time.monotonic() < until:
            time.sleep(LOOKS_SECONDS)
            if (found := self._get()) or self._take_turn():
                return found
        return None

    def hand_on(self, table: SafeString, at: float) -> None:
        self._ask(lambda redis: redis.set(self._key, (str(table), at), KEPT_SECONDS))

    def leave_turn(self) -> None:
        self._ask(lambda redis: redis.delete(f"{self._key}-turn"))

    def _get(self) -> Passed | None:
        found = self._ask(lambda redis: redis.get(self._key))
        if found is None:
            return None
        table, at = found
        age = now().timestamp() - at
        return Passed(SafeString(table), age) if 0 <= age < self._seconds else None

    def _take_turn(self) -> bool:
        """True as well while Redis is away: then everybody draws."""
        return self._ask(lambda redis: redis.add(f"{self._key}-turn", 1, DRAWS_SECONDS)) is not False

    def _ask(self, act: Callable[[Any], Any]) -> Any:
        return self._cache.if_there(act) if self._cache else None


def key_of(sight: Any) -> str:
    """The same in every process, and another one for everything that differs."""
    told = json.dumps(dataclasses.asdict(sight), default=_plain, sort_keys=True)
    return f"board-{salted_hmac('planner.board.table', told + drawn_with(), algorithm='sha256').hexdigest()}"


def _plain(value: Any) -> Any:
    return sorted(map(str, value)) if isinstance(value, frozenset) else repr(value)


@lru_cache(maxsize=1)
def drawn_with() -> str:
    """Programs, templates and words of this release."""
    found = hashlib.sha256()
    for path in sorted(path for pattern in DRAWN_WITH for path in settings.BASE_DIR.glob(pattern)):
        found.update(path.read_bytes())
    return found.hexdigest()
