"""Eight processes book the same rooms at once: nothing overlaps, nobody hears "database is locked"."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.plugins.databases import ROOT, Unavailable, copy_migrated, start_postgres
from tests.proof.server import Postgres

SMALL = os.environ.get("PROOF_SIZE") == "small"
PROCESSES, ATTEMPTS = 8, 50 if SMALL else 200

PREPARE = """
import datetime as dt
from prisons.models import *
from tests.factories import *
prison = make_prison("race")
service = make_organisation(prison)
make_membership(make_user("Anna Race"), prison, "organiser", service)
for number in range(3):
    make_room(prison)
make_slot(prison, 1, "08:00", "12:00")
series = make_series(prison, organisation=service, starts_on=dt.date(2050, 1, 10))
for number in range(24):
    make_session(series, starts_at=None)
"""
COUNT = """
import json
from sessions.models import *
rows = list(GroupSession.objects.exclude(room=None).values_list("room_id", "starts_at", "ends_at"))
pairs = [
    (a, b) for i, a in enumerate(rows) for b in rows[i + 1:] if a[0] == b[0] and a[1] < b[2] and b[1] < a[2]
]
print(json.dumps({"placed": len(rows), "overlaps": len(pairs)}))
"""


def manage(environment: dict[str, str], *words: str) -> str:
    run = [sys.executable, "manage.py", *words]
    done = subprocess.run(run, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def environment_in(folder: Path) -> dict[str, str]:
    """Of a machine with a data folder of its own, and no tables yet."""
    return os.environ | {"PLANNER_TESTING": "yes", "DATA_DIR": str(folder), "DATABASE_URL": ""}


def environment_of(engine: str, folder: Path) -> dict[str, str]:
    environment = environment_in(folder)
    if engine == "sqlite":
        copy_migrated(folder / "planner.sqlite3")
    else:
        try:
            environment["DATABASE_URL"] = start_postgres()
        except Unavailable as reason:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(str(reason))
        Postgres.that_answers_at(environment["DATABASE_URL"]).fill("postgres", environment)
    manage(environment, "migrate", "--verbosity", "0")
    return environment


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_eight_processes_book_the_same_rooms(engine: str, tmp_path: Path) -> None:
    environment = environment_of(engine, tmp_path)
    manage(environment, "shell", "-v", "0", "-c", PREPARE)

    bookers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.proof.booker", "race", str(ATTEMPTS), str(seed)],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for seed in range(PROCESSES)
    ]
    told = [booker.communicate(timeout=900) for booker in bookers]

    counts = [json.loads(out) for out, _err in told]
    outcome = json.loads(manage(environment, "shell", "-v", "0", "-c", COUNT))
    total = {name: sum(one[name] for one in counts) for name in ("placed", "refused", "errors")}
    print(f"{engine}: {PROCESSES} processes x {ATTEMPTS} attempts: {total}, {outcome}")
    assert total["errors"] == 0, [err for _out, err in told]
    assert outcome["overlaps"] == 0
    assert total["placed"] > 0 and total["refused"] > 0
    assert total["placed"] + total["refused"] == PROCESSES * ATTEMPTS
