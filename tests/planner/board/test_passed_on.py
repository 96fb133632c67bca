"""With Redis a change is drawn once for all processes; what differs for a reader is never taken over."""

from __future__ import annotations

import dataclasses
import datetime as dt
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.test import override_settings
from django.utils.safestring import SafeString

from planner.board.drawing import passed_on
from planner.board.drawing.passed_on import key_of
from planner.board.drawing.shared import KeptTables, Sight
from planner.board.week.board_state import BoardState
from planner.board.week.filters import BoardFilter
from prisons.access import Right
from tests.proof.server import Redis

SIGHT = Sight(
    prison_id=1,
    plan_version=2,
    rules_version=3,
    at=dt.date(2026, 12, 1),
    language="nl",
    shown=BoardState(dt.date(2026, 12, 7)),
    rights=frozenset({Right.SEE_BOARD, Right.PLACE}),
    roles=frozenset({"organiser"}),
    organisation_ids=frozenset({1, 12}),
    authorities=frozenset({"flemish"}),
)
ANOTHER: dict[str, list[Any]] = {
    "prison_id": [2],
    "plan_version": [3],
    "rules_version": [4],
    "at": [dt.date(2026, 12, 2), dt.datetime(2026, 12, 1, tzinfo=dt.UTC)],
    "language": ["fr", None],
    "shown": [
        BoardState(dt.date(2026, 12, 8)),
        BoardState(dt.date(2026, 12, 7), "day"),
        BoardState(dt.date(2026, 12, 7), is_selecting=True),
        BoardState(dt.date(2026, 12, 7), filter=BoardFilter(service=1)),
        BoardState(dt.date(2026, 12, 7), filter=BoardFilter(unit=1)),
        BoardState(dt.date(2026, 12, 7), filter=BoardFilter(worker=1)),
        BoardState(dt.date(2026, 12, 7), filter=BoardFilter(mine=True)),
        BoardState(dt.date(2026, 12, 7), filter=BoardFilter(domain="sport")),
        BoardState(dt.date(2026, 12, 7), filter=BoardFilter(language="nl")),
        BoardState(dt.date(2026, 12, 7), filter=BoardFilter(state="draft")),
        BoardState(dt.date(2026, 12, 7), filter=BoardFilter(rows="units")),
    ],
    "rights": [frozenset({Right.SEE_BOARD}), frozenset()],
    "roles": [frozenset({"coordinator"}), frozenset({"organiser", "coordinator"})],
    "organisation_ids": [frozenset({1}), frozenset({112}), frozenset({11, 2}), frozenset()],
    "authorities": [frozenset({"french"}), frozenset()],
}


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    with closing(Redis.begin(tmp_path_factory.mktemp("redis"))) as found:
        yield found


@pytest.fixture
def shared_cache(redis: Redis) -> Iterator[None]:
    there = {"BACKEND": "core.shared_cache.RedisOrDatabase", "LOCATION": redis.url}
    nowhere = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
    with override_settings(CACHES={"default": there, "database": nowhere}):
        caches["default"].clear()
        yield


class Process(KeptTables):
    """As a process of its own: what it has kept, and how often it drew."""

    def __init__(self) -> None:
        super().__init__()
        self.drawn = 0
        self.draws = threading.Event()

    def sees(self, sight: Any, table: str = "table", wait: threading.Event | None = None) -> str:
        def draw() -> SafeString:
            self.drawn += 1
            self.draws.set()
            if wait:
                wait.wait(5)
            return SafeString(table)

        return self.get(sight, draw)


def test_what_one_process_has_drawn_another_takes_over(shared_cache: None) -> None:
    here, there = Process(), Process()
    assert here.sees(SIGHT, "<b>drawn here</b>") == "<b>drawn here</b>"
    taken = there.sees(SIGHT, "drawn there")
    assert taken == "<b>drawn here</b>"
    assert isinstance(taken, SafeString)
    assert (here.drawn, there.drawn) == (1, 0)


@pytest.mark.parametrize("name", [one.name for one in dataclasses.fields(Sight)])
def test_nobody_takes_over_what_was_drawn_for_another_sight(shared_cache: None, name: str) -> None:
    Process().sees(SIGHT)
    for other in ANOTHER[name]:
        process = Process()
        process.sees(dataclasses.replace(SIGHT, **{name: other}))
        assert process.drawn == 1, other


def test_every_sight_has_a_key_of_its_own_which_all_processes_make_alike() -> None:
    sights = [SIGHT, *(dataclasses.replace(SIGHT, **{n: o}) for n, found in ANOTHER.items() for o in found)]
    assert len({key_of(one) for one in sights}) == len(sights)
    program = (
        "import django; django.setup()\n"
        "from tests.planner.board.test_passed_on import SIGHT\n"
        "from planner.board.drawing.passed_on import key_of\n"
        "from django.conf import settings\n"
        "settings.SECRET_KEY = 'the same'\n"
        "print(key_of(SIGHT))"
    )
    root = Path(__file__).resolve().parents[3]
    told = {
        subprocess.run(
            [sys.executable, "-c", program], cwd=root, check=True, capture_output=True, text=True
        ).stdout
        for _process in range(2)
    }
    assert len(told) == 1
    with override_settings(SECRET_KEY="of another installation"):
        assert key_of(SIGHT) not in told


def test_two_processes_that_want_the_same_at_once_draw_it_once(shared_cache: None) -> None:
    here, there, drawing = Process(), Process(), threading.Event()
    seen: list[str] = []
    first = threading.Thread(target=lambda: seen.append(here.sees(SIGHT, "here", drawing)))
    first.start()
    assert here.draws.wait(5)
    second = threading.Thread(target=lambda: seen.append(there.sees(SIGHT, "there")))
    second.start()
    drawing.set()
    first.join()
    second.join()
    assert seen == ["here", "here"]
    assert (here.drawn, there.drawn) == (1, 0)


def test_whoever_waits_for_a_process_that_died_draws_at_last(
    shared_cache: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passed_on, "WAITS_SECONDS", 0.05)
    assert passed_on.Handing(SIGHT, 10).fetch() is None  # has the turn, and is never heard of again
    process = Process()
    assert process.sees(SIGHT, "drawn after all") == "drawn after all"


def test_after_a_drawing_that_failed_the_next_one_draws_at_once(shared_cache: None) -> None:
    def fails() -> SafeString:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        Process().get(SIGHT, fails)
    begun = time.monotonic()
    assert Process().sees(SIGHT) == "table"
    assert time.monotonic() - begun < passed_on.WAITS_SECONDS


@pytest.mark.parametrize("age", [-400 * 86_400, -3, 10, 86_400])
def test_what_is_old_or_of_a_clock_that_is_wrong_is_drawn_anew(shared_cache: None, age: int) -> None:
    handing = passed_on.Handing(SIGHT, 10)
    handing.hand_on(SafeString("of another time"), passed_on.now().timestamp() - age)
    assert Process().sees(SIGHT, "of now") == "of now"


def test_without_redis_and_while_it_is_away_each_draws_for_itself(tmp_path: Path) -> None:
    away = {"BACKEND": "core.shared_cache.RedisOrDatabase", "LOCATION": "redis://127.0.0.1:1/0"}
    memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    for caches_ in ({"default": away, "database": memory}, {"default": memory}):
        with override_settings(CACHES=caches_):
            here, there = Process(), Process()
            assert (here.sees(SIGHT), there.sees(SIGHT)) == ("table", "table")
            assert (here.drawn, there.drawn) == (1, 1)
            assert not getattr(caches[next(reversed(caches_))], "_cache", None), (
                "nothing is written elsewhere"
            )
