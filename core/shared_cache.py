"""The cache that all machines share: Redis, and while it is away the database.

Limits on wrong passwords count in it, so it may neither fail nor forget: signing in goes on when Redis is away,
and guessing does not become free.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger("tempo.cache")

SECOND = "database"
"""The alias of the cache that takes over."""
PAUSE = 15
"""Seconds during which Redis is not asked again: every request would wait for it anew."""


class RedisOrDatabase(BaseCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._redis = RedisCache(server, params)
        self._away_until = 0.0

    def _ask(self, act: Callable[[Any], Any]) -> Any:
        is_there, answer = self._try(act)
        return answer if is_there else act(caches[SECOND])

    def if_there(self, act: Callable[[RedisCache], Any]) -> Any:
        """For what is no loss: None while Redis is away, and the database is not asked."""
        return self._try(act)[1]

    def _try(self, act: Callable[[Any], Any]) -> tuple[bool, Any]:
        if time.monotonic() >= self._away_until:
            try:
                return True, act(self._redis)
            except (RedisError, OSError) as error:
                self._away_until = time.monotonic() + PAUSE
                logger.error("Redis is away (%s): the database is the cache meanwhile.", type(error).__name__)
        return False, None

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._ask(lambda cache: cache.add(key, value, timeout, version))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._ask(lambda cache: cache.get(key, default, version))

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._ask(lambda cache: cache.set(key, value, timeout, version))

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._ask(lambda cache: cache.touch(key, timeout, version))

    def delete(self, key: str, version: int | None = None) -> bool:
        return self._ask(lambda cache: cache.delete(key, version))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        def act(cache: Any) -> int:
            try:
                return int(cache.incr(key, delta, version))
            except ValueError:
                if cache is self._redis:
                    raise
                cache.set(key, delta, version=version)  # counted so far in the Redis that has just gone
                return delta

        return int(self._ask(act))

    def clear(self) -> None:
        self._ask(lambda cache: cache.clear())
