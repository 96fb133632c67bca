"""The queue in the database, woken by Redis where there is one.

A job exists if and only if the write does: it is a row of the same transaction, with or without Redis. What Redis
takes away is the asking: without it every worker asks the database once a second, with it a worker sleeps until
somebody knocks. A knock that is lost costs MOST_SLEEP seconds, never a job.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import cached_property
from multiprocessing.synchronize import Semaphore
from typing import Any

from django.conf import settings
from django.db import connections, transaction
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from redis import Redis
from redis.exceptions import RedisError

from core.dates import clock

logger = logging.getLogger("tempo.jobs")

KNOCK = "tempo:knock"
MOST_SLEEP = 10
GLANCE = 0.01
"""Between two looks whether a worker is free."""
NAP = 0.5
"""Between two looks whether it is told to stop: so long may a stop in good order take, besides what is in hand."""


class WokenQueue(ORM):
    is_stopping: Callable[[], bool] = staticmethod(lambda: False)
    """Set by whoever may tell it to stop while it sleeps."""
    asking: Semaphore | None = None
    """How many workers of this machine ask for work. What nobody here asks for is left to other machines."""
    _is_away = False

    def enqueue(self, task: Any) -> Any:
        number = super().enqueue(task)
        if settings.REDIS_URL:
            # After the commit, or the worker would look before the row can be seen.
            transaction.on_commit(self._knock, using=Conf.ORM)
        return number

    def dequeue(self) -> Any:
        """One row for a worker who asks for it; nothing while all are at work."""
        if self.asking and not self.asking.acquire(block=False):
            time.sleep(GLANCE)
            return []
        taken: list[tuple[int, Any]] = []
        try:
            taken = self._take()
        finally:
            if not taken:
                self._ask_again()
        if not taken:
            self._sleep()
        return taken

    def fail(self, task_id: int) -> None:
        """What cannot be read is put away; whoever asked for work still does."""
        super().fail(task_id)
        self._ask_again()

    def _ask_again(self) -> None:
        if self.asking:
            self.asking.release()

    def _take(self) -> list[tuple[int, Any]]:
        """Those that another is just taking are passed by, where the database can."""
        rows, now = self.get_connection(), clock.now()
        due = rows.filter(key=self.list_key, lock__lt=now).order_by("lock")
        if not connections[Conf.ORM].features.has_select_for_update_skip_locked:
            found = due.first()
            is_ours = found and rows.filter(pk=found.pk, lock=found.lock).update(lock=self.timeout(found))
            return [(found.pk, found.payload)] if found and is_ours else []
        with transaction.atomic(using=Conf.ORM):
            found = due.select_for_update(skip_locked=True).first()
            if found is None:
                return []
            rows.filter(pk=found.pk).update(lock=self.timeout(found))
        return [(found.pk, found.payload)]

    @cached_property
    def _redis(self) -> Redis:
        return Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=NAP + 5)

    def _knock(self) -> None:
        try:
            self._redis.lpush(KNOCK, 1)
            self._redis.ltrim(KNOCK, 0, 999)
        except RedisError as error:
            self._note_away(error)

    def _sleep(self) -> None:
        """Until somebody knocks, at most MOST_SLEEP seconds, and no longer than until it is told to stop."""
        until = time.monotonic() + (MOST_SLEEP if settings.REDIS_URL else Conf.POLL)
        while time.monotonic() < until and not self.is_stopping():
            if not settings.REDIS_URL:
                time.sleep(NAP)
            elif self._hears_a_knock():
                return

    def _hears_a_knock(self) -> bool:
        """Also when Redis is away: then it is time to look oneself."""
        try:
            knocked = self._redis.blpop([KNOCK], timeout=NAP)
            self._note_back()
        except RedisError as error:
            self._note_away(error)
            time.sleep(Conf.POLL)
            return True
        return knocked is not None

    def _note_away(self, error: RedisError) -> None:
        """Once, and not with each second in which a worker finds it so."""
        if not self._is_away:
            logger.error("Redis is away (%s): workers look by themselves.", type(error).__name__)
        self._is_away = True

    def _note_back(self) -> None:
        if self._is_away:
            logger.warning("Redis is back: workers are woken by it.")
        self._is_away = False
