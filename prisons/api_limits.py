"""How often a program may ask: so often per token, and so many wrong tokens from one network."""

from __future__ import annotations

import threading
from collections import OrderedDict

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError

KEPT = 1000
MINUTE = 60


class AskedOfApi:
    """Calls of this minute per token, in one web process: on one machine a count in the database would cost more than
    most answers. Several threads count at once. With Redis, which several machines share, all count there.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: OrderedDict[tuple[int, int], int] = OrderedDict()

    def count(self, token_id: int, minute: int) -> int:
        """One more; returns how many it are now."""
        with self._lock:
            calls = self._calls[token_id, minute] = self._calls.get((token_id, minute), 0) + 1
            while len(self._calls) > KEPT:
                self._calls.popitem(last=False)
        return calls

    def clear(self) -> None:
        with self._lock:
            self._calls.clear()


_asked = AskedOfApi()


def count_asking(token_id: int) -> None:
    """One more request with this token. Raises PlannerError 429 beyond API_PER_MINUTE."""
    minute = int(clock.now().timestamp()) // MINUTE
    is_shared = bool(settings.REDIS_URL)
    calls = _count(f"api-asked:{token_id}:{minute}") if is_shared else _asked.count(token_id, minute)
    if calls > settings.API_PER_MINUTE:
        raise _too_many()


def count_wrong_token(request: HttpRequest) -> None:
    """One more wrong token from here. Raises PlannerError 429 beyond API_WRONG_TOKENS_PER_MINUTE."""
    minute = int(clock.now().timestamp()) // MINUTE
    if (
        _count(f"api-wrong:{get_adapter().get_client_ip(request)}:{minute}")
        > settings.API_WRONG_TOKENS_PER_MINUTE
    ):
        raise _too_many()


def _count(key: str) -> int:
    """One more, on every machine; returns how many it are now."""
    cache.add(key, 0, 2 * MINUTE)
    return cache.incr(key)


def _too_many() -> PlannerError:
    return PlannerError("too_many", _("Asked too often. Wait a minute, then go on."), 429)
