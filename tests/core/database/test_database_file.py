"""A web process whose SQLite was opened read-only ends once the folder can be written to again, not before."""

from __future__ import annotations

import os
import signal

import pytest
from django.db import OperationalError
from django.test import RequestFactory

from core.database import database_file

READ_ONLY = "attempt to write a readonly database"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Who was told to end."""
    signals: list[tuple[int, int]] = []
    monkeypatch.setattr(database_file.os, "kill", lambda *sent: signals.append(sent))
    return signals


def _fail(said: str) -> int:
    try:
        raise OperationalError(said)
    except OperationalError:
        return database_file.server_error(RequestFactory().get("/")).status_code


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "can_be_written", "ends"),
    [(READ_ONLY, True, True), (READ_ONLY, False, False), ("disk I/O error", True, False)],
)
def test_it_ends_when_another_one_could_write(
    told: list[tuple[int, int]],
    monkeypatch: pytest.MonkeyPatch,
    said: str,
    can_be_written: bool,
    ends: bool,
) -> None:
    monkeypatch.setattr(database_file, "can_be_written", lambda: can_be_written)
    assert _fail(said) == 500
    assert told == ([(os.getpid(), signal.SIGTERM)] if ends else [])
