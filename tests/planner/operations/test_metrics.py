"""Numbers for Prometheus: only with the token, and without a name in them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from django.test import Client

from tests.plugins.databases import ROOT, copy_migrated

PLAY = """
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
client = Client()
client.get("/accounts/login/?next=/p/haren/people/?q=Geheimnaam")
print(client.get("/metrics").status_code, client.get("/metrics", headers={"authorization": "Bearer no"}).status_code)
print(client.get("/metrics", headers={"authorization": "Bearer letmein"}).content.decode())
"""


def test_without_the_setting_there_is_nothing(db: None) -> None:
    assert Client().get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


def test_with_its_token_there_are_numbers_and_no_names(tmp_path: Path) -> None:
    copy_migrated(tmp_path / "planner.sqlite3")
    own = {
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": "",
        "PLANNER_TESTING": "yes",
        "METRICS_TOKEN": "letmein",
        "ALLOWED_HOSTS": "testserver",
    }
    run = [sys.executable, "manage.py", "shell", "-v", "0", "-c", PLAY]
    done = subprocess.run(run, cwd=ROOT, env=os.environ | own, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[0] == "404 404"
    assert 'tempo_requests_total{method="GET",route="accounts/login/",status="200"} 1.0' in done.stdout
    assert "tempo_jobs_due 0.0" in done.stdout
    assert "Geheimnaam" not in done.stdout
