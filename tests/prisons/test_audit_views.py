import ast
import datetime as dt
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.functional import Promise

from core.web import pages
from enrollment.domain.participants import acts
from enrollment.domain.slips import reply_slips
from enrollment.models import Participant, Slip
from prisons.domain.records import audit
from prisons.words.fields import FIELDS, name_of_field
from prisons.words.verbs import VERBS
from sessions.models import GroupSession
from tests.factories import at as make_at
from tests.factories import (
    make_enrollment,
    make_membership,
    make_participant,
    make_series,
    make_user,
    signed_in,
)

ROOT = Path(__file__).resolve().parents[2]
NOON = dt.datetime(2026, 11, 23, 11, tzinfo=dt.UTC)


@pytest.fixture
def url(haren, organiser_anna, coordinator_karim):
    audit.record(haren, organiser_anna, "invite", haren, fields=["role"], now=NOON)
    audit.record(haren, coordinator_karim, "end_role", haren, now=NOON + dt.timedelta(days=1))
    return reverse("enrollment:audit_list", args=["haren"])


def verbs(answer):
    return [entry.verb for entry, *_words in answer.context["rows"]]


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


def test_an_audit_of_years_is_counted_and_leafed_through_only_so_far(
    url, haren, auditor_greet, organiser_anna, monkeypatch
):
    monkeypatch.setattr(pages, "MOST", 100)
    greet = signed_in(auditor_greet)
    assert b"older ones" not in greet.get(url).content
    audit.record_many(haren, organiser_anna, "invite", [haren] * 120, now=NOON)
    answer = greet.get(url, {"page": 2})
    assert (answer.context["page"].paginator.count, answer.context["page"].has_next()) == (100, False)
    assert b"older ones" in answer.content
    assert verbs(greet.get(url, {"verb": "end_role"})) == ["end_role"]  # a filter finds what is older


def test_the_choices_are_what_there_is(
    url, haren, saint_gilles, auditor_greet, coordinator_karim, stranger_dirk
):
    audit.record(saint_gilles, stranger_dirk, "approve", haren, now=NOON)
    assert audit.verbs_in(haren) == ["end_role", "invite"]
    assert coordinator_karim.pk in audit.actors_in(haren)
    assert stranger_dirk.pk not in audit.actors_in(haren)


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
    answer = signed_in(stranger_dirk).get(reverse("enrollment:audit_list", args=[saint_gilles.slug]))
    assert verbs(answer) == [] and "Karim" not in answer.content.decode()


def test_fields_are_told_in_words(haren, organiser_anna, auditor_greet):
    audit.record(haren, organiser_anna, "move", (GroupSession, 7), fields=["starts_at", "room"], now=NOON)
    audit.record(haren, organiser_anna, "change", haren, fields=["roster_as_of"], now=NOON)
    page = signed_in(auditor_greet).get(reverse("enrollment:audit_list", args=["haren"])).content.decode()
    assert "starts_at" not in page and "roster_as_of" not in page
    assert "room, start" in page and "cells as of" in page


def audited_names():
    """Names of fields that stand in the source as what an act wrote."""
    for app in ("prisons", "rooms", "sessions", "enrollment", "planner"):
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("record", "record_many"):
                    given = [keyword.value for keyword in node.keywords if keyword.arg == "fields"]
                    for part in (part for value in given for part in ast.walk(value)):
                        if isinstance(part, ast.Constant) and isinstance(part.value, str):
                            yield part.value


def test_every_act_has_words():
    """An act that nobody gave words is found here, and not by whoever reads "warn permission"."""
    acts = set()
    for app in ("prisons", "rooms", "sessions", "enrollment", "planner"):
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("record", "record_many"):
                    acts |= {part.value for part in node.args[2:3] if isinstance(part, ast.Constant)}
    assert len(acts) > 60
    assert {act for act in acts if act not in VERBS and act.split("_")[0] not in VERBS} == set()


def test_every_audited_field_has_a_word():
    forms = {
        field.name
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(getattr(field, "verbose_name", None), Promise)
    }
    names = {name for name in audited_names() if name[0] != "_"}  # "_at" ends a name made on the spot
    assert len(names) > 20
    assert names - FIELDS.keys() - forms == set()


@pytest.mark.parametrize(
    ("model", "name", "words"),
    [
        ("group_sessions.groupsession", "room_id", "room"),
        ("group_sessions.series", "is_drop_in", "drop-in: counted, without enrolment"),
        ("gone.model", "starts_on", "first day"),
        ("group_sessions.series", "never_heard_of", "never heard of"),
        ("nonsense", "state", "state"),
    ],
)
def test_word_of_a_field(model, name, words):
    assert name_of_field(model, name) == words


def test_what_another_service_did_about_somebody_is_not_found(haren, service, other_service, organiser_anna):
    """Whoever knows a number would learn who has asked there, and who takes part in what."""
    who, karim = make_participant(haren, "Peeters, Jan", register_number="4711"), make_user("Karim")
    make_membership(karim, haren, "coordinator", service)
    mine = make_enrollment(make_series(haren, organisation=service), who)
    theirs = make_enrollment(make_series(haren, organisation=other_service), who)
    for row in (who, mine, theirs, *(make_slip(row) for row in (mine, theirs))):
        audit.record(haren, organiser_anna, "change", row)
    page = signed_in(karim).get(reverse("enrollment:audit_list", args=["haren"]), {"person": "4711"})
    shown = {(entry.model, entry.object_id) for entry, *_words in page.context["rows"]}
    assert shown == {
        ("enrollment.participant", who.pk),
        ("enrollment.enrollment", mine.pk),
        ("enrollment.slip", mine.slips.get().pk),
    }


def make_slip(enrollment):
    return reply_slips.write(
        enrollment.series.prison, enrollment.participant, Slip.Kind.PLACED,
        request=None, enrollment=enrollment, now=make_at("2026-11-02 10:00"),
    )  # fmt: skip


def test_every_kind_of_row_of_a_person_is_a_services_or_the_prisons():
    """A new one is thought about on the day it is made."""
    of_the_prison = {"Absence", "FixedBlock", "LevelHeld", "Stay"}
    kinds = {relation.related_model for relation in Participant._meta.related_objects}
    assert {kind.__name__ for kind in kinds - set(acts.OWNERS)} == of_the_prison and set(acts.OWNERS) <= kinds


def test_the_acts_about_one_person_are_found_by_number(haren, service, organiser_anna, auditor_greet):
    """The person's own row, and every row that is the person's; nobody else's."""
    who = make_participant(haren, "Peeters, Jan", register_number="4711")
    other = make_participant(haren, "Claes, Cis")
    place = make_enrollment(make_series(haren, organisation=service), who)
    for row in (who, other, place):
        audit.record(haren, organiser_anna, "change", row)
    greet = signed_in(auditor_greet)
    for asked in ("4711", str(who.pk)):
        page = greet.get(reverse("enrollment:audit_list", args=["haren"]), {"person": asked})
        shown = {(entry.model, entry.object_id) for entry, *_words in page.context["rows"]}
        assert shown == {("enrollment.participant", who.pk), ("enrollment.enrollment", place.pk)}
    page = greet.get(reverse("enrollment:audit_list", args=["haren"]), {"person": "0815"})
    assert page.status_code == 422
