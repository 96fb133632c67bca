"""A backup brings everything back, and a restore never loses what was there."""

import resource
from pathlib import Path

import pyrage
import pytest
from django.core.management import call_command
from django.db import connection

from planner.operations import backups
from prisons.domain.records import seals
from prisons.guards import audit_guards
from prisons.models import Prison
from tests.factories import make_prison

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def data_dir(tmp_path: Path, settings) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def backup(data_dir: Path) -> Path:
    """A backup with one prison in it, after which the database has moved on."""
    make_prison("haren")
    backups.save(data_dir / "monday.backup")
    Prison.objects.filter(slug="haren").update(name_nl="Changed since")
    make_prison("antwerpen")
    return data_dir / "monday.backup"


def test_restore_brings_back_what_was_and_keeps_what_is_aside(backup: Path) -> None:
    aside = backups.restore(backup, overwrite=True)
    assert [prison.slug for prison in Prison.objects.all()] == ["haren"]
    assert Prison.objects.get().name_nl != "Changed since"
    assert aside is not None
    backups.restore(aside, overwrite=True)
    assert set(Prison.objects.values_list("slug", flat=True)) == {"haren", "antwerpen"}
    assert Prison.objects.get(slug="haren").name_nl == "Changed since"


def test_restore_asks_before_it_replaces(backup: Path) -> None:
    with pytest.raises(backups.BackupError, match="--yes"):
        backups.restore(backup)
    assert Prison.objects.count() == 2


def test_a_damaged_file_changes_nothing(backup: Path) -> None:
    """Cut off anywhere, down to its last byte, as by a disk that was full or a line that broke."""
    whole, cut = backup.read_bytes(), backup.with_name("cut.backup")
    for size in (0, 1, 100, len(whole) // 4, len(whole) // 2, len(whole) * 9 // 10, len(whole) - 1):
        cut.write_bytes(whole[:size])
        with pytest.raises(backups.BackupError):
            backups.restore(cut, overwrite=True)
    with pytest.raises(backups.BackupError):
        backups.restore(Path(__file__), overwrite=True)
    assert Prison.objects.count() == 2
    assert list(backup.parent.glob("before-restore-*")) == [], "nothing was begun"


def test_a_backup_of_a_newer_version_is_refused(data_dir: Path) -> None:
    with connection.cursor() as cursor:
        columns, values = "app, name, applied", "'rooms', '9999_future', CURRENT_TIMESTAMP"
        cursor.execute(f"INSERT INTO django_migrations ({columns}) VALUES ({values})")
    try:
        backups.save(data_dir / "future.backup")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE name = '9999_future'")
    with pytest.raises(backups.BackupError, match=r"newer version.*rooms\.9999_future"):
        backups.restore(data_dir / "future.backup", overwrite=True)


def test_the_database_of_another_program_is_refused(data_dir: Path) -> None:
    """Whole, and made by the same framework: it knows nothing newer, and nothing of ours."""
    ours = "app IN ('planner', 'enrollment', 'group_sessions', 'rooms', 'prisons')"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE kept_aside AS SELECT * FROM django_migrations WHERE {ours}")
        cursor.execute(f"DELETE FROM django_migrations WHERE {ours}")
    try:
        backups.save(data_dir / "foreign.backup")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO django_migrations SELECT * FROM kept_aside")
            cursor.execute("DROP TABLE kept_aside")
    make_prison("haren")
    with pytest.raises(backups.BackupError, match="not a backup of this program"):
        backups.restore(data_dir / "foreign.backup", overwrite=True)
    assert Prison.objects.get().slug == "haren"


def test_a_backup_never_overwrites_a_file_and_is_for_its_owner_only(backup: Path) -> None:
    with pytest.raises(backups.BackupError, match="exists already"):
        backups.save(backup)
    assert backup.stat().st_mode & 0o077 == 0
    assert not list(backup.parent.glob("*.part"))


@pytest.fixture
def keys(data_dir: Path) -> tuple[str, Path]:
    """A public key, and the file with the private one, as age-keygen writes it."""
    identity = pyrage.x25519.Identity.generate()
    file = data_dir / "key.txt"
    file.write_text(f"# public key: {identity.to_public()}\n{identity}\n")
    return str(identity.to_public()), file


def test_the_nightly_one_goes_where_the_settings_say(data_dir: Path, settings, capsys) -> None:
    settings.BACKUP_FOLDER = str(data_dir / "nights")
    call_command("backup")
    [made] = (data_dir / "nights").glob("*.backup")
    assert str(made) in capsys.readouterr().out


def test_an_encrypted_backup_needs_no_private_key_to_write_and_one_to_restore(
    data_dir: Path, keys: tuple[str, Path], settings
) -> None:
    second = pyrage.x25519.Identity.generate()
    settings.BACKUP_RECIPIENTS = [keys[0], str(second.to_public())]
    make_prison("haren", name_nl="Haren Gevangenis")
    file = data_dir / "night.backup"
    backups.save(file)
    assert (
        file.read_bytes().startswith(b"age-encryption.org/v1")
        and b"Haren Gevangenis" not in file.read_bytes()
    )
    assert file.stat().st_mode & 0o077 == 0 and (data_dir / "audit-seals.jsonl").exists()
    Prison.objects.update(name_nl="Changed since")
    with pytest.raises(backups.BackupError, match="--key"):
        backups.restore(file, overwrite=True)
    other = data_dir / "other.txt"
    other.write_text(str(pyrage.x25519.Identity.generate()))
    with pytest.raises(backups.BackupError, match="does not open"):
        backups.restore(file, overwrite=True, key=other)
    assert Prison.objects.get().name_nl == "Changed since"
    for number, key in enumerate((keys[1], data_dir / "second.txt")):
        (data_dir / "second.txt").write_text(str(second))
        Prison.objects.update(name_nl=f"Changed {number}")
        backups.restore(file, overwrite=True, key=key)
        assert Prison.objects.get().name_nl == "Haren Gevangenis"
    assert not list(data_dir.glob("*.opened")) and not list(data_dir.glob("*.part*"))


def test_the_audit_is_guarded_and_whole_after_a_restore(backup: Path) -> None:
    backups.restore(backup, overwrite=True)
    assert audit_guards.missing(connection) == []
    assert all(verdict.is_whole for verdict in seals.verify())


def test_a_wrong_public_key_stops_the_backup_and_leaves_nothing(data_dir: Path, settings) -> None:
    settings.BACKUP_RECIPIENTS = ["age1nonsense"]
    with pytest.raises(backups.BackupError, match="BACKUP_RECIPIENTS"):
        backups.save(data_dir / "night.backup")
    assert not list(data_dir.glob("night*"))


def test_a_full_disk_ends_in_one_sentence_and_leaves_nothing(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No file of this process may grow beyond what a limit allows: as on a disk without room."""
    make_prison("haren")
    target = data_dir / "night" / "full.backup"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(backups.BackupError) as caught:
            backups.save(target)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "\n" not in str(caught.value).strip()
    assert list(target.parent.iterdir()) == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's own way back")
def test_a_dump_that_breaks_off_while_it_is_read_changes_nothing(backup: Path) -> None:
    """Also when the look at the file before has missed it: half of a database is never kept."""
    whole = backup.read_bytes()
    half = backup.with_name("half.backup")
    half.write_bytes(whole[: len(whole) - len(whole) // 8])
    with pytest.raises(backups.BackupError):
        backups._restore_postgres(half)
    assert Prison.objects.count() == 2
