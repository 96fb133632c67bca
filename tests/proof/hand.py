"""A second process with the product in it, which does what the tests tell it: quick, where a shell takes two seconds.

Reads a line of JSON (a piece of code whose last line is an expression), answers with a line of JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# Not from tests.plugins.databases: importing that makes a database of its own.
ROOT = Path(__file__).resolve().parents[2]


class Hand:
    def __init__(self, environment: Mapping[str, str]) -> None:
        run = [sys.executable, "-m", "tests.proof.hand"]
        self.process = subprocess.Popen(
            run, cwd=ROOT, env=dict(environment), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Hand:
        return self

    def __exit__(self, *error: object) -> None:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        self.process.wait(timeout=120)
        self.process.stdout.close()

    def do(self, code: str) -> Any:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(code) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise AssertionError(answer["error"])
        return answer["value"]


BEGIN = """
import datetime as dt
from core.dates import clock
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from prisons.domain.records import audit
from prisons.domain.background import jobs
from prisons.models import *
from rooms.models import *
from sessions.models import *
from enrollment.models import *
from tests.factories import *
from tests.proof import work
def cookie(user):
    store = SessionStore()
    store[SESSION_KEY], store[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return store.session_key
"""


def _obey() -> None:
    import ast
    import traceback

    import django
    from django.db import close_old_connections

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings")
    django.setup()
    from django.test.utils import setup_test_environment

    setup_test_environment()
    known: dict[str, Any] = {}
    exec(BEGIN, known)
    for line in sys.stdin:
        close_old_connections()
        tree = ast.parse(json.loads(line))
        value = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        try:
            exec(compile(tree, "told", "exec"), known)
            told = eval(compile(ast.Expression(value.value), "told", "eval"), known) if value else None
            answer = {"value": told}
        except Exception:
            answer = {"error": traceback.format_exc()}
        sys.stdout.write(json.dumps(answer, default=str) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _obey()
