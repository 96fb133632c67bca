"""Run the web server and the job worker together."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Callable
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from prisons.domain.schedules import keep_schedules

GRACE_SECONDS = 12


class Command(BaseCommand):
    help = "Web server (gunicorn) and job worker (qcluster) together; ends when either of them ends."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", default="8000")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], port_number(options["port"])
        require_free_port(host, port)
        keep_schedules()
        address = f"http://{host}:{port}/"
        code = run(host, port, announce=lambda: self.stdout.write(f"Ready: {address}"))
        if code:
            raise SystemExit(code)


def require_free_port(host: str, port: int) -> None:
    """Raise CommandError with what to type instead when somebody listens there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be used ({error.strerror}). "
                f"Choose another one, for example: PORT={port + 123 if port < 60000 else 8123} make demo"
            ) from error


def commands(host: str, port: int) -> list[list[str]]:
    web = [sys.executable, "-m", "gunicorn", "planner.wsgi:application", "--bind", f"{host}:{port}"]
    web += ["--workers", os.environ.get("WEB_WORKERS") or "2", "--worker-class", "gthread", "--threads", "4"]
    web += ["--worker-tmp-dir", "/dev/shm" if os.path.isdir("/dev/shm") else "/tmp"]  # noqa: S108
    web += ["--log-level", "warning", "--graceful-timeout", "8", "--timeout", "90", "--no-control-socket"]
    # Should this process be killed outright, the kernel tells the children.
    leash = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
    return [[*leash, *web], [*leash, sys.executable, "manage.py", "qcluster"]]


def port_number(text: str) -> int:
    """The port that was typed, or CommandError with a sentence."""
    if text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise CommandError(f"{text!r} is not a port: give a number from 1 to 65535, for example PORT=8123")


def run(host: str, port: int, *, announce: Callable[[], Any]) -> int:
    """Start both, announce when the site answers, wait; 0 when told to stop, 1 when a child died."""
    told_to_stop = False

    def on_signal(number: int, frame: FrameType | None) -> None:
        nonlocal told_to_stop
        told_to_stop = True

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, on_signal)
    # Own process groups: Ctrl-C in a terminal reaches this process alone, which then tells each child once.
    children = [
        subprocess.Popen(command, cwd=settings.BASE_DIR, process_group=0, env=child_environment())  # noqa: S603
        for command in commands(host, port)
    ]
    announced = False
    try:
        while not told_to_stop and all(child.poll() is None for child in children):
            if not announced and answers(host, port):
                announced = True
                announce()
            time.sleep(0.1 if not announced else 0.3)
    finally:
        stop(children)
    return 0 if told_to_stop else 1


def child_environment() -> dict[str, str]:
    return os.environ | {"PYTHONUNBUFFERED": "1"}


def answers(host: str, port: int) -> bool:
    request = urllib.request.Request(f"http://{host}:{port}/healthz", headers={"Host": "localhost"})
    try:
        with urllib.request.urlopen(request, timeout=2):  # noqa: S310
            return True
    except urllib.error.HTTPError:
        return True  # it answers; a redirect to https, say
    except OSError:
        return False


def stop(children: "list[subprocess.Popen[bytes]]") -> None:
    """Ask each child to finish, wait, then end whatever is left of its process group."""
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=max(0.1, deadline - time.monotonic()))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
