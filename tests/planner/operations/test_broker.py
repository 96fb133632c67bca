"""A worker that sleeps is woken by a knock, and by being told to stop: with Redis, without it, with Redis away."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from multiprocessing import Semaphore
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from django_q.conf import Conf
from django_q.models import OrmQ

from planner.operations import broker
from planner.operations.broker import WokenQueue
from tests.proof.node import until
from tests.proof.server import Redis

pytestmark = pytest.mark.django_db

PATIENCE = 60
FOR_EVER = 3600
AWAY = "redis://127.0.0.1:1/0"


@pytest.fixture(params=["redis", "redis away", "no redis"])
def queue(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[WokenQueue]:
    """One that would sleep for an hour, or in which a second would last one."""
    monkeypatch.setattr(broker, "MOST_SLEEP", FOR_EVER)
    if request.param == "redis":
        with closing(Redis.begin(tmp_path)) as redis, override_settings(REDIS_URL=redis.url):
            yield WokenQueue()
        return
    if request.param == "no redis":
        monkeypatch.setattr(Conf, "POLL", FOR_EVER)
    with override_settings(REDIS_URL=AWAY if request.param == "redis away" else ""):
        yield WokenQueue()


def _asleep(queue: WokenQueue) -> threading.Thread:
    thread = threading.Thread(target=queue._sleep, daemon=True)
    thread.start()
    return thread


def test_it_stops_sleeping_when_it_is_told_to_stop(queue: WokenQueue) -> None:
    stop, asked = threading.Event(), []
    queue.is_stopping = _counting(stop.is_set, asked)
    thread = _asleep(queue)
    until(lambda: asked, "it has looked once")
    stop.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def _counting(ask: Callable[[], bool], asked: list[bool]) -> Callable[[], bool]:
    def counted() -> bool:
        asked.append(ask())
        return asked[-1]

    return counted


@pytest.mark.parametrize("queue", ["redis"], indirect=True)
def test_a_knock_wakes_it_and_nothing_else(queue: WokenQueue) -> None:
    asked: list[bool] = []
    queue.is_stopping = _counting(lambda: False, asked)
    thread = _asleep(queue)
    until(lambda: len(asked) > 3, "it has slept through a few naps")
    assert thread.is_alive(), "nobody knocked"
    WokenQueue()._knock()
    thread.join(PATIENCE)
    assert not thread.is_alive()


@pytest.mark.parametrize("queue", ["redis away"], indirect=True)
def test_while_redis_is_away_it_looks_by_itself(queue: WokenQueue, caplog: pytest.LogCaptureFixture) -> None:
    for _time in range(2):
        thread = _asleep(queue)
        thread.join(PATIENCE)
        assert not thread.is_alive()
    assert caplog.text.count("Redis is away") == 1


@pytest.fixture
def asked() -> Iterator[tuple[WokenQueue, Any]]:
    """A queue of which nobody has asked for work yet, with three pieces of it."""
    one = WokenQueue()
    one.asking = Semaphore(0)
    with override_settings(REDIS_URL=""):
        for word in ("first", "second", "third"):
            one.enqueue(word)
        yield one, one.asking


@pytest.mark.postgres
def test_nothing_is_taken_for_workers_that_are_busy(asked: tuple[WokenQueue, Any]) -> None:
    """It would wait behind what they do, while those of another machine are idle."""
    queue, asking = asked
    assert queue.dequeue() == []
    asking.release()
    assert [payload for _row, payload in queue.dequeue()] == ["first"]
    assert queue.dequeue() == [], "the one who asked has it in hand"
    assert [payload for _row, payload in WokenQueue().dequeue()] == ["second"], "another machine takes it"


@pytest.mark.postgres
def test_who_got_nothing_asks_still(asked: tuple[WokenQueue, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    queue, asking = asked
    asking.release()
    monkeypatch.setattr(Conf, "POLL", 0)
    OrmQ.objects.all().delete()
    assert queue.dequeue() == []
    queue.enqueue("later")
    [(row, payload)] = queue.dequeue()
    assert payload == "later"
    queue.fail(row)  # it cannot be read
    queue.enqueue("after what could not be read")
    assert [payload for _row, payload in queue.dequeue()] == ["after what could not be read"]
