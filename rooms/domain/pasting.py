"""Rows taken from a spreadsheet: tried and shown line by line, made in one transaction, taken back as one.

The look is the act itself, rolled back: what is shown is what is done. A line that is refused leaves nothing
behind and stops no other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from core.errors import PlannerError
from core.secrets.digest import digest, require_seen
from core.tables.pasted import PastedColumn, PastedLine, PastedTable
from core.words.text import one_line
from prisons.domain.locking import lock_prison
from prisons.models import ChangeSet, Prison, User
from rooms.domain import made_acts


@dataclass(frozen=True)
class Made:
    """What one line became. Without rows everything that it says was there already."""

    title: str
    rows: tuple[Model, ...] = ()
    facts: tuple[str, ...] = ()
    """What will be there, in words."""
    remarks: tuple[str, ...] = ()
    """What of the line was left out, in words."""


class PasteKind(Protocol):
    """One kind of rows that can be pasted. `make` writes one line through the domain functions of the forms."""

    code: str

    @property
    def columns(self) -> Sequence[PastedColumn]: ...

    def make(self, values: Mapping[str, str]) -> Made: ...


@dataclass(frozen=True)
class PastedEntry:
    """One line with what becomes of it: `new`, `same` or `refused`."""

    line: PastedLine
    state: str
    title: str
    facts: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    rows: tuple[Model, ...] = field(default=(), repr=False)

    def as_seen(self) -> list[Any]:
        return [self.line.number, self.state, self.title, list(self.facts), list(self.remarks)]


@dataclass(frozen=True)
class PasteOutcome:
    table: PastedTable
    entries: tuple[PastedEntry, ...]
    change_set: ChangeSet | None = None

    def _of(self, state: str) -> list[PastedEntry]:
        return [entry for entry in self.entries if entry.state == state]

    @property
    def new(self) -> list[PastedEntry]:
        return self._of("new")

    @property
    def same(self) -> list[PastedEntry]:
        return self._of("same")

    @property
    def refused(self) -> list[PastedEntry]:
        return self._of("refused")

    @property
    def digest(self) -> str:
        return digest("paste", self.entries)


def look(prison: Prison, kind: PasteKind, table: PastedTable) -> PasteOutcome:
    """What accepting it would do, line by line. Nothing is written."""
    with transaction.atomic():
        lock_prison(prison)
        tried = PasteOutcome(table, tuple(_tried(kind, line) for line in table.lines))
        transaction.set_rollback(True)
    prison.refresh_from_db()  # it bears what was tried
    return tried


def accept(
    prison: Prison,
    kind: PasteKind,
    table: PastedTable,
    *,
    by: User,
    seen: str | None = None,
    now: dt.datetime | None = None,
) -> PasteOutcome:
    """Makes every line that can be made, as one act. Raises NotAsShown or PlannerError `nothing_new` (409)."""
    with transaction.atomic():
        locked = lock_prison(prison)
        done = PasteOutcome(table, tuple(_tried(kind, line) for line in table.lines))
        require_seen(seen, done.digest)
        if not done.new:
            raise PlannerError("nothing_new", _("There is nothing new in it: nothing was changed."))
        rows = [row for entry in done.new for row in entry.rows]
        return PasteOutcome(
            table, done.entries, made_acts.keep(locked, f"paste_{kind.code}", rows, by=by, now=now)
        )


def _tried(kind: PasteKind, line: PastedLine) -> PastedEntry:
    try:
        with transaction.atomic():
            made = kind.make(line.values)
    except PlannerError as error:
        title = next((value for value in line.values.values() if value), "")
        return PastedEntry(line, "refused", one_line(title, 80), remarks=(str(error),))
    return PastedEntry(line, "new" if made.rows else "same", made.title, made.facts, made.remarks, made.rows)
