"""Keeps the web server and the job worker running: whichever ends is started anew, whole.

A part that cannot stay up for a minute ends everything, so that whoever started us (systemd, a container) sees
that something is wrong.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from django.conf import settings

from planner.operations.cluster import PULSE

logger = logging.getLogger("tempo.serve")

GRACE_SECONDS = 12
MOST_STARTS = 10
"""So often within MINUTE it may be started anew before we give up."""
MINUTE = 60
SILENCE = 90
"""Seconds without a sign of life after which the job worker hangs: longer than a database that does not answer."""
BEGINNING = 600
"""Until its first sign of life it may take so long: a small machine that is busy reads its files for minutes."""
STEP = 0.2


@dataclass
class ServedPart:
    """One program with its children, in a process group of its own."""

    name: str
    command: Sequence[str]
    keeps_open: tuple[int, ...] = ()
    has_pulse: bool = False
    finishes: bool = False
    """When its head is gone, the rest may still answer what they have begun."""
    process: subprocess.Popen[bytes] | None = None
    starts: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_STARTS))
    _pulse: int | None = None
    _beat_at: float = 0
    _left: list[tuple[int, float]] = field(default_factory=list)

    def start(self) -> None:
        self.starts.append(time.monotonic())
        environment, passed = os.environ | {"PYTHONUNBUFFERED": "1"}, self.keeps_open
        if self.has_pulse:
            self._pulse, theirs = _new_pipe(self._pulse)
            environment, passed = environment | {PULSE: str(theirs)}, (*passed, theirs)
            self._beat_at = time.monotonic() + BEGINNING - SILENCE
        # A process group of its own: Ctrl-C in a terminal reaches us alone, and we tell each child once.
        self.process = subprocess.Popen(  # noqa: S603
            self.command, cwd=settings.BASE_DIR, process_group=0, env=environment, pass_fds=passed
        )
        if self.has_pulse:
            os.close(passed[-1])

    def why_down(self) -> str:
        """Empty while it is up."""
        if self.process is not None and (code := self.process.poll()) is not None:
            return f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"
        if self._pulse is not None and self._is_silent(self._pulse):
            return f"no sign of life for {SILENCE} seconds"
        return ""

    def _is_silent(self, pulse: int) -> bool:
        with contextlib.suppress(BlockingIOError):
            if os.read(pulse, 4096):
                self._beat_at = time.monotonic()
        return time.monotonic() - self._beat_at > SILENCE

    def fails_again_and_again(self) -> bool:
        return len(self.starts) == MOST_STARTS and time.monotonic() - self.starts[0] < MINUTE

    def tell(self, number: int) -> None:
        """A signal for the program and whatever it started."""
        if self.process is not None:
            _tell_group(self.process.pid, number)

    def clear_away(self) -> None:
        """Ends what is left of the program: at once, or when it has had the time to finish."""
        if self.process is None:
            return
        if self.finishes and self.process.poll() is not None:
            self.tell(signal.SIGTERM)
            self._left.append((self.process.pid, time.monotonic() + GRACE_SECONDS))
        else:
            self.tell(signal.SIGKILL)
            self.process.wait()

    def end_what_is_left(self, *, at_once: bool = False) -> None:
        while self._left and (at_once or self._left[0][1] < time.monotonic()):
            _tell_group(self._left.pop(0)[0], signal.SIGKILL)


def run(parts: Sequence[ServedPart], *, is_ready: Callable[[], bool], announce: Callable[[], Any]) -> int:
    """Start all, announce when the site answers, keep them up; 0 when told to stop, 1 when one cannot stay up."""
    told_to_stop = False

    def on_signal(number: int, frame: FrameType | None) -> None:
        nonlocal told_to_stop
        told_to_stop = True

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, on_signal)
    for part in parts:
        part.start()
    announced = False
    try:
        while not told_to_stop:
            if not all(_keep_up(part) for part in parts):
                return 1
            if not announced and is_ready():
                announced = True
                announce()
            time.sleep(STEP)
    finally:
        stop(parts)
    return 0


def _keep_up(part: ServedPart) -> bool:
    """False when it has been started too often."""
    part.end_what_is_left()
    why = part.why_down()
    if not why:
        return True
    part.clear_away()
    if part.fails_again_and_again():
        logger.critical("%s: %s, for the %sth time within a minute. Giving up.", part.name, why, MOST_STARTS)
        return False
    logger.error("%s: %s. It is started anew.", part.name, why)
    part.start()
    return True


def stop(parts: Sequence[ServedPart]) -> None:
    """Ask each to finish, wait, then end whatever is left of its process group."""
    for part in parts:
        if part.process is not None and part.process.poll() is None:
            part.process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    for part in parts:
        if part.process is not None:
            try:
                part.process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                logger.warning("%s: not done within %s seconds. It is ended.", part.name, GRACE_SECONDS)
        part.tell(signal.SIGKILL)
        part.end_what_is_left(at_once=True)


def _tell_group(leader: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, number)


def _new_pipe(old: int | None) -> tuple[int, int]:
    """Our end and theirs; neither ever waits for the other."""
    if old is not None:
        os.close(old)
    ours, theirs = os.pipe()
    os.set_blocking(ours, False)
    os.set_blocking(theirs, False)
    return ours, theirs
