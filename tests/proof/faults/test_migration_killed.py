"""kill -9 of a migration at six moments, and run again by two machines at once: it ends as if nothing had happened."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.plugins.databases import ROOT, copy_migrated
from tests.proof.house import ENGINES, SMALL
from tests.proof.server import Postgres
from tests.proof.test_booking_race import manage

pytestmark = pytest.mark.proof

MOMENTS = {
    "nothing is there but the list of what is done": ("after", 'CREATE TABLE "django_migrations"'),
    "a few tables of a first migration are there": ("before", 'CREATE TABLE "prisons_membership"'),
    "a migration is done, and not yet noted": (
        "before",
        "INSERT INTO \"django_migrations\".*'prisons', '0001",
    ),
    "a migration is done and noted, and not yet committed": (
        "after",
        "INSERT INTO \"django_migrations\".*'group_sessions', '0001",
    ),
    "a migration is about to lay its indexes": ("before", 'CREATE INDEX "enrollment_'),
    "all is done but for the rules that are laid last": ("before", "CREATE TRIGGER"),
}
KILLED = """
import os, re, signal, sys
import django
django.setup()
from django.core.management import call_command
from django.db import connection
when, what = sys.argv[1:]
def watch(execute, sql, params, many, context):
    is_it = re.search(what, f"{sql} {params}", re.DOTALL)
    if is_it and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    answer = execute(sql, params, many, context)
    if is_it:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
connection.execute_wrappers.append(watch)
call_command("migrate", verbosity=0, interactive=False)
"""


@pytest.fixture(params=ENGINES[:1] if SMALL else ENGINES)
def engine(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[dict[str, str], Postgres | None]]:
    server = Postgres.begin() if request.param == "postgres" else None
    own = {"PLANNER_TESTING": "yes", "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "planner.settings"}
    try:
        yield os.environ | own | {"DATABASE_URL": server.url if server else ""}, server
    finally:
        if server:
            server.close()


def test_killed_at_six_moments_and_run_again(
    engine: tuple[dict[str, str], Postgres | None], tmp_path: Path
) -> None:
    environment, server = engine
    for moment, at in MOMENTS.items():
        run = [sys.executable, "-c", KILLED, *at]
        done = subprocess.run(run, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == -9, f"{moment}: never came to it, or failed\n{done.stderr[-2000:]}"
    _two_go_on_at_once(environment)
    manage(environment, "check", "--database", "default")
    if server is None:
        assert _of_sqlite(tmp_path / "planner.sqlite3") == _of_sqlite(_never_killed(environment, tmp_path))
    else:
        other = server.beside("never_killed")
        server.fill("never_killed", environment)
        manage(environment | {"DATABASE_URL": other}, "migrate", "--verbosity", "0")
        killed = server.dumped_and_read("postgres", tmp_path / "killed.dump")
        assert server.described(killed) == server.described("never_killed")


def _two_go_on_at_once(environment: dict[str, str]) -> None:
    """As two machines do that are started together: one waits for the other, neither fails."""
    run = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    machines = [
        subprocess.Popen(run, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) for _one in (1, 2)
    ]
    said = [machine.communicate()[1] for machine in machines]
    assert [machine.returncode for machine in machines] == [0, 0], said


def _never_killed(environment: dict[str, str], folder: Path) -> Path:
    (folder / "clean").mkdir()
    copy_migrated(folder / "clean" / "planner.sqlite3")
    manage(environment | {"DATA_DIR": str(folder / "clean")}, "migrate", "--verbosity", "0")
    return folder / "clean" / "planner.sqlite3"


def _of_sqlite(file: Path) -> list[tuple[str, str]]:
    """Tables, indexes and triggers, and the list of what is done."""
    with closing(sqlite3.connect(file)) as kept:
        done = kept.execute("SELECT app, name FROM django_migrations ORDER BY 1, 2").fetchall()
        return done + kept.execute("SELECT name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()
