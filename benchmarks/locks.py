"""`python -m benchmarks.locks`: how long others wait for the longest acts, on SQLite and on PostgreSQL.

Somebody closes a prison for a thousand sessions, reads a list of 1,200 people, copies a term. The set is that of one
term (docs/scale.md), built where it is missing. The first line, of no act at all, says how busy the machine is.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--engine", choices=["sqlite", "postgres"], action="append")
    asked.add_argument("--size", choices=["small", "full"], default="full")
    told = asked.parse_args()
    for engine in told.engine or ("sqlite", "postgres"):
        print(f"{engine}, load of the machine {os.getloadavg()[0]:.1f}", flush=True)
        measure(engine, told.size)


def measure(engine: str, size: str) -> None:
    from tests.proof.server import Postgres

    environment = os.environ | {"DEMO": "yes", "REDIS_URL": "", "PLANNER_TESTING": "yes"}
    with contextlib.ExitStack() as stack:
        if engine == "postgres" and not environment.get("SCALE_DATABASE_URL"):
            server = stack.enter_context(contextlib.closing(Postgres.begin()))
            environment["SCALE_DATABASE_URL"] = server.url.rpartition("/")[0]
        for act in ("seed", "acts"):
            command = [sys.executable, "-m", "benchmarks.scale", act, "term", "--size", size]
            subprocess.run(command, env=environment, check=True)


if __name__ == "__main__":
    main()
