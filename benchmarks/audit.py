"""What recording who looked costs a page, and how long a million rows take to verify."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import Any

from benchmarks.house import build

ROWS = 1_000_000


def audit(least_ms: Callable[..., float], say: Callable[[str, str, str], None], statements: Any) -> None:
    from django.conf import settings

    from core.dates import clock
    from prisons.domain.records import readings, seals
    from prisons.models import Reading

    house = build("audit", rooms=2, sessions=4)

    def record() -> None:
        readings.record(
            "see", "enrollment:lists", prison_id=house.prison.pk, by=house.organiser, people=range(60)
        )

    cost = f"{least_ms(record, 30):.2f} ms, {statements(record)} query"
    say("recording who saw a page of sixty people", cost, "1 ms, 1 query")
    at = clock.now()
    for first in range(0, ROWS, 20_000):
        Reading.objects.bulk_create(
            [
                Reading(
                    prison=house.prison,
                    by=house.organiser,
                    at=at,
                    verb="see",
                    page="page",
                    object_id=first + n,
                )
                for n in range(20_000)
            ],
            batch_size=2000,
        )
    settings.DATA_DIR = tempfile.mkdtemp(prefix="planner-bench-seals-")
    seals.seal_all()
    taken = least_ms(seals.verify, 1) / 1000
    say(f"verifying {ROWS:,} rows of the audit", f"{taken:.1f} s", "20 s")
