"""What must be done before the first request, and only what has changed since the last start.

Any number of machines may start at once: they go through it one after the other.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.loader import MigrationLoader

from planner.operations import catalogues

LOCK = 7_383_616_479
"""Any number that nobody else asks PostgreSQL for."""


def prepare() -> None:
    """Tables, catalogues and files for browsers, each brought up to date."""
    call_command("migrate", interactive=False, verbosity=0)  # takes the lock itself, also when typed by hand
    with one_at_a_time():
        call_command("createcachetable", verbosity=0)
    # Two that share a folder (containers, or somebody who types it while it starts) would take each other's files away.
    with _locked(Path(settings.DATA_DIR) / "preparing"):
        catalogues.compile_all()
        collect_static()


def refuse_halfway(alias: str = DEFAULT_DB_ALIAS) -> None:
    """Raises CommandError for a database that has seen some of the migrations that one replaces, not all.

    Django leaves such an app alone without a word, and nobody would ever add what is missing.
    """
    loader = MigrationLoader(connections[alias])
    seen = set(loader.applied_migrations)
    for (app, name), migration in (loader.disk_migrations or {}).items():
        earlier = set(migration.replaces)
        if earlier & seen and not earlier <= seen and (app, name) not in seen:
            raise CommandError(
                f"This database was kept by a release that knew less of {app}. First go to the last release with many"
                " migrations (docs/operations.md, Update), then to this one. Nothing was changed."
            )


@contextlib.contextmanager
def one_at_a_time(alias: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Waits until no other machine or process changes the tables."""
    connection = connections[alias]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        return
    with _locked(Path(f"{connection.settings_dict['NAME']}.migrating")):
        yield


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """The file stays: whoever deletes it while another waits would let in two."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def collect_static() -> bool:
    """Files for browsers, if any has changed; says whether it did. It is the slowest part of a start."""
    stamp, wanted = Path(settings.DATA_DIR) / "static.stamp", fingerprint()
    if (
        Path(settings.STATIC_ROOT).is_dir()
        and stamp.is_file()
        and stamp.read_text(encoding="utf-8") == wanted
    ):
        return False
    stamp.unlink(missing_ok=True)
    for name, _source in _sources():
        # Left there it would be kept where it is younger than its source, as after going back to an older version.
        (Path(settings.STATIC_ROOT) / name).unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(wanted, encoding="utf-8")
    return True


def fingerprint() -> str:
    """Changes with each file that a browser may ask for, and with how it is kept."""
    digest = hashlib.sha256(repr((settings.STORAGES["staticfiles"], str(settings.STATIC_ROOT))).encode())
    for name, source in _sources():
        state = source.stat()
        digest.update(f"{name} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _sources() -> Iterator[tuple[str, Path]]:
    ignored = getattr(apps.get_app_config("staticfiles"), "ignore_patterns", None)
    for finder in get_finders():
        yield from ((name, Path(storage.path(name))) for name, storage in finder.list(ignored))
