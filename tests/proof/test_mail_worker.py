"""The worker is killed between sending a letter and noting it: the row says that nobody knows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mail_server import mail_server
from tests.plugins.databases import ROOT
from tests.proof.test_booking_race import environment_of

pytestmark = pytest.mark.proof

POST = """
from prisons.domain.background import outbox
from tests.factories import make_prison, make_user
make_user("Karim Haddad")
print(outbox.post(make_prison("haren"), "anna@example.org", "programme", "nl", "Programma", "Dag.").pk)
"""
SEND = "from prisons.tasks import send_message; send_message(1)"
LATER = """
import datetime as dt, json
from core.dates.clock import now
from prisons.domain.background import outbox
from prisons.models import Message
outbox.tend(now=now() + dt.timedelta(minutes=16))
outbox.deliver(1)
print(json.dumps(list(Message.objects.values_list("state", "failure", "attempts"))[0]))
"""
CLICK = """
from prisons.domain.background import outbox
from prisons.models import Message, User
outbox.resend(Message.objects.get(), by=User.objects.get(full_name="Karim Haddad"))
outbox.deliver(1)
print(Message.objects.get().state)
"""


def shell(environment: dict[str, str], code: str) -> str:
    run = [sys.executable, "manage.py", "shell", "-v", "0", "-c", code]
    done = subprocess.run(run, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_killed_between_sending_and_noting(engine: str, tmp_path: Path) -> None:
    environment = environment_of(engine, tmp_path)
    assert shell(environment, POST) == "1"
    with mail_server(slow_data=60) as server:
        own = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(server.port), "SMTP_TLS": "no"}
        environment = environment | own
        run = [sys.executable, "manage.py", "shell", "-v", "0", "-c", SEND]
        worker = subprocess.Popen(run, cwd=ROOT, env=environment | {"HOME": os.environ.get("HOME", "/")})
        assert server.received.wait(60), "the letter never came"
        worker.kill()
        worker.wait()
        server.slow_data = 0
        assert json.loads(shell(environment, LATER)) == ["unknown", "stale", 1]
        assert server.letters == ["anna@example.org"]  # not a second time by itself
        assert shell(environment, CLICK) == "sent"
        assert server.letters == ["anna@example.org"] * 2
