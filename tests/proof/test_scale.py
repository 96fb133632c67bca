"""Every page, file and list of every role asks the database as often after years and beside other prisons as it did in
the first term, and reads no growing table from one end to the other.

The demo's first prison is made busier, walked, copied into the past and into other prisons, and walked again at the
same addresses. The figures in milliseconds are printed by `make bench-scale`; here only what a busy machine cannot
blur is compared.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from benchmarks.scale import plans, sets, walking
from benchmarks.scale.first_term import Size, thicken
from benchmarks.scale.walking import Cost
from planner.board.week import choices
from planner.demo.loading import load
from prisons.models import ApiToken, Prison, User
from rooms.domain import facts
from tests.walking import quiet

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
ROLES = ("anna.organiser", "karim.coordinator", "bert.liaison", "chloe.worker", "greta.auditor")
IS_FULL = os.environ.get("PROOF_SIZE", "full") == "full"
"""Every kind of page as every role; the small size opens each as the first role that may, once."""
SIZE = Size(prisons=2, terms=4, series=24, people=120)
if IS_FULL:
    SIZE = Size(prisons=4, terms=8, series=60, people=300)
LARGE = 500
"""Rows: in this small set what grows has more, what a prison sets up once has fewer."""

A_ROW = 1_500
"""Bytes that a row more may add to a page that was not full."""
CUT_SHORT = {"p/<slug:prison>/enrolments/<int:pk>/": "the last ten places of this person at this service"}
"""What has no pages because it holds a few lines at most, and which."""
NO_LONGER_ONES_OWN = {("karim.coordinator", "p/<slug:prison>/series/activities/<int:pk>/")}
"""A service that works in other prisons too is no more for the coordinator of one to change: 403 is right."""


@dataclass
class Walked:
    """The same addresses before and after."""

    before: dict[tuple[str, str], Cost]
    after: dict[tuple[str, str], Cost]


@pytest.fixture(scope="module")
def walked(django_db_setup: None, django_db_blocker: Any) -> Iterator[Walked]:
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic(), quiet():
        patch.setattr(settings, "DEMO", True)
        load()
        prison = Prison.objects.get(slug="haren")
        thicken(prison, SIZE)
        _forget()
        found = _found()
        before = {(cost.role, cost.kind): cost for cost in found}
        if IS_FULL:  # what is kept is filled
            before = _measured(found, times=1)
        before |= _measured([*_api()])
        sets.grow(prison, SIZE)
        _forget()
        after = _measured([*before.values()], times=IS_FULL)
        more = [before[key] for key in before if after[key].queries > before[key].queries]
        yield Walked(before, after | _measured(more, times=1))
        transaction.set_rollback(True)


def _found() -> list[Cost]:
    found: list[Cost] = []
    for role in ROLES:
        known = () if IS_FULL else {cost.kind for cost in found}
        own = walking.crawl(_user(role), role, "haren", known)
        found += [cost for cost in own if cost.kind not in known]
    return found


def _user(role: str) -> User:
    return User.objects.get(email=f"{role}@demo.example")


def _api() -> Iterator[Cost]:
    for path in ("sessions", "series", "rooms", "slots"):
        yield Cost("api", f"api {path}", f"/api/v1/haren/{path}?page_size=20")


def _measured(costs: list[Cost], *, times: int = 0) -> dict[tuple[str, str], Cost]:
    """What these addresses cost now."""
    clients = {role: walking.signed_in(_user(role)) for role in ROLES}
    token = {"HTTP_AUTHORIZATION": f"Bearer {_token()}"}
    return {
        (each.role, each.kind): walking.measure(
            Cost(each.role, each.kind, each.address),
            clients.get(each.role) or walking.nobody(),
            times=times,
            large=LARGE,
            **(token if each.role == "api" else {}),
        )
        for each in costs
    }


def _forget() -> None:
    plans.forget()
    facts._rules.cache_clear()
    choices._filter_choices.cache_clear()
    walking.forget()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
            # Small tables are joined whole; what is read whole even so has no index that could help.
            for way in ("seqscan", "mergejoin", "hashjoin"):
                cursor.execute(f"SET enable_{way} = off")


def _token() -> str:
    from planner.demo.accounts import facts
    from planner.demo.loading import SEED

    assert ApiToken.objects.exists()
    return str(facts(SEED)["token"])


def test_every_role_finds_its_pages(walked: Walked) -> None:
    """Far fewer would say that a menu is gone, and the tests below would be empty."""
    assert len({kind for _role, kind in walked.before}) > 150
    assert len(walked.before) > (300 if IS_FULL else 150)


def test_every_page_still_answers(walked: Walked) -> None:
    found = [
        f"{key} {one.status} -> {walked.after[key].status}"
        for key, one in walked.before.items()
        if key not in NO_LONGER_ONES_OWN
    ]
    assert [line for line in found if not line.endswith(("200 -> 200", "304 -> 304"))] == []


def test_no_page_asks_more_often_because_there_is_more(walked: Walked) -> None:
    more = {
        f"{key[0]} {one.address}": f"{one.queries} -> {walked.after[key].queries}"
        for key, one in walked.before.items()
        if walked.after[key].queries > one.queries
    }
    assert more == {}, json.dumps(more, indent=1)


def test_no_page_gets_longer_because_there_is_more(walked: Walked) -> None:
    """What is over is on a page of its own; a page that was not full may fill."""
    longer = {
        f"{key[0]} {one.address}": f"{one.size:,} -> {walked.after[key].size:,}"
        for key, one in walked.before.items()
        if walked.after[key].size > 1.5 * one.size + 2_000 + A_ROW * _more_rows(one, walked.after[key])
    }
    assert longer == {}, json.dumps(longer, indent=1)


def _more_rows(one: Cost, other: Cost) -> int:
    return max(0, (other.rows or 0) - (one.rows or 0))


def test_a_list_that_grows_has_pages(walked: Walked) -> None:
    """Whatever grows a little in eight terms and has no pages will go on growing."""
    endless = {
        f"{key[0]} {one.address}": f"{one.size:,} -> {walked.after[key].size:,}"
        for key, one in walked.before.items()
        if walked.after[key].rows is None and key[1].partition("?")[0] not in CUT_SHORT
        if walked.after[key].size > 1.05 * one.size + 500
    }
    assert endless == {}, json.dumps(endless, indent=1)


def test_no_growing_table_is_read_from_one_end_to_the_other(walked: Walked) -> None:
    found: dict[str, str] = {}
    for key, cost in walked.after.items():
        for scan in cost.scans:
            found.setdefault(scan, f"{key[0]} {cost.address}")
    assert found == {}, json.dumps(found, indent=1)
