"""The clock of a machine set forward and back while people write: over midnight, changes of clocks, by a year."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proof.house import House, standing
from tests.proof.node import until

pytestmark = pytest.mark.proof

LIBRARY = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)
LASTING = {"SESSION_HOURS": "0", "IDLE_MINUTES": "0"}
STAYS_SIGNED_IN = """
from django.contrib.sessions.models import Session
Session.objects.update(expire_date=clock.now() + dt.timedelta(days=4000)); None
"""
SETTINGS = {
    "forward, to just before midnight": "@2026-12-01 22:59:57",
    "back by a day, to just before midnight": "@2026-11-30 22:59:57",
    "forward, to just before summer time begins": "@2027-03-28 00:59:57",
    "back, to just before summer time ends": "@2026-10-25 00:59:57",
    "forward, by a year": "@2027-11-30 12:00:00",
    "and right again": "+0",
}
"""In UTC, as the machine has it: midnight and the changes come three seconds later."""


class Clock:
    """What the clock of the node says, from now on."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.set("+0")

    @property
    def environment(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
            "TZ": "UTC",
        }

    def set(self, to: str) -> None:
        beside = self.file.with_name("clock.new")
        beside.write_text(f"{to}\n")
        beside.replace(self.file)


@pytest.fixture(params=["sqlite", "postgres"])
def clocked(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[House, Clock]]:
    if LIBRARY is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no faketime here (Debian: faketime)")
    clock = Clock(tmp_path / "clock")
    with standing(request.param, tmp_path, own=LASTING | clock.environment) as house:
        house.hand.do(STAYS_SIGNED_IN)
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
    house.hand.do("from django.core.management import call_command; call_command('verify_audit'); None")
    until(lambda: house.node.get("/readyz")[0] == 200, lambda: str(house.node.get("/readyz")))
