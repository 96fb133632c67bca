"""The REST API: who may read what, in one form of answer and of refusal."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from prisons.domain.people.tokens import create_token
from tests.factories import make_room, make_series, make_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(client):
    """`ask(user, "/haren/rooms")`: the answer to a program with this person's token."""

    def ask(user: Any, address: str, **headers: str) -> Any:
        _row, secret = create_token(user.memberships.first(), "test", by=user)
        return client.get(f"/api/v1{address}", headers={"Authorization": f"Bearer {secret}", **headers})

    return ask


@pytest.fixture
def room(haren):
    return make_room(haren, name="Klas A")


@pytest.fixture
def series(haren, service):
    return make_series(haren, organisation=service, list_code="B7", label="")


def test_rooms(ask, organiser_anna, room):
    answer = ask(organiser_anna, "/haren/rooms")
    assert answer.status_code == 200
    assert [(row["id"], row["name"], row["is_in_use"]) for row in answer.json()["items"]] == [
        (room.pk, "Klas A", True)
    ]


def test_sessions_of_a_week_by_the_wall_clock(ask, organiser_anna, room, series):
    make_session(series, "2026-10-23 09:00", room=room)
    make_session(series, "2026-10-26 09:00", room=room)
    (before,) = ask(organiser_anna, "/haren/sessions?week=2026-W43").json()["items"]
    (after,) = ask(organiser_anna, "/haren/sessions?week=2026-W44").json()["items"]
    assert before["starts_at"] == "2026-10-23T09:00:00+02:00"
    assert after["starts_at"] == "2026-10-26T09:00:00+01:00"
    assert (after["title"], after["room"], after["week"]) == (str(series), "Klas A", "2026-W44")


def test_the_prison_reads_neutral_names_of_what_is_published(ask, liaison_bert, room, series):
    make_session(series, "2026-11-23 09:00", room=room)
    make_session(series, "2026-11-24 09:00", room=room, state="published")
    answer = ask(liaison_bert, "/haren/sessions?week=2026-W48")
    assert [row["title"] for row in answer.json()["items"]] == ["Activiteit / Activité B7"]
    assert str(series).encode() not in answer.content


@pytest.mark.parametrize("address", ["/saint-gilles/rooms", "/saint-gilles/sessions", "/nowhere/rooms"])
def test_another_prison_is_not_there(ask, organiser_anna, saint_gilles, address):
    answer = ask(organiser_anna, address)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_token_of_another_prison_reads_nothing_of_this_one(ask, stranger_dirk, room):
    assert ask(stranger_dirk, "/haren/rooms").status_code == 404


def test_without_the_right_the_answer_says_so(ask, worker_chloe, haren):
    answer = ask(worker_chloe, "/haren/rooms")
    assert (answer.status_code, answer.json()["code"]) == (403, "missing_right")


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic x"}])
def test_without_a_token_nothing(client, haren, header):
    answer = client.get("/api/v1/haren/rooms", headers=header)
    assert (answer.status_code, answer.json()["code"]) == (401, "no_token")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("week", ["2026-W99", "tomorrow", "2026-48"])
def test_a_week_that_is_none(ask, organiser_anna, week):
    answer = ask(organiser_anna, f"/haren/sessions?week={week}")
    assert (answer.status_code, answer.json()["code"]) == (422, "not_a_week")


def test_a_refusal_speaks_the_language_of_the_caller(ask, worker_chloe, haren):
    said = {
        lang: ask(worker_chloe, "/haren/rooms", **{"Accept-Language": lang}).headers for lang in ("nl", "fr")
    }
    assert {lang: headers["Content-Language"] for lang, headers in said.items()} == {"nl": "nl", "fr": "fr"}


def test_as_many_queries_for_one_session_as_for_twelve(ask, organiser_anna, room, series):
    counts = []
    for hours in (range(8, 9), range(9, 20)):
        for hour in hours:
            make_session(series, f"2026-11-23 {hour:02}:00", minutes=60, room=room)
        with CaptureQueriesContext(connection) as queries:
            answer = ask(organiser_anna, "/haren/sessions?week=2026-W48")
        counts.append(len(queries))
    assert answer.json()["total"] == 12
    assert counts[0] >= counts[1]
