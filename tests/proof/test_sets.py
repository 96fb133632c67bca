"""What `make seed-national` makes is the same on two machines on the same day, and can be measured."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.scale import named
from tests.plugins.databases import ROOT

pytestmark = pytest.mark.proof

RUN = """
import datetime as dt
import sys
import time_machine
with time_machine.travel(dt.datetime(2026, 3, 4, 10, tzinfo=dt.UTC), tick=False):
    from benchmarks.scale import __main__ as command
    command.use("national", "small")
    from benchmarks.scale import sets
    from benchmarks.scale.first_term import Size
    sets.SMALL["national"] = Size(prisons=3, terms=3, series=12, people=60)
    getattr(command, sys.argv[1])("national", "small")
"""
OTHERWISE = {
    ("prisons_user", "password"): "salted",
    ("prisons_prison", "rules_version"): "drawn, so that no process takes it for one that it keeps",
    ("django_q_ormq", "payload"): "signed, with a number of its own",
    ("planner_proposal", "outcome"): "says how many seconds it took",
}
"""Columns that differ on purpose."""
OF_THE_MACHINE = {"django_migrations", "sqlite_sequence"}


def _run(act: str, folder: Path, *, hashes: str) -> None:
    environment = os.environ | {
        "SCALE_DIR": str(folder), "SCALE_DATABASE_URL": "", "DEMO": "yes", "REDIS_URL": "",
        "PLANNER_TESTING": "yes", "PYTHONHASHSEED": hashes,
    }  # fmt: skip
    run = [sys.executable, "-c", RUN, act]
    done = subprocess.run(run, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _seeded(folder: Path, *, hashes: str) -> dict[str, str]:
    _run("seed", folder, hashes=hashes)
    with closing(sqlite3.connect(folder / "national-small" / "planner.sqlite3")) as database:
        return _fingerprints(database)


def _fingerprints(database: sqlite3.Connection) -> dict[str, str]:
    """Each column of each table, and its rows as a sum."""
    found = {}
    tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    for (table,) in tables:
        if table in OF_THE_MACHINE:
            continue
        columns = [row[1] for row in database.execute(f'PRAGMA table_info("{table}")')]
        for column in columns:
            if (table, column) not in OTHERWISE:
                values = database.execute(f'SELECT "{column}" FROM "{table}" ORDER BY rowid').fetchall()
                found[f"{table}.{column} of {len(values)}"] = hashlib.sha256(
                    repr(values).encode()
                ).hexdigest()
    return found


def test_two_machines_make_the_same_country(tmp_path: Path) -> None:
    one, other = (_seeded(tmp_path / hashes, hashes=hashes) for hashes in ("1", "2"))
    [marks] = [name for name in one if name.startswith("enrollment_attendance.mark of ")]
    assert not marks.endswith(" of 0")
    assert sorted(one.keys() ^ other.keys()) == []
    assert [name for name in one if one[name] != other[name]] == []


def test_what_pages_cost_is_written_down(tmp_path: Path) -> None:
    _run("seed", tmp_path, hashes="1")
    _run("measure_named", tmp_path, hashes="1")
    costs = json.loads((tmp_path / "national-small" / "named.json").read_text())
    assert {each["kind"]: each["status"] for each in costs} == dict.fromkeys(named.PAGES, 200)
