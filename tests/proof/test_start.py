"""Starting and stopping as a person does it: `make demo`, with the figures of the README."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Demo:
    """One `make demo` on a port of its own."""

    def __init__(self) -> None:
        self.port = free_port()
        self.folder = ROOT / "var" / "demo" / str(self.port)
        self.process: subprocess.Popen[str] | None = None
        self.printed = ""

    def start(self) -> float:
        """Seconds until the first page is served."""
        began = time.monotonic()
        self.process = subprocess.Popen(
            ["make", "demo"],
            cwd=ROOT,
            env=os.environ | {"PORT": str(self.port), "PLANNER_TESTING": "no", "MAKEFLAGS": ""},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout
        for line in self.process.stdout:  # as a person: first the address stands there, then it is opened
            self.printed += line
            if "Ctrl-C stops it." in line:
                break
        assert self.process.poll() is None, self.printed
        with urllib.request.urlopen(f"http://localhost:{self.port}/accounts/login/", timeout=5) as page:
            assert b"<form" in page.read()
        return time.monotonic() - began

    def interrupt(self) -> str:
        """Ctrl-C: the whole foreground group is told; returns what was printed."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGINT)
        rest, _nothing = self.process.communicate(timeout=30)
        return self.printed + rest

    def processes(self) -> list[str]:
        """Command lines of whatever still runs on behalf of this port."""
        mine = f"DATA_DIR=var/demo/{self.port}".encode()
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if mine in (entry / "environ").read_bytes():
                    found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue
        return found


@pytest.fixture
def demo() -> Iterator[Demo]:
    one = Demo()
    yield one
    if one.process and one.process.poll() is None:
        one.interrupt()
    if one.process and one.process.stdout:
        one.process.stdout.close()
    shutil.rmtree(one.folder, ignore_errors=True)


def test_the_demo_starts_twice_and_stops_at_once(demo: Demo, capsys) -> None:
    first = demo.start()
    printed = demo.interrupt()
    assert demo.processes() == []
    second = demo.start()
    refusal = subprocess.run(
        [sys.executable, "manage.py", "serve", "--port", str(demo.port)],
        cwd=ROOT,
        env=os.environ | {"PLANNER_TESTING": "no"},
        capture_output=True,
        text=True,
        check=False,
    )
    demo.interrupt()
    with capsys.disabled():
        print(f"\nmake demo: first page after {first:.1f} s, again after {second:.1f} s")
    assert demo.processes() == []
    for word in ("organiser", "coordinator", "liaison", "worker", "/ical/", "Bearer"):
        assert word in printed
    assert refusal.returncode == 1
    assert len(refusal.stderr.strip().splitlines()) == 1
    assert f"Port {demo.port} cannot be used" in refusal.stderr


def test_when_one_half_dies_it_is_started_anew(demo: Demo) -> None:
    demo.start()
    (killed,) = _workers(demo)
    os.kill(killed, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while not _workers(demo) - {killed} and time.monotonic() < deadline:
        time.sleep(0.1)
    assert _workers(demo) - {killed}
    assert demo.process is not None and demo.process.poll() is None
    demo.interrupt()
    assert demo.processes() == []


def _workers(demo: Demo) -> set[int]:
    """The process of the job worker that the other half looks after."""
    mine = f"DATA_DIR=var/demo/{demo.port}".encode()
    found = {
        int(entry.name): int((_read(entry / "stat").rpartition(b") ")[2].split() or [0, 0])[1])
        for entry in Path("/proc").glob("[0-9]*")
        if b"manage.py\0work" in _read(entry / "cmdline") and mine in _read(entry / "environ")
    }
    return {pid for pid, parent in found.items() if parent not in found}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
