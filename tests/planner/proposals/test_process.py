"""The engine's own process: its limit of memory, and that it really makes the proposal of a job."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from planner.models import Proposal
from planner.proposals import starting
from planner.proposals.starting import PlanningWish
from prisons.models import Organisation, Prison, User
from sessions.models import GroupSession
from tests.factories import make_room, make_series, make_session, make_slot

ROOT = Path(__file__).resolve().parents[3]


def run_python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    setup = "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'planner.settings'; django.setup();"
    return subprocess.run(
        [sys.executable, "-c", setup + code],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_more_memory_than_the_limit_is_refused_to_this_process_only() -> None:
    code = "from planner.proposals.running import limit_memory; limit_memory(); b = bytearray(800 << 20)"

    assert "MemoryError" in run_python(code, PLANNER_MEMORY_MB="500").stderr
    assert run_python(code, PLANNER_MEMORY_MB="1500").returncode == 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_process_makes_the_proposal(haren: Prison, service: Organisation, organiser_anna: User) -> None:
    from core.dates.clock import today
    from core.dates.weeks import Week

    week = Week.from_date(today()) + 1
    make_slot(haren, 2, "08:30", "11:00")
    make_room(haren)
    session = make_session(
        make_series(haren, organisation=service, starts_on=week.monday), None, week_on=week.monday
    )
    proposal = starting.start_proposal(
        haren, PlanningWish(week.monday, week.sunday, seconds=2), by=organiser_anna
    )
    name = connection.settings_dict["NAME"]
    database = {"DATABASE_URL": url_of(name)}

    done = subprocess.run(
        [sys.executable, "manage.py", "run_proposal", str(proposal.job_id)],
        cwd=ROOT,
        env={**os.environ, **database},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    proposal.refresh_from_db()
    assert proposal.state == Proposal.State.DONE
    assert proposal.lines.get().sessions[0][0] == session.pk
    assert GroupSession.objects.get(pk=session.pk).room is None


def url_of(name: str) -> str:
    """The test's own database, as the environment describes one."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    facts = connection.settings_dict
    who = quote(facts["USER"]) + (f":{quote(facts['PASSWORD'])}" if facts["PASSWORD"] else "")
    at = f"{who}@" if who else ""
    host = "" if str(facts["HOST"]).startswith("/") else facts["HOST"]
    port = f":{facts['PORT']}" if host and facts["PORT"] else ""
    socket = "" if host else f"?host={quote(str(facts['HOST']))}"
    return f"postgres://{at}{host}{port}/{name}{socket}"
