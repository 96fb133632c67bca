"""`python -m benchmarks.jobs`: jobs a second of the queue in the database, and what an idle worker asks of it.

On PostgreSQL and SQLite, with and without Redis, with one process for jobs as `manage.py serve` starts it.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from redis import from_url

KNOCK = "tempo:knock"
COUNT, IDLE_SECONDS = 200, 60

GIVE = """
begun = __import__("time").monotonic()
prison = Prison.objects.first() or make_prison("race")
[work.start(prison, f"{MARK} {number}") for number in range(COUNT)]
__import__("time").monotonic() - begun
"""
LEFT = "Job.objects.exclude(state='done').count()"
BUSY = """
from django_q.models import OrmQ, Schedule
OrmQ.objects.exists() or not Schedule.objects.exists() or Schedule.objects.filter(next_run__lte=clock.now()).exists()
"""
"""A task waits or is in hand: after a start all regular ones are due, and given out within half a minute."""


def main() -> None:
    for engine in ("postgres", "sqlite"):
        for with_redis in (False, True):
            _measure(engine, with_redis=with_redis)


def _measure(engine: str, *, with_redis: bool) -> None:
    from tests.proof.hand import Hand
    from tests.proof.node import Node, until
    from tests.proof.server import Postgres, Redis
    from tests.proof.test_booking_race import environment_of, manage

    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="planner-jobs-")))
        environment = environment_of("sqlite", folder)
        server = None
        if engine == "postgres":
            server = stack.enter_context(contextlib.closing(Postgres.begin()))
            environment["DATABASE_URL"] = server.url
            server.migrate(environment)
        manage(environment, "createcachetable")
        if with_redis:
            redis = stack.enter_context(contextlib.closing(Redis.begin(folder)))
            environment["REDIS_URL"] = redis.url
        hand = stack.enter_context(Hand(environment))
        node = stack.enter_context(Node(environment, folder / "log", only="jobs"))
        name = f"{engine}{', Redis knocks' if with_redis else ''}"
        worked = _worked(hand)
        knocks = from_url(environment["REDIS_URL"]) if with_redis else None
        until(
            lambda: not hand.do(BUSY) and not (knocks and knocks.llen(KNOCK)),
            "nothing waits",
            seconds=120,
        )
        print(f"{name:26} {worked}; idle: {_idle(node, server)}", flush=True)


def _worked(hand: Any) -> str:
    hand.do(f"MARK, COUNT = 'first', 5\n{GIVE}")
    _until_none_is_left(hand)
    begun = time.monotonic()
    given = hand.do(f"MARK, COUNT = 'many', {COUNT}\n{GIVE}")
    _until_none_is_left(hand)
    taken = time.monotonic() - begun
    return f"{COUNT} jobs given in {given:.1f} s, done {COUNT / taken:.1f} a second"


def _until_none_is_left(hand: Any) -> None:
    while hand.do(LEFT):
        time.sleep(0.05)


def _idle(node: Any, server: Any) -> str:
    asked = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = 'postgres'"
    time.sleep(12)  # PostgreSQL tells what a connection did up to ten seconds after it fell idle
    before, cpu = int(server.ask(asked)) if server else 0, _cpu(node)
    time.sleep(IDLE_SECONDS)
    said = f"{(_cpu(node) - cpu) / IDLE_SECONDS:.1%} of a core"
    if server:
        said += f", {(int(server.ask(asked)) - before) / IDLE_SECONDS:.1f} transactions a second"
    return said


def _cpu(node: Any) -> float:
    ticks = os.sysconf("SC_CLK_TCK")
    processes = [node.job_head(), node.guard(), *node.job_processes()]
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split() for pid in processes]
    return sum(int(each[11]) + int(each[12]) for each in fields) / ticks


if __name__ == "__main__":
    main()
