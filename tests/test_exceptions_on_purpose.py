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
OF_PEOPLE = [each for each in WALKED if each.parameter == "person"]
NUMBER = "70005"


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    with living_in(django_db_blocker) as town:
        yield town


def question(each: OnPurpose, town: Town) -> Question:
    if each.parameter != "any":
        return Question("GET", f"/p/haren/{each.address}", ((each.parameter, NUMBER),))
    address = each.address.replace("OWN", str(town.sessions["theirs1"].pk))
    clashing = town.sessions["secret1"].starts_at
    asked = (("view", "day"), ("day", f"{clashing:%Y-%m-%d}")) if "minutes" in address else ()
    return Question("GET", f"/p/haren/{address}", asked)


def test_the_table_is_read() -> None:
    assert {(each.address, each.parameter) for each in exceptions()} >= {("who-looked/", "person")}
    assert ("every reader", "every board", "version") in [
        (each.reader, each.address, each.parameter) for each in exceptions()
    ]
    assert {each.reader for each in WALKED} <= set(READERS)


@pytest.mark.parametrize("each", WALKED, ids=lambda each: f"{each.reader} {each.address}")
def test_an_exception_allows_what_differs_and_nothing_else(town: Town, each: OnPurpose) -> None:
    one, reader = question(each, town), READERS[each.reader]
    walker = Walker(town.users[reader.user])
    with a_world(town, ()):
        before = said(walker, one)
    with a_world(town, reader.differs):
        assert said(walker, one) != before
    assert each.allows(each.reader, one, town)
    others = [Question("POST", one.address), Question("GET", "/p/haren/", one.data)]
    if each.parameter == "any":
        number, foreign = (str(town.sessions[key].pk) for key in ("theirs1", "secret1"))
        others += [Question("GET", one.address.replace(number, foreign))]
    else:
        others += [Question("GET", one.address, (("page", NUMBER),))]
        others += [Question("GET", one.address, (*one.data, ("by", "1")))]
    assert not any(each.allows(each.reader, other, town) for other in others)
    assert not any(each.allows(name, one, town) for name in READERS if name != each.reader)


@pytest.mark.parametrize("each", OF_PEOPLE, ids=lambda each: f"{each.reader} {each.address}")
def test_whoever_asks_for_a_person_is_on_record(town: Town, each: OnPurpose) -> None:
    walker, person = Walker(town.users[READERS[each.reader].user]), town.people[5]
    with walker.on_the_way():
        answer = walker.plainly("GET", f"/p/haren/{each.address}", {each.parameter: NUMBER})
        looks = Reading.objects.filter(by=walker.user, person_id=person.pk)
        assert answer.status_code == 200 and [look.verb for look in looks] == ["see"]
