"""Every fault of the list, while people write without a pause.

What was answered is there, once and with its entry in the audit; what was sent again for want of an answer is
there once too; and when the cause is gone it goes on by itself.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.plugins.databases import ROOT
from tests.proof.hand import Hand
from tests.proof.node import Node, Writers, until
from tests.proof.server import Postgres
from tests.proof.test_booking_race import environment_of

pytestmark = pytest.mark.proof

PREPARE = """
from django.core.management import call_command
call_command("createcachetable", verbosity=0)
prison = make_prison("race")
service = make_organisation(prison)
anna = make_user("Karim Race")
make_membership(anna, prison, "coordinator", service)
cookie(anna)
"""
FOUND = """
names = list(Participant.objects.filter(last_name__startswith="Schrijver").values_list("last_name", flat=True))
people = set(Participant.objects.filter(last_name__startswith="Schrijver").values_list("pk", flat=True))
entries = AuditEntry.objects.filter(model="enrollment.participant", object_id__in=people)
told = list(entries.values_list("object_id", flat=True))
stays = list(Stay.objects.filter(participant__in=people).values_list("participant_id", flat=True))
{"names": names, "without_audit": sorted(people - set(told)), "stays": len(stays), "people": len(people)}
"""


class House:
    """A node, people who write to it, and a hand in its database."""

    def __init__(self, node: Node, hand: Hand, session: str, server: Postgres | None) -> None:
        self.node, self.hand, self.session, self.server = node, hand, session, server

    def writers(self) -> Writers:
        return Writers([self.node], self.session)

    def check(self, writers: Writers) -> None:
        """Nothing lost, nothing doubled, no half state."""
        found: dict[str, Any] = self.hand.do(FOUND)
        counts = Counter(found["names"])
        assert [name for name in writers.answered if counts[name] != 1] == [], "answered, and lost or doubled"
        assert [name for name, count in counts.items() if count > 1] == []
        assert found["without_audit"] == []
        assert writers.refused == []


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp(f"faults-{request.param}")
    environment = dict(environment_of("sqlite", folder))
    server = None
    if request.param == "postgres":
        server = Postgres.begin(folder)
        environment["DATABASE_URL"] = server.url
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
            cwd=ROOT,
            env=environment,
            check=True,
        )
    try:
        with Hand(environment) as hand:
            session = hand.do(PREPARE)
            with Node(environment, folder / "log") as node:
                yield House(node, hand, session, server)
    finally:
        if server:
            server.end()


def test_a_web_worker_and_then_all_of_them_killed(house: House) -> None:
    with house.writers().writing() as writers:
        writers.more()
        os.kill(house.node.web_workers()[0], signal.SIGKILL)
        writers.more()
        for pid in house.node.web_workers():
            os.kill(pid, signal.SIGKILL)
        writers.more()
    house.check(writers)


def test_the_master_killed(house: House) -> None:
    before = house.node.web_master()
    with house.writers().writing() as writers:
        writers.more()
        os.kill(before, signal.SIGKILL)
        until(lambda: _master(house.node) not in (0, before), "a new master")
        writers.more()
    house.check(writers)
    assert "Web server: killed by SIGKILL. It is started anew." in house.node.said()


def _master(node: Node) -> int:
    try:
        return node.web_master()
    except StopIteration:
        return 0


def test_the_program_told_to_stop_and_started_again(house: House) -> None:
    """In good order: everything that was begun is answered, and nothing was lost."""
    with house.writers().writing() as writers:
        writers.more()
        assert house.node.stop() == 0
        house.node.start()
        writers.more()
    house.check(writers)


def test_a_backup_while_people_write(house: House, tmp_path: Path) -> None:
    file = tmp_path / "under-writes.backup"
    with house.writers().writing() as writers:
        writers.more(4)
        before = list(writers.answered)
        said = subprocess.run(
            [sys.executable, "manage.py", "backup", str(file)],
            cwd=ROOT, env=house.node.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert said.returncode == 0, said.stderr
        writers.more(4)
    house.check(writers)
    assert set(before) <= _names_in(file, house)


def _names_in(file: Path, house: House) -> set[str]:
    """Read from the backup itself."""
    if house.server:
        command = [house.server.binaries / "pg_restore", "--data-only", "--table", "enrollment_participant"]
        text = subprocess.run(
            [*command, "--file", "-", file], capture_output=True, text=True, check=True
        ).stdout
        return {
            field for line in text.splitlines() for field in line.split("\t") if field.startswith("Schrijver")
        }
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(file)) as backup:
        return {row[0] for row in backup.execute("SELECT last_name FROM enrollment_participant")}


def test_the_database_killed_and_away_for_a_while(house: House) -> None:
    """PostgreSQL is killed, stays away, and comes back."""
    if house.server is None:
        pytest.skip("SQLite has no server that could go away")
    with house.writers().writing() as writers:
        writers.more()
        house.server.kill()
        until(lambda: writers.unanswered >= 8, "people notice")
        assert house.node.get("/healthz") == (200, b"ok"), "alive: nobody has to kill it"
        assert house.node.get("/readyz?for=web")[0] == 503
        house.server.start()
        writers.more()
    house.check(writers)
    assert house.node.get("/readyz?for=web") == (200, b"ready")
    house.hand.do("prison = Prison.objects.get(slug='race'); work.start(prison, 'after'); None")
    until(lambda: house.hand.do("work.done()").get("after"), f"jobs go on:\n{house.node.said()[-1500:]}")
