"""What was kept by the last release with many migrations is carried on by the first with one an app."""

from __future__ import annotations

import gzip
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.plugins.databases import ROOT

KEPT = ROOT / "tests" / "data" / "earlier-release.backup.gz"
"""A backup of that release on SQLite: one prison with a coordinator, a room, and the audit of making them."""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return os.environ | {"DATABASE_URL": "", "DATA_DIR": str(tmp_path), "DEMO": "", "PLANNER_TESTING": "yes"}


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    file = tmp_path / "earlier.backup"
    file.write_bytes(gzip.decompress(KEPT.read_bytes()))
    return file


def manage(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    run = [sys.executable, "manage.py", *words]
    return subprocess.run(run, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_it_is_restored_and_upgraded(environment: dict[str, str], backup: Path, tmp_path: Path) -> None:
    for words in (
        ["restore", str(backup), "--yes"],
        ["migrate", "--no-input", "-v", "0"],
        ["migrate", "--check"],
        ["check", "--database", "default"],
        ["verify_audit"],
    ):
        done = manage(environment, *words)
        assert done.returncode == 0, (words, done.stderr[-2000:])
    with closing(sqlite3.connect(tmp_path / "planner.sqlite3")) as kept:
        assert kept.execute("SELECT slug FROM prisons_prison").fetchall() == [("haren",)]
        assert kept.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'").fetchone()[0] > 0


def test_an_older_one_is_told_the_way(environment: dict[str, str], backup: Path, tmp_path: Path) -> None:
    """Upgraded halfway, it lacks columns that nobody would add any more: nothing is done."""
    with closing(sqlite3.connect(backup)) as kept, kept:
        last = "SELECT max(name) FROM django_migrations WHERE app = 'enrollment'"
        kept.execute(f"DELETE FROM django_migrations WHERE app = 'enrollment' AND name = ({last})")
    backup.rename(tmp_path / "planner.sqlite3")
    done = manage(environment, "migrate", "--no-input", "-v", "0")
    assert done.returncode != 0
    assert "First go to the last release with many migrations" in done.stderr
