"""Each exception in docs/trust.md is one: it names a reader, an address that there is, and what it tells differs.

Whatever else differs fails the walk (tests/proof/test_noninterference_everywhere.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from prisons.models import Reading
from tests.noninterference import READERS, OnPurpose, Question, a_world, exceptions, said
from tests.town import Town, living_in
from tests.walking import Walker

pytestmark = pytest.mark.django_db
WALKED = [each for each in exceptions() if each.parameter != "version"]
NUMBER = "70005"


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    with living_in(django_db_blocker) as town:
        yield town


def question(each: OnPurpose) -> Question:
    return Question("GET", f"/p/haren/{each.address}", ((each.parameter, NUMBER),))


def test_the_table_is_read() -> None:
    assert {(each.address, each.parameter) for each in exceptions()} >= {("who-looked/", "person")}
    assert ("every reader", "every board", "version") in [
        (each.reader, each.address, each.parameter) for each in exceptions()
    ]
    assert {each.reader for each in WALKED} <= set(READERS)


@pytest.mark.parametrize("each", WALKED, ids=lambda each: f"{each.reader} {each.address}")
def test_an_exception_allows_what_differs_and_nothing_else(town: Town, each: OnPurpose) -> None:
    one, reader = question(each), READERS[each.reader]
    walker = Walker(town.users[reader.user])
    with a_world(town, ()):
        before = said(walker, one)
    with a_world(town, reader.differs):
        assert said(walker, one) != before
    assert each.allows(each.reader, one)
    others = [Question("POST", one.address), Question("GET", one.address, (("page", NUMBER),))]
    others += [Question("GET", one.address, (*one.data, ("by", "1"))), Question("GET", "/p/haren/", one.data)]
    assert not any(each.allows(each.reader, other) for other in others)
    assert not any(each.allows(name, one) for name in READERS if name != each.reader)


@pytest.mark.parametrize("each", WALKED, ids=lambda each: f"{each.reader} {each.address}")
def test_whoever_asks_for_a_person_is_on_record(town: Town, each: OnPurpose) -> None:
    walker, person = Walker(town.users[READERS[each.reader].user]), town.people[5]
    with walker.on_the_way():
        answer = walker.plainly("GET", f"/p/haren/{each.address}", {each.parameter: NUMBER})
        looks = Reading.objects.filter(by=walker.user, person_id=person.pk)
        assert answer.status_code == 200 and [look.verb for look in looks] == ["see"]
