"""Settings from the environment: what cannot be understood stops the start."""

import os
import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from core import environment as env


@pytest.mark.parametrize(
    ("value", "wanted"), [("yes", True), ("1", True), ("ON", True), ("no", False), ("0", False), ("", True)]
)
def test_a_flag_is_yes_or_no(monkeypatch, value, wanted) -> None:
    monkeypatch.setenv("SOME_FLAG", value)
    assert env.flag("SOME_FLAG", default=True) is wanted


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (lambda: env.flag("X", default=False), "maybe"),
        (lambda: env.number("X", default=1), "2.5"),
        (lambda: env.number("X", default=1), "-1"),
        (lambda: env.host_of(os.environ["X"]), "planner.example.org"),
        (lambda: env.database("X", default_file=Path("x")), "mysql://localhost/planner"),
    ],
)
def test_nonsense_is_refused_with_its_name_or_value(monkeypatch, read, value) -> None:
    monkeypatch.setenv("X", value)
    with pytest.raises(ImproperlyConfigured):
        read()


def test_a_postgres_address_is_taken_apart(monkeypatch) -> None:
    monkeypatch.setenv("X", "postgres://planner:p%40ss@db.example:5433/plan?sslmode=require")
    database = env.database("X", default_file=Path("x"))
    wanted = {"NAME": "plan", "USER": "planner", "PASSWORD": "p@ss", "HOST": "db.example", "PORT": "5433"}
    assert {key: database[key] for key in wanted} == wanted
    assert database["OPTIONS"]["sslmode"] == "require"


@pytest.mark.postgres
@pytest.mark.django_db
def test_postgres_is_told_that_a_row_by_its_number_is_cheap() -> None:
    """It assumes disks that turn, and reads large tables whole; compiling a question takes longer than it saves."""
    if connection.vendor != "postgresql":
        pytest.skip("these are settings of PostgreSQL")
    with connection.cursor() as cursor:
        names = ("jit", "random_page_cost", "cpu_tuple_cost")
        cursor.execute("SELECT current_setting(%s), current_setting(%s), current_setting(%s)", names)
        assert cursor.fetchone() == ("off", "1.1", "0.03")


@pytest.mark.parametrize(
    ("address", "options"),
    [
        ("postgres://db/plan", {"options": env.POSTGRES_OPTIONS}),
        ("postgres://db/plan?options=-c%20jit%3Don", {"options": "-c jit=on"}),
        ("postgres://db/plan?options=&sslmode=require", {"sslmode": "require"}),
    ],
)
def test_what_postgres_is_told_can_be_said_otherwise(monkeypatch, address: str, options: dict) -> None:
    """Empty: nothing, for a pooler that refuses it."""
    monkeypatch.setenv("X", address)
    assert env.database("X", default_file=Path("x"))["OPTIONS"] == options


def test_a_postgres_socket_is_a_host(monkeypatch) -> None:
    monkeypatch.setenv("X", "postgres:///planner?host=/run/postgresql")
    assert env.database("X", default_file=Path("x"))["HOST"] == "/run/postgresql"


def test_sqlite_takes_the_write_lock_at_once(monkeypatch) -> None:
    """Deferred transactions met "database is locked" in every race."""
    monkeypatch.delenv("X", raising=False)
    options = env.database("X", default_file=Path("planner.sqlite3"))["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]


def test_the_secret_is_made_once_and_for_its_owner_only(tmp_path) -> None:
    first = env.kept_secret(tmp_path / "secret_key")
    assert len(first) > 50
    assert env.kept_secret(tmp_path / "secret_key") == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_the_environment_wins_over_the_file(monkeypatch, tmp_path) -> None:
    (tmp_path / ".env").write_text("# a comment\nSAID_TWICE=file\nSAID_ONCE='in quotes'\n")
    monkeypatch.setenv("SAID_TWICE", "environment")
    monkeypatch.delenv("SAID_ONCE", raising=False)
    env.load_file(tmp_path / ".env")
    said = os.environ["SAID_TWICE"], os.environ.pop("SAID_ONCE")
    assert said == ("environment", "in quotes")


def test_the_example_names_every_variable_that_is_read() -> None:
    root = Path(__file__).resolve().parents[2]
    code = (root / "planner" / "settings.py").read_text() + (
        root / "planner/management/commands/serve.py"
    ).read_text()
    read = set(re.findall(r'env\.(?:flag|text|number|words|choice|database)\(\s*"(\w+)"', code))
    read |= set(re.findall(r'os\.environ\.get\("(\w+)"', code))
    ours = {
        "PLANNER_TESTING",
        "COOKIE_SUFFIX",
        "PLAIN_STATIC",
    }  # set by make and by the tests, by nobody else
    example = set(re.findall(r"^#?([A-Z_]+)=", (root / ".env.example").read_text(), re.M))
    assert len(read) > 15
    assert read - ours == example
