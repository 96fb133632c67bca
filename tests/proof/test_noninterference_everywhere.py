"""Hidden words and foreign numbers in every field of every page, in two worlds: minutes of a core."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.noninterference import READERS, a_few, differences, every_one
from tests.town import Town, living_in
from tests.walking import IS_SMALL, quiet

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    with living_in(django_db_blocker) as town, quiet():
        yield town


@pytest.mark.parametrize("name", READERS)
def test_what_one_may_not_know_changes_nothing(town: Town, name: str) -> None:
    assert differences(town, name, a_few) == {}


@pytest.mark.skipif(IS_SMALL, reason="every value in every field takes the best part of an hour")
@pytest.mark.parametrize("name", READERS)
def test_what_one_may_not_know_changes_nothing_whatever_is_asked(town: Town, name: str) -> None:
    assert differences(town, name, every_one) == {}
