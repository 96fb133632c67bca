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

from benchmarks.load.person import Person, Tally

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--engine", choices=["postgres", "sqlite"], default="postgres")
    asked.add_argument("--people", type=int, default=0, help="300 on PostgreSQL, 60 on SQLite")
    asked.add_argument("--seconds", type=float, default=300)
    told = asked.parse_args()
    count = told.people or {"postgres": 300, "sqlite": 60}[told.engine]
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="planner-load-")))
        environment = _database(told.engine, folder, stack)
        people = _people(environment, count)
        print(
            f"{told.engine}: {count} people for {told.seconds:.0f} s, load of the machine {os.getloadavg()[0]:.1f}"
        )
        port, head = stack.enter_context(_serving(environment, folder))
        _run(people, port, head, told.seconds)


def _database(engine: str, folder: Path, stack: contextlib.ExitStack) -> dict[str, str]:
    """Brought up to date; the environment that names it."""
    from tests.proof.server import Postgres
    from tests.proof.test_booking_race import environment_of

    environment = environment_of("sqlite", folder)
    if engine == "postgres":
        server = stack.enter_context(contextlib.closing(Postgres.begin()))
        environment["DATABASE_URL"] = server.url
        server.migrate(environment)
    return environment


def _people(environment: dict[str, str], count: int) -> list[dict[str, object]]:
    made = [sys.executable, "-m", "benchmarks.load.town", str(count)]
    own = environment | {"DJANGO_SETTINGS_MODULE": "planner.settings"}
    said = subprocess.run(made, cwd=ROOT, env=own, check=True, stdout=subprocess.PIPE, text=True)
    people: list[dict[str, object]] = json.loads(said.stdout)
    return people


@contextlib.contextmanager
def _serving(environment: dict[str, str], folder: Path) -> Iterator[tuple[int, int]]:
    """As docs/operations.md says, but for the proxy in front."""
    from tests.proof.node import Node

    with Node(environment, folder / "log") as node:
        assert node.process
        yield node.port, node.process.pid
        said = node.said()
    for word in ("locked", "Traceback"):
        print(f"  {word} in the log: {said.count(word)}")


def _run(people: list[dict[str, object]], port: int, head: int, seconds: float) -> None:
    tally = Tally()
    _warm(people, port)
    before, begun, cpu = _memory(head), time.monotonic(), time.process_time()
    crowd = [
        threading.Thread(target=Person(known, port, tally, seed).live, args=(begun + seconds,))
        for seed, known in enumerate(people)
    ]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    passed = time.monotonic() - begun
    print(f"  the script itself took {(time.process_time() - cpu) / passed:.0%} of a core")
    _say(tally, passed)
    print(
        f"  memory in MB, before {before}, after {_memory(head)}; load of the machine {os.getloadavg()[0]:.1f}"
    )


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


def _memory(head: int) -> dict[str, int]:
    """Of the two heads and their children together; pages that they share are counted in each once divided."""
    from tests.proof.node import children_of

    found: dict[str, int] = {}
    for part in children_of(head):
        words = Path(f"/proc/{part}/cmdline").read_bytes()
        family, new = [], [part]
        while new:
            family += new
            new = [child for parent in new for child in children_of(parent)]
        found["web" if b"gunicorn" in words else "jobs"] = sum(map(_own_share, family)) // 1024
    return found


def _own_share(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


if __name__ == "__main__":
    main()
