"""One machine of the production set-up, to be broken on purpose: `manage.py serve` on a port of its own."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.plugins.databases import ROOT, free_port

TOKEN = "a" * 32
PATIENCE = 300
"""Seconds that anything may take on a busy machine; nothing waits longer than what it waits for."""


def until(is_so: Callable[[], Any], what: str | Callable[[], str], *, seconds: float = PATIENCE) -> Any:
    """Asks again and again; fails with `what` (as it is by then) when it does not come true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := is_so():
            return found
        time.sleep(0.05)
    pytest.fail(f"not within {seconds} s: {what() if callable(what) else what}")


class Node:
    """Started with `with`; `only` is `web` or `jobs` for a machine that does one of them."""

    def __init__(
        self, environment: Mapping[str, str], log: Path, *, only: str = "", wrap: tuple[str, ...] = ()
    ):
        self.port = free_port()
        own = {"PLANNER_TESTING": "", "DEMO": "", "COOKIE_SUFFIX": "", "SECOND_FACTOR_REQUIRED": "no"}
        own |= {"LOG_LEVEL": "INFO", "BASE_URL": f"http://127.0.0.1:{self.port}", "PLAIN_STATIC": "yes"}
        self.environment = {**environment, **own}
        self.log, self.only, self.wrap = log, only, wrap
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Node:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self, *, waits: bool = True, **more: Any) -> None:
        words = [*self.wrap, sys.executable, "manage.py", "serve", "--port", str(self.port)]
        words += ["--only", self.only] if self.only else []
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                words, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True, **more
            )
        if waits:
            self.wait()

    def wait(self) -> None:
        said = lambda: f"{self.only or 'node'} is up:\n{self.said()[-3000:]}"  # noqa: E731
        until(self.is_whole, said, seconds=2 * PATIENCE)

    def is_whole(self) -> bool:
        assert self.process is not None and self.process.poll() is None, self.said()[-3000:]
        return (self.only == "jobs" or self.is_up()) and (
            self.only == "web" or len(self.job_processes()) >= 3
        )

    def stop(self) -> int:
        if self.process is None or self.process.poll() is not None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise

    def kill_outright(self) -> None:
        """All of the machine at once, as when its current is cut."""
        assert self.process is not None
        family, new = [], [self.process.pid]
        while new:
            family += new
            new = [child for parent in new for child in children_of(parent)]
        for pid in family:
            os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def said(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def is_up(self) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.get("/healthz") == (200, b"ok")
        return False

    def get(self, path: str, session: str = "") -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers={"Cookie": f"sessionid={session}"} if session else {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def post(self, session: str, path: str, **sent: object) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {
            "Cookie": f"sessionid={session}; csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        try:
            connection.request("POST", path, urlencode(sent), headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    # --- who is who among the processes ----------------------------------------------------------------------

    def web_master(self) -> int:
        return self._child(b"gunicorn")

    def web_workers(self) -> list[int]:
        return children_of(self.web_master())

    def job_head(self) -> int:
        return self._child(b"manage.py\0work")

    def guard(self) -> int:
        return children_of(self.job_head())[0]

    def job_processes(self) -> list[int]:
        """Workers, monitor and pusher, in this order: the order in which they are started."""
        with contextlib.suppress(IndexError, StopIteration):
            return children_of(self.guard())
        return []

    def _child(self, word: bytes) -> int:
        assert self.process is not None
        mine = children_of(self.process.pid)
        return next(pid for pid in mine if word in Path(f"/proc/{pid}/cmdline").read_bytes())


HAND_OVER = """
import os, sys
os.dup2(int(os.environ["HELD"]), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[1], sys.argv[1:])
"""


class Held(Node):
    """As behind deploy/planner.socket: the socket is open before the program and stays open behind it."""

    def __init__(self, environment: Mapping[str, str], log: Path, *, only: str = "") -> None:
        super().__init__(environment, log, only=only, wrap=(sys.executable, "-S", "-c", HAND_OVER))
        self.socket = socket.create_server(("127.0.0.1", self.port), backlog=1024)

    def start(self, *, waits: bool = True, **more: Any) -> None:
        self.environment["HELD"] = str(self.socket.fileno())
        super().start(waits=waits, pass_fds=(self.socket.fileno(),), **more)

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        self.socket.close()


def children_of(parent: int) -> list[int]:
    """In the order in which they were started; the dead ones that nobody has asked about are left out."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(") ")[2].split()
            if int(fields[1]) == parent and fields[0] != "Z":
                found.append((int(fields[19]), int(stat.parent.name)))
    return [pid for _started, pid in sorted(found)]


@dataclass
class Writers:
    """People who write without a pause. What is not answered they send again, the very same form, as people do."""

    nodes: list[Node]
    session: str
    count: int = 4
    answered: list[str] = field(default_factory=list)
    """What was said to be done."""
    unanswered: int = 0
    """Requests that broke off, or that found no database."""
    refused: list[int] = field(default_factory=list)
    """Answers that no request of this kind should get."""
    _is_over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    @contextlib.contextmanager
    def writing(self) -> Iterator[Writers]:
        self._threads = [threading.Thread(target=self._write, args=(number,)) for number in range(self.count)]
        for thread in self._threads:
            thread.start()
        try:
            yield self
        finally:
            self._is_over.set()
            for thread in self._threads:
                thread.join(timeout=PATIENCE)
        assert not any(thread.is_alive() for thread in self._threads), "a writer was never answered"

    def more(self, count: int = 4) -> None:
        """Waits until so many more have been done."""
        wanted = len(self.answered) + count
        until(lambda: len(self.answered) >= wanted, f"{count} more writes (so far {len(self.answered)})")

    def _write(self, number: int) -> None:
        turn = 0
        while not self._is_over.is_set():
            turn += 1
            self._until_done(number + turn, f"Schrijver {uuid.uuid4().hex}")

    def _until_done(self, seed: int, name: str) -> None:
        form = {"last_name": name, "first_name": "Ali", "language": "nl", "once": str(uuid.uuid4())}
        for attempt in range(3000):
            node = self.nodes[(seed + attempt) % len(self.nodes)]
            try:
                status = node.post(self.session, "/p/race/people/add/", **form)
            except (OSError, http.client.HTTPException):
                status = 0
            if status == 302:
                self.answered.append(name)
                return
            if status and status < 500:
                self.refused.append(status)
                return
            self.unanswered += 1
            time.sleep(0.05)
