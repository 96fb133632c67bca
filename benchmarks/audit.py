"""What recording who looked costs a page, and how long a million rows take to verify, on either database.

`python -m benchmarks.audit --engine postgres` asks the same of PostgreSQL.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.house import build, open_database

ROWS = 1_000_000
COPIED = 20_000
ROWS_UNDER_A_SEAL = 250
"""Four thousand seals: a busy prison's half year of hours."""


def audit(least_ms: Callable[..., float], say: Callable[[str, str, str], None], statements: Any) -> None:
    from django.conf import settings

    from prisons.domain.records import readings, seals

    house = build("audit", rooms=2, sessions=4)

    def record() -> None:
        readings.record(
            "see", "enrollment:lists", prison_id=house.prison.pk, by=house.organiser, people=range(60)
        )

    cost = f"{least_ms(record, 30):.2f} ms, {statements(record)} query"
    say("recording who saw a page of sixty people", cost, "1 ms, 1 query")
    settings.DATA_DIR = tempfile.mkdtemp(prefix="planner-bench-seals-")
    _fill(house)
    _seal()
    seals.write_file()
    cost = f"{least_ms(seals.seal_all, 1) / 1000:.2f} s"
    say("sealing an hour after a million rows", cost, "1 s")
    whole: list[bool] = []

    def verify() -> None:
        whole.extend(verdict.is_whole for verdict in seals.verify())

    taken = least_ms(verify, 1) / 1000
    if whole != [True, True]:
        raise SystemExit("the audit is not whole")
    say(f"verifying {ROWS:,} rows of the audit", f"{taken:.1f} s", "20 s")


def _fill(house: Any) -> None:
    """Four acts to six looks, each with what it usually holds; copied by the database, which is faster."""
    from django.db import connection

    from core.dates import clock
    from prisons.models import AuditEntry, Reading

    common = {"prison": house.prison, "by": house.organiser, "at": clock.now()}
    seen = "".join(f" {number}" for number in range(100, 112))
    acts = [
        AuditEntry(verb="change", model="enrollment.stay", object_id=n, fields=["cell", "unit"], **common)
        for n in range(COPIED)
    ]
    looks = [
        Reading(verb="see", page="enrollment:lists", object_id=n, person_id=n, people=seen, **common)
        for n in range(COPIED)
    ]
    for rows, share in ((acts, 4), (looks, 6)):
        model: Any = type(rows[0])
        model.objects.bulk_create(rows, batch_size=2000)
        columns = ", ".join(f'"{one.column}"' for one in model._meta.concrete_fields if not one.primary_key)
        table = model._meta.db_table
        with connection.cursor() as cursor:
            for _copy in range(share * ROWS // 10 // COPIED - 1):
                cursor.execute(
                    f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} LIMIT {COPIED}"
                )


def _seal() -> None:
    """As the hours would have: many, each over what came since the one before."""
    from core.dates import clock
    from prisons.domain.records import seals
    from prisons.models import AuditSeal

    for kept in AuditSeal.Kept.values:
        before, first = "", 1
        rows = list(seals._rows(kept, 1, ROWS * 2))
        made = []
        for start in range(0, len(rows), ROWS_UNDER_A_SEAL):
            some = rows[start : start + ROWS_UNDER_A_SEAL]
            before = seals.digest_of(some, before)
            made.append(
                AuditSeal(
                    kept=kept,
                    first_id=first,
                    last_id=some[-1][0],
                    rows=len(some),
                    at=clock.now(),
                    digest=before,
                )
            )
            first = some[-1][0] + 1
        AuditSeal.objects.bulk_create(made, batch_size=500)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--engine", choices=["postgres", "sqlite"], default="sqlite")
    with contextlib.ExitStack() as stack:
        if asked.parse_args().engine == "postgres":
            _open_postgres(stack)
        else:
            open_database()
        from benchmarks.__main__ import least_ms, say, statements

        audit(least_ms, say, statements)


def _open_postgres(stack: contextlib.ExitStack) -> None:
    from tests.proof.server import Postgres
    from tests.proof.test_booking_race import environment_of

    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="planner-bench-")))
    server = stack.enter_context(contextlib.closing(Postgres.begin()))
    environment = environment_of("sqlite", folder) | {"DATABASE_URL": server.url}
    server.migrate(environment)
    os.environ.update(environment)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings")
    import django

    django.setup()


if __name__ == "__main__":
    main()
