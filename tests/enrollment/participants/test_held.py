"""Everything held about one person: complete, for those who may, and gone when the person is forgotten."""

import datetime as dt
import json

import pytest
from django.apps import apps
from django.db import models
from django.urls import reverse

from core.dates import clock
from core.words.names import NameField, NamesBinaryField, NamesJSONField
from enrollment import tasks
from enrollment.domain.lists import cut_off
from enrollment.domain.notes import note_intake
from enrollment.domain.participants import forgetting, held, merging
from enrollment.domain.requests import decisions
from enrollment.exports.held import PARTS, WORDS
from enrollment.models import Participant, RosterDraft
from prisons.models import AuditEntry
from tests.factories import make_enrollment, make_participant, make_series, make_session, signed_in
from tests.test_architecture import ROOT

pytestmark = pytest.mark.django_db
TRUST = ROOT / "docs" / "trust.md"
APPS = ("prisons", "rooms", "group_sessions", "enrollment", "planner")


@pytest.fixture
def jan(haren):
    return make_participant(haren, "Zebedeus, Jan", register_number="987654")


def test_every_row_about_a_person_is_told():
    told = {each.model for each in held.HELD.values()}
    hanging = {relation.related_model for relation in Participant._meta.related_objects}
    assert {model for model in hanging if model not in told} == set()
    assert held.HELD.keys() == WORDS.keys()


def test_as_json_and_as_pdf_from_the_page(haren, jan, service, coordinator_karim):
    make_enrollment(make_series(haren, organisation=service), jan)
    karim, where = signed_in(coordinator_karim), ["haren", jan.pk]
    assert "everything.json" in karim.get(reverse("enrollment:person_detail", args=where)).content.decode()
    facts = json.loads(karim.get(reverse("enrollment:person_held_json", args=where)).content)
    assert facts["name"] == "Zebedeus" and facts["stays"][0]["register_number"] == "987654"
    assert len(facts["enrolments"]) == 1 and facts["looks"]
    answer = karim.get(reverse("enrollment:person_held_pdf", args=where))
    assert answer.content.startswith(b"%PDF") and "Zebedeus" not in answer["Content-Disposition"]
    assert AuditEntry.objects.filter(verb="export", object_id=jan.pk, by=coordinator_karim).count() == 2


def test_what_another_service_knows_is_not_told(haren, saint_gilles, jan, other_service, coordinator_karim):
    make_enrollment(make_series(haren, organisation=other_service), jan)
    address = reverse("enrollment:person_held_json", args=["haren", jan.pk])
    assert json.loads(signed_in(coordinator_karim).get(address).content)["enrolments"] == []
    assert len(held.everything_about(jan)["enrolments"]) == 1


def test_which_pages_another_service_looked_at_is_not_told(
    haren, jan, other_service, organiser_emile, coordinator_karim
):
    """The page of their group, with this person on it, would tell that Jan takes part."""
    group = make_series(haren, organisation=other_service)
    make_enrollment(group, jan)
    emile = signed_in(organiser_emile)
    assert emile.get(reverse("enrollment:series_detail", args=["haren", group.pk])).status_code == 200
    assert emile.get(reverse("enrollment:person_detail", args=["haren", jan.pk])).status_code == 200
    looked_at = {look["page"] for look in held.everything_about(jan)["looks"]}
    assert looked_at == {"enrollment:series_detail", "enrollment:person_detail"}
    address = reverse("enrollment:person_held_json", args=["haren", jan.pk])
    looks = json.loads(signed_in(coordinator_karim).get(address).content)["looks"]
    assert [look["page"] for look in looks] == ["enrollment:person_detail"]


@pytest.mark.parametrize("fixture", ["organiser_anna", "liaison_bert", "worker_chloe", "auditor_greet"])
def test_who_may_not_take_it(request, jan, fixture):
    address = reverse("enrollment:person_held_json", args=["haren", jan.pk])
    assert signed_in(request.getfixturevalue(fixture)).get(address).status_code == 403


def fields_that_could_hold_a_name():
    kinds = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
    for model in apps.get_models():
        if model._meta.app_label in APPS:
            for field in model._meta.concrete_fields:
                if isinstance(field, kinds) and not field.choices:
                    yield f"{model._meta.label_lower}.{field.name}"


def test_every_field_that_could_hold_a_name_is_accounted_for():
    """Either a row of the table in docs/trust.md says where, why, how long and who clears it, or the list below it."""
    text = TRUST.read_text(encoding="utf-8")
    missing = [field for field in fields_that_could_hold_a_name() if f"`{field}`" not in text]
    assert missing == [], "say in docs/trust.md whether these hold a name"
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    marked = {
        f"{model._meta.label_lower}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, NameField | NamesJSONField | NamesBinaryField)
    }
    assert {field for field in marked if not any(f"`{field}`" in row for row in rows)} == set()


def everywhere(word):
    """Columns of any table in which this word stands now."""
    found = set()
    for name in fields_that_could_hold_a_name():
        label, _dot, field = name.rpartition(".")
        for value in apps.get_model(label)._default_manager.values_list(field, flat=True):
            if word.lower() in json.dumps(value, default=repr, ensure_ascii=False).lower():
                found.add(name)
    return found


def test_forgetting_leaves_the_name_nowhere(haren, jan, organiser_anna):
    lines = [{"last_name": "Zebedeus", "first_name": "Jan", "register_number": "987654"}]
    RosterDraft.objects.create(
        prison=haren, by=organiser_anna, created_at=clock.now(), lines=lines, file_name="lijst zebedeus.csv"
    )
    other = RosterDraft.objects.create(
        prison=haren, by=organiser_anna, created_at=clock.now(), lines=[{"last_name": "Peeters"}]
    )
    assert "enrollment.rosterdraft.lines" in everywhere("zebedeus")
    forgetting.forget(jan)
    assert everywhere("zebedeus") == set() and everywhere("987654") == set()
    other.refresh_from_db()
    assert other.lines


def test_the_nightly_job_empties_drafts_of_yesterday(haren, organiser_anna):
    yesterday = clock.now() - dt.timedelta(hours=25)
    lines = [{"last_name": "Zebedeus"}]
    draft = RosterDraft.objects.create(prison=haren, by=organiser_anna, created_at=yesterday, lines=lines)
    tasks.tend_people()
    draft.refresh_from_db()
    assert draft.lines == []


def test_columns_of_the_paper_have_words():
    from prisons.words.fields import FIELDS

    fields = {field.replace("__", "_") for each in held.HELD.values() for field in each.fields}
    known = {name for name in fields if name in PARTS or name.removesuffix("_id") in FIELDS}
    assert fields - known - {"state", "reason", "kind", "mark", "at"} == set()


def test_what_is_said_to_hold_no_name_holds_none(haren, jan, service, organiser_anna, liaison_bert):
    """After a life in the program the name stands in columns with a row in docs/trust.md and in no other."""
    mine, theirs = (make_series(haren, organisation=service, places=1) for _number in range(2))
    there = clock.now() + dt.timedelta(days=8)  # its lists close later, whatever the hour is
    make_session(mine, there, state="published")
    note = note_intake.enter_note(
        haren, participant=jan, asks=[note_intake.NoteAsk(series=mine)], by=organiser_anna
    )
    decisions.approve(note.requests.get().enrollment, by=organiser_anna)
    note_intake.enter_note(
        haren, participant=jan, asks=[note_intake.NoteAsk(series=theirs)], by=organiser_anna
    )
    cut_off.freeze_everywhere(now=there - dt.timedelta(hours=1))
    twin = make_participant(haren, "Zebedeus, J.", register_number="987655")
    merging.merge(jan, twin, haren, merging.MergeDecision("twice", is_sure=True), by=organiser_anna)
    anna, bert = signed_in(organiser_anna), signed_in(liaison_bert)
    anna.get(reverse("planner:search", args=["haren"]), {"q": "zebedeus"})
    bert.post(reverse("enrollment:person_leave", args=["haren", jan.pk]), {"on": f"{clock.today()}"})
    rows = [line for line in TRUST.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    found = everywhere("zebedeus") | everywhere("987654")
    assert len(found) > 5
    assert {name for name in found if not any(f"`{name}`" in row for row in rows)} == set()
