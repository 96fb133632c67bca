"""The prison's agreement: the place is held, the answer carries no reason, and a freed place goes on."""

import pytest
from django.urls import reverse

from core.errors import PlannerError
from enrollment.domain.notes.note_intake import NoteAsk, enter_note
from enrollment.domain.requests import agreement, decisions, waiting_list
from enrollment.domain.requests.seats import count
from enrollment.models import Enrollment, EnrollmentStep, Request, Slip
from tests.factories import make_enrollment, make_participant, make_series, signed_in
from tests.printed import text_of

E = Enrollment.State


@pytest.fixture
def group(haren, service):
    haren.asks_agreement = True
    haren.save()
    return make_series(haren, organisation=service, places=2, weeks=300)


def ask(group, by):
    note = enter_note(
        group.prison, participant=make_participant(group.prison), asks=[NoteAsk(series=group)], by=by
    )
    return Enrollment.objects.get(request__note=note)


def answer(row, value, by):
    return agreement.answer(row.series.prison, {row.pk: value}, by=by)


def test_the_place_is_held_and_the_request_stays_undecided(group, organiser_anna):
    row = decisions.approve(ask(group, organiser_anna), by=organiser_anna)
    assert row.state == E.AWAITING and count(group).free == 1
    assert Request.objects.undecided().get() == row.request and not Slip.objects.exists()


def test_yes_places_with_a_slip(group, organiser_anna, liaison_bert):
    row = decisions.approve(ask(group, organiser_anna), by=organiser_anna)
    answer(row, "yes", liaison_bert)
    row.refresh_from_db()
    assert (row.state, Slip.objects.get().kind) == (E.PLACED, "placed")


def test_no_gives_the_place_on_and_says_who_decided(group, organiser_anna, liaison_bert):
    rows = [decisions.approve(ask(group, organiser_anna), by=organiser_anna) for _ in range(3)]
    assert [row.state for row in rows] == [E.AWAITING, E.AWAITING, E.WAITING]
    outcome = answer(rows[0], "no", liaison_bert)
    rows[2].refresh_from_db()
    assert outcome.filled == 1 and rows[2].state == E.AWAITING
    slip = Slip.objects.get(participant=rows[0].participant, replaced_at=None)
    assert (slip.kind, slip.reason) == ("declined", "prison")


def test_not_now_waits_until_somebody_asks_again(group, organiser_anna, liaison_bert):
    row = decisions.approve(ask(group, organiser_anna), by=organiser_anna)
    answer(row, "not_now", liaison_bert)
    row.refresh_from_db()
    assert row.state == E.WAITING and count(group).free == 2, "the prison is not asked again by itself"
    assert waiting_list.refused_by_prison([row]) == {row.pk}
    other = decisions.approve(ask(group, organiser_anna), by=organiser_anna)
    assert other.state == E.AWAITING
    assert EnrollmentStep.objects.get(enrollment=row, verb="pass_over").reason == "not_now"
    assert agreement.ask_again(row, by=organiser_anna).state == E.AWAITING


def test_an_answer_for_somebody_who_withdrew_changes_nothing(group, organiser_anna, liaison_bert):
    rows = [decisions.approve(ask(group, organiser_anna), by=organiser_anna) for _ in range(2)]
    decisions.withdraw(rows[0], by=organiser_anna)
    with pytest.raises(PlannerError) as error:
        agreement.answer(group.prison, {rows[0].pk: "yes", rows[1].pk: "yes"}, by=liaison_bert)
    assert error.value.status == 409
    rows[1].refresh_from_db()
    assert rows[1].state == E.AWAITING


def test_the_prison_answers_under_neutral_names(group, haren, organiser_anna, liaison_bert):
    row = decisions.approve(ask(group, organiser_anna), by=organiser_anna)
    url, browser = reverse("enrollment:agreement", args=[haren.slug]), signed_in(liaison_bert)
    page = browser.get(url).content.decode()
    assert str(row.participant) in page and group.neutral_name in page and str(group.activity) not in page
    browser.post(url, {f"answer-{row.pk}": "yes"})
    row.refresh_from_db()
    assert row.state == E.PLACED
    assert browser.post(url, {f"answer-{row.pk}": "no"}).status_code == 409


def test_a_service_types_in_answers_for_its_own_groups_only(group, haren, organiser_anna, organiser_emile):
    row = decisions.approve(ask(group, organiser_anna), by=organiser_anna)
    url = reverse("enrollment:agreement", args=[haren.slug])
    assert str(row.participant).encode() not in signed_in(organiser_emile).get(url).content
    assert signed_in(organiser_emile).post(url, {f"answer-{row.pk}": "yes"}).status_code == 409
    assert signed_in(organiser_anna).post(url, {f"answer-{row.pk}": "maybe"}).status_code == 422
    assert signed_in(organiser_anna).post(url, {f"answer-{row.pk}": "no"}).status_code == 302


@pytest.mark.parametrize("role", ["worker_chloe", "auditor_greet"])
def test_others_do_not_answer(group, haren, role, request):
    url = reverse("enrollment:agreement", args=[haren.slug])
    assert signed_in(request.getfixturevalue(role)).get(url).status_code == 403


def test_a_stranger_finds_nothing(group, haren, stranger_dirk):
    make_enrollment(group, state="awaiting")
    assert signed_in(stranger_dirk).get(reverse("enrollment:agreement", args=[haren.slug])).status_code == 404


def test_the_list_on_paper_names_groups_as_the_prison_does(
    group, organiser_anna, organiser_emile, liaison_bert
):
    row = decisions.approve(ask(group, organiser_anna), by=organiser_anna)
    for reader in (organiser_anna, liaison_bert):
        told = text_of(signed_in(reader).get("/p/haren/agreement.pdf").content)
        assert str(row.participant) in told and group.neutral_name in told
        assert str(group.activity) not in told
        assert "nu niet" in told and "pas maintenant" in told
    assert str(row.participant) not in text_of(
        signed_in(organiser_emile).get("/p/haren/agreement.pdf").content
    )
