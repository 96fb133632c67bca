"""The seals of the audit: every hour a digest over the new rows and the seal before.

Whoever changes, removes or slips in a row afterwards breaks the seal of its hour. Whoever also makes all later seals
anew is found out by the copies that left the machine: a line in the log, and a file that goes with the backup.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from core.dates import clock
from prisons.models import AuditEntry, AuditSeal, Reading

log = logging.getLogger("tempo.seals")

FILE = "audit-seals.jsonl"
LOCK_WAIT = "5s"
_FIELDS: dict[str, tuple[Any, tuple[str, ...]]] = {
    AuditSeal.Kept.ACTS: (
        AuditEntry,
        ("pk", "prison_id", "by_id", "at", "verb", "model", "object_id", "fields", "change_set_id"),
    ),
    AuditSeal.Kept.READINGS: (
        Reading,
        ("pk", "prison_id", "by_id", "at", "verb", "page", "object_id", "person_id", "people", "is_masked"),
    ),
}


def seal_all(*, now: dt.datetime | None = None) -> list[AuditSeal]:
    """Hourly: one seal for each kind of row that has anything new. Each also leaves the machine."""
    made = [seal for kept in AuditSeal.Kept.values if (seal := _seal(kept, now or clock.now()))]
    for seal in made:
        log.warning("audit seal %s", line_of(seal))
    write_file()
    return made


def _seal(kept: str, at: dt.datetime) -> AuditSeal | None:
    last_id = _settled_id(kept)
    with transaction.atomic():
        before = AuditSeal.objects.filter(kept=kept).order_by("-last_id").first()
        first_id = before.last_id + 1 if before else 1
        if last_id < first_id:
            return None
        digest, rows = _digest(kept, before.digest if before else "", first_id, last_id)
        return AuditSeal.objects.create(
            kept=kept, first_id=first_id, last_id=last_id, rows=rows, at=at, digest=digest
        )


def _settled_id(kept: str) -> int:
    """The highest number below which no row can appear any more.

    PostgreSQL gives out numbers before the row is visible: for a moment it lets nobody write, so that every
    number given out so far belongs to a row that is there or never will be. SQLite lets one write at a time.
    """
    model = _FIELDS[kept][0]
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
                cursor.execute(f"LOCK TABLE {model._meta.db_table} IN SHARE MODE")
        return int(model.objects.aggregate(last=Max("pk"))["last"] or 0)


def _digest(kept: str, before: str, first_id: int, last_id: int) -> tuple[str, int]:
    rows = list(_rows(kept, first_id, last_id))
    return digest_of(rows, before), len(rows)


def digest_of(rows: Iterable[tuple[Any, ...]], before: str) -> str:
    digest = hashlib.sha256(before.encode())
    for row in rows:
        digest.update(repr(row).encode())
    return digest.hexdigest()


def _rows(kept: str, first_id: int, last_id: int) -> Iterator[tuple[Any, ...]]:
    model, fields = _FIELDS[kept]
    found = model.objects.filter(pk__gte=first_id, pk__lte=last_id).order_by("pk")
    for row in found.values_list(*fields).iterator(chunk_size=5000):
        yield tuple(value.isoformat() if isinstance(value, dt.datetime) else value for value in row)


def line_of(seal: AuditSeal) -> str:
    """What leaves the machine of one seal: one line that a program reads again."""
    facts = {
        "kept": seal.kept,
        "first": seal.first_id,
        "last": seal.last_id,
        "rows": seal.rows,
        "at": seal.at.isoformat(timespec="seconds"),
        "digest": seal.digest,
    }
    return json.dumps(facts)


def write_file() -> Path:
    """All seals in DATA_DIR, for the backup to carry away; only ever longer."""
    target = Path(settings.DATA_DIR) / FILE
    known = set(target.read_text(encoding="utf-8").splitlines()) if target.exists() else set()
    fresh = [line for seal in AuditSeal.objects.order_by("pk") if (line := line_of(seal)) not in known]
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in fresh)
    return target


@dataclass(frozen=True)
class Verdict:
    """What became of one kind of rows."""

    kept: str
    seals: int
    rows: int
    whole_since: dt.datetime | None
    """None: there is no seal yet, or the newest one is broken."""
    is_whole: bool
    unsealed: int
    faults: list[str] = field(default_factory=list)


def verify(elsewhere: Iterable[str] = ()) -> list[Verdict]:
    """Makes every digest anew. `elsewhere` are lines of seals that left the machine earlier."""
    kept_elsewhere = {json.dumps(json.loads(line)) for line in elsewhere if line.strip()}
    return [_verify(kept, kept_elsewhere) for kept in AuditSeal.Kept.values]


def _verify(kept: str, elsewhere: set[str]) -> Verdict:
    seals = list(AuditSeal.objects.filter(kept=kept).order_by("first_id"))
    faults: list[str] = []
    whole_since = None
    known = {line_of(seal) for seal in seals}
    lost = [line for line in elsewhere if json.loads(line)["kept"] == kept and line not in known]
    lost_from = min((json.loads(line)["first"] for line in lost), default=None)
    for before, seal in zip([None, *seals], seals, strict=False):
        fault = _fault(before, seal)
        if not fault and lost_from is not None and seal.first_id >= lost_from:
            fault = "the seals kept elsewhere say otherwise"
        if fault:
            faults.append(f"{kept} {seal.first_id}-{seal.last_id} ({seal.at:%Y-%m-%d %H:%M}): {fault}")
            whole_since = None
        elif whole_since is None:
            whole_since = before.at if before else _first_moment(kept, seal)
    if lost and not faults:
        faults.append(f"{kept}: a seal kept elsewhere is missing here: {lost[0]}")
        whole_since = None
    sealed_until = seals[-1].last_id if seals else 0
    model = _FIELDS[kept][0]
    return Verdict(
        kept=kept,
        seals=len(seals),
        rows=sum(seal.rows for seal in seals),
        whole_since=whole_since,
        is_whole=not faults,
        unsealed=model.objects.filter(pk__gt=sealed_until).count(),
        faults=faults,
    )


def _fault(before: AuditSeal | None, seal: AuditSeal) -> str:
    if seal.first_id != (before.last_id + 1 if before else 1):
        return "a seal before this one is missing"
    digest, rows = _digest(seal.kept, before.digest if before else "", seal.first_id, seal.last_id)
    if rows != seal.rows:
        return f"{seal.rows} rows were sealed, {rows} are there"
    return "" if digest == seal.digest else "a row or a seal was changed"


def _first_moment(kept: str, seal: AuditSeal) -> dt.datetime:
    model = _FIELDS[kept][0]
    first = model.objects.filter(pk__lte=seal.last_id).order_by("pk").values_list("at", flat=True).first()
    return first or seal.at
