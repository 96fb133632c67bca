"""Every fault of the list, while people write without a pause.

What was answered is there, once and with its entry in the audit; what was sent again for want of an answer is
there once too; and when the cause is gone it goes on by itself.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.plugins.databases import ROOT
from tests.proof.house import ONE_ENGINE, SMALL, House
from tests.proof.node import Held, Node, Writers, until

pytestmark = pytest.mark.proof

AWAY = 4 if SMALL else 20
"""Seconds for which the database is gone."""
STOPS = ("first stop", "second stop")[: 1 if SMALL else None]


def test_a_web_worker_and_then_all_of_them_killed(house: House) -> None:
    with house.writers().writing() as writers:
        writers.more()
        os.kill(house.node.web_workers()[0], signal.SIGKILL)
        writers.more()
        for pid in house.node.web_workers():
            os.kill(pid, signal.SIGKILL)
        writers.more()
    house.check(writers)


@pytest.mark.parametrize("house", ONE_ENGINE, indirect=True)
def test_the_master_killed(house: House) -> None:
    before = house.node.web_master()
    with house.writers().writing() as writers:
        writers.more()
        os.kill(before, signal.SIGKILL)
        until(lambda: _master(house.node) not in (0, before), "a new master")
        writers.more()
    house.check(writers)
    assert "Web server: killed by SIGKILL. It is started anew." in house.node.said()


def _master(node: Node) -> int:
    try:
        return node.web_master()
    except StopIteration:
        return 0


def test_the_program_told_to_stop_and_started_again(house: House) -> None:
    """In good order: everything that was begun is answered, and nothing was lost."""
    with house.writers().writing() as writers:
        writers.more()
        assert house.node.stop() == 0
        house.node.start()
        writers.more()
    house.check(writers)
    assert "It is ended" not in house.node.said(), "nobody had to be killed: all were done in time"


def test_a_backup_while_people_write(house: House, tmp_path: Path) -> None:
    file = tmp_path / "under-writes.backup"
    with house.writers().writing() as writers:
        writers.more(4)
        before = list(writers.answered)
        said = subprocess.run(
            [sys.executable, "manage.py", "backup", str(file)],
            cwd=ROOT, env=house.node.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert said.returncode == 0, said.stderr
        writers.more(4)
    house.check(writers)
    assert set(before) <= _names_in(file, house)


def _names_in(file: Path, house: House) -> set[str]:
    """Read from the backup itself."""
    if house.server:
        command = [house.server.binaries / "pg_restore", "--data-only", "--table", "enrollment_participant"]
        text = subprocess.run(
            [*command, "--file", "-", file], capture_output=True, text=True, check=True
        ).stdout
        return {
            field for line in text.splitlines() for field in line.split("\t") if field.startswith("Schrijver")
        }
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(file)) as backup:
        return {row[0] for row in backup.execute("SELECT last_name FROM enrollment_participant")}


@pytest.mark.parametrize("house", ["postgres"], indirect=True)
def test_the_database_killed_and_away_for_a_while(house: House) -> None:
    """PostgreSQL is killed, stays away, and comes back; SQLite has no server that could go away."""
    assert house.server
    with house.writers().writing() as writers:
        writers.more()
        house.server.kill()
        gone = time.monotonic()
        until(lambda: writers.unanswered >= 8, "people notice")
        until(lambda: time.monotonic() - gone > AWAY, "it stays away")
        assert house.node.get("/healthz") == (200, b"ok"), "alive: nobody has to kill it"
        assert house.node.get("/readyz?for=web")[0] == 503
        house.server.start()
        writers.more()
    house.check(writers)
    assert house.node.get("/readyz?for=web") == (200, b"ready")
    house.does_work("after the database was away")
    assert "OperationalError" in house.node.said()


@pytest.mark.parametrize("house", ONE_ENGINE, indirect=True)
def test_redis_killed_and_away_for_a_while(house: House) -> None:
    """Nobody notices: what it holds is counted in the database meanwhile, and workers look by themselves."""
    with house.writers().writing() as writers:
        writers.more()
        house.redis.kill()
        house.does_work("while Redis is away")
        writers.more(8)
        house.redis.start()
        writers.more(8)
    house.check(writers)
    assert writers.unanswered == 0
    house.does_work("after Redis came back")
    assert house.node.said().count("Redis is away") == 1
    until(lambda: "Redis is back" in house.node.said(), lambda: house.node.said()[-2500:])


@pytest.mark.parametrize("house", ONE_ENGINE, indirect=True)
def test_whoever_comes_while_it_is_told_to_stop_and_started_again_is_answered(
    house: House, tmp_path: Path
) -> None:
    """With the socket held by systemd, as deploy/planner.socket does: nobody refused, no job lost or done twice."""
    house.hand.do("work.start(Prison.objects.get(slug='race'), 'in hand', seconds=2); None")
    with (
        Held(house.node.environment, tmp_path / "log") as node,
        Writers([node], house.session).writing() as writers,
    ):
        writers.more()
        for mark in STOPS:
            house.hand.do(f"work.start(Prison.objects.get(slug='race'), {mark!r}, seconds=1); None")
            assert node.stop() == 0
            node.start()
            writers.more()
        for mark in ("in hand", *STOPS):
            house.has_done(mark)
    house.check(writers)
    assert writers.unanswered == 0
