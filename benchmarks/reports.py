"""Time and memory of the year report over 20,000 sessions, in a process of its own.

python -m benchmarks.reports build    fills a new database and prints its folder
python -m benchmarks.reports measure  makes the report on the database of DATA_DIR and prints seconds and MB
"""

from __future__ import annotations

import datetime as dt
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

YEAR = 2049
SESSIONS, PEOPLE, SERIES, MARKS_EACH = 20_000, 1_000, 400, 8


def figures() -> dict[str, Any]:
    """Builds, then measures in another process: what building cost is not counted."""
    folder = _run("build", {})["folder"]
    return _run("measure", {"DATA_DIR": folder})


def _run(what: str, more: dict[str, str]) -> dict[str, Any]:
    environment = {
        **os.environ,
        **more,
        "PLANNER_TESTING": "yes",
        "DATABASE_URL": "",
        "DEMO": "",
        "DEBUG": "",
    }
    command = [sys.executable, "-m", "benchmarks.reports", what]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def build() -> dict[str, Any]:
    """Twenty thousand sessions of one year in two prisons, each with eight marks."""
    from benchmarks.house import open_database

    open_database()
    from enrollment.models import Attendance, Participant, Stay
    from tests import factories as make

    at = make.at(f"{YEAR}-12-31 12:00")
    prisons = [make.make_prison(f"year-{number}") for number in range(2)]
    units = [
        make.make_unit(prison, target_group=group)
        for prison in prisons
        for group in ("remand", "sentenced", "interned")
    ]
    people = Participant.objects.bulk_create(
        [Participant(last_name=f"Naam{number}", first_name="Jan") for number in range(PEOPLE)]
    )
    Stay.objects.bulk_create(
        [
            Stay(
                participant=person,
                prison=units[number % 6].prison,
                unit=units[number % 6],
                register_number=str(number),
                starts_on=dt.date(YEAR - 1, 1, 1),
            )
            for number, person in enumerate(people)
        ]
    )
    sessions = _sessions(prisons)
    for first in range(0, len(sessions), 2000):
        Attendance.objects.bulk_create(
            [
                Attendance(
                    session=session,
                    participant=people[(number * 7 + place * 13) % PEOPLE],
                    mark="present" if place else "not_brought",
                    at=at,
                )
                for number, session in enumerate(sessions[first : first + 2000], start=first)
                for place in range(MARKS_EACH)
            ]
        )
    return {"folder": os.environ["DATA_DIR"]}


def _sessions(prisons: list[Any]) -> list[Any]:
    from sessions.models import Cancellation, Domain, GroupSession
    from tests import factories as make

    domains = Domain.values
    services = [make.make_organisation(*prisons, authority="flemish") for _number in range(6)]
    series = [
        make.make_series(
            prisons[number % 2],
            activity=make.make_activity(services[number % 6], domain=domains[number % 12]),
        )
        for number in range(SERIES)
    ]
    rows = []
    for number in range(SESSIONS):
        group = series[number % SERIES]
        starts = make.at(f"{YEAR}-01-04 09:00") + dt.timedelta(
            days=number // SERIES * 7, minutes=number % 300
        )
        state = "cancelled" if number % 10 == 0 else "published"
        rows.append(
            GroupSession(
                prison=group.prison,
                series=group,
                starts_at=starts,
                ends_at=starts + dt.timedelta(minutes=90),
                week_on=starts.date() - dt.timedelta(days=starts.weekday()),
                state=state,
                changed_at=starts,
            )
        )
    sessions = GroupSession.objects.bulk_create(rows, batch_size=500)
    Cancellation.objects.bulk_create(
        [
            Cancellation(session=row, reason="worker", was_state="published", at=row.changed_at)
            for row in sessions
            if row.state == "cancelled"
        ]
    )
    return sessions


def measure() -> dict[str, Any]:
    """Seconds and peak memory of making the report, the program itself included."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings")
    import django

    django.setup()
    from core.dates.clock import BRUSSELS
    from core.paper.answering import made
    from planner.reports import year_report
    from planner.reports.periods import calendar_year

    now = dt.datetime(YEAR + 1, 1, 15, tzinfo=BRUSSELS)
    begun, busy = time.perf_counter(), time.process_time()
    scope = year_report.scope_of("flemish", calendar_year(YEAR), now)
    body = made(year_report.paper_of_year("flemish", scope, language="nl"), "xlsx")
    return {
        "seconds": round(time.perf_counter() - begun, 2),
        "cpu_seconds": round(time.process_time() - busy, 2),
        "peak_mb": _peak_mb(),
        "bytes": len(body),
        "sessions": scope.planned().count(),
        "marks": scope.marks().count(),
    }


def _peak_mb() -> int:
    """Of this program alone: `ru_maxrss` starts with the size of whoever started it (Linux keeps it over exec)."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return round(int(line.split()[1]) / 1024)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    print(json.dumps({"build": build, "measure": measure}[sys.argv[1]]()))
