"""Each page that needs no number, as each reader, in two worlds that differ only in what that reader may not know.

Plain, as somebody clicks: every parameter and every number is asked by tests/proof/test_noninterference_everywhere.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.noninterference import READERS, SECRETS, Question, a_world, between, said
from tests.town import Town, living_in
from tests.walking import Walker, filled, parts_of, quiet, routes

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    with living_in(django_db_blocker) as town, quiet():
        yield town


def pages() -> list[Question]:
    return [
        Question("GET", filled(route, {}))
        for route, _pattern in routes()
        if not {kind for kind, _name in parts_of(route)} & {"int", "number"} and "secret" not in route
    ]


@pytest.mark.parametrize("name", READERS)
def test_what_one_may_not_know_changes_no_page(town: Town, name: str) -> None:
    reader, asked = READERS[name], pages()
    walker = Walker(town.users[reader.user])
    with a_world(town, ()):
        before = {one: said(walker, one) for one in asked}
    with a_world(town, reader.differs):
        now = {one: said(walker, one) for one in asked}
        again = {one: said(walker, one) for one in asked if now[one] != before[one]}
    found = [
        f"{one.address}: {between(before[one], now[one])}"
        for one in again
        if not (one.address.startswith(SECRETS) and again[one] != now[one])
    ]
    assert not found, "\n".join(found)
    assert sum(answer.startswith(b"200") for answer in now.values()) > 20
