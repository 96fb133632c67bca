"""A facilitator with an account gets letters in the language chosen there."""

from __future__ import annotations

import pytest

from sessions.models import Worker
from tests.factories import make_user


@pytest.mark.django_db
def test_the_account_decides_and_without_one_the_card(haren: object) -> None:
    user = make_user("Chloe")
    user.language = "fr"
    user.save()
    assert Worker(name="Chloe", language="nl", user=user).letter_language == "fr"
    assert Worker(name="Dirk", language="nl").letter_language == "nl"
