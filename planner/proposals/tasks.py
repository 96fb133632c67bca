"""What the worker calls: it only starts the process in which the engine works, and goes on with its own."""

from __future__ import annotations

import subprocess
import sys

from django.conf import settings


def propose(job_pk: int) -> None:
    """Never in the worker itself: the engine has its own process, with its own limit of memory."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "run_proposal", str(job_pk)]
    subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603 - our own words only
