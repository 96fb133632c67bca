"""kill -9 of the job worker's processes, one and all: it goes on by itself, and what was in hand is done."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proof.hand import Hand
from tests.proof.node import Node, until
from tests.proof.test_booking_race import environment_of, manage

pytestmark = pytest.mark.proof


class Office:
    """A node, and a hand in its database."""

    def __init__(self, node: Node, hand: Hand) -> None:
        self.node, self.hand = node, hand

    def give(self, mark: str, seconds: float = 0) -> None:
        self.hand.do(f"work.start(prison, {mark!r}, seconds={seconds}); None")

    def wait_for(self, mark: str) -> None:
        until(lambda: self.hand.do("work.done()").get(mark), f"{mark}:\n{self.node.said()[-2500:]}")

    def until_at_work(self, mark: str) -> None:
        until(lambda: self.hand.do("work.states()").get(mark) == "running", f"{mark} is in hand")

    def kill(self, *pids: int) -> None:
        before = self.node.job_head()
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        until(lambda: self._is_new(before), f"all of it was started anew:\n{self.node.said()[-2500:]}")

    def _is_new(self, before: int) -> bool:
        try:
            return self.node.job_head() != before and len(self.node.job_processes()) >= 3
        except (IndexError, StopIteration):
            return False


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("queue")
    environment = environment_of("sqlite", folder)
    manage(environment, "createcachetable")
    with Hand(environment) as hand, Node(environment, folder / "log", only="jobs") as node:
        hand.do("prison = make_prison('race'); None")
        yield Office(node, hand)


@pytest.mark.parametrize("who", ["worker", "monitor", "pusher"])
def test_one_of_them_killed_while_idle(office: Office, who: str) -> None:
    office.give(f"before {who}")
    office.wait_for(f"before {who}")
    place = {"worker": 0, "monitor": -2, "pusher": -1}[who]
    office.kill(office.node.job_processes()[place])
    office.give(f"after {who}")
    office.wait_for(f"after {who}")
    assert "was killed (SIGKILL): all of it is started anew" in office.node.said()


def test_the_guard_killed(office: Office) -> None:
    office.kill(office.node.guard())
    office.give("after guard")
    office.wait_for("after guard")


def test_all_killed_at_once_with_work_in_hand(office: Office) -> None:
    office.give("in hand", seconds=60)
    office.until_at_work("in hand")
    office.kill(*office.node.job_processes())
    # Two minutes without a heartbeat are not waited for here: the last one is set back.
    office.hand.do(
        "job = Job.objects.get(facts__mark='in hand'); job.facts['seconds'] = 0;"
        "job.heartbeat_at -= jobs.SILENCE * 2; job.save(); jobs.revive_silent(); None"
    )
    office.wait_for("in hand")
    assert office.hand.do("work.done()")["in hand"] == 1


def test_two_workers_with_one_job(office: Office, tmp_path: Path) -> None:
    count = "from django_q.models import OrmQ; OrmQ.objects.filter(lock__lte=clock.now()).count()"
    with Node(office.node.environment, tmp_path / "log", only="jobs"):
        office.hand.do(
            "pk = work.start(prison, 'twice', seconds=1);"
            "[jobs.enqueue('tests.proof.work.do', pk) for _ in range(6)]; None"
        )
        office.wait_for("twice")
        until(lambda: office.hand.do(count) == 0, "each of the seven has been taken")
        office.give("behind them")
        office.wait_for("behind them")
    assert office.hand.do("work.done()")["twice"] == 1
