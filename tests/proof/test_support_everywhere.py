"""Support with masked names: every page and file of a prison, without one name or button, and with the banner."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from enrollment.models import Participant, Stay
from tests.pages import sending
from tests.town import Town, living_in, taken_back
from tests.walking import filled, parts_of, quiet, routes

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    with living_in(django_db_blocker) as town, quiet():
        yield town


def test_no_page_and_no_file_shows_a_name_and_each_page_says_so(town):
    client, secret, shown = Client(raise_request_exception=False), _names(), 0
    client.force_login(town.users["superuser"])
    assert client.post("/p/haren/support/", {"why": "support_fault"}).status_code == 302
    for address in _addresses(town):
        with taken_back():
            answer = client.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        text = body.decode(errors="ignore")
        assert not secret.search(text), (address, secret.search(text))
        if answer.status_code == 200 and "<main" in text:
            shown += 1
            assert sending(text) == [], address
            assert "/support/end/" in text or "masked names until" in text, address
    assert shown > 60


def _names() -> re.Pattern[str]:
    words = {*Participant.objects.values_list("last_name", flat=True)}
    words |= {*Stay.objects.values_list("register_number", flat=True)}
    staff = {"Peeters", "Dubois", "Lambert", "Wouters", "Claes"}
    return re.compile(r"\b(" + "|".join(sorted(words - staff)) + r")\b")


def _addresses(town: Town) -> Iterator[str]:
    rows = [
        town.people[0],
        town.people[3],
        town.series["dutch"],
        town.sessions["dutch1"],
        *town.prison.units.all(),
    ]
    for route, _pattern in routes():
        if route.startswith("p/"):
            names_ = [name for kind, name in parts_of(route) if kind in ("int", "number")]
            yield from (
                {filled(route, dict.fromkeys(names_, row.pk)) for row in rows}
                if names_
                else [filled(route, {})]
            )
