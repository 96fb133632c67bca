"""A house of the production set-up that people write to, to be broken on purpose; and what must be true afterwards."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from tests.proof.hand import Hand
from tests.proof.node import Node, Writers, until
from tests.proof.server import Postgres, Redis
from tests.proof.test_booking_race import environment_in, environment_of

SMALL = os.environ.get("PROOF_SIZE") == "small"
ENGINES = ("sqlite", "postgres")
ONE_ENGINE = ENGINES[1:] if SMALL else ENGINES
"""For what is the same to both: the small size tries it on one."""

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

    def __init__(
        self, node: Node, hand: Hand, session: str, server: Postgres | None, redis: Redis | None
    ) -> None:
        self.node, self.hand, self.session, self.server, self.redis = node, hand, session, server, redis

    def writers(self, count: int = 4) -> Writers:
        return Writers([self.node], self.session, count)

    def does_work(self, mark: str) -> None:
        """A job that is given now is done, once."""
        self.hand.do(f"work.start(Prison.objects.get(slug='race'), {mark!r}); None")
        self.has_done(mark)

    def has_done(self, mark: str) -> None:
        until(lambda: self.hand.do("work.done()").get(mark), lambda: f"{mark}:\n{self.node.said()[-2500:]}")
        assert self.hand.do("work.done()")[mark] == 1

    def check(self, writers: Writers) -> None:
        """Nothing lost, nothing doubled, no half state."""
        found: dict[str, Any] = self.hand.do(FOUND)
        counts = Counter(found["names"])
        assert [name for name in writers.answered if counts[name] != 1] == [], "answered, and lost or doubled"
        assert [name for name, count in counts.items() if count > 1] == []
        assert found["without_audit"] == []
        assert writers.refused == []


@contextlib.contextmanager
def standing(
    engine: str,
    folder: Path,
    *,
    wrap: tuple[str, ...] = (),
    own: Mapping[str, str] | None = None,
    at: Path | None = None,
) -> Iterator[House]:
    """A node on SQLite, or on a PostgreSQL of its own, with a Redis; `at`: where the data of PostgreSQL lie."""
    of = environment_in if engine == "postgres" else partial(environment_of, "sqlite")
    environment = of(folder) | (own or {})
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(contextlib.closing(Postgres.begin(at))) if engine == "postgres" else None
        redis = stack.enter_context(contextlib.closing(Redis.begin(folder)))
        environment["REDIS_URL"] = redis.url
        if server:
            environment["DATABASE_URL"] = server.url
            server.migrate(environment)
        hand = stack.enter_context(Hand(environment))
        session = hand.do(PREPARE)
        node = stack.enter_context(Node(environment, folder / "log", wrap=wrap))
        yield House(node, hand, session, server, redis)
