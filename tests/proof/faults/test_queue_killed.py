"""kill -9 of the job worker's processes, one and all, while people write and give it work: it goes on by itself."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.proof.house import ENGINES, ONE_ENGINE, SMALL, House
from tests.proof.node import Node, until

pytestmark = pytest.mark.proof

ALL = "all three at once"
WHO: dict[str, Callable[[Node], list[int]]] = {
    "worker": lambda node: node.job_processes()[:1],
    "monitor": lambda node: node.job_processes()[-2:-1],
    "pusher": lambda node: node.job_processes()[-1:],
    ALL: lambda node: node.job_processes(),
    "guard": lambda node: [node.guard()],
    "head": lambda node: [node.job_head()],
}
GIVE = "[work.start(Prison.objects.get(slug='race'), mark) for mark in {marks!r}]; None"
# Two minutes of silence are not waited for here: what nobody has in hand any more is set back by them.
HAND_ON = """
going = Job.objects.filter(kind="proof", state__in=["waiting", "running"])
for job in going:
    at = clock.now() - jobs.SILENCE * 2
    Job.objects.filter(pk=job.pk).update(created_at=at, heartbeat_at=job.heartbeat_at and at)
jobs.revive_silent(); None
"""


def _is_new(node: Node, before: int) -> bool:
    try:
        return node.job_head() != before and len(node.job_processes()) >= 3
    except (IndexError, StopIteration):
        return False


def _kill(node: Node, who: str) -> None:
    before, said = node.job_head(), len(node.said())
    for pid in WHO[who](node):
        os.kill(pid, signal.SIGKILL)
    until(lambda: _is_new(node, before), lambda: f"all of it was started anew:\n{node.said()[-2500:]}")
    assert "It is started anew." in node.said()[said:]
    if who in ("worker", "monitor", "pusher", ALL):
        assert "was killed (SIGKILL): all of it is started anew" in node.said()[said:]


def _tries() -> list[tuple[str, str]]:
    """Which process dies is the same to both databases; that all do at once is tried on both also in the small size."""
    known = [(engine, who) for engine in ENGINES for who in WHO]
    wanted = {("sqlite", who) for who in list(WHO)[:3]} | {(engine, ALL) for engine in ENGINES}
    return [one for one in known if one in wanted or not SMALL]


@pytest.mark.parametrize(("house", "who"), _tries(), indirect=["house"])
def test_killed_with_work_before_it_and_work_that_comes(house: House, who: str) -> None:
    """Each piece is done, and once: what it had, what waited, what was given while nobody was there."""
    marks = [f"{who} {number}" for number in range(12)]
    with house.writers(2).writing() as writers:
        writers.more()
        house.hand.do(GIVE.format(marks=marks[:8]))
        _kill(house.node, who)
        house.hand.do(GIVE.format(marks=marks[8:]))
        house.does_work(f"behind all that {who} left")
        house.hand.do(HAND_ON)
        for mark in marks:
            house.has_done(mark)
    house.check(writers)
    assert writers.unanswered == 0, "nobody who only looks and writes notices"


@pytest.mark.parametrize("house", ONE_ENGINE, indirect=True)
def test_killed_with_long_work_in_hand(house: House) -> None:
    house.hand.do("work.start(Prison.objects.get(slug='race'), 'long', seconds=600); None")
    until(lambda: house.hand.do("work.states()").get("long") == "running", "it is in hand")
    _kill(house.node, ALL)
    house.hand.do(
        "job = Job.objects.get(facts__mark='long'); job.facts['seconds'] = 0;"
        "job.heartbeat_at -= jobs.SILENCE * 2; job.save(); jobs.revive_silent(); None"
    )
    house.has_done("long")


@pytest.mark.parametrize("house", ONE_ENGINE, indirect=True)
def test_two_workers_with_one_job(house: House, tmp_path: Path) -> None:
    count = "from django_q.models import OrmQ; OrmQ.objects.filter(lock__lte=clock.now()).count()"
    with Node(house.node.environment, tmp_path / "log", only="jobs"):
        house.hand.do(
            "pk = work.start(Prison.objects.get(slug='race'), 'twice', seconds=1);"
            "[jobs.enqueue('tests.proof.work.do', pk) for _ in range(6)]; None"
        )
        until(lambda: house.hand.do("work.done()").get("twice"), "it is done")
        until(lambda: house.hand.do(count) == 0, "each of the seven has been taken")
        house.does_work("behind the seven")
    house.has_done("twice")
