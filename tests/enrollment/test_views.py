"""Pages of requests, groups and people.

Who may see them, what they show, and that a mistake loses nothing.
"""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from core.dates import clock
from enrollment.domain.notes.note_intake import NoteAsk, enter_note, mark_unreadable, park
from enrollment.domain.participants.continuity import leave
from enrollment.domain.requests import counts, decisions
from enrollment.domain.requests.seats import count
from enrollment.domain.taking_part import occupancy
from enrollment.models import Enrollment, Note, Participant, Request, Slip, Stay
from prisons.access import access_for
from tests.factories import (
    make_activity,
    make_enrollment,
    make_membership,
    make_participant,
    make_series,
    make_session,
    make_unit,
    make_user,
    signed_in,
)

E = Enrollment.State
HTMX = {"HX-Request": "true"}


def soon(days=7, hour=9):
    day = clock.today() + dt.timedelta(days=days)
    return dt.datetime.combine(day, dt.time(hour), tzinfo=clock.BRUSSELS).astimezone(dt.UTC)


@pytest.fixture
def group(haren, service):
    activity = make_activity(service, "Nederlands", title_fr="Néerlandais", title_en="Dutch")
    series = make_series(haren, activity=activity, places=5, label="1", starts_on=clock.today(), weeks=8)
    make_session(series, soon(7), state="published")
    make_session(series, soon(14), state="published")
    return series


def url(name, haren, *args):
    return reverse(f"enrollment:{name}", args=[haren.slug, *args])


def note(series, by, person=None, **fields):
    person = person or make_participant(series.prison)
    made = enter_note(series.prison, participant=person, asks=[NoteAsk(series=series)], by=by, **fields)
    return Enrollment.objects.get(request__note=made)


def form(**fields):
    defaults = {"channel": "paper", "received_on": clock.today().isoformat(), "entry_key": str(uuid.uuid4())}
    return defaults | fields


# --- who may see what -------------------------------------------------------------------------------------

PAGES = ["note_entry", "request_list", "person_list", "person_add", "slip_print"]


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_finds_nothing(haren, stranger_dirk, name):
    assert signed_in(stranger_dirk).get(url(name, haren)).status_code == 404


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("note_entry", {"organiser", "coordinator"}),
        ("request_list", {"organiser", "coordinator"}),
        ("slip_print", {"organiser", "coordinator"}),
        ("person_list", {"organiser", "coordinator", "liaison"}),
        ("person_add", {"organiser", "coordinator", "liaison"}),
    ],
)
def test_a_page_asks_for_its_right(haren, service, name, allowed):
    for role in ("organiser", "coordinator", "liaison", "worker", "auditor"):
        user = make_user()
        make_membership(user, haren, role, service if role != "liaison" else None)
        status = signed_in(user).get(url(name, haren)).status_code
        assert status == (200 if role in allowed else 403), role


def test_a_service_sees_its_own_groups_only(haren, group, organiser_emile):
    secret = make_participant(haren, "Geheim, Piet")
    row = make_enrollment(group, secret)
    asked = note(group, organiser_emile)
    browser = signed_in(organiser_emile)
    page = browser.get(url("series_detail", haren, group.pk))
    assert page.status_code == 200 and b"Geheim" not in page.content
    assert browser.get(url("enrollment_detail", haren, row.pk)).status_code == 404
    assert browser.post(url("approve", haren, asked.pk)).status_code == 404
    assert asked.participant.last_name.encode() not in browser.get(url("request_list", haren)).content
    person = browser.get(url("person_detail", haren, secret.pk)).content.decode()
    assert "Geheim" in person
    assert "Dutch 1" not in person


def test_the_prison_sees_neutral_names_and_no_requests(haren, group, liaison_bert):
    row = make_enrollment(group)
    browser = signed_in(liaison_bert)
    page = browser.get(url("series_detail", haren, group.pk)).content
    assert group.neutral_name.split("/")[0].strip().encode() in page and b"Dutch" not in page
    person = browser.get(url("person_detail", haren, row.participant_id)).content
    assert b"Dutch" not in person and b"occupied" not in person.split(b"Stays")[1]


def test_people_of_another_prison_are_not_found(haren, saint_gilles, organiser_anna):
    elsewhere = make_participant(saint_gilles, "Elders, Jan")
    browser = signed_in(organiser_anna)
    assert browser.get(url("person_detail", haren, elsewhere.pk)).status_code == 404
    assert browser.post(url("person_move", haren, elsewhere.pk), {"cell": "1"}).status_code == 404
    assert b"Elders, Jan" not in browser.get(url("person_list", haren), {"q": "Elders"}).content
    answer = browser.post(
        url("note_entry", haren), form(who="Elders", person=str(elsewhere.pk), what="dutch")
    )
    assert answer.status_code == 422 and not Note.objects.exists()


# --- entering notes ---------------------------------------------------------------------------------------


def test_a_note_is_entered_with_parts_of_names(haren, group, organiser_anna):
    person = make_participant(haren, "Peeters, Jan", register_number="44123")
    browser = signed_in(organiser_anna)
    page = browser.post(url("note_entry", haren), form(who="44123", what="eerlandais"), headers=HTMX)
    assert page.status_code == 422, "no word of a title begins so"
    page = browser.post(url("note_entry", haren), form(who="peet", what="neder"), headers=HTMX)
    assert page.status_code == 200 and b"<html" not in page.content
    row = Enrollment.objects.get(participant=person, series=group)
    assert (row.state, row.request.note.channel, row.request.organisation) == (
        "requested",
        "paper",
        group.activity.organisation,
    )


def test_a_double_click_makes_one_note(haren, group, organiser_anna):
    make_participant(haren, "Peeters, Jan")
    browser, sent = signed_in(organiser_anna), form(who="peeters", what="dutch")
    assert [browser.post(url("note_entry", haren), sent).status_code for _ in range(2)] == [200, 200]
    assert Note.objects.count() == Request.objects.count() == 1


def test_several_people_fit_so_it_asks(haren, group, organiser_anna):
    jan, _an = make_participant(haren, "Peeters, Jan"), make_participant(haren, "Peeters, An")
    browser = signed_in(organiser_anna)
    page = browser.post(url("note_entry", haren), form(who="peeters", what="dutch"))
    assert page.status_code == 422 and b"Peeters, An" in page.content and not Note.objects.exists()
    browser.post(url("note_entry", haren), form(who="peeters", what="dutch", person=str(jan.pk)))
    assert Note.objects.get().participant == jan


def test_somebody_unknown_is_made_from_name_and_number(haren, group, organiser_anna):
    browser = signed_in(organiser_anna)
    page = browser.post(url("note_entry", haren), form(who="Nieuwkomer, Ali 55321", what="dutch"))
    assert (
        page.status_code == 422
        and b'value="55321"' in page.content
        and b'value="Nieuwkomer, Ali"' in page.content
    )
    made = form(who="x", what="dutch", new_name="Nieuwkomer, Ali", new_number="55321", create="on")
    assert browser.post(url("note_entry", haren), made).status_code == 200
    person = Participant.objects.get()
    assert (person.last_name, person.first_name) == ("Nieuwkomer", "Ali")
    assert Stay.objects.get(participant=person).register_number == "55321"


def test_a_number_that_somebody_has_is_refused_and_nothing_is_lost(haren, group, organiser_anna):
    make_participant(haren, "Peeters, Jan", register_number="55321")
    sent = form(who="Ali", what="dutch", new_name="Ali", new_number="55321", create="on")
    page = signed_in(organiser_anna).post(url("note_entry", haren), sent)
    assert page.status_code == 409 and b"Peeters, Jan" in page.content and b'value="55321"' in page.content
    assert Participant.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("=HYPERLINK(1)", 200),
        ("Jan\u202e Piet", 200),
        ("Jan\x07 Piet", 422),
        ("", 422),
        ("a" * 81, 422),
        ("b" * 10_000, 422),
    ],
)
def test_hostile_names(haren, group, organiser_anna, name, status):
    sent = form(who="x", what="dutch", new_name=name, new_number="", create="on")
    assert signed_in(organiser_anna).post(url("note_entry", haren), sent).status_code == status
    assert Participant.objects.count() == (status == 200)
    assert not any(char in str(person) for person in Participant.objects.all() for char in "\x00\x07\u202e")


def test_a_duplicate_and_an_ended_series_are_said_at_once(haren, group, organiser_anna):
    person = make_participant(haren, "Peeters, Jan")
    note(group, organiser_anna, person)
    browser = signed_in(organiser_anna)
    page = browser.post(url("note_entry", haren), form(who="peeters", what="dutch"))
    assert page.status_code == 409 and b"has asked for Dutch 1 already: requested" in page.content
    group.ended_on = clock.today()
    group.save()
    page = browser.post(url("note_entry", haren), form(who="peeters", what="dutch 1", thing=f"s{group.pk}"))
    assert page.status_code == 409 and b"has ended" in page.content
    assert Note.objects.count() == 1


def test_several_asks_and_a_wish_on_one_note(haren, service, group, organiser_anna):
    make_participant(haren, "Peeters, Jan")
    yoga = make_activity(service, "Yoga")
    sent = form(who="peeters", what="dutch", what_2="yoga", wish_domain="culture", wish_title="gitaar")
    assert signed_in(organiser_anna).post(url("note_entry", haren), sent).status_code == 200
    asked = Request.objects.order_by("pk")
    assert [each.series or each.activity or each.wish_title for each in asked] == [group, yoga, "gitaar"]
    assert asked[2].organisation == service


def test_nothing_is_half_written(haren, service, group, organiser_anna):
    """The second thing asked for is refused.

    Neither the note, nor the first request, nor the new person stay.
    """
    over = make_series(haren, activity=make_activity(service, "Koken"), ended_on=dt.date(2020, 1, 1))
    sent = form(who="x", what="dutch", what_2="koken", thing_2=f"s{over.pk}", new_name="Ali", create="on")
    assert signed_in(organiser_anna).post(url("note_entry", haren), sent).status_code == 409
    assert not Note.objects.exists() and not Participant.objects.exists() and not Enrollment.objects.exists()


def test_parked_unreadable_and_taken_back(haren, group, organiser_anna):
    person = make_participant(haren, "Peeters, Jan")
    browser = signed_in(organiser_anna)
    assert browser.post(url("note_entry", haren), form(who="", action="park")).status_code == 200
    parked = Note.objects.get(state="parked")
    assert (
        f"parked={parked.pk}".encode() in browser.get(url("request_list", haren), {"tab": "parked"}).content
    )
    browser.post(url("note_entry", haren), form(who="peeters", what="dutch", parked=parked.pk))
    parked.refresh_from_db()
    assert (parked.state, parked.participant) == ("entered", person) and Note.objects.count() == 1
    browser.post(url("note_entry", haren), form(who="peeters", action="unreadable"))
    assert Slip.objects.get().kind == "card"
    browser.post(url("note_undo", haren, parked.pk))
    assert not Request.objects.exists() and Participant.objects.exists()


def test_taking_back_a_note_takes_back_the_person_it_made(haren, group, organiser_anna, coordinator_karim):
    browser = signed_in(organiser_anna)
    browser.post(url("note_entry", haren), form(who="x", what="dutch", new_name="Ali", create="on"))
    made = Note.objects.get()
    assert signed_in(coordinator_karim).post(url("note_undo", haren, made.pk)).status_code == 403
    assert browser.post(url("note_undo", haren, made.pk)).status_code == 302
    assert not Participant.objects.exists() and not Note.objects.exists()


def test_what_was_decided_is_not_taken_back(haren, group, organiser_anna):
    row = note(group, organiser_anna)
    decisions.approve(row, by=organiser_anna)
    page = signed_in(organiser_anna).post(url("note_undo", haren, row.request.note_id))
    assert page.status_code == 409 and b"There is an answer already" in page.content


def test_suggestions_while_typing(haren, group, organiser_anna):
    make_participant(haren, "Peeters, Jan", register_number="44123")
    browser = signed_in(organiser_anna)
    assert b"Peeters, Jan" in browser.get(url("note_people", haren), {"who": "441"}).content
    found = browser.get(url("note_things", haren), {"what": "dut"}).content
    assert f'data-key="s{group.pk}"'.encode() in found and b"any group" not in found


# --- deciding ---------------------------------------------------------------------------------------------


def test_the_story_on_the_series_page(haren, group, organiser_anna):
    """Six requests for five places; the sixth waits; one withdraws, and the first in line gets the place."""
    rows = [note(group, organiser_anna) for _ in range(6)]
    browser = signed_in(organiser_anna)
    page = browser.get(url("series_detail", haren, group.pk), {"tab": "undecided"})
    assert page.content.count(b"Approve<span") == 6
    for row in rows:
        sent = {"tab": "undecided", "seen": row.version}
        answer = browser.post(url("approve", haren, row.pk), sent, headers=HTMX)
        assert answer.status_code == 200 and b'id="group-notice"' in answer.content
    assert b"The group is full" in answer.content and b"on the waiting list" in answer.content
    placed = Enrollment.objects.get(pk=rows[0].pk)
    answer = browser.post(
        url("withdraw", haren, placed.pk), {"tab": "in_group", "seen": placed.version}, headers=HTMX
    )
    assert f"The place goes to {rows[5].participant}".encode() in answer.content
    assert Enrollment.objects.get(pk=rows[5].pk).state == E.PLACED


def test_a_stale_page_is_told_who_was_faster(haren, group, organiser_anna, coordinator_karim):
    row = note(group, organiser_anna)
    decisions.decline(row, "requirement", by=coordinator_karim)
    sent = {"tab": "undecided", "seen": row.version}
    for headers in ({}, HTMX):
        page = signed_in(organiser_anna).post(url("approve", haren, row.pk), sent, headers=headers)
        assert page.status_code == 409 and b"Karim Haddad" in page.content


@pytest.mark.parametrize("tab", ["in_group", "waiting", "undecided", "suitable"])
def test_every_tab_with_and_without_people(haren, group, organiser_anna, tab, django_assert_max_num_queries):
    browser = signed_in(organiser_anna)
    assert browser.get(url("series_detail", haren, group.pk), {"tab": tab}).status_code == 200
    for _ in range(3):
        make_enrollment(group)
        make_enrollment(group, state="waiting")
        note(group, organiser_anna)
        make_participant(haren)
    with django_assert_max_num_queries(36):
        page = browser.get(url("series_detail", haren, group.pk), {"tab": tab}, headers=HTMX)
    assert page.status_code == 200 and b"<html" not in page.content


def test_the_decide_page_shows_the_evidence(haren, service, group, organiser_anna):
    group.min_level, group.level_language, group.needs_intake = "A2", "nl", True
    group.save()
    person = make_participant(haren, language="fr")
    person.levels.create(language="nl", level="A1", found_on=clock.today())
    other = make_series(haren, organisation=service)
    make_session(other, soon(7, 10))
    make_enrollment(other, person)
    page = signed_in(organiser_anna).get(
        url("enrollment_detail", haren, note(group, organiser_anna, person).pk)
    )
    text = page.content.decode()
    assert "not met" in text and "unknown" in text and str(other) in text


def test_another_service_is_only_occupied(haren, other_service, group, organiser_anna):
    other = make_series(haren, activity=make_activity(other_service, "Verslaving"))
    make_session(other, soon(7, 10))
    row = note(group, organiser_anna, make_enrollment(other).participant)
    page = signed_in(organiser_anna).get(url("enrollment_detail", haren, row.pk)).content
    assert b"occupied" in page and b"Verslaving" not in page


def test_hand_made_order_needs_a_reason(haren, group, organiser_anna):
    make_enrollment(group, state="waiting", requested_at=soon(-9))
    last = make_enrollment(group, state="waiting", requested_at=soon(-8))
    browser = signed_in(organiser_anna)
    refused = browser.post(url("change_position", haren, last.pk), {"position": "1", "tab": "waiting"})
    assert refused.status_code == 422 and b"Choose why" in refused.content
    moved = browser.post(
        url("change_position", haren, last.pk), {"position": "1", "reason": "leaves_soon"}, follow=True
    )
    assert b"put here by hand: leaves the prison soon" in moved.content


# --- requests, slips --------------------------------------------------------------------------------------


def test_counts_equal_their_lists(haren, service, group, organiser_anna):
    activity = make_activity(service, "Koor")
    late = clock.today() - dt.timedelta(days=9)
    for row in [note(group, organiser_anna, received_on=late), note(group, organiser_anna)]:
        last = row
    decisions.approve(last, by=organiser_anna)
    asks = [
        NoteAsk(activity=activity),
        NoteAsk(wish_domain="sport", wish_title="boksen", organisation=service),
    ]
    enter_note(haren, participant=make_participant(haren), asks=asks, by=organiser_anna)
    park(haren, by=organiser_anna)
    numbers = counts.of(access_for(organiser_anna, haren))
    assert (numbers.undecided, numbers.overdue, numbers.wishes) == (2, 1, 1)
    assert (numbers.to_hand_out, numbers.not_handed_out, numbers.parked, numbers.unanswered) == (1, 1, 1, 4)
    browser = signed_in(organiser_anna)
    for tab, rows in (("undecided", 2), ("overdue", 1), ("hand_out", 1), ("wishes", 1), ("parked", 1)):
        context = browser.get(url("request_list", haren), {"tab": tab}).context
        shown = context["notes"] if tab == "parked" else context["lines"]
        assert len(shown) == rows and [t.number for t in context["tabs"] if t.is_current] == [rows]


def test_what_ended_without_an_answer_is_a_list_too(haren, group, organiser_anna, organiser_emile):
    row = note(group, organiser_anna)
    leave(row.participant, haren, by=organiser_anna)
    mark_unreadable(haren, by=organiser_anna)
    mark_unreadable(haren, participant=make_participant(haren), by=organiser_anna)
    apart = counts.counted_apart(access_for(organiser_anna, haren))
    assert (apart.left, apart.unreadable) == (1, 2)
    context = signed_in(organiser_anna).get(url("request_list", haren), {"tab": "apart"}).context
    assert len(context["page"].object_list) == apart.all == 3
    shown = [request or card for request, card in context["page"]]
    assert [each.received_on for each in shown] == sorted((each.received_on for each in shown), reverse=True)
    assert [tab.number for tab in context["tabs"] if tab.is_current] == [3]
    other = signed_in(organiser_emile).get(url("request_list", haren), {"tab": "apart"})
    assert str(row.participant) not in other.content.decode()


def test_what_ended_without_an_answer_stands_on_pages(haren, group, organiser_anna):
    for _each in range(30):
        leave(note(group, organiser_anna).participant, haren, by=organiser_anna)
        mark_unreadable(haren, by=organiser_anna)
    browser, seen = signed_in(organiser_anna), []
    for number in (1, 2):
        answer = browser.get(url("request_list", haren), {"tab": "apart", "page": number})
        seen.append([each for pair in answer.context["page"] for each in pair if each])
    assert [len(each) for each in seen] == [50, 10]
    assert len({(type(each), each.pk) for page in seen for each in page}) == 60
    assert "tab=apart" in answer.content.decode().partition('rel="prev"')[2]
    for rubbish in ("0", "99", "x", "-1", "²"):
        assert browser.get(url("request_list", haren), {"tab": "apart", "page": rubbish}).status_code == 200


def test_the_list_takes_the_same_queries_for_one_and_for_many(
    haren, group, organiser_anna, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    note(group, organiser_anna)
    browser = signed_in(organiser_anna)
    browser.get(url("request_list", haren))
    with CaptureQueriesContext(connection) as few:
        browser.get(url("request_list", haren))
    number = len(few)
    for _ in range(12):
        note(group, organiser_anna)
    browser.get(url("request_list", haren))  # what is kept of the weeks is worked out anew after a change
    with django_assert_num_queries(number):
        browser.get(url("request_list", haren))


def test_a_request_for_an_activity_is_decided_by_naming_a_group(haren, group, organiser_anna):
    person = make_participant(haren)
    made = enter_note(haren, participant=person, asks=[NoteAsk(activity=group.activity)], by=organiser_anna)
    asked = made.requests.get()
    browser = signed_in(organiser_anna)
    assert b"Place in this group" in browser.get(url("request_detail", haren, asked.pk)).content
    assert browser.post(url("request_decide", haren, asked.pk), {"action": "decline"}).status_code == 422
    browser.post(url("request_decide", haren, asked.pk), {"action": "series", "series": group.pk})
    assert Enrollment.objects.get(request=asked).state == E.PLACED
    again = browser.post(url("request_decide", haren, asked.pk), {"action": "note"})
    assert again.status_code in (302, 409) and Slip.objects.count() == 1


def test_a_wish_is_answered_with_a_slip(haren, service, organiser_anna):
    ask = NoteAsk(wish_domain="sport", wish_title="boksen", organisation=service)
    asked = enter_note(
        haren, participant=make_participant(haren), asks=[ask], by=organiser_anna
    ).requests.get()
    signed_in(organiser_anna).post(
        url("request_decide", haren, asked.pk), {"action": "note", "seen": asked.version}
    )
    asked.refresh_from_db()
    assert (asked.state, Slip.objects.get().kind) == ("decided", "noted")


def test_slips_are_sorted_by_unit_and_cell_in_the_persons_language(haren, group, organiser_anna):
    near, far = make_unit(haren, "1"), make_unit(haren, "2")
    people = [
        make_participant(haren, "Aa, Jan", unit=far, cell="9", language="nl"),
        make_participant(haren, "Bb, Jean", unit=near, cell="20", language="fr", third_language="en"),
        make_participant(haren, "Cc, Piet", unit=near, cell="10", language="nl"),
    ]
    for person in people:
        decisions.approve(note(group, organiser_anna, person), by=organiser_anna)
    text = signed_in(organiser_anna).get(url("slip_print", haren)).content.decode()
    assert text.index("Cc, Piet") < text.index("Bb, Jean") < text.index("Aa, Jan")
    assert 'lang="fr"' in text and "You asked for: Dutch 1" in text
    outside = text.split('class="slip-outside"')[1].split('class="slip-inside"')[0]
    assert "Nederlands" not in outside and "Dutch" not in outside


def test_handing_out_is_the_answer(haren, group, organiser_anna):
    decisions.approve(note(group, organiser_anna), by=organiser_anna)
    slip = Slip.objects.get()
    browser = signed_in(organiser_anna)
    for _ in range(2):
        assert browser.post(url("slip_hand_out", haren), {"slip": slip.pk}).status_code == 302
    slip.refresh_from_db()
    assert (
        slip.handed_out_by == organiser_anna and counts.of(access_for(organiser_anna, haren)).unanswered == 0
    )
    browser.post(url("slip_take_back", haren, slip.pk))
    assert counts.of(access_for(organiser_anna, haren)).to_hand_out == 1


# --- people -----------------------------------------------------------------------------------------------


def test_somebody_new_moves_and_leaves(haren, group, organiser_anna):
    unit = make_unit(haren, "7")
    browser = signed_in(organiser_anna)
    sent = {
        "last_name": "Peeters",
        "first_name": "Jan",
        "register_number": "1",
        "language": "fr",
        "unit": unit.pk,
        "cell": "12",
    }
    assert browser.post(url("person_add", haren), sent).status_code == 302
    person = Participant.objects.get()
    browser.post(url("person_move", haren, person.pk), {"unit": unit.pk, "cell": "14"})
    assert Stay.objects.get().cell == "14", "a second move on one day changes the stay of that day"
    Stay.objects.update(starts_on=clock.today() - dt.timedelta(days=9))
    browser.post(url("person_move", haren, person.pk), {"unit": "", "cell": "15"})
    old, new = Stay.objects.order_by("starts_on")
    assert (old.ends_on, new.starts_on) == (clock.today() - dt.timedelta(days=1), clock.today())
    decisions.approve(note(group, organiser_anna, person), by=organiser_anna)
    assert b"1 place or request ends with it" in browser.get(url("person_leave", haren, person.pk)).content
    browser.post(url("person_leave", haren, person.pk), {"on": clock.today().isoformat()})
    assert Enrollment.objects.get().state == E.ENDED and Request.objects.get().state == "left"


def test_no_fact_is_dated_before_today_unless_it_corrects(haren, organiser_anna):
    person = make_participant(haren)
    past = {"on": (clock.today() - dt.timedelta(days=3)).isoformat()}
    browser = signed_in(organiser_anna)
    page = browser.post(url("person_leave", haren, person.pk), past)
    assert page.status_code == 422 and b"correction of the past" in page.content
    assert (
        browser.post(url("person_leave", haren, person.pk), past | {"is_correction": "on"}).status_code == 302
    )
    assert Stay.objects.get().is_correction


def test_a_unit_of_another_prison_is_refused(haren, saint_gilles, organiser_anna):
    person, foreign = make_participant(haren), make_unit(saint_gilles)
    page = signed_in(organiser_anna).post(
        url("person_move", haren, person.pk), {"unit": foreign.pk, "cell": "1"}
    )
    assert page.status_code == 422 and Stay.objects.get().unit is None


def test_facts_of_a_person(haren, service, organiser_anna):
    person = make_participant(haren)
    browser = signed_in(organiser_anna)
    browser.post(url("level_set", haren, person.pk), {"language": "nl", "level": "B1"})
    browser.post(url("intake_note", haren, person.pk), {"service": service.pk})
    browser.post(url("consent_set", haren, person.pk), {"service": service.pk, "is_given": "yes"})
    hours = {
        "label": "work",
        "weekday": "1",
        "starts": "07:45",
        "ends": "11:45",
        "valid_from": clock.today().isoformat(),
    }
    browser.post(url("block_add", haren, person.pk), hours)
    assert person.levels.get().level == "B1" and person.intakes.exists() and person.consents.exists()
    text = browser.get(url("person_detail", haren, person.pk)).content.decode()
    assert "B1" in text and "07:45" in text
    bad = browser.post(url("block_add", haren, person.pk), hours | {"ends": "06:00"})
    assert bad.status_code == 422 and person.fixed_blocks.count() == 1
    browser.post(url("block_end", haren, person.pk, person.fixed_blocks.get().pk))
    assert not person.fixed_blocks.exists()


def test_away_and_back(haren, organiser_anna):
    person = make_participant(haren)
    browser = signed_in(organiser_anna)
    browser.post(url("person_away", haren, person.pk))
    assert browser.post(url("person_away", haren, person.pk)).status_code == 409
    browser.post(url("person_back", haren, person.pk))
    assert browser.post(url("person_back", haren, person.pk)).status_code == 409


@pytest.mark.parametrize("tab", ["in_group", "waiting", "undecided"])
def test_every_form_carries_its_token(haren, group, organiser_anna, tab):
    """Included parts get a context of their own: without the token they would fail where JavaScript does."""
    make_enrollment(group)
    make_enrollment(group, state="waiting")
    note(group, organiser_anna)
    text = signed_in(organiser_anna).get(url("series_detail", haren, group.pk), {"tab": tab}).content.decode()
    assert text.count('method="post"') == text.count("csrfmiddlewaretoken") > 3


def test_skipping_a_date_frees_no_place(haren, group, organiser_anna, organiser_emile):
    row = make_enrollment(group)
    first, second = group.group_sessions.order_by("starts_at")
    browser, page = signed_in(organiser_anna), url("skip_date", haren, row.pk)
    assert signed_in(organiser_emile).post(page, {"session": first.pk}).status_code == 404
    browser.post(page, {"session": first.pk})
    there = occupancy(haren, [first.pk, second.pk])
    assert (len(there[first.pk]), len(there[second.pk]), count(group).held) == (0, 1, 1)
    assert b"does not come" in browser.get(url("enrollment_detail", haren, row.pk)).content
    browser.post(page, {"session": first.pk, "comes": "1"})
    assert len(occupancy(haren, [first.pk])[first.pk]) == 1
    past = make_session(group, soon(-1))
    assert browser.post(page, {"session": past.pk}).status_code == 409


def test_a_decision_sends_only_what_changed(haren, group, organiser_anna, django_assert_max_num_queries):
    rows = [note(group, organiser_anna) for _ in range(30)]
    browser = signed_in(organiser_anna)
    whole = browser.get(url("series_detail", haren, group.pk), {"tab": "undecided"}, headers=HTMX)
    sent = {"tab": "undecided", "seen": rows[0].version}
    with django_assert_max_num_queries(60):
        answer = browser.post(url("approve", haren, rows[0].pk), sent, headers=HTMX)
    text = answer.content.decode()
    assert answer["HX-Reswap"] == "none" and len(text) < len(whole.content) / 5
    assert f'<div id="row-{rows[0].pk}" hx-swap-oob="delete">' in text
    assert str(rows[0].participant) in text and str(rows[1].participant) not in text
    assert ">29<" in text, "the number on the tab is the new one"


def test_the_last_decision_draws_the_list_anew(haren, group, organiser_anna):
    row = note(group, organiser_anna)
    answer = signed_in(organiser_anna).post(
        url("approve", haren, row.pk), {"tab": "undecided", "seen": row.version}, headers=HTMX
    )
    assert "HX-Reswap" not in answer and "Every request has an answer" in answer.content.decode()
