"""A start does only what has changed, and two machines that start at once go one after the other."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import connection

from planner.management.commands.serve import regular_tasks
from planner.operations import preparation
from tests.plugins.databases import ROOT, copy_migrated

pytestmark = pytest.mark.postgres


def test_static_files_are_collected_only_when_one_has_changed(settings: Any, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "one.css").write_text("a {}")
    settings.DATA_DIR, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    settings.STATICFILES_DIRS = [source]
    assert [preparation.collect_static() for _start in range(2)] == [True, False]
    (source / "one.css").write_text("a { }")
    assert preparation.collect_static()
    assert (tmp_path / "static" / "one.css").read_text() == "a { }"
    (tmp_path / "static" / "one.css").unlink()
    (tmp_path / "static").rename(tmp_path / "lost")
    assert preparation.collect_static(), "the folder is gone, the stamp is not"


@pytest.mark.django_db(transaction=True)
def test_whoever_changes_the_tables_keeps_the_next_one_waiting(tmp_path: Path) -> None:
    """A second process may begin only when the first has let go."""
    code = "from planner.operations.preparation import *\nwith one_at_a_time(): print('mine', flush=True)"
    run = [sys.executable, "manage.py", "shell", "-v", "0", "-c", code]
    with preparation.one_at_a_time():
        other = subprocess.Popen(run, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=_same_database())
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(timeout=4)
    assert other.communicate(timeout=60)[0] == "mine\n"


def _same_database() -> dict[str, str]:
    kept = connection.settings_dict
    url = f"sqlite:////{str(kept['NAME']).lstrip('/')}"
    if connection.vendor == "postgresql":
        url = f"postgres://{kept['USER']}@{kept['HOST']}:{kept['PORT']}/{kept['NAME']}"
    return os.environ | {"DATABASE_URL": url}


def test_a_table_that_guards_name_can_be_changed_and_has_its_guards_afterwards(tmp_path: Path) -> None:
    """SQLite refuses to make it anew while a trigger of another table names it: each upgrade of a kept database."""
    copy_migrated(tmp_path / "planner.sqlite3")
    shutil.copytree(ROOT / "sessions" / "migrations", tmp_path / "later")
    (tmp_path / "later" / "0002_made_anew.py").write_text(MADE_ANEW)
    (tmp_path / "later_settings.py").write_text(
        "from planner.settings import *\nMIGRATION_MODULES = {'group_sessions': 'later'}\n"
    )
    environment = os.environ | {"DATABASE_URL": "", "DATA_DIR": str(tmp_path), "PYTHONPATH": str(tmp_path)}

    def migrate(settings: str, *target: str) -> None:
        run = [sys.executable, "manage.py", "migrate", *target, "--verbosity", "0", "--skip-checks"]
        own = environment | {"DJANGO_SETTINGS_MODULE": settings}
        done = subprocess.run(run, cwd=ROOT, env=own, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]

    def guards() -> list[str]:
        with sqlite3.connect(tmp_path / "planner.sqlite3") as kept:
            return kept.execute(
                "SELECT sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
            ).fetchall()

    migrate("planner.settings")  # the copy may be older than what is laid after each migrate
    before = guards()
    for target in ([], ["group_sessions", "0001"], []):
        migrate("later_settings", *target)
    assert guards() == before != []


MADE_ANEW = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("group_sessions", "0001_tables")]
    operations = [migrations.AlterField("groupsession", "changed_at", models.DateTimeField(null=True))]
"""


@pytest.mark.parametrize(
    "missing", ['DROP TABLE "django_q_schedule"', 'ALTER TABLE "django_q_schedule" DROP COLUMN "cluster"']
)
def test_serving_without_its_tables_says_what_to_type(db: None, missing: str) -> None:
    """SQLite calls it a fault of operation, PostgreSQL one of the program: whoever starts reads the same."""
    with connection.cursor() as cursor:
        cursor.execute(missing.format("django_q_schedule"))
    with pytest.raises(CommandError, match=r"The tables are not up to date\. Run: manage\.py prepare"):
        regular_tasks()


def test_two_that_share_a_folder_collect_one_after_the_other(
    db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Collecting takes files away first: a second one at the same time would miss them halfway."""
    settings.DATA_DIR = tmp_path
    asked = []

    def collect() -> None:
        with (tmp_path / "preparing").open("w") as file, pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        asked.append("refused")

    monkeypatch.setattr(preparation, "call_command", lambda *args, **options: None)
    monkeypatch.setattr(preparation.catalogues, "compile_all", lambda: None)
    monkeypatch.setattr(preparation, "collect_static", collect)
    preparation.prepare()
    assert asked == ["refused"]
