"""Redis away: signing in goes on, and wrong passwords are still counted."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.test import Client, override_settings
from redis.exceptions import ConnectionError as RedisIsAway

from core import shared_cache
from tests.factories import make_user

AWAY = {
    "default": {"BACKEND": "core.shared_cache.RedisOrDatabase", "LOCATION": "redis://127.0.0.1:1/0"},
    "database": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_entries"},
}


@pytest.fixture(autouse=True)
def cache_table(db: None) -> None:
    call_command("createcachetable", verbosity=0)


@override_settings(CACHES=AWAY)
def test_signing_in_goes_on_and_guessing_is_counted(caplog: pytest.LogCaptureFixture) -> None:
    user = make_user("Karim Haddad")
    user.set_password("een lang wachtwoord")
    user.save()
    with caplog.at_level(logging.ERROR, "tempo.cache"):
        answer = _sign_in(user.email, "een lang wachtwoord")
    assert answer.status_code == 302
    assert "the database is the cache meanwhile" in caplog.text
    tries = [b"Too many" in _sign_in(user.email, "falsch").content for _try in range(7)]
    assert tries[0] is False
    assert tries[-1] is True


def _sign_in(email: str, password: str) -> Any:
    sent = {"login": email, "password": password}
    return Client(headers={"accept-language": "en"}).post("/accounts/login/", sent)


@override_settings(CACHES=AWAY)
def test_redis_is_asked_again_after_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    cache, asked = caches["default"], []

    def get(self: Any, key: str, *_more: Any) -> None:
        asked.append(key)
        raise RedisIsAway

    monkeypatch.setattr(shared_cache.RedisCache, "get", get)
    cache.set("here", 1)
    cache._away_until = 0
    assert [cache.get("here") for _time in range(3)] == [1, 1, 1]
    assert asked == ["here"], "once, then not for a while"
    monkeypatch.setattr(shared_cache, "PAUSE", 0)
    cache._away_until = 0
    cache.get("here")
    cache.get("here")
    assert len(asked) == 3


@override_settings(CACHES=AWAY)
def test_a_count_that_was_begun_in_redis_goes_on() -> None:
    assert caches["default"].incr("begun-elsewhere") == 1
    assert caches["default"].incr("begun-elsewhere") == 2
