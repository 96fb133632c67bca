"""A program that asks too often, or guesses tokens, is told to wait."""

import pytest
from django.core.cache import cache
from django.test import Client

from prisons import api_limits
from prisons.domain.people.tokens import create_token


@pytest.fixture(autouse=True)
def nothing_counted(db):
    api_limits._asked.clear()
    cache.clear()


def test_a_token_may_ask_so_often_and_another_still_may(haren, organiser_anna, settings):
    settings.API_PER_MINUTE = 3
    membership = organiser_anna.memberships.get()
    one, other = (create_token(membership, name, by=organiser_anna)[1] for name in ("one", "other"))

    def ask(token):
        return Client().get("/api/v1/haren/rooms", headers={"Authorization": f"Bearer {token}"})

    assert [ask(one).status_code for _time in range(4)] == [200, 200, 200, 429]
    refused = ask(one)
    assert refused.json()["code"] == "too_many" and refused["Retry-After"] == "60"
    assert ask(other).status_code == 200


def test_guessing_tokens_ends(haren, settings):
    settings.API_WRONG_TOKENS_PER_MINUTE = 3
    ask = [
        Client().get("/api/v1/haren/rooms", headers={"Authorization": f"Bearer guess{number}"}).status_code
        for number in range(5)
    ]
    assert ask == [401, 401, 401, 429, 429]
