"""A PostgreSQL that can be killed and brought back on the same port with the same data."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.plugins.databases import Unavailable, _binaries, _drop_root, free_port
from tests.proof.node import until


@dataclass
class Postgres:
    binaries: Path
    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgres://planner@127.0.0.1:{self.port}/postgres"

    @classmethod
    def begin(cls, _folder: Path) -> Postgres:
        try:
            one = cls(_binaries(), Path(tempfile.mkdtemp(prefix="planner-pg-")), free_port())
            user = _drop_root()
        except Unavailable as reason:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(str(reason))
        if user is not None:
            os.chown(one.folder, user, -1)
        init = [
            one.binaries / "initdb",
            "-D",
            one.folder / "data",
            "-U",
            "planner",
            "-A",
            "trust",
            "-E",
            "UTF8",
        ]
        subprocess.run(init, check=True, stdout=subprocess.DEVNULL, **one._run())
        one.start()
        return one

    def _run(self) -> dict[str, Any]:
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        return {"user": _drop_root(), "cwd": self.folder, "env": environment}

    def start(self) -> None:
        """With fsync, as on a real machine: what was answered must survive a kill."""
        listen = ["-p", str(self.port), "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=60"]
        listen += ["-c", f"unix_socket_directories={self.folder}"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.binaries / "postgres", "-D", self.folder / "data", *listen],
                stdout=log, stderr=log, start_new_session=True, **self._run(),
            )  # fmt: skip
        ready = [self.binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        until(lambda: subprocess.run(ready, check=False).returncode == 0, "PostgreSQL answers")

    def kill(self) -> None:
        """The postmaster and all that it started, at once."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def end(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=20)
        shutil.rmtree(self.folder, ignore_errors=True)
