"""Saving the whole database to one file and bringing it back, on SQLite and on PostgreSQL.

Everything that must survive lives in the database. A backup is taken while people work; a restore checks the
file first, keeps what was there before, and either happens completely or not at all.
"""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import IO, Any

import pyrage
from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.migrations.loader import MigrationLoader

from core.dates.clock import BRUSSELS, now
from prisons.domain.records import seals
from prisons.models import User

LOCK_WAIT_SECONDS = 20
MAGIC = b"age-encryption.org/v1"


class BackupError(Exception):
    """The backup or the restore did not happen; the text says why and what to do."""


def new_file() -> Path:
    """Where the nightly one goes."""
    return Path(settings.BACKUP_FOLDER) / f"{now().astimezone(BRUSSELS):%Y-%m-%d-%H%M}.backup"


def save(target: Path) -> None:
    """Write the database to `target`, which must not exist yet; checked before it gets that name."""
    if target.exists():
        raise BackupError(f"{target} exists already; choose another name.")
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".part")
    partial.unlink(missing_ok=True)
    try:
        _save_sqlite(partial) if _is_sqlite() else _save_postgres(partial)
        partial.chmod(0o600)
        if settings.BACKUP_RECIPIENTS:
            _encrypt(partial)
        partial.replace(target)
    except (OSError, sqlite3.Error, pyrage.EncryptError) as error:
        raise BackupError(f"The backup could not be written: {error}. Nothing was kept of it.") from error
    finally:
        for ending in ("", "-journal", "-wal", "-shm"):
            partial.with_name(partial.name + ending).unlink(missing_ok=True)
    try:
        # The seals of the audit leave the machine with the backup, readable without any key: no name is in them.
        _carry_seals(target.parent)
    except OSError as error:
        raise BackupError(
            f"{target} is whole, but the seals of the audit are not beside it: {error}"
        ) from error


def restore(source: Path, *, overwrite: bool = False, key: Path | None = None) -> Path | None:
    """Brings back `source`, which `key` (a file with the private key of age) opens if it is encrypted.

    Returns where the previous database, if any, was put.
    """
    if not source.is_file():
        raise BackupError(f"{source} does not exist.")
    if not is_encrypted(source):
        return _restore_plain(source, overwrite=overwrite)
    if key is None:
        raise BackupError(f"{source} is encrypted. Say with --key which file holds the private key.")
    plain = Path(settings.DATA_DIR) / f"{source.name}.opened"
    try:
        _decrypt(source, plain, key)
        return _restore_plain(plain, overwrite=overwrite)
    finally:
        plain.unlink(missing_ok=True)


def _restore_plain(source: Path, *, overwrite: bool) -> Path | None:
    """Raises BackupError for what is damaged, newer, or may not be overwritten; what is older is migrated."""
    applied = _migrations_in_sqlite(source) if _is_sqlite() else _migrations_in_dump(source)
    _refuse_foreign(applied, source)
    _refuse_newer(applied)
    aside = None
    if _has_tables():
        if not overwrite:
            raise BackupError("There is a database already. Say --yes to replace it; it is kept aside.")
        moment = now().astimezone(BRUSSELS).strftime("%Y%m%d-%H%M%S-%f")
        aside = Path(settings.DATA_DIR) / f"before-restore-{moment}{'.sqlite3' if _is_sqlite() else '.dump'}"
        save(aside)
    connections.close_all()
    _restore_sqlite(source) if _is_sqlite() else _restore_postgres(source)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    return aside


def _carry_seals(folder: Path) -> None:
    written, carried = seals.write_file(), folder / seals.FILE
    if written.resolve() != carried.resolve():
        shutil.copyfile(written, carried)


# --- Encryption: the format of age, which any program of age opens -----------------------------------------


def is_encrypted(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(MAGIC)) == MAGIC


def _encrypt(file: Path) -> None:
    """Puts the encrypted file in the place of the open one."""
    sealed = file.with_name(file.name + ".age")
    try:
        recipients = [_recipient(text) for text in settings.BACKUP_RECIPIENTS]
        pyrage.encrypt_file(str(file), str(sealed), recipients)
        sealed.chmod(0o600)
        sealed.replace(file)
    finally:
        sealed.unlink(missing_ok=True)


def _recipient(text: str) -> Any:
    kind = pyrage.ssh if text.startswith("ssh-") else pyrage.x25519
    try:
        return kind.Recipient.from_str(text)
    except pyrage.RecipientError as error:
        raise BackupError(f"BACKUP_RECIPIENTS: {text!r} is no public key of age or ssh ({error}).") from error


def _decrypt(source: Path, target: Path, key: Path) -> None:
    try:
        content = key.read_bytes()
        if b"PRIVATE KEY" in content:
            identities: list[Any] = [pyrage.ssh.Identity.from_buffer(content)]
        else:
            lines = content.decode().splitlines()
            identities = [
                pyrage.x25519.Identity.from_str(line.strip()) for line in lines if line.startswith("AGE-")
            ]
        pyrage.decrypt_file(str(source), str(target), identities)
    except (OSError, UnicodeDecodeError, pyrage.IdentityError, pyrage.DecryptError) as error:
        raise BackupError(f"{key} does not open {source} ({error}), or the file is damaged.") from error


def _is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def _has_tables() -> bool:
    return bool(connection.introspection.table_names())


def _refuse_foreign(applied: Iterable[tuple[str, str]], source: Path) -> None:
    """Another program of the same framework has tables that are whole, and none of ours."""
    if not any(app == User._meta.app_label for app, _name in applied):
        raise BackupError(f"{source} is not a backup of this program.")


def _refuse_newer(applied: Iterable[tuple[str, str]]) -> None:
    on_disk = MigrationLoader(None).disk_migrations or {}
    known = {*on_disk, *(replaced for migration in on_disk.values() for replaced in migration.replaces)}
    unknown = sorted(f"{app}.{name}" for app, name in applied if (app, name) not in known)
    if unknown:
        raise BackupError(
            f"This backup was made by a newer version (it knows {', '.join(unknown[:3])}). "
            "Update the program first, then restore."
        )


# --- SQLite -----------------------------------------------------------------------------------------------


def _sqlite_file() -> Path:
    return Path(connections[DEFAULT_DB_ALIAS].settings_dict["NAME"])


def _save_sqlite(target: Path) -> None:
    with closing(sqlite3.connect(_sqlite_file())) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        # One file that can be carried away: no companions for the write-ahead log.
        copy.execute("PRAGMA journal_mode=DELETE")
    _migrations_in_sqlite(target)


def _migrations_in_sqlite(file: Path) -> list[tuple[str, str]]:
    """The migrations that the database in `file` has seen, after checking that it is whole."""
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as backup:
            state = backup.execute("PRAGMA integrity_check").fetchone()[0]
            if state != "ok":
                raise BackupError(f"{file} is damaged: {state}")
            pages, size = (backup.execute(f"PRAGMA page_{what}").fetchone()[0] for what in ("count", "size"))
            if file.stat().st_size < pages * size:  # SQLite fills a last page that is cut with nothing
                raise BackupError(f"{file} is damaged: its end is missing.")
            return list(backup.execute("SELECT app, name FROM django_migrations"))
    except sqlite3.Error as error:
        raise BackupError(f"{file} is not a backup of this program, or it is damaged ({error}).") from error


def _restore_sqlite(source: Path) -> None:
    try:
        with (
            closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as backup,
            closing(sqlite3.connect(_sqlite_file(), timeout=LOCK_WAIT_SECONDS)) as live,
        ):
            backup.backup(live)
    except sqlite3.Error as error:
        raise BackupError(f"The database is in use ({error}). Stop the program, then restore.") from error


# --- PostgreSQL -------------------------------------------------------------------------------------------


def _program(name: str) -> str:
    """pg_dump and its kin: the newest that Debian installed, else the one on the PATH."""
    installed = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4].split(".")[0])
    )
    found = str(installed[-1]) if installed else shutil.which(name)
    if not found:
        raise BackupError(f"{name} is missing; install the package postgresql-client.")
    return found


def _environment() -> dict[str, str]:
    """How PostgreSQL's own programs reach the database; the password never stands on a command line."""
    database = connections[DEFAULT_DB_ALIAS].settings_dict
    options = {
        "PGHOST": database["HOST"],
        "PGPORT": database["PORT"],
        "PGUSER": database["USER"],
        "PGPASSWORD": database["PASSWORD"],
        "PGDATABASE": database["NAME"],
        "PGSSLMODE": database["OPTIONS"].get("sslmode", ""),
        "PGOPTIONS": f"-c lock_timeout={LOCK_WAIT_SECONDS}s",
    }
    return os.environ | {name: str(value) for name, value in options.items() if value}


def _run(program: str, *arguments: str | Path) -> bytes:
    done = subprocess.run(  # noqa: S603
        [_program(program), *arguments], env=_environment(), capture_output=True, check=False
    )
    if done.returncode:
        raise BackupError(f"{program} failed: {done.stderr.decode(errors='replace').strip()[-600:]}")
    return done.stdout


def _save_postgres(target: Path) -> None:
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--file", target)
    _migrations_in_dump(target)


def _migrations_in_dump(file: Path) -> list[tuple[str, str]]:
    """The migrations that the dumped database has seen; reads the dump, so a damaged one is found out."""
    _run("pg_restore", "--file", os.devnull, file)
    rows = _run("pg_restore", "--data-only", "--table", "django_migrations", "--file", "-", file)
    found = [line.split("\t") for line in rows.decode().splitlines() if line.count("\t") == 3]
    if not found:
        raise BackupError(f"{file} is not a backup of this program.")
    return [(app, name) for _id, app, name, _applied in found]


def _restore_postgres(source: Path) -> None:
    """From one program to the other, without ever holding the whole; it counts only when both came to the end."""
    read = [_program("pg_restore"), "--no-owner", "--no-privileges", "--file", "-", str(source)]
    write = [_program("psql"), "--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1"]
    with tempfile.TemporaryFile() as said, _start(read, said, stdout=subprocess.PIPE) as reader:
        with _start(write, said, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as writer:
            _pour(reader, writer)
        if reader.wait() or writer.returncode:
            said.seek(0)
            raise BackupError(f"pg_restore failed: {said.read().decode(errors='replace').strip()[-600:]}")


def _start(command: list[str], said: IO[bytes], **streams: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command, env=_environment(), stderr=said, **streams)  # type: ignore[call-overload]  # noqa: S603


def _pour(reader: "subprocess.Popen[bytes]", writer: "subprocess.Popen[bytes]") -> None:
    """In one transaction, which ends well only after the last line of a file that was read to its end."""
    assert reader.stdout and writer.stdin  # noqa: S101
    try:
        # A table that only the present database has must not stay behind, so the schema goes as a whole.
        writer.stdin.write(b"BEGIN; DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n")
        shutil.copyfileobj(reader.stdout, writer.stdin, 1 << 20)
        if reader.wait() == 0:
            writer.stdin.write(b"\nCOMMIT;\n")
        writer.stdin.close()
    except BrokenPipeError:
        reader.kill()  # the database refused a line, and has said why
