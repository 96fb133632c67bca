"""What the processes of a server hold and use, from `/proc`."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from tests.proof.node import children_of


def heads(server: int) -> dict[str, int]:
    """The two that `manage.py serve` keeps going: web and jobs."""
    return {"web" if b"gunicorn" in _words(pid) else "jobs": pid for pid in children_of(server)}


def megabytes(head: int) -> int:
    """Of it and all below it; what they share is counted in each of them once divided (PSS)."""
    return sum(map(_own_share, _family(head))) // 1024


def cpu_seconds(head: int) -> float:
    """Of it and all below it, the ended ones too."""
    ticks = 0
    for pid in _family(head):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _family(pid: int) -> list[int]:
    return [pid, *(each for child in children_of(pid) for each in _family(child))]


def _words(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def _own_share(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
