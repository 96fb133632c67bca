"""A copy that lags is read by reports alone, and nobody is shown that their own change is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.plugins.databases import ROOT, copy_migrated

PLAY = """
import os, shutil
from django.conf import settings
settings.CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}  # in the place of Redis
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
call_command("createcachetable", verbosity=0)
from django.db import connections
import datetime as dt
from core.dates import clock
from django.core.cache import caches
from prisons.models import Job, Prison
from tests.factories import *
prison = make_prison("haren")
service = make_organisation(prison)
karim, anna = make_user("Karim Haddad"), make_user("Anna Claes")
for user in (karim, anna):
    make_membership(user, prison, "coordinator", service)
browsers = {"karim": signed_in(karim), "phone": signed_in(karim), "anna": signed_in(anna)}
connections["default"].close()
with connections["default"].cursor() as cursor:
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
shutil.copyfile(settings.DATABASES["default"]["NAME"], settings.DATABASES["replica"]["NAME"])
asked = []
def note(execute, sql, params, many, context):
    asked.append(context["connection"].alias)
    return execute(sql, params, many, context)
def read(who, path):
    asked.clear()
    with connections["default"].execute_wrapper(note), connections["replica"].execute_wrapper(note):
        answer = browsers[who].get(path)
    assert answer.status_code == 200, answer.status_code
    return "replica" in asked
report, board = "/p/haren/reports/", "/p/haren/board/"
print("before", read("karim", report), read("anna", report), read("anna", board))
form = {"name": "Blok C", "code": "C", "once": "11111111-1111-4111-8111-111111111111"}
print("post", browsers["karim"].post("/p/haren/settings/buildings/add/", form).status_code < 500)
print("after", read("karim", report), read("phone", report), read("anna", report))
caches["default"].clear()
print("Redis came back empty", read("karim", report))
work = Job.objects.create(prison=prison, by=anna, kind="term_copy", state="running", created_at=clock.now())
print("work is going", read("anna", report))
for seconds in (1, 1000):
    Job.objects.update(state="done", finished_at=clock.now() - dt.timedelta(seconds=seconds))
    print("work ended", read("anna", report))
"""


def test_reports_read_the_copy_and_whoever_has_written_reads_the_database(tmp_path: Path) -> None:
    copy_migrated(tmp_path / "planner.sqlite3")
    own = {
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": "",
        "PLANNER_TESTING": "yes",
        "ALLOWED_HOSTS": "testserver",
        "REPLICA_URL": f"sqlite:///{tmp_path / 'replica.sqlite3'}",
    }
    run = [sys.executable, "manage.py", "shell", "-v", "0", "-c", PLAY]
    done = subprocess.run(run, cwd=ROOT, env=os.environ | own, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == [
        "before True True False",
        "post True",
        "after False False True",
        "Redis came back empty False",
        "work is going False",
        "work ended False",
        "work ended True",
    ], done.stderr
