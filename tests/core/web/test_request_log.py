"""A line of the log says which request it belongs to, and never who or what was asked for."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

import pytest
from django.test import Client

from core.web.request_log import JsonLine, WithRequest
from prisons.models import Prison, User
from tests.factories import make_participant, signed_in


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Any:
    """What the log would hold, as objects."""
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.INFO, "tempo.request")
    caplog.handler.addFilter(WithRequest())
    return lambda: [json.loads(JsonLine().format(record)) for record in caplog.records]


def test_each_answer_is_one_line_with_route_and_number(
    haren: Prison, coordinator_karim: User, lines: Any
) -> None:
    person = make_participant(haren, "Geheimnaam, Ali")
    answer = signed_in(coordinator_karim).get(
        f"/p/haren/people/{person.pk}/?q=Geheimnaam", headers={"x-request-id": "from-the-proxy-1"}
    )
    assert answer.headers["X-Request-ID"] == "from-the-proxy-1"
    own = [line for line in lines() if line["logger"] == "tempo.request"]
    assert [(line["route"], line["status"], line["request"]) for line in own] == [
        ("p/<slug:prison>/people/<int:pk>/", 200, "from-the-proxy-1")
    ]
    assert "Geheimnaam" not in json.dumps(lines())


@pytest.mark.parametrize("given", ["", "x", "a" * 65, "with spaces and\nmore", "<script>"])
def test_a_number_that_is_none_is_not_taken_over(db: None, given: str) -> None:
    answer = Client().get("/healthz", headers={"x-request-id": given.replace("\n", " ")})
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-ID"])


def test_secrets_and_traces_are_blotted_out() -> None:
    try:
        raise ValueError("/ical/abcdefghijklmnop.ics")
    except ValueError:
        record = logging.getLogger("x").makeRecord(
            "x", logging.ERROR, "f", 1, "Bearer abcdefghijkl", (), __import__("sys").exc_info()
        )
    line = JsonLine().format(record)
    assert "abcdefgh" not in line
    assert "\n" not in line
    assert json.loads(line)["level"] == "ERROR"


def test_what_django_says_of_a_refusal_bears_the_number_too(
    db: None, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """It is said when every middleware has been left."""
    answer = client.get("/there-is-no-such-page/")
    said = next(record for record in caplog.records if record.name == "django.request")
    WithRequest().filter(said)
    assert said.request_number == answer["X-Request-ID"]
