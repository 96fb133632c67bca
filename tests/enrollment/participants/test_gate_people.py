"""What one service, a facilitator or the prison learns of people it has nothing to do with: nothing."""

from __future__ import annotations

import pytest

from enrollment.domain.deciding import evidence, requirements
from enrollment.domain.notes.note_intake import NoteAsk, enter_note
from enrollment.domain.participants import merge_image, merging, person
from enrollment.domain.participants.people import PersonData
from enrollment.domain.requests import answers, counts
from enrollment.domain.requests.decisions import approve
from enrollment.models import Enrollment, Merge, Participant, Request, Slip
from prisons.access import access_for
from tests.factories import (
    at,
    make_enrollment,
    make_participant,
    make_series,
    make_session,
    make_worker,
    signed_in,
)

NOW = at("2026-11-20 12:00")
E = Enrollment.State


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def group(haren, service):
    """Of Anna's service, on Monday from nine to half past ten."""
    series = make_series(haren, organisation=service)
    make_session(series)
    return series


@pytest.fixture
def theirs(haren, other_service):
    """Of Emile's, on Monday from ten to twelve: it meets the other."""
    series = make_series(haren, organisation=other_service)
    make_session(series, "2026-11-23 10:00", minutes=120, state="published")
    return series


def noted(client, haren, who, series):
    answer = client.post(
        "/p/haren/notes/",
        {
            "who": str(who),
            "person": str(who.pk),
            "what": series.list_code,
            "thing": f"s{series.pk}",
            "channel": "paper",
            "received_on": "2026-11-20",
            "action": "enter",
        },
    )
    return answer.status_code, str(answer.context["notice"].text if answer.context["notice"] else "")


def test_a_note_for_another_service_gets_the_same_answer_whatever_that_service_has(
    haren, group, organiser_emile
):
    emile, said = signed_in(organiser_emile), set()
    for state in (None, "requested", "waiting", "placed"):
        who = make_participant(haren, f"Zelfde{'abcd'[len(said)]}, Jan")
        if state:
            make_enrollment(group, who, state)
        status, words = noted(emile, haren, who, group)
        said.add((status, words.replace(str(who), "NAME")))
    assert len(said) == 1
    status, words = said.pop()
    assert status == 200 and "the service that owns it decides" in words


def test_the_own_service_is_told_that_it_was_asked_before(haren, group, organiser_anna):
    who = make_participant(haren)
    make_enrollment(group, who)
    status, words = noted(signed_in(organiser_anna), haren, who, group)
    assert status == 409 and "already" in words


def test_what_is_double_is_settled_by_its_owner(haren, group, organiser_anna, organiser_emile):
    first = make_enrollment(group)
    enter_note(
        haren, participant=first.participant, asks=[NoteAsk(series=group)], by=organiser_emile, now=NOW
    )
    double = Request.objects.get()
    anna = access_for(organiser_anna, haren)
    assert list(counts.undecided(anna)) == [double] and Enrollment.objects.count() == 1
    page = signed_in(organiser_anna).get(f"/p/haren/requests/{double.pk}/")
    assert page.context["first"] == first and b"Give the same answer" in page.content
    assert answers.settle_double(double, by=organiser_anna, now=NOW) == first
    double.refresh_from_db()
    slip = Slip.objects.get(request=double)
    assert (double.state, slip.kind, slip.enrollment) == ("decided", "placed", first)
    assert not counts.undecided(anna).exists()


def test_a_double_whose_first_has_ended_is_taken_up(haren, group, organiser_anna, organiser_emile):
    first = make_enrollment(group)
    enter_note(
        haren, participant=first.participant, asks=[NoteAsk(series=group)], by=organiser_emile, now=NOW
    )
    Enrollment.objects.update(state=E.ENDED, placed_until=NOW.date())
    taken = answers.settle_double(Request.objects.get(), by=organiser_anna, now=NOW)
    assert taken.state == E.REQUESTED and approve(taken, by=organiser_anna, now=NOW).state == E.PLACED


def test_a_wish_of_another_service_is_not_betrayed_by_writing_the_same(
    haren, service, other_service, organiser_anna, organiser_emile
):
    who = make_participant(haren)
    for by, organisation in ((organiser_anna, service), (organiser_emile, other_service)):
        wish = NoteAsk(wish_domain="sport", wish_title="Schaken", organisation=organisation)
        enter_note(haren, participant=who, asks=[wish], by=by, now=NOW)
    assert Request.objects.count() == 2


def test_a_place_at_another_service_is_no_hours_but_a_date_that_is_not_free(haren, group, theirs):
    row = make_enrollment(group, state="requested")
    make_enrollment(theirs, row.participant)
    _week, occupied = evidence.week_of(group, row.participant_id)
    clash = evidence.of_series(group, [row])[row.pk].clashes.hard[0]
    own = at("2026-11-23 09:00"), at("2026-11-23 10:30")
    assert {(each.starts_at, each.ends_at) for each in occupied} == {own}
    assert (clash.starts_at, clash.ends_at, clash.other_series_id) == (*own, None)


def test_the_page_of_a_person_shows_no_hours_of_another_service(
    haren, group, theirs, organiser_anna, organiser_emile, liaison_bert
):
    who = make_enrollment(theirs).participant
    monkey = at("2026-11-23 12:00")

    def week(user):
        return person.page_of(access_for(user, haren), who, now=monkey).occupied

    assert week(organiser_anna) == []
    assert [each.title for each in week(organiser_emile)] == [str(theirs)]
    assert [each.title for each in week(liaison_bert)] == [theirs.neutral_name]


def test_who_leaves_is_counted_for_each_reader(haren, group, theirs, organiser_anna, liaison_bert):
    who = make_enrollment(group).participant
    make_enrollment(theirs, who, "requested")
    assert person.leaves_with(access_for(organiser_anna, haren), who) == 1
    assert person.leaves_with(access_for(liaison_bert, haren), who) == 1


@pytest.fixture
def left(haren, saint_gilles, service, other_service, group, theirs, liaison_bert):
    """Somebody of both groups, moved to the other prison by the liaison; nobody has consent."""
    for organisation in (service, other_service):
        organisation.prisons.add(saint_gilles)
    who = make_enrollment(group).participant
    make_enrollment(theirs, who)
    answer = signed_in(liaison_bert).post(
        f"/p/haren/people/{who.pk}/transfer/", {"to": saint_gilles.pk}, follow=True
    )
    return who, answer


def test_each_service_prints_its_own_letter_of_a_transfer(haren, left, organiser_anna, organiser_emile):
    letters = Slip.objects.filter(kind="ask_there")
    for user, name in ((organiser_anna, "De Brug"), (organiser_emile, "La Passerelle")):
        mine = counts.to_hand_out(access_for(user, haren)).filter(kind="ask_there")
        assert [slip.facts["services"] for slip in mine] == [name]
    assert letters.count() == 2


def test_a_service_that_does_not_know_the_person_prints_no_letter(haren, left):
    from tests.factories import make_membership, make_organisation, make_user

    user = make_user("Derde Dienst")
    make_membership(user, haren, "organiser", make_organisation(haren, authority="common"))
    assert not counts.to_hand_out(access_for(user, haren)).filter(kind="ask_there").exists()


def test_the_prison_is_not_told_how_many_services_know_who_was_transferred(left):
    said = b" ".join(str(each).encode() for each in left[1].context["messages"])
    assert b"Transferred" in said and not any(digit in said for digit in b"0123456789")


def test_history_follows_to_another_prison_with_consent_only(haren, saint_gilles, service):
    before = make_series(haren, organisation=service)
    here = make_series(saint_gilles, activity=before.activity, needs_followed=before.activity)
    row = make_enrollment(here, make_participant(saint_gilles), "requested")
    make_enrollment(before, row.participant, "ended", placed_from=NOW.date(), placed_until=NOW.date())

    def known():
        found = requirements.of_people(here, [row.participant_id], now=NOW)[row.participant_id]
        return evidence.earlier_ends(here, row.participant_id).count(), found[0].state

    assert known() == (0, "not_met")
    row.participant.consents.create(organisation=service, given_on=NOW.date())
    assert known() == (1, "met")


def test_what_was_followed_at_another_service_is_unknown(haren, group, theirs):
    group.needs_followed = theirs.activity
    group.save()
    row = make_enrollment(group, state="requested")
    make_enrollment(theirs, row.participant)
    found = requirements.of_people(group, [row.participant_id], now=NOW)[row.participant_id]
    assert [each.state for each in found] == ["unknown"]


def test_a_facilitator_gets_one_answer_for_everybody_outside_the_group(
    haren, saint_gilles, service, worker_chloe
):
    series = make_series(haren, organisation=service)
    session = make_session(series, "2026-11-19 09:00", workers=[make_worker(haren, user=worker_chloe)])
    inside = make_enrollment(series).participant
    chloe = signed_in(worker_chloe)

    def said(pk, many):
        path = f"/p/haren/attendance/{session.pk}/" + ("many/" if many else f"{pk}/")
        answer = chloe.post(path, {"who": [pk], "action": "present", "mark": "present"})
        return answer.status_code, answer.content.replace(str(pk).encode(), b"N")

    outside = [make_participant(haren, "Geheim, An").pk, make_participant(saint_gilles).pk, 99_999]
    for many in (False, True):
        answers_ = {said(pk, many) for pk in outside}
        assert len({status for status, _body in answers_}) == 1 and answers_.pop()[0] == 404
        assert said(inside.pk, many)[0] == 302


# --- taking a note back, and making two people one ---------------------------------------------------------


def undone(client, note):
    answer = client.post(f"/p/haren/notes/{note.pk}/undo/", follow=True)
    return answer.status_code, [str(each) for each in answer.context["messages"]]


@pytest.mark.parametrize("is_new", [False, True])
def test_a_note_is_taken_back_the_same_way_whatever_the_other_service_has_answered(
    haren, group, organiser_emile, organiser_anna, is_new
):
    emile, said, left = signed_in(organiser_emile), [], []
    for verb in (None, approve):
        who = make_participant(haren) if not is_new else PersonData("Nieuw", f"Jan {len(said)}")
        note = enter_note(haren, participant=who, asks=[NoteAsk(series=group)], by=organiser_emile, now=NOW)
        if verb:
            verb(Enrollment.objects.get(request__note=note), by=organiser_anna, now=NOW)
        said.append(undone(emile, note))
        left.append(Participant.objects.filter(pk=note.participant_id).exists())
        shown = emile.get("/p/haren/notes/").content.decode()
        assert f"/notes/{note.pk}/undo/" not in shown
        assert undone(emile, note) == said[-1]
    assert said[0] == said[1] and said[0][0] == 200 and left == [True, True]
    assert Enrollment.objects.get().state == E.PLACED


def test_what_the_own_service_has_answered_still_stands_in_the_way(haren, group, theirs, organiser_emile):
    note = enter_note(
        haren,
        participant=make_participant(haren),
        asks=[NoteAsk(series=group), NoteAsk(series=theirs)],
        by=organiser_emile,
        now=NOW,
    )
    approve(Enrollment.objects.get(series=theirs), by=organiser_emile, now=NOW)
    emile = signed_in(organiser_emile)
    assert emile.post(f"/p/haren/notes/{note.pk}/undo/").status_code == 409
    assert Request.objects.filter(note=note).count() == 2


def test_a_note_is_changed_in_place_whatever_the_other_service_has_answered(
    haren, group, theirs, organiser_emile, organiser_anna
):
    said = []
    for verb in (None, approve):
        who = make_participant(haren)
        note = enter_note(haren, participant=who, asks=[NoteAsk(series=group)], by=organiser_emile, now=NOW)
        if verb:
            verb(Enrollment.objects.get(request__note=note), by=organiser_anna, now=NOW)
        answer = signed_in(organiser_emile).post(
            "/p/haren/notes/",
            {
                "who": str(who),
                "person": str(who.pk),
                "what": theirs.list_code,
                "thing": f"s{theirs.pk}",
                "channel": "paper",
                "received_on": "2026-11-20",
                "action": "enter",
                "replaces": str(note.pk),
            },
        )
        said.append((answer.status_code, str(answer.context["notice"].text).replace(str(who), "NAME")))
        assert Enrollment.objects.filter(participant=who, series=theirs).exists()
    assert said[0] == said[1]


@pytest.mark.parametrize(
    ("of_keep", "of_gone", "stays"),
    [
        ("placed", "requested", "placed"),
        ("waiting", "placed", "placed"),
        ("placed", "placed", "placed"),
        ("requested", "awaiting", "awaiting"),
    ],
)
def test_two_in_one_group_of_another_service_become_one_and_nobody_is_told(
    haren, group, organiser_emile, of_keep, of_gone, stays
):
    keep, gone = make_participant(haren, "Diallo, Ali"), make_participant(haren, "Diallo, Ali")
    make_enrollment(group, keep, of_keep)
    make_enrollment(group, gone, of_gone)
    was = {keep.pk: of_keep, gone.pk: of_gone}
    merging.merge(
        keep, gone, haren, merging.MergeDecision("twice", is_sure=True), by=organiser_emile, now=NOW
    )
    live = Enrollment.objects.live().get(series=group)
    assert (live.participant_id, live.state) == (keep.pk, stays)
    assert not Slip.objects.exists()
    merge_image.undo(Merge.objects.get(), by=organiser_emile, now=NOW)
    states = dict(Enrollment.objects.values_list("participant", "state"))
    assert states == was
