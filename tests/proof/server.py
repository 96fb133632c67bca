"""A PostgreSQL and a Redis that can be killed and brought back on the same port; and a copy that follows the first."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.plugins.databases import ROOT, Unavailable, _binaries, _drop_root, free_port, migrations_digest
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
    def begin(cls, at: Path | None = None) -> Postgres:
        one = cls._beside(at)
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

    @classmethod
    def that_answers_at(cls, url: str) -> Postgres:
        """One that somebody else has started, and will end."""
        return cls(_binaries(), Path("/"), urlsplit(url).port or 5432)

    @classmethod
    def _beside(cls, at: Path | None = None) -> Postgres:
        """A folder and a port for one that is not there yet."""
        try:
            one = cls(_binaries(), Path(tempfile.mkdtemp(prefix="planner-pg-", dir=at)), free_port())
            user = _drop_root()
        except Unavailable as reason:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(str(reason))
        if user is not None:
            os.chown(one.folder, user, -1)
        return one

    def _run(self) -> dict[str, Any]:
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        return {"user": _drop_root(), "cwd": self.folder, "env": environment}

    def start(self) -> None:
        """With fsync, as on a real machine: what was answered must survive a kill."""
        listen = ["-p", str(self.port), "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=60"]
        listen += ["-c", "unix_socket_directories="]
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

    def beside(self, name: str) -> str:
        """Another database on the same server; its address."""
        subprocess.run([self.binaries / "createdb", *self._at(), name], check=True, **self._run())
        return self.url.removesuffix("postgres") + name

    def migrate(self, environment: Mapping[str, str]) -> None:
        """Brings up to date what is empty."""
        self.fill("postgres", environment)
        _migrate(environment)

    def fill(self, name: str, environment: Mapping[str, str]) -> None:
        """With the dump of an up-to-date database that was never stopped, kept until a migration changes."""
        kept = ROOT / "var" / "test" / f"{migrations_digest()}.dump"
        if not kept.exists():
            self._keep(kept, environment)
        self._read_dump(kept, name)

    def _keep(self, kept: Path, environment: Mapping[str, str]) -> None:
        _migrate({**environment, "DATABASE_URL": self.beside("to_be_kept")})
        kept.parent.mkdir(parents=True, exist_ok=True)
        beside = kept.with_suffix(f".{os.getpid()}")
        self._dump("to_be_kept", beside)
        for old in kept.parent.glob("*.dump"):
            old.unlink(missing_ok=True)
        beside.replace(kept)

    def _dump(self, name: str, file: Path) -> None:
        words = [self.binaries / "pg_dump", *self._at(), "--no-owner", "-Fc", "-f", file, name]
        subprocess.run(words, check=True)

    def _read_dump(self, file: Path, name: str) -> None:
        words = [self.binaries / "pg_restore", *self._at(), "--no-owner", "--clean", "--if-exists"]
        subprocess.run([*words, "-d", name, file], check=True)

    def dumped_and_read(self, name: str, file: Path) -> str:
        """Another database, read from a dump of this one: PostgreSQL writes some conditions in other words then."""
        self._dump(name, file)
        self.beside(f"{name}_read")
        self._read_dump(file, f"{name}_read")
        return f"{name}_read"

    def follow(self) -> Postgres:
        """A streaming copy of this one, which can be read from."""
        copy = self._beside()
        take = [
            self.binaries / "pg_basebackup",
            *self._at(),
            "-D",
            copy.folder / "data",
            "-R",
            "-X",
            "stream",
        ]
        subprocess.run([*take, "--checkpoint=fast"], check=True, **copy._run())
        copy.start()
        return copy

    def ask(self, question: str) -> str:
        words = [self.binaries / "psql", *self._at(), "-Atc", question, "postgres"]
        return subprocess.run(words, check=True, capture_output=True, text=True, **self._run()).stdout.strip()

    def caught_up_with(self, other: Postgres) -> None:
        wanted = other.ask("SELECT pg_current_wal_lsn()")
        until(
            lambda: self.ask(f"SELECT pg_last_wal_replay_lsn() >= '{wanted}'") == "t",
            "the copy has caught up",
        )

    def described(self, name: str) -> str:
        """All that is laid down in a database, and the migrations that it has seen."""
        dump = [self.binaries / "pg_dump", *self._at(), "--schema-only", name]
        done = "SELECT app, name FROM django_migrations ORDER BY 1, 2"
        list_of_done = [self.binaries / "psql", *self._at(), "-Atc", done, name]
        said = "".join(
            subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, **self._run()).stdout
            for command in (dump, list_of_done)
        )
        # Lines for psql itself hold a word that is drawn anew each time.
        return "\n".join(line for line in said.splitlines() if not line.startswith("\\"))

    def _at(self) -> list[str]:
        return ["-h", "127.0.0.1", "-p", str(self.port), "-U", "planner"]

    def start_again_if_down(self) -> None:
        """It ends by itself when it cannot write its log; whoever keeps it up starts it."""
        assert self.process
        ready = [self.binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        until(
            lambda: self.process.poll() is not None or subprocess.run(ready, check=False).returncode == 0,
            "PostgreSQL is up or has ended",
        )
        if self.process.poll() is not None:
            self.start()

    def close(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=20)
        shutil.rmtree(self.folder, ignore_errors=True)


def _migrate(environment: Mapping[str, str]) -> None:
    migrate = [sys.executable, "manage.py", "migrate", "-v", "0", "--skip-checks"]
    subprocess.run(migrate, cwd=ROOT, env=dict(environment), check=True)


@dataclass
class Redis:
    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @classmethod
    def begin(cls, folder: Path) -> Redis:
        if shutil.which("redis-server") is None:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(
                "no redis-server here (Debian: redis-server)"
            )
        one = cls(folder, free_port())
        one.start()
        return one

    def start(self) -> None:
        words = [
            "redis-server",
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        self.process = subprocess.Popen(words, cwd=self.folder, stdout=subprocess.DEVNULL)
        until(self._answers, "Redis answers")

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        self.kill()
