"""`make bench-load`: 300 people on PostgreSQL and 60 on SQLite against `manage.py serve`, and what they waited."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.load import processes
from benchmarks.load.person import Person, Tally

ROOT = Path(__file__).resolve().parents[2]
LOOKS = 7
"""Memory is looked at so many times: what a process keeps for good is there after the first of them."""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--engine", choices=["postgres", "sqlite"], default="postgres")
    asked.add_argument("--people", type=int, default=0, help="300 on PostgreSQL, 60 on SQLite")
    asked.add_argument("--seconds", type=float, default=300)
    told = asked.parse_args()
    count = told.people or {"postgres": 300, "sqlite": 60}[told.engine]
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="planner-load-")))
        environment, database = _database(told.engine, folder, stack)
        people = _people(environment, count)
        print(
            f"{told.engine}: {count} people for {told.seconds:.0f} s, load of the machine {os.getloadavg()[0]:.1f}"
        )
        port, server = stack.enter_context(_serving(environment, folder))
        _run(people, port, server | database, told.seconds)


def _database(
    engine: str, folder: Path, stack: contextlib.ExitStack
) -> tuple[dict[str, str], dict[str, int]]:
    """Brought up to date; the environment that names it, and its process where it has one of its own."""
    from tests.proof.server import Postgres
    from tests.proof.test_booking_race import environment_of

    environment = environment_of("sqlite", folder)
    if engine == "sqlite":
        return environment, {}
    server = stack.enter_context(contextlib.closing(Postgres.begin()))
    environment["DATABASE_URL"] = server.url
    server.migrate(environment)
    assert server.process
    return environment, {"database": server.process.pid}


def _people(environment: dict[str, str], count: int) -> list[dict[str, object]]:
    made = [sys.executable, "-m", "benchmarks.load.town", str(count)]
    own = environment | {"DJANGO_SETTINGS_MODULE": "planner.settings"}
    said = subprocess.run(made, cwd=ROOT, env=own, check=True, stdout=subprocess.PIPE, text=True)
    people: list[dict[str, object]] = json.loads(said.stdout)
    return people


@contextlib.contextmanager
def _serving(environment: dict[str, str], folder: Path) -> Iterator[tuple[int, dict[str, int]]]:
    """As docs/operations.md says, but for the proxy in front: its port, and the head of each part."""
    from tests.proof.node import Node

    with Node(environment, folder / "log") as node:
        assert node.process
        yield node.port, processes.heads(node.process.pid)
        said = node.said()
    for word in ("locked", "Traceback"):
        print(f"  {word} in the log: {said.count(word)}")


def _run(people: list[dict[str, object]], port: int, server: dict[str, int], seconds: float) -> None:
    tally = Tally()
    _warm(people, port)
    begun, script = time.monotonic(), time.process_time()
    used = {part: processes.cpu_seconds(pid) for part, pid in server.items()}
    crowd = [
        threading.Thread(target=Person(known, port, tally, seed).live, args=(begun + seconds,))
        for seed, known in enumerate(people)
    ]
    for one in crowd:
        one.start()
    memory = list(_memory(server, begun, seconds))
    for one in crowd:
        one.join()
    passed = time.monotonic() - begun
    _say(tally, passed)
    print(
        f"  load of the machine {os.getloadavg()[0]:.1f}; of a core and MB of memory, from the start to the end:"
    )
    print(f"  script   {(time.process_time() - script) / passed:5.0%}")
    for part, pid in server.items():
        share = (processes.cpu_seconds(pid) - used[part]) / passed
        print(f"  {part:8} {share:5.0%}  {' -> '.join(str(each[part]) for each in memory)}")


def _memory(server: dict[str, int], begun: float, seconds: float) -> Iterator[dict[str, int]]:
    for part in range(LOOKS):
        time.sleep(max(0.0, begun + seconds * part / (LOOKS - 1) - time.monotonic()))
        yield {name: processes.megabytes(pid) for name, pid in server.items()}


def _warm(people: list[dict[str, object]], port: int) -> None:
    """Each process reads its files and rules once, before anything is counted."""
    for seed in range(24):
        one = Person(people[-1 - seed % len(people)], port, Tally(), seed)
        one.page()
        one.poll()


def _say(tally: Tally, seconds: float) -> None:
    every = [each for taken in tally.taken.values() for each in taken]
    print(
        f"  {len(every)} answers, {len(every) / seconds:.1f} a second, {len(tally.errors)} errors {tally.errors[:3]}"
    )
    print(f"  refused: {dict(tally.refused)}")
    for what, taken in [("all", every), *sorted(tally.taken.items())]:
        parts = statistics.quantiles(taken, n=100) if len(taken) > 1 else taken * 99
        print(
            f"  {what:8} {len(taken):6}  p50 {parts[49]:6.0f} ms  p95 {parts[94]:6.0f} ms  most {max(taken):6.0f} ms"
        )


if __name__ == "__main__":
    main()
