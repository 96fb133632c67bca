"""Run the web server and the job worker together."""

import os
import shutil
import sys
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError

from planner.operations import metrics, supervisor
from planner.operations.listening import is_given, open_socket
from planner.operations.preparation import one_at_a_time
from planner.operations.supervisor import ServedPart
from prisons.domain.background.schedules import keep_schedules


class Command(BaseCommand):
    help = "Web server (gunicorn) and job worker together; whichever of them ends is started anew."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", default="8000")
        parser.add_argument("--only", choices=["web", "jobs"], help="one of them, on a machine of its own")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port, only = options["host"], port_number(options["port"]), options["only"]
        if only != "jobs":
            require_free_port(host, port)
        regular_tasks()
        if settings.METRICS_TOKEN:
            metrics.begin(settings.DATA_DIR / "metrics")
        code = run(host, port, only=only, announce=lambda: self.stdout.write(f"Ready: http://{host}:{port}/"))
        if code:
            raise SystemExit(code)


def regular_tasks() -> None:
    """Tells the worker what to do regularly, or says in one line what is missing. One machine after the other."""
    try:
        with one_at_a_time():
            keep_schedules()
    except OSError as error:
        raise CommandError(f"The data folder cannot be written to: {error}") from error
    except (ProgrammingError, OperationalError) as error:
        # SQLite has one kind of error for a file that cannot be read and for a table that is not there.
        if isinstance(error, ProgrammingError) or str(error).startswith(("no such table", "no such column")):
            raise CommandError("The tables are not up to date. Run: manage.py prepare") from error
        raise CommandError(f"The database cannot be used: {str(error).strip()}") from error


def run(host: str, port: int, *, announce: Callable[[], Any], only: str | None = None) -> int:
    """Serve until told to stop. Raises CommandError with what to type when somebody listens there already."""
    if only == "jobs":
        return supervisor.run([jobs()], is_ready=lambda: False, announce=announce)
    try:
        listener = open_socket(host, port)
    except OSError as error:
        raise port_is_taken(port, error) from error
    parts = [web(listener.fileno())] if only == "web" else [web(listener.fileno()), jobs()]
    with listener:
        return supervisor.run(parts, is_ready=lambda: answers(host, port), announce=announce)


def web(descriptor: int) -> ServedPart:
    command = [sys.executable, "-m", "gunicorn", "planner.wsgi:application", "--bind", f"fd://{descriptor}"]
    command += ["--workers", os.environ.get("WEB_WORKERS") or "2", "--worker-class", "gthread"]
    command += ["--threads", os.environ.get("WEB_THREADS") or "4"]
    command += ["--worker-tmp-dir", "/dev/shm" if os.access("/dev/shm", os.W_OK) else "/tmp"]  # noqa: S108
    command += ["--log-level", "warning", "--graceful-timeout", "8", "--timeout", "90", "--no-control-socket"]
    return ServedPart("Web server", [*leash(), *command], keeps_open=(descriptor,), finishes=True)


def jobs() -> ServedPart:
    return ServedPart("Job worker", [*leash(), sys.executable, "manage.py", "work"], has_pulse=True)


def leash() -> list[str]:
    """Should this process be killed outright, the kernel tells the children."""
    return ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []


def require_free_port(host: str, port: int) -> None:
    """Raise CommandError with what to type instead when somebody listens there already, unless that is for us."""
    if is_given():
        return
    try:
        open_socket(host, port).close()
    except OSError as error:
        raise port_is_taken(port, error) from error


def port_is_taken(port: int, error: OSError) -> CommandError:
    return CommandError(
        f"Port {port} cannot be used ({error.strerror}). "
        f"Choose another one, for example: PORT={port + 123 if port < 60000 else 8123} make demo"
    )


def port_number(text: str) -> int:
    """The port that was typed, or CommandError with a sentence."""
    if text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise CommandError(f"{text!r} is not a port: give a number from 1 to 65535, for example PORT=8123")


def answers(host: str, port: int) -> bool:
    request = urllib.request.Request(f"http://{host}:{port}/healthz", headers={"Host": "localhost"})
    try:
        with urllib.request.urlopen(request, timeout=2):  # noqa: S310
            return True
    except urllib.error.HTTPError:
        return True  # it answers; a redirect to https, say
    except OSError:
        return False
