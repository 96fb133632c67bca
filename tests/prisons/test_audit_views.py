import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from prisons.domain import audit
from tests.factories import signed_in

NOON = dt.datetime(2026, 11, 23, 11, tzinfo=dt.UTC)


@pytest.fixture
def url(haren, organiser_anna, coordinator_karim):
    audit.record(haren, organiser_anna, "invite", haren, fields=["role"], now=NOON)
    audit.record(haren, coordinator_karim, "end_role", haren, now=NOON + dt.timedelta(days=1))
    return reverse("prisons:audit_list", args=["haren"])


def verbs(answer):
    return [entry.verb for entry, _words, _model in answer.context["rows"]]


def test_newest_first_in_words(url, auditor_greet):
    answer = signed_in(auditor_greet).get(url)
    assert verbs(answer) == ["end_role", "invite"]
    assert "invited somebody" in answer.content.decode()


def test_filter_by_person_verb_and_day(url, auditor_greet, organiser_anna):
    greet = signed_in(auditor_greet)
    assert verbs(greet.get(url, {"by": organiser_anna.pk})) == ["invite"]
    assert verbs(greet.get(url, {"verb": "end_role"})) == ["end_role"]
    assert verbs(greet.get(url, {"on": "2026-11-23"})) == ["invite"]
    assert greet.get(url, {"on": "32 May"}).status_code == 422


def test_long_audit_comes_in_pages_with_the_same_queries(url, haren, auditor_greet, organiser_anna):
    greet = signed_in(auditor_greet)
    greet.get(url)
    with CaptureQueriesContext(connection) as few:
        greet.get(url)
    audit.record_many(haren, organiser_anna, "invite", [haren] * 120, now=NOON)
    with CaptureQueriesContext(connection) as many:
        assert len(verbs(greet.get(url))) == 50
    assert len(many) == len(few)
    assert len(verbs(greet.get(url, {"page": 3}))) == 22
    assert len(verbs(greet.get(url, {"page": "999"}))) == 22


@pytest.mark.parametrize(
    ("fixture", "status"),
    [
        ("coordinator_karim", 200),
        ("organiser_anna", 403),
        ("liaison_bert", 403),
        ("worker_chloe", 403),
        ("stranger_dirk", 404),
    ],
)
def test_who_reads_the_audit(request, url, fixture, status):
    assert signed_in(request.getfixturevalue(fixture)).get(url).status_code == status


def test_nothing_of_another_prison_is_seen(url, saint_gilles, stranger_dirk):
    answer = signed_in(stranger_dirk).get(reverse("prisons:audit_list", args=[saint_gilles.slug]))
    assert verbs(answer) == [] and "Karim" not in answer.content.decode()
