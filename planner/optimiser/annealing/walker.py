"""A second annealing walk in a process of its own: Python threads would share one core.

The parent sends a pickled `Walk` on standard input and reads a pickled plan from standard output. Both ends
are this file; nothing else is ever unpickled.
"""

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from planner.optimiser.annealing.cooling import Cooling
from planner.optimiser.problem import Plan, Problem
from planner.optimiser.tables import build_tables

_ROOT = Path(__file__).resolve().parents[3]
_NAP_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Walk:
    problem: Problem
    start: Plan
    cooling: Cooling
    seed: int
    seconds: float


def walk_elsewhere(walk: Walk, go_on: Callable[[], bool]) -> Plan | None:
    """The best plan of a walk in another process; None when it was not to go on, or failed."""
    path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
    child = subprocess.Popen(
        [sys.executable, "-m", "planner.optimiser.annealing.walker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
    )
    try:
        if child.stdin is None or child.stdout is None:
            return None
        with child.stdin:
            pickle.dump(walk, child.stdin)
        while child.poll() is None and go_on():
            time.sleep(_NAP_SECONDS)
        if child.poll() != 0:
            return None
        plan: Plan = pickle.load(child.stdout)  # noqa: S301 - written by our own child
        return plan
    finally:
        if child.poll() is None:
            child.kill()
        child.wait()
        if child.stdout is not None:
            child.stdout.close()


def main() -> None:
    walk: Walk = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by our own parent
    from planner.optimiser.annealing.annealer import Annealer

    start, parent = time.monotonic(), os.getppid()
    annealer = Annealer(build_tables(walk.problem), walk.start, walk.cooling, seed=walk.seed)

    def share() -> float | None:
        is_orphan = os.getppid() != parent
        return None if is_orphan else (time.monotonic() - start) / walk.seconds

    annealer.run(share)
    pickle.dump(annealer.best_plan(), sys.stdout.buffer)


if __name__ == "__main__":
    # The pickled classes must come from the module's real name, not from __main__.
    from planner.optimiser.annealing.walker import main as run

    run()
