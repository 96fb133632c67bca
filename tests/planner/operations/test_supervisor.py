"""Whatever ends is started anew; what hangs too; what cannot stay up ends everything."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from planner.operations import supervisor
from planner.operations.supervisor import ServedPart


def _part(code: str, *, has_pulse: bool = False) -> ServedPart:
    return ServedPart("Part", [sys.executable, "-S", "-c", code], has_pulse=has_pulse)


@pytest.fixture(autouse=True)
def signals_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor.signal, "signal", lambda *_more: None)


def test_what_ends_again_and_again_ends_everything(caplog: pytest.LogCaptureFixture) -> None:
    """So that systemd, or whoever started it, sees that something is wrong."""
    part = _part("raise SystemExit(3)")
    assert supervisor.run([part], is_ready=lambda: False, announce=_nothing) == 1
    said = [record.message for record in caplog.records]
    assert said.count("Part: ended with 3. It is started anew.") == supervisor.MOST_STARTS - 1
    assert said[-1].endswith("Giving up.")


def _nothing() -> None:
    pass


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    now = [1000.0]
    monkeypatch.setattr(supervisor.time, "monotonic", lambda: now[0])

    def goes_on(seconds: float) -> None:
        now[0] += seconds

    return goes_on


def test_what_gives_no_sign_of_life_is_down_but_has_time_to_begin(clock: Callable[[float], None]) -> None:
    part = _part("input()", has_pulse=True)
    part.start()
    try:
        clock(supervisor.BEGINNING - 1)
        assert part.why_down() == ""
        clock(2)
        assert part.why_down() == "no sign of life for 90 seconds"
    finally:
        part.clear_away()
    assert part.why_down() in ("killed by SIGKILL", "ended with 1")


def test_after_a_sign_of_life_silence_is_counted_anew(clock: Callable[[float], None]) -> None:
    part = _part(
        "import os, time; os.write(int(os.environ['JOBS_PULSE']), b'.'); time.sleep(600)", has_pulse=True
    )
    part.start()
    try:
        while part._beat_at != supervisor.time.monotonic():
            assert part.why_down() == ""
        clock(supervisor.SILENCE - 1)
        assert part.why_down() == ""
        clock(2)
        assert part.why_down() == "no sign of life for 90 seconds"
    finally:
        part.clear_away()


STUBBORN = (
    "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); sys.stdin.read()"
)
WILLING = "print(flush=True); import sys; sys.stdin.read()"


@pytest.mark.parametrize(("code", "is_ended"), [(STUBBORN, True), (WILLING, False)])
def test_what_does_not_stop_in_time_is_ended_and_the_log_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, code: str, is_ended: bool
) -> None:
    monkeypatch.setattr(supervisor, "GRACE_SECONDS", 0 if is_ended else 60)
    part = _part(code)
    with subprocess.Popen(
        part.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0
    ) as part.process:
        assert part.process.stdout
        part.process.stdout.readline()
        supervisor.stop([part])
        assert part.process.wait(timeout=60) == (-9 if is_ended else -15)
    assert ("Part: not done within 0 seconds. It is ended." in caplog.text) == is_ended
