"""Every rubbish in every field of every page, one at a time and as every role: minutes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.test_rubbish import RUBBISH, WORST, at_once, broken_by, one_by_one
from tests.town import Town, living_in
from tests.walking import Walker, quiet

pytestmark = pytest.mark.django_db
ROLES = ("coordinator", "neighbour", "liaison", "worker", "auditor", "superuser", "stranger", None)


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    with living_in(django_db_blocker) as town, quiet():
        yield town


def test_no_parameter_or_field_breaks_a_page(town: Town) -> None:
    assert broken_by(Walker(town.users["everybody"]), at_once, WORST) == {}


def test_one_at_a_time(town: Town) -> None:
    assert broken_by(Walker(town.users["everybody"]), one_by_one, RUBBISH) == {}


@pytest.mark.parametrize("role", ROLES)
def test_as_every_role(town: Town, role: str | None) -> None:
    assert broken_by(Walker(town.users[role] if role else None), at_once, RUBBISH) == {}
