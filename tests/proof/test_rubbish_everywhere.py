"""Every rubbish in every field of every page, one at a time, as every role, by programs too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from enrollment.domain.lists import cut_off
from tests.test_rubbish import RUBBISH, WORST, Doors, at_once, broken_by, one_by_one
from tests.town import Town, living_in
from tests.walking import IS_SMALL, Walker, quiet

pytestmark = pytest.mark.django_db
ROLES = (
    "everybody",
    "coordinator",
    "neighbour",
    "liaison",
    "worker",
    "auditor",
    "superuser",
    "stranger",
    None,
)


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    with living_in(django_db_blocker) as town, quiet():
        cut_off.freeze_everywhere()  # else whatever is sent would do it anew each time
        yield town


@pytest.fixture(scope="module")
def doors() -> Doors:
    return Doors()


def test_a_field_that_comes_twice_breaks_nothing(town: Town, doors: Doors) -> None:
    assert broken_by(Walker(town.users["everybody"]), at_once, WORST, doors) == {}


@pytest.mark.parametrize("role", ROLES)
def test_one_at_a_time_as_every_role(town: Town, doors: Doors, role: str | None) -> None:
    walker, rubbish = Walker(town.users[role] if role else None), WORST if IS_SMALL else RUBBISH
    assert broken_by(walker, one_by_one, rubbish, doors, ROLES.index(role)) == {}
