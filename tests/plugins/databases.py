"""Where the tests keep their data, decided before Django reads its settings (loaded by `-p`).

TEST_DATABASE=sqlite (default): a file in a folder of this run alone.
TEST_DATABASE=postgres: a PostgreSQL of this run alone, started from its binaries on a free port of the
loopback address; only tests marked `postgres` run. Without binaries they skip with the reason, and where
CI=true that is a failure.
"""

import atexit
import contextlib
import glob
import hashlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BINARIES = "/usr/lib/postgresql/*/bin/postgres"
FAST = [
    "-c",
    "fsync=off",
    "-c",
    "synchronous_commit=off",
    "-c",
    "full_page_writes=off",
    "-c",
    "max_connections=120",
]


class Unavailable(Exception):
    """No PostgreSQL can be started here; the text says why."""


def _binaries() -> Path:
    found = sorted(glob.glob(BINARIES), key=lambda path: int(path.split("/")[4].split(".")[0]))
    on_path = shutil.which("postgres")
    if not found and not on_path:
        raise Unavailable("no PostgreSQL binaries on this machine (apt-get install postgresql)")
    return Path(found[-1] if found else str(on_path)).parent


def _drop_root() -> int | None:
    """The server refuses root: the user id it runs as then, else None."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
    raise Unavailable("root may not run PostgreSQL, and there is neither a user postgres nor nobody")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_postgres() -> str:
    """Start a server that lives as long as this process; returns its DATABASE_URL."""
    binaries, user = _binaries(), _drop_root()
    folder = Path(tempfile.mkdtemp(prefix="planner-pg-"))
    if user is not None:
        os.chown(folder, user, -1)
    data, log = folder / "data", os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    run = {"user": user, "cwd": folder, "env": environment, "stdout": log, "stderr": log}
    init = [binaries / "initdb", "-D", data, "-U", "planner", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(init, check=True, **run)
    port = free_port()
    listen = ["-p", str(port), "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}"]
    server = subprocess.Popen(
        [binaries / "postgres", "-D", data, *listen, *FAST], start_new_session=True, **run
    )
    atexit.register(_stop, server, folder)
    ready = [binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port), "-t", "1"]
    for _attempt in range(150):
        if server.poll() is not None:
            raise Unavailable(f"PostgreSQL stopped at once: {(folder / 'log').read_text()[-500:]}")
        if subprocess.run(ready, check=False).returncode == 0:
            return f"postgres://planner@127.0.0.1:{port}/postgres"
        try:
            server.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
    raise Unavailable("PostgreSQL did not answer within 15 seconds")


def _stop(server: "subprocess.Popen[bytes]", folder: Path) -> None:
    server.send_signal(signal.SIGINT)  # fast shutdown
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.kill()
    shutil.rmtree(folder, ignore_errors=True)


def _prepare() -> str:
    """Set the environment that the settings read; returns why PostgreSQL is missing, or nothing."""
    data = tempfile.mkdtemp(prefix="planner-test-")
    atexit.register(shutil.rmtree, data, ignore_errors=True)
    for name in ("DATABASE_URL", "REDIS_URL", "DEMO", "DEBUG", "SMTP_HOST", "BASE_URL", "COOKIE_SUFFIX"):
        os.environ[name] = ""  # set, so that no .env file adds it either
    os.environ.update(PLANNER_TESTING="yes", DATA_DIR=data, DJANGO_ALLOW_ASYNC_UNSAFE="true")
    if os.environ.get("TEST_DATABASE", "sqlite") != "postgres":
        copy_migrated(Path(data) / "test.sqlite3")
        return ""
    try:
        os.environ["DATABASE_URL"] = start_postgres()
    except Unavailable as reason:
        return str(reason)
    return ""


def migrations_digest() -> str:
    """Another word as soon as a migration is another."""
    files = [*sorted(ROOT.glob("*/migrations/*.py")), ROOT / "requirements-dev.lock"]
    content = b"".join(str(file).encode() + file.read_bytes() for file in files)
    return hashlib.sha256(content).hexdigest()[:16]


def copy_migrated(target: Path) -> None:
    """Put an empty, migrated SQLite database at `target`.

    Migrating takes longer than most runs of a few tests, so the result is kept under var/ until a migration
    changes. Django still migrates the copy, and has nothing left to do but what post_migrate installs.
    """
    kept = ROOT / "var" / "test" / f"{migrations_digest()}.sqlite3"
    if not kept.exists():
        fresh = Path(tempfile.mkdtemp(prefix="migrated-", dir=target.parent))
        migrate = [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0", "--skip-checks"]
        own = os.environ | {"DATA_DIR": str(fresh), "DATABASE_URL": ""}  # SQLite, in a run on PostgreSQL too
        if subprocess.run(migrate, cwd=ROOT, env=own, check=False).returncode:
            return  # Django will say what is wrong when the first test asks for the database
        kept.parent.mkdir(parents=True, exist_ok=True)
        for old in kept.parent.glob("*.sqlite3"):
            old.unlink(missing_ok=True)
        (fresh / "planner.sqlite3").replace(kept)
    with contextlib.suppress(FileNotFoundError):
        shutil.copyfile(kept, target)


MISSING = _prepare()


def pytest_configure(config: pytest.Config) -> None:
    """Take the migrated copy as it stands instead of asking whether to delete it."""
    if not os.environ["DATABASE_URL"]:
        config.option.reuse_db = True


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a test that could not run because something is not installed counts as failed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") != "true" or reporter is None:
        return
    unwanted = [one for one in reporter.stats.get("skipped", []) if "(Debian:" in _reason(one) or MISSING]
    for report in unwanted:
        reporter.write_line(
            f"\nskipped, which is a failure in CI: {report.nodeid}: {_reason(report)}", red=True
        )
    if unwanted:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _reason(report: pytest.TestReport) -> str:
    return str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)


def pytest_report_header() -> str:
    name = os.environ.get("TEST_DATABASE", "sqlite")
    return f"database: {name}{' - ' + MISSING if MISSING else ''}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what is marked so; all of it skipped with the reason when there is none."""
    if os.environ.get("TEST_DATABASE") != "postgres":
        return
    chosen = [item for item in items if item.get_closest_marker("postgres")]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen
    if MISSING and os.environ.get("CI") == "true":
        pytest.exit(f"PostgreSQL is required here: {MISSING}", returncode=1)
    for item in items if MISSING else []:
        item.add_marker(pytest.mark.skip(reason=MISSING))
