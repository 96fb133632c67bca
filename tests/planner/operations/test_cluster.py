"""What the guard of the job worker waits on, and how it notices that the clock was set back."""

from __future__ import annotations

import datetime as dt
import threading
from multiprocessing import Event
from typing import Any

import pytest

from core.dates import clock
from planner.operations import cluster
from planner.operations.cluster import Guard, SteadyEvent

PATIENCE = 60


@pytest.fixture
def wait_of_a_year(monkeypatch: pytest.MonkeyPatch) -> Any:
    """An event of which every wait lasts until a moment of the wall clock that is a year away."""
    event = Event()
    monkeypatch.setattr(event, "wait", lambda seconds: pytest.fail("it waits for the wall clock"))
    return event


def test_a_wait_is_over_when_its_seconds_are(wait_of_a_year: Any) -> None:
    assert SteadyEvent(wait_of_a_year).wait(0.15) is False


def test_a_wait_is_over_when_it_is_told_so(wait_of_a_year: Any) -> None:
    answers: list[bool] = []
    waiting = threading.Thread(
        target=lambda: answers.append(SteadyEvent(wait_of_a_year).wait(PATIENCE * 60)), daemon=True
    )
    waiting.start()
    wait_of_a_year.set()
    waiting.join(PATIENCE)
    assert answers == [True]


@pytest.fixture
def guard(monkeypatch: pytest.MonkeyPatch) -> Guard:
    one: Guard = Guard.__new__(Guard)
    monkeypatch.setattr(cluster.cluster.Sentinel, "status", lambda self: "Idle")
    return one


@pytest.mark.parametrize(
    ("jump", "is_mended"),
    [
        (dt.timedelta(days=-365), True),
        (dt.timedelta(minutes=-2), True),
        (dt.timedelta(seconds=-2), False),
        (dt.timedelta(days=365), False),
    ],
)
def test_a_clock_that_was_set_back_is_noticed_in_the_next_round(
    guard: Guard, monkeypatch: pytest.MonkeyPatch, jump: dt.timedelta, is_mended: bool
) -> None:
    looks: list[bool] = []
    monkeypatch.setattr(cluster, "_mend_schedules", lambda: looks.append(True))
    at = clock.now()
    monkeypatch.setattr(cluster.clock, "now", lambda: at)
    monkeypatch.setattr(cluster.time, "monotonic", lambda: 1000.0)
    guard.status()
    guard.status()
    assert looks == [], "nothing has happened yet"
    monkeypatch.setattr(cluster.clock, "now", lambda: at + jump)
    guard.status()
    guard.status()
    assert looks == [True] * is_mended
