"""`make upgrade` and `make downgrade`: a version with a table more, one that cannot be prepared, and the way back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pyrage
import pytest

from tests.plugins.databases import ROOT, copy_migrated
from tests.proof.house import ENGINES, ONE_ENGINE, SMALL
from tests.proof.server import Postgres

pytestmark = pytest.mark.proof

MIGRATION = """
from django.db import migrations, models
def late(apps, schema_editor):
    {late}
class Migration(migrations.Migration):
    dependencies = [("rooms", "{after}")]
    operations = [
        migrations.CreateModel("Later", [("id", models.BigAutoField(primary_key=True))]),
        migrations.RunPython(late, migrations.RunPython.noop),
    ]
"""
GIT = {f"GIT_{who}_{what}": "a@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


class Installation:
    """A clone of this program with data of its own, and the place where newer versions come from."""

    def __init__(self, folder: Path, server: Postgres | None) -> None:
        self.folder, self.origin, self.backups = folder / "planner", folder / "origin", folder / "backups"
        self.key = folder / "backup-key.txt"
        identity = pyrage.x25519.Identity.generate()
        self.key.write_text(str(identity))
        self.public = str(identity.to_public())
        self.server = server
        self.environment = os.environ | GIT | {
            "DATA_DIR": str(folder / "data"), "DATABASE_URL": server.url if server else "",
            "UPGRADE_SETUP": "true", "PLANNER_TESTING": "", "MAKEFLAGS": "",
        }  # fmt: skip
        self._install()

    def _install(self) -> None:
        # What is being changed here counts too, not only what was committed.
        _copy_of_this_program(self.origin)
        self.git(self.origin, "init", "--quiet", "--initial-branch=main")
        self.commit("This version")
        self.git(self.origin.parent, "clone", "--quiet", str(self.origin), str(self.folder))
        (self.folder / ".venv").symlink_to(ROOT / ".venv")
        (self.folder / ".git" / "info" / "exclude").write_text(".venv\n")
        # On a real machine these stand in .env alone, where a shell does not see them.
        (self.folder / ".env").write_text(f"BACKUP_FOLDER={self.backups}\n")
        data = Path(self.environment["DATA_DIR"])
        data.mkdir()
        if self.server:
            self.server.fill("postgres", self.environment)
        else:
            copy_migrated(data / "planner.sqlite3")
        self.manage("prepare")

    def git(self, where: Path, *words: str) -> str:
        run = ["git", "-C", str(where), *words]
        return subprocess.run(run, env=self.environment, check=True, capture_output=True, text=True).stdout

    def commit(self, words: str) -> None:
        self.git(self.origin, "add", "--all")
        self.git(self.origin, "commit", "--quiet", "--message", words)

    def newer_version(self, *, late: str = "pass") -> None:
        """With a table more, and then what `late` does."""
        folder = self.origin / "rooms" / "migrations"
        last = max(file.stem for file in folder.glob("0*.py"))
        (folder / "0099_later.py").write_text(MIGRATION.format(late=late, after=last))
        self.commit("A newer version")

    def manage(self, *words: str) -> str:
        return self._run([".venv/bin/python", "manage.py", *words])

    def make(self, *words: str, succeeds: bool = True) -> str:
        return self._run(["make", "--no-print-directory", *words], succeeds=succeeds)

    def _run(self, run: list[str], *, succeeds: bool = True) -> str:
        done = subprocess.run(
            run, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert (done.returncode == 0) == succeeds, done.stdout + done.stderr
        return done.stdout + done.stderr

    def version(self) -> str:
        return self.git(self.folder, "log", "-1", "--format=%s").strip()

    def ask(self, question: str) -> str:
        if self.server:
            return self.server.ask(question)
        with closing(sqlite3.connect(Path(self.environment["DATA_DIR"]) / "planner.sqlite3")) as file, file:
            return "\n".join(str(row[0]) for row in file.execute(question))

    def add_prison(self, slug: str) -> None:
        made = f"Prison.objects.create(slug={slug!r}, name_nl={slug!r}, name_fr={slug!r})"
        self.manage("shell", "-v", "0", "-c", f"from prisons.models import Prison\n{made}")

    def prisons(self) -> list[str]:
        return self.ask("SELECT slug FROM prisons_prison ORDER BY slug").split()

    def has_the_table(self) -> bool:
        where = "pg_tables WHERE tablename" if self.server else "sqlite_master WHERE type = 'table' AND name"
        return self.ask(f"SELECT count(*) FROM {where} = 'rooms_later'") == "1"


def _copy_of_this_program(target: Path) -> None:
    files = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    for name in filter(None, files.split("\0")):
        if (ROOT / name).is_file() and not name.startswith(("tests/", "docs/", "benchmarks/")):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


@pytest.fixture(params=ENGINES)
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    server = Postgres.begin() if request.param == "postgres" else None
    try:
        yield Installation(tmp_path, server)
    finally:
        if server:
            server.close()


@pytest.mark.parametrize("installation", ENGINES[:1] if SMALL else ENGINES, indirect=True)
def test_up_and_back(installation: Installation) -> None:
    here = installation
    here.add_prison("haren")
    here.newer_version()
    assert "The way back: make downgrade" in here.make("upgrade")
    assert (here.version(), here.has_the_table()) == ("A newer version", True)
    assert [file.name[:14] for file in here.backups.glob("*.backup")] == ["before-upgrade"]
    # Typed twice, the way back still leads to where it began.
    assert "Already at" in here.make("upgrade")
    assert len(list(here.backups.glob("*.backup"))) == 1
    here.add_prison("nivelles")
    assert "Back at" in here.make("downgrade")
    assert (here.version(), here.has_the_table()) == ("This version", False)
    assert here.prisons() == ["haren"], "the data of before; what came since is put aside"
    aside = list(Path(here.environment["DATA_DIR"]).glob("before-restore-*"))
    assert len(aside) == 1


@pytest.mark.parametrize("installation", ONE_ENGINE, indirect=True)
def test_one_that_cannot_be_prepared_goes_back_by_itself(installation: Installation) -> None:
    here = installation
    here.add_prison("haren")
    here.newer_version(late="raise ValueError('no way')")
    assert "Going back" in here.make("upgrade", succeeds=False)
    assert (here.version(), here.has_the_table()) == ("This version", False)
    assert here.prisons() == ["haren"]
    assert "ready" in here.manage("ready")


# What follows has nothing to do with the kind of the database.


@pytest.mark.parametrize("installation", ["sqlite"], indirect=True)
def test_with_an_encrypted_backup_it_asks_for_the_key(installation: Installation) -> None:
    here = installation
    with (here.folder / ".env").open("a") as settings:
        settings.write(f"BACKUP_RECIPIENTS={here.public}\n")
    here.add_prison("haren")
    here.newer_version(late="raise ValueError('no way')")
    said = here.make("upgrade", succeeds=False)
    assert "Bring the key, then: make downgrade KEY=backup-key.txt" in said
    here.make("downgrade", f"KEY={here.key}")
    assert (here.version(), here.has_the_table()) == ("This version", False)
    assert here.prisons() == ["haren"]


@pytest.mark.parametrize("installation", ["sqlite"], indirect=True)
def test_files_that_were_changed_here_stop_it(installation: Installation) -> None:
    (installation.folder / "README.md").write_text("mine")
    installation.newer_version()
    assert "nothing was done" in installation.make("upgrade", succeeds=False)
    assert installation.version() == "This version"
