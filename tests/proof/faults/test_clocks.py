"""The clock of a machine set forward and back while people write: over midnight, changes of clocks, by a year."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.dates.clock import now
from tests.proof.house import House, standing
from tests.proof.node import until

pytestmark = pytest.mark.proof

LASTING = {"SESSION_HOURS": "0", "IDLE_MINUTES": "0"}
STAYS_SIGNED_IN = """
store = SessionStore(KEY)
store.set_expiry(4000 * 24 * 3600)
store.save()
"""
SETTINGS = {
    "forward, to just before midnight": "2026-12-01T22:59:57+00:00",
    "back by a day, to just before midnight": "2026-11-30T22:59:57+00:00",
    "forward, to just before summer time begins": "2027-03-28T00:59:57+00:00",
    "back, to just before summer time ends": "2026-10-25T00:59:57+00:00",
    "forward, by a year": "2027-11-30T12:00:00+00:00",
    "and right again": "",
}
"""Midnight and the changes come three seconds later."""


class Clock:
    """What the clock of the node, and of whoever looks into its database, says from now on."""

    def __init__(self, folder: Path) -> None:
        self.file, self.library = folder / "shift", folder / "shifted_clock.so"
        source = Path(__file__).with_name("shifted_clock.c")
        subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", self.library, source], check=True)
        self.file.write_text("0")

    @property
    def environment(self) -> dict[str, str]:
        return {"LD_PRELOAD": str(self.library), "SHIFT": str(self.file)}

    def set(self, to: str) -> None:
        beside = self.file.with_name("shift.new")
        seconds = (dt.datetime.fromisoformat(to) - now()).total_seconds() if to else 0
        beside.write_text(f"{seconds:.0f}")
        beside.replace(self.file)


@pytest.fixture(params=["sqlite", "postgres"])
def clocked(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[House, Clock]]:
    if shutil.which("gcc") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no gcc here (Debian: gcc libc6-dev)")
    clock = Clock(tmp_path)
    with standing(request.param, tmp_path, own=LASTING | clock.environment) as house:
        house.hand.do(f"KEY = {house.session!r}\n{STAYS_SIGNED_IN}None")
        yield house, clock


def test_set_forward_and_back_while_people_write(clocked: tuple[House, Clock]) -> None:
    house, clock = clocked
    people = house.hand.do(
        "[make_participant(prison).pk for _ in range(30)]; Participant.objects.exclude(last_name='').count()"
    )
    with house.writers().writing() as writers:
        for number, (name, to) in enumerate(SETTINGS.items()):
            clock.set(to)
            writers.more(8)
            house.hand.do(f"work.start(Prison.objects.get(slug='race'), {name!r}); None")
            if number % 2:
                until(
                    lambda name=name: house.hand.do("work.done()").get(name),
                    lambda: house.node.said()[-2500:],
                )
    house.check(writers)
    assert writers.unanswered == 0
    for name in SETTINGS:
        house.has_done(name)
    assert house.hand.do("Participant.objects.exclude(last_name='').count()") >= people + len(
        writers.answered
    )
    assert house.hand.do(
        "from prisons.domain.records import seals\nseals.seal_all()\nall(one.is_whole for one in seals.verify([]))"
    )
    until(lambda: house.node.get("/readyz")[0] == 200, lambda: str(house.node.get("/readyz")))
