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
    with tempfile.TemporaryDirectory(prefix="planner-load-") as folder, _database(told.engine) as url:
        environment = os.environ | {"DATA_DIR": folder, "DATABASE_URL": url, "DEMO": "", "REDIS_URL": ""}
        people = _prepare(environment, count)
        print(
            f"{told.engine}: {count} people for {told.seconds:.0f} s, load of the machine {os.getloadavg()[0]:.1f}"
        )
        with _serving(environment, Path(folder)) as (port, head):
            _run(people, port, head, told.seconds)


@contextlib.contextmanager
def _database(engine: str) -> Iterator[str]:
    if engine == "sqlite":
        yield ""
        return
    from tests.proof.server import Postgres

    with contextlib.closing(Postgres.begin()) as server:
        yield server.url


def _prepare(environment: dict[str, str], count: int) -> list[dict[str, object]]:
    own = environment | {"PLANNER_TESTING": "yes", "DJANGO_SETTINGS_MODULE": "planner.settings"}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], cwd=ROOT, env=own, check=True)
    made = [sys.executable, "-m", "benchmarks.load.town", str(count)]
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
