"""`manage.py check --deploy` has nothing to say of what docs/operations.md describes, and names what is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pyrage
import pytest

from tests.plugins.databases import ROOT

WITHOUT_A_KEY = (
    "(planner.W003) SECRET_KEY is not set: each machine signs sessions and jobs with a key of its own"
)


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine that was installed as the page says, on SQLite."""
    (tmp_path / "backups").mkdir(mode=0o700)
    (tmp_path / "var").mkdir(mode=0o700)
    return os.environ | {
        "PLANNER_TESTING": "",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "",  # what the tests set for themselves
        "DATABASE_URL": "",
        "SECRET_KEY": "",
        "BASE_URL": "https://planner.example.org",
        "DATA_DIR": str(tmp_path / "var"),
        "BACKUP_FOLDER": str(tmp_path / "backups"),
        "BACKUP_RECIPIENTS": str(pyrage.x25519.Identity.generate().to_public()),
    }


def _check(machine: dict[str, str], **more: str) -> str:
    """Empty when it found nothing."""
    run = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(
        run, cwd=ROOT, env=machine | more, capture_output=True, text=True, check=False, umask=0o077
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_as_installed_it_is_clean(machine: dict[str, str]) -> None:
    assert _check(machine) == ""


def test_machines_that_share_a_database_share_a_key(machine: dict[str, str]) -> None:
    database = {"DATABASE_URL": "postgres://planner@db.example.org/planner"}
    assert WITHOUT_A_KEY in _check(machine, **database)
    shared = database | {"SECRET_KEY": "k" * 10 + "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRS"}
    assert _check(machine, **shared) == ""
