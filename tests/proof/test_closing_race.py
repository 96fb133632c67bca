"""Six processes book while somebody confirms a strike: nothing stands in the closed time afterwards."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.plugins.databases import ROOT
from tests.proof.test_booking_race import ATTEMPTS, PREPARE, environment_of, manage

PROCESSES = 6

CLOSER = """
import datetime as dt, json, time
import django
django.setup()
from planner.scheduling.closures.closing import announce, confirm
from planner.scheduling.closures.parts import ClosureDraft, ClosurePart
from prisons.models import Membership, Prison
from sessions.models import GroupSession
prison = Prison.objects.get(slug="race")
bert = Membership.objects.get(prison=prison, role="liaison").user
day = dt.datetime(2050, 1, 10, tzinfo=dt.UTC)
part = ClosurePart(None, None, day + dt.timedelta(hours=8), day + dt.timedelta(hours=10))
closure = announce(prison, ClosureDraft("strike", (part,)), by=bert).closures[0]
while not GroupSession.objects.exclude(room=None).exists():
    time.sleep(0.05)
print(json.dumps({"cancelled": len(confirm(closure, by=bert).session_ids)}))
"""
COUNT = """
import json
from planner.scheduling.rules import conflicts, snapshot
from prisons.models import Prison
from rooms.domain.facts import rules_of
from sessions.models import *
import datetime as dt
prison = Prison.objects.get(slug="race")
found = conflicts.find(snapshot.load(prison, [dt.date(2050, 1, 10)]), rules_of(prison))
print(json.dumps({
    "hard": sum(one.is_hard for one in found),
    "cancelled": Cancellation.objects.filter(reason="closure").count(),
}))
"""


def start(environment: dict[str, str], *words: str) -> subprocess.Popen[str]:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(
        [sys.executable, *words],
        cwd=ROOT,
        env=environment | {"DJANGO_SETTINGS_MODULE": "planner.settings"},
        text=True,
        **pipes,
    )


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_strike_is_confirmed_while_six_book(engine: str, tmp_path: Path) -> None:
    environment = environment_of(engine, tmp_path)
    people = PREPARE + 'make_membership(make_user("Bert Race"), prison, "liaison")\n'
    manage(environment, "shell", "-v", "0", "-c", people)

    bookers = [
        start(environment, "-m", "tests.proof.booker", "race", str(ATTEMPTS // 2), str(seed))
        for seed in range(PROCESSES)
    ]
    closer = start(environment, "-c", CLOSER)
    told = [one.communicate(timeout=900) for one in (closer, *bookers)]

    closed, *counts = [json.loads(out) if out else pytest.fail(err) for out, err in told]
    outcome = json.loads(manage(environment, "shell", "-v", "0", "-c", COUNT))
    print(f"{engine}: {closed}, {counts}, {outcome}")
    assert not any(one["errors"] for one in counts), [err for _out, err in told]
    assert outcome["hard"] == 0
    assert outcome["cancelled"] == closed["cancelled"] > 0
