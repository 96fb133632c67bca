"""The data folder full, or not to be written to: what was answered is kept, and it goes on by itself."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proof.house import House, standing
from tests.proof.node import until

pytestmark = pytest.mark.proof

ROOM = "300m"
NO_OVERRIDE = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")
"""Root too then asks the permissions of a folder, as everybody does."""


@pytest.fixture(scope="module")
def disk() -> Iterator[Path]:
    """A file system small enough to fill; where nobody may mount one, a folder, which is not filled."""
    folder = Path(tempfile.mkdtemp(prefix="planner-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={ROOM},mode=777", "tmpfs", str(folder)]
    try:
        if os.geteuid() == 0:
            subprocess.run(mount, check=False, capture_output=True)
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def house(disk: Path) -> Iterator[House]:
    """On SQLite, bound by the permissions of its folder also where root runs it."""
    data = disk / "data"
    data.mkdir()
    with standing("sqlite", data, wrap=NO_OVERRIDE if os.geteuid() == 0 else ()) as one:
        yield one


def test_the_disk_is_full(house: House, disk: Path) -> None:
    _fill_and_empty(house, disk)


def test_the_disk_of_postgresql_is_full(disk: Path) -> None:
    folder = disk / "postgres"
    folder.mkdir()
    with standing("postgres", folder, at=disk) as house:
        _fill_and_empty(house, disk)


def _fill_and_empty(house: House, disk: Path) -> None:
    if not os.path.ismount(disk):
        pytest.skip("only root may mount a disk that is small enough to fill")
    ballast = disk / "ballast"
    with house.writers().writing() as writers:
        writers.more()
        _fill(ballast)
        until(lambda: writers.unanswered >= 8, lambda: f"people notice:\n{house.node.said()[-2500:]}")
        assert house.node.get("/healthz") == (200, b"ok"), "alive: nobody has to kill it"
        ballast.unlink()
        if house.server:
            house.server.start_again_if_down()  # as its service file does
        writers.more()
    house.check(writers)
    assert any(word in house.node.said() for word in ("disk is full", "No space left", "DiskFull"))
    house.does_work("after the disk was full")


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        for size in (1 << 20, 1 << 12):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"\0" * size)


def test_the_data_folder_cannot_be_written_to(house: House, disk: Path) -> None:
    """As when the system has mounted its disk read-only after an error, and something restarted the program."""
    with house.writers().writing() as writers:
        writers.more()
        assert house.node.stop() == 0
        before = len(house.node.said())
        with _read_only(disk / "data"):
            house.node.start(waits=False)
            assert house.node.process
            until(lambda: house.node.process.poll() is not None, "it says so and ends, to be started anew")
            said = house.node.said()[before:]
            assert "readonly database" in said or "cannot be written" in said
        house.node.start()
        writers.more()
    house.check(writers)
    house.does_work("after it could be written to")


def test_the_data_folder_can_no_longer_be_written_to(house: House, disk: Path) -> None:
    """While it runs: new processes of the web cannot write, say so in the log and at /readyz, and go on afterwards."""
    with house.writers().writing() as writers:
        writers.more()
        with _read_only(disk / "data"):
            for pid in house.node.web_workers():
                os.kill(pid, 9)
            before = writers.unanswered
            until(
                lambda: writers.unanswered >= before + 12,
                lambda: f"people notice:\n{house.node.said()[-2500:]}",
            )
            assert house.node.get("/healthz") == (200, b"ok")
            assert house.node.get("/readyz?for=web") == (503, b"database: cannot be written to")
        writers.more()
    house.check(writers)
    assert "readonly database" in house.node.said()
    assert house.node.get("/readyz?for=web") == (200, b"ready")
    house.does_work("after it could be written to again")


@contextlib.contextmanager
def _read_only(folder: Path) -> Iterator[None]:
    before = {path: path.stat().st_mode for path in (folder, *folder.glob("*.sqlite3*"))}
    for path in before:
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        yield
    finally:
        for path, mode in before.items():
            if path.exists():
                path.chmod(mode)
