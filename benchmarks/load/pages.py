"""What each page of the script costs in a process that does nothing else: CPU of Python, questions to the database.

python -m benchmarks.load.pages [--engine sqlite] [page ...]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.load.person import MONDAY, TOKEN, WEEK

ROUNDS = 15
PAGES = {
    "first page": "",
    "board": f"board/?week={WEEK}",
    "people": "people/",
    "series": "series/",
    "one series": "series/{series}/",
    "requests": "requests/",
    "one person": "people/{participant}/",
    "feed": "/ical/{feed}.ics",
    "typing a name": "notes/people/?who=Pers+12",
    "note": "notes/",
    "poll": f"board/live/?week={WEEK}&version=0",
    "day's list": f"lists/?day={MONDAY}",
    "day's workbook": f"lists/{MONDAY}/day.xlsx",
}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--engine", choices=["postgres", "sqlite"], default="postgres")
    asked.add_argument("pages", nargs="*", default=list(PAGES))
    told = asked.parse_args()
    if known := os.environ.get("PERSON_OF_LOAD"):
        _measure(json.loads(known), told.pages)
    else:
        _begin(told.engine, told.pages)


def _begin(engine: str, pages: list[str]) -> None:
    """Makes the set, and measures in a process with the settings of the server."""
    from benchmarks.load.__main__ import ROOT, _database, _people

    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="planner-pages-")))
        environment, _database_process = _database(engine, folder, stack)
        person = json.dumps(_people(environment, 5)[0])
        own = {"DJANGO_SETTINGS_MODULE": "planner.settings", "PERSON_OF_LOAD": person, "PLANNER_TESTING": ""}
        own |= {"SECOND_FACTOR_REQUIRED": "no", "PLAIN_STATIC": "yes", "DEMO": "", "COOKIE_SUFFIX": ""}
        own |= {"LOG_LEVEL": "WARNING", "BASE_URL": "http://127.0.0.1:8000"}
        run = [sys.executable, "-m", "benchmarks.load.pages", *pages]
        subprocess.run(run, cwd=ROOT, env=environment | own, check=True)


def _measure(known: dict[str, Any], pages: list[str]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from planner.wsgi import application

    for name in pages:
        ask = _asking(application, known, name)
        ask()
        with CaptureQueriesContext(connection) as asked:
            ask()
        taken = [_cpu_ms(ask) for _round in range(ROUNDS)]
        print(f"{name:15} {statistics.median(taken):8.1f} ms {len(asked):4} queries", flush=True)


def _cpu_ms(act: Callable[[], object]) -> float:
    begun = time.process_time()
    act()
    return (time.process_time() - begun) * 1000


def _asking(application: Any, known: dict[str, Any], name: str) -> Callable[[], None]:
    from django.core import signals
    from django.db import close_old_connections
    from django.test import RequestFactory

    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)  # one line to the database, as a thread of the server has
    path = PAGES[name].format(**known)
    cookies = {"HTTP_COOKIE": f"sessionid={known['cookie']}; csrftoken={TOKEN}", "HTTP_X_POLL": "yes"}
    factory, base = RequestFactory(SERVER_NAME="127.0.0.1", **cookies), f"/p/{known['prison']}/"

    def ask() -> None:
        where = path if path.startswith("/") else base + path
        request = factory.get(where) if name != "note" else _note(factory, where, known)
        answer = application.get_response(request)
        assert answer.status_code == 200, (name, answer.status_code)
        answer.close()

    return ask


def _note(factory: Any, where: str, known: dict[str, Any]) -> Any:
    """Of somebody whom nobody knew."""
    who = f"Nieuw, {uuid.uuid4().hex.translate(str.maketrans('0123456789', 'ghijklmnop'))[:10]}"
    sent = {"channel": "paper", "received_on": known["today"], "entry_key": str(uuid.uuid4()), "who": who}
    sent |= {"create": "on", "new_name": who, "wish_domain": "sport", "wish_title": "Koor"}
    form = "application/x-www-form-urlencoded"
    return factory.post(where, urlencode(sent), form, HTTP_X_CSRFTOKEN=TOKEN, HTTP_HX_REQUEST="true")


if __name__ == "__main__":
    main()
