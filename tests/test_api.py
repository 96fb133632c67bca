"""The REST API over HTTP: who may read what, in pages, and what wrong questions get."""

import datetime as dt

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import positive_data_acceptance

from prisons.domain.people.tokens import create_token
from prisons.models import ApiToken, Membership
from sessions.models import Cancellation
from tests.factories import (
    make_activity,
    make_enrollment,
    make_feature,
    make_participant,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_unit,
    make_worker,
)

WEEK = "2026-W48"


def token_of(user) -> str:
    return create_token(Membership.objects.get(user=user), "test", by=user)[1]


def get(user, path, **params):
    return Client().get(f"/api/v1/{path}", params, headers={"Authorization": f"Bearer {token_of(user)}"})


@pytest.fixture
def series(haren, service):
    activity = make_activity(service, title_nl="Praatgroep", title_fr="Groupe de parole", domain="addiction")
    return make_series(haren, activity=activity, list_code="A17", label="Beginners")


@pytest.fixture
def session(haren, service, series):
    make_enrollment(series, make_participant(haren, "Okafor, Zacharie"))
    worker = make_worker(haren, organisation=service, name="Chloe Lambert")
    return make_session(series, room=make_room(haren, name="Klas 1"), workers=[worker], state="published")


def test_a_session_tells_its_facts_with_the_offset_of_brussels(session, organiser_anna):
    answer = get(organiser_anna, "haren/sessions", week=WEEK).json()
    assert (answer["total"], answer["page"], answer["pages"]) == (1, 1, 1)
    (told,) = answer["items"]
    assert told["starts_at"] == "2026-11-23T09:00:00+01:00"
    assert told["titles"]["fr"] == "Groupe de parole"
    assert (told["room_id"], told["room"]) == (session.room_id, "Klas 1")
    assert told["workers"] == [{"name": "Chloe Lambert", "part": "leader"}]
    assert told["week"] == WEEK


def test_the_prison_learns_neutral_names_only(session, series, liaison_bert):
    make_session(series, "2026-11-24 09:00")  # a draft
    hidden = make_session(series, "2026-11-25 09:00", state="cancelled")
    Cancellation.objects.create(session=hidden, reason="worker", was_state="draft", at=session.changed_at)
    for path in ("haren/sessions", "haren/series"):
        answer = get(liaison_bert, path, **({"week": WEEK} if path.endswith("sessions") else {}))
        assert answer.json()["total"] == 1
        assert answer.json()["items"][0]["title"] == "Activiteit / Activité A17"
        told = answer.content.decode()
        assert not any(word in told for word in ("Praatgroep", "parole", "addiction", "Beginners", "De Brug"))


def test_no_answer_names_a_participant(session, organiser_anna, liaison_bert):
    for user in (organiser_anna, liaison_bert):
        for path in ("sessions", "series", "rooms", "slots"):
            assert b"Okafor" not in get(user, f"haren/{path}").content


def test_a_facilitators_token_reads_own_sessions(haren, series, session, worker_chloe):
    mine = make_session(
        series, "2026-11-24 09:00", workers=[make_worker(haren, user=worker_chloe)], state="published"
    )
    answer = get(worker_chloe, "haren/sessions", week=WEEK).json()
    assert [row["id"] for row in answer["items"]] == [mine.pk]
    assert get(worker_chloe, "haren/rooms").status_code == 403


def test_days_instead_of_a_week(series, session, organiser_anna):
    later = make_session(series, "2026-12-01 09:00")
    tray = make_session(series, None, week_on=dt.date(2026, 11, 30))
    ask = {"from": "2026-11-24", "to": "2026-12-01"}
    assert [row["id"] for row in get(organiser_anna, "haren/sessions", **ask).json()["items"]] == [
        later.pk,
        tray.pk,
    ]


@pytest.mark.parametrize(
    "params",
    [
        {"week": "2026-W60"},
        {"week": "next"},
        {"from": "2026-12-01", "to": "2026-11-01"},
        {"from": "2026-01-01", "to": "2027-12-01"},
        {"from": "yesterday"},
        {"from": "0001-01-01"},
        {"page": 0},
        {"page_size": 501},
    ],
)
def test_wrong_questions_are_422(session, organiser_anna, params):
    assert get(organiser_anna, "haren/sessions", **params).status_code == 422


def test_pages(series, organiser_anna):
    made = [make_session(series, f"2026-11-2{day} 09:00").pk for day in range(3, 8)]
    pages = [
        get(organiser_anna, "haren/sessions", week=WEEK, page=page, page_size=2).json()
        for page in (1, 2, 3, 4)
    ]
    assert [row["id"] for page in pages for row in page["items"]] == made
    assert [page["pages"] for page in pages] == [3] * 4


def test_rooms_and_slots(haren, organiser_anna):
    unit = make_unit(haren, "A1")
    make_room(haren, name="Klas 1", capacity=9, features=[make_feature("water")], reachable_from=[unit])
    make_slot(haren, 2, "08:30", "11:00", max_people=40)
    (room,) = get(organiser_anna, "haren/rooms").json()["items"]
    assert (room["capacity"], room["features"], room["reachable_from"]) == (9, ["water"], ["A1"])
    (slot,) = get(organiser_anna, "haren/slots").json()["items"]
    assert (slot["weekday"], slot["starts"], slot["max_people"]) == (2, "08:30:00", 40)


def test_no_token_a_bad_one_and_another_prison(haren, saint_gilles, organiser_anna, stranger_dirk):
    assert Client().get("/api/v1/haren/sessions").status_code == 401
    bad = {"Authorization": "Bearer tempo_wrong"}
    assert Client().get("/api/v1/haren/sessions", headers=bad).status_code == 401
    for path in ("sessions", "series", "rooms", "slots"):
        assert get(stranger_dirk, f"haren/{path}").status_code == 404
        assert get(organiser_anna, f"nowhere/{path}").status_code == 404


def test_a_dead_token_and_an_ended_role(haren, organiser_anna):
    raw = token_of(organiser_anna)
    bearer = {"Authorization": f"Bearer {raw}"}
    assert Client().get("/api/v1/haren/rooms", headers=bearer).status_code == 200
    ApiToken.objects.update(revoked_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert Client().get("/api/v1/haren/rooms", headers=bearer).status_code == 401


def test_the_cost_does_not_grow(haren, series, organiser_anna, django_assert_max_num_queries):
    raw = {"Authorization": f"Bearer {token_of(organiser_anna)}"}
    for number in range(30):
        unit = make_unit(haren)
        room = make_room(haren, features=[make_feature()], reachable_from=[unit])
        make_session(
            series,
            f"2026-11-23 {8 + number // 4:02}:{number % 4 * 15:02}",
            minutes=15,
            room=room,
            workers=[make_worker(haren)],
        )
    for path, most in (("sessions", 7), ("series", 5), ("rooms", 8), ("slots", 5)):
        with django_assert_max_num_queries(most):
            assert Client().get(f"/api/v1/haren/{path}?week={WEEK}", headers=raw).status_code == 200


@pytest.fixture
def open_connection():
    """Asked over WSGI, Django would close the connection in which the test's rows live."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture
def asked_without_end(settings):
    """The schema is asked hundreds of times a minute, with wrong tokens too; test_api_limits holds the limits."""
    settings.API_PER_MINUTE = settings.API_WRONG_TOKENS_PER_MINUTE = 100_000


def test_what_the_schema_says_is_what_is_answered(
    session, organiser_anna, open_connection, asked_without_end
):
    """Any question that the schema allows, and many that it does not: never a 500, always as described."""
    raw = token_of(organiser_anna)
    schema = schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json", get_wsgi_application(), config=SchemathesisConfig()
    )
    operations = [found.ok() for found in schema.get_all_operations()]
    assert {"/api/v1/{prison}/sessions", "/api/v1/{prison}/rooms"} <= {row.full_path for row in operations}
    for operation in operations:

        @settings(max_examples=8, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def ask(case):
            case.path_parameters = {"prison": "haren"}
            bearer = {"Authorization": f"Bearer {raw}"}
            # Rules between parameters (from before to) are more than a schema can say.
            case.call_and_validate(headers=bearer, excluded_checks=[positive_data_acceptance])

        ask()
