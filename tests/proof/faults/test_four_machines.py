"""Two machines for the web and two for jobs, one PostgreSQL with a streaming copy, one Redis: one of each is killed."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proof.hand import Hand
from tests.proof.house import PREPARE, House
from tests.proof.node import Node, Writers, until
from tests.proof.server import Postgres, Redis
from tests.proof.test_booking_race import environment_in

pytestmark = pytest.mark.proof

READERS = """
bert, greet = make_user("Bert Wouters"), make_user("Greet Wouters")
for user in (bert, greet):
    make_membership(user, prison, "coordinator", service)
[cookie(bert), cookie(greet)]
"""
HAND_ON = """
[silent] = Job.objects.filter(kind="proof", state="running")
Job.objects.filter(pk=silent.pk).update(heartbeat_at=silent.heartbeat_at - jobs.SILENCE * 2)
jobs.revive_silent(); None
"""


class Country:
    def __init__(self, folder: Path, stack: contextlib.ExitStack) -> None:
        enter = stack.enter_context
        self.server = enter(contextlib.closing(Postgres.begin()))
        environment = environment_in(folder) | {"DATABASE_URL": self.server.url}
        self.server.migrate(environment)
        self.copy = enter(contextlib.closing(self.server.follow()))
        redis = enter(contextlib.closing(Redis.begin(folder)))
        environment |= {"REDIS_URL": redis.url, "REPLICA_URL": self.copy.url}
        self.hand = enter(Hand(environment))
        self.session = self.hand.do(PREPARE)
        self.web = [Node(environment, folder / f"web{number}", only="web") for number in (1, 2)]
        self.jobs = [Node(environment, folder / f"jobs{number}", only="jobs") for number in (1, 2)]
        for node in (*self.web, *self.jobs):
            stack.callback(node.stop)
            node.start(waits=False)
        for node in (*self.web, *self.jobs):
            node.wait()

    def first_day(self, node: Node, session: str) -> str:
        """From which day on the figures are, as a page of this machine says."""
        status, page = node.get("/p/race/reports/", session)
        assert status == 200
        found = re.search(rb'name="first"\s+value="([^"]*)"', page)
        assert found, page[:3000]
        return found[1].decode()


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Country]:
    with contextlib.ExitStack() as stack:
        yield Country(tmp_path_factory.mktemp("country"), stack)


def test_four_that_start_at_once_agree_on_what_is_done_regularly(country: Country) -> None:
    twice = """
from collections import Counter
from django_q.models import Schedule
[task for task, times in Counter(Schedule.objects.values_list("func", flat=True)).items() if times > 1]
"""
    assert country.hand.do(twice) == []


def test_nobody_misses_their_own_change_on_a_copy_that_lags(country: Country) -> None:
    """The copy stands still: whoever wrote sees it at once on either machine, a colleague still what the copy holds."""
    bert, greet = country.hand.do(READERS)
    country.copy.caught_up_with(country.server)
    before = country.first_day(country.web[1], greet)
    country.copy.ask("SELECT pg_wal_replay_pause()")
    form = {"name": "Nu", "starts_on": "2020-01-06", "ends_on": "2090-01-06"}
    assert country.web[0].post(bert, "/p/race/settings/terms/add/", **form) == 302
    assert [country.first_day(node, bert) for node in country.web] == ["2020-01-06", "2020-01-06"]
    assert country.first_day(country.web[1], greet) == before, "nobody reads the copy: this proves nothing"
    country.copy.ask("SELECT pg_wal_replay_resume()")
    until(lambda: country.first_day(country.web[1], greet) == "2020-01-06", "the copy follows")


def test_a_machine_of_each_kind_killed_under_load(country: Country) -> None:
    hand = country.hand
    writers = Writers(country.web, country.session)
    with writers.writing():
        writers.more()
        hand.do("[work.start(prison, mark, seconds=5) for mark in ('one in hand', 'other in hand')]; None")
        until(lambda: list(hand.do("work.states()").values()).count("running") == 2, "each has one in hand")
        country.jobs[0].kill_outright()
        country.web[0].kill_outright()
        writers.more(12)
        until(lambda: len(hand.do("work.done()")) == 1, lambda: country.jobs[1].said()[-2500:])
        hand.do(HAND_ON)
        until(lambda: len(hand.do("work.done()")) == 2, lambda: country.jobs[1].said()[-2500:])
    House(country.web[1], hand, country.session, country.server, None).check(writers)
    assert hand.do("work.done()") == {"one in hand": 1, "other in hand": 1}
