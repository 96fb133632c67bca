"""Changes reach those they concern: who gets a letter when, who has read it, who must be called."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.test import Client

from enrollment.models import Slip
from planner.models import Notice
from planner.notifications import letters, own_sessions
from planner.scheduling.placement import writer
from planner.scheduling.placement.session_changes import Change
from planner.workers import unread
from prisons.access import access_for
from prisons.domain.background import outbox
from prisons.models import AuditEntry, Message, Todo
from sessions.domain.placing import Part
from sessions.models import GroupSession, WorkerAbsence
from tests.factories import (
    at,
    make_absence,
    make_activity,
    make_enrollment,
    make_participant,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_unit,
    make_worker,
    signed_in,
)
from tests.printed import text_of

NOW = at("2026-11-20 10:00")  # Friday; the session is on Monday at 09:00, more than two days on
SOON = at("2026-11-21 10:00")


@pytest.fixture(autouse=True)
def _slots(haren):
    for weekday in range(1, 6):
        make_slot(haren, weekday, "08:30", "11:00")
        make_slot(haren, weekday, "13:30", "16:00")


@pytest.fixture
def chloe(haren, service, worker_chloe):
    return make_worker(
        haren,
        organisation=service,
        user=worker_chloe,
        name="Chloe Lambert",
        email="chloe@example.org",
        language="en",
        phone="0470 1",
    )


@pytest.fixture
def room(haren):
    return make_room(haren, name="Klas 1")


@pytest.fixture
def series(haren, service):
    return make_series(
        haren, activity=make_activity(service, title_nl="Praatgroep", title_en="Talking group")
    )


@pytest.fixture
def session(series, room, chloe):
    return make_session(series, room=room, workers=[chloe], state="published", published_at=NOW)


def apply(by, *changes, now=NOW):
    prison = GroupSession.objects.get(pk=changes[0].session_id).prison
    return writer.apply(prison, changes, by=by, verb="move", now=now, accept_soft=True)


def moved(session, start="2026-11-24 09:00") -> Change:
    return Change(session.pk, starts_at=at(start), ends_at=at(start) + dt.timedelta(minutes=90))


def told() -> list[tuple[str, str]]:
    return [(notice.worker.name, notice.kind) for notice in Notice.objects.select_related("worker")]


def test_a_moved_session_is_told_at_once(session, organiser_anna):
    apply(organiser_anna, moved(session))
    assert told() == [("Chloe Lambert", "moved")]
    letter = Message.objects.get()
    assert letter.to_email == "chloe@example.org"
    assert (
        letter.subject
        == "MOVED: Talking group, from Mon 23 Nov. 2026, 09:00 to Tue 24 Nov. 2026, 09:00 (Haren)."
    )
    assert "Talking group" in letter.body_text
    assert "/notices/" in letter.body_text
    assert "/notices/" in letter.body_html


def test_what_nobody_could_see_is_not_told(series, room, chloe, organiser_anna):
    draft = make_session(series, room=room, workers=[chloe])
    apply(organiser_anna, moved(draft))
    assert (told(), Message.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    ("state", "change", "kind"),
    [
        ("draft", {"state": "published"}, "published"),
        ("published", {"state": "cancelled", "reason": "room"}, "cancelled"),
        ("published", {"room_id": None}, "moved"),
        ("published", {"workers": ()}, "removed"),
    ],
)
def test_each_change_has_its_word(series, room, chloe, organiser_anna, state, change, kind):
    session = make_session(series, room=room, workers=[chloe], state=state)
    apply(organiser_anna, Change(session.pk, **change))
    assert told() == [("Chloe Lambert", kind)]


def test_a_session_that_takes_place_again(session, organiser_anna):
    apply(organiser_anna, Change(session.pk, state="cancelled", reason="room"))
    apply(organiser_anna, Change(session.pk, state="published"))
    assert [kind for _name, kind in told()] == ["cancelled", "restored"]


def test_somebody_else_leads_it(haren, service, session, organiser_anna):
    other = make_worker(haren, organisation=service, name="Joris Baert")
    apply(organiser_anna, Change(session.pk, workers=(Part(other.pk),)))
    assert sorted(told()) == [("Chloe Lambert", "removed"), ("Joris Baert", "added")]


def test_one_act_gives_one_letter(series, session, room, chloe, organiser_anna):
    later = make_session(series, "2026-11-30 09:00", room=room, workers=[chloe], state="published")
    apply(organiser_anna, moved(session), moved(later, "2026-12-01 09:00"))
    assert Message.objects.get().subject == "2 changes in your sessions"


@pytest.mark.parametrize(
    ("choice", "now", "letters_sent"),
    [
        ("now", NOW, 1),
        ("daily", NOW, 0),
        ("never", NOW, 0),
        ("daily", SOON, 1),  # within two days: at once, whatever was chosen
        ("never", SOON, 1),
    ],
)
def test_the_choice_holds_for_what_can_wait(session, chloe, organiser_anna, choice, now, letters_sent):
    letters.choose_letters(chloe, choice)
    apply(organiser_anna, moved(session), now=now)
    assert Message.objects.count() == letters_sent
    assert Notice.objects.get().is_urgent == (now == SOON)


def test_the_letter_of_the_day(session, chloe, organiser_anna):
    letters.choose_letters(chloe, "daily")
    apply(organiser_anna, moved(session))
    apply(organiser_anna, moved(session, "2026-11-25 09:00"))
    assert letters.post_daily(now=at("2026-11-20 16:59")) == 0
    assert letters.post_daily(now=at("2026-11-20 17:00")) == 1
    assert letters.post_daily(now=at("2026-11-20 17:15")) == 0
    assert Message.objects.get().subject == "2 changes in your sessions"


def test_the_letter_goes_out_once(session, organiser_anna, settings):
    apply(organiser_anna, moved(session))
    letter = Message.objects.get()
    outbox.deliver(letter.pk)
    outbox.deliver(letter.pk)
    assert [message.to for message in mail.outbox] == [["chloe@example.org"]]


def test_without_an_address_there_is_a_notice_and_no_letter(session, chloe, organiser_anna):
    chloe.email = ""
    chloe.save()
    apply(organiser_anna, moved(session), now=SOON)
    assert (len(told()), Message.objects.count()) == (1, 0)


def test_participants_get_a_slip(haren, series, session, organiser_anna):
    person = make_participant(haren, "Okafor, Zacharie", unit=make_unit(haren))
    make_enrollment(series, person)
    apply(organiser_anna, moved(session))
    apply(organiser_anna, Change(session.pk, state="cancelled", reason="worker"))
    slips = Slip.objects.order_by("pk")
    assert [(slip.kind, slip.participant) for slip in slips] == [("moved", person), ("cancelled", person)]
    assert slips[0].replaced_at is not None  # it never left the desk


def test_no_letter_names_a_participant(haren, series, session, organiser_anna):
    make_enrollment(
        series, make_participant(haren, "Okafor, Zacharie", register_number="98765", unit=make_unit(haren))
    )
    apply(organiser_anna, moved(session))
    for letter in Message.objects.all():
        words = letter.subject + letter.body_text + letter.body_html
        assert not any(word in words for word in ("Okafor", "Zacharie", "98765"))


def test_nothing_is_told_of_an_act_that_fails(session, room, series, organiser_anna):
    make_session(series, "2026-11-24 09:00", room=room, state="published")
    with pytest.raises(writer.Refused):
        apply(organiser_anna, moved(session))
    assert (told(), Message.objects.count()) == ([], 0)


# --- read, and called -----------------------------------------------------------------------------------


def link_of(letter) -> str:
    return re.search(r"/notices/\S+", letter.body_text)[0]


def test_the_link_says_that_it_was_read(session, organiser_anna):
    apply(organiser_anna, moved(session))
    link = link_of(Message.objects.get())
    assert "MOVED" in Client().get(link).content.decode()
    assert Notice.objects.get().read_at is None  # a program that follows links has read nothing
    assert Client().post(link).status_code == 200
    assert Notice.objects.get().read_at is not None


def test_a_link_that_was_changed_leads_nowhere(session, organiser_anna):
    apply(organiser_anna, moved(session))
    link = link_of(Message.objects.get())
    assert Client().post(link[:-3] + "x/").status_code == 404
    assert Notice.objects.get().read_at is None


def test_an_old_link_leads_nowhere(session, organiser_anna, monkeypatch):
    apply(organiser_anna, moved(session))
    link = link_of(Message.objects.get())
    assert Client().get(link).status_code == 200
    monkeypatch.setattr(letters, "LINK_LASTS", dt.timedelta(seconds=-1))
    assert Client().get(link).status_code == 404


def test_who_has_not_read_what_cannot_wait_is_called(haren, session, organiser_anna, organiser_emile):
    apply(organiser_anna, moved(session), now=SOON)
    anna, emile = (access_for(user, haren, now=SOON) for user in (organiser_anna, organiser_emile))
    (call,) = unread.calls(anna, now=SOON)
    assert (call.worker.phone, len(call.sentences)) == ("0470 1", 1)
    assert unread.calls(emile, now=SOON) == []
    assert unread.calls(anna, now=at("2026-11-25 10:00")) == []
    assert unread.mark_called(emile, call.worker.pk, by=organiser_emile, now=SOON) == 0
    assert unread.mark_called(anna, call.worker.pk, by=organiser_anna, now=SOON) == 1
    assert unread.calls(anna, now=SOON) == []


def test_reading_takes_one_off_the_list(haren, session, organiser_anna):
    apply(organiser_anna, moved(session), now=SOON)
    letters.mark_read(Notice.objects.all(), now=SOON)
    assert unread.calls(access_for(organiser_anna, haren, now=SOON), now=SOON) == []


def test_what_can_wait_is_on_no_list(haren, session, organiser_anna):
    apply(organiser_anna, moved(session))
    assert unread.calls(access_for(organiser_anna, haren, now=NOW), now=NOW) == []


# --- pages ----------------------------------------------------------------------------------------------


@pytest.fixture
def _friday(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def test_the_call_list_is_for_those_who_lead_facilitators(
    _friday, haren, session, organiser_anna, liaison_bert, stranger_dirk
):
    apply(organiser_anna, moved(session, "2026-11-20 14:00"))
    assert "0470 1" in signed_in(organiser_anna).get("/p/haren/call-list/").content.decode()
    printed = text_of(signed_in(organiser_anna).get("/p/haren/call-list.pdf").content)
    assert "0470 1" in printed and "MOVED" in printed
    assert signed_in(liaison_bert).get("/p/haren/call-list.pdf").status_code == 403
    worker = Notice.objects.get().worker_id
    for user, status in ((liaison_bert, 403), (stranger_dirk, 404), (organiser_anna, 302)):
        assert signed_in(user).post(f"/p/haren/call-list/{worker}/called/").status_code == status
    assert signed_in(organiser_anna).post(f"/p/haren/call-list/{worker}/called/").status_code == 404


def test_own_sessions_in_every_prison(
    _friday, haren, saint_gilles, service, session, series, chloe, worker_chloe, organiser_anna
):
    there = make_series(saint_gilles, activity=series.activity)
    make_session(there, "2026-11-26 09:00", workers=[chloe], state="published", published_at=NOW)
    make_session(series, "2026-11-27 09:00", workers=[chloe])  # a draft
    browser = signed_in(worker_chloe)
    assert list(own_sessions.coming(chloe, now=NOW)) == [session]  # no role in the other prison
    apply(organiser_anna, moved(session))
    page = browser.get("/me/sessions/").content.decode()
    assert "MOVED: Talking group" in page
    (notice,) = Notice.objects.all()
    assert browser.post("/me/sessions/read/", {"notice": notice.pk + 1}).status_code == 302
    assert "MOVED" in browser.get("/me/sessions/").content.decode()  # it did not stand on the page
    assert browser.post("/me/sessions/read/", {"notice": notice.pk}).status_code == 302
    assert "MOVED" not in browser.get("/me/sessions/").content.decode()
    assert browser.post("/me/sessions/letters/", {"letters": "daily"}).status_code == 302
    assert browser.post("/me/sessions/letters/", {"letters": "hourly"}).status_code == 404
    chloe.refresh_from_db()
    assert chloe.letters == "daily"


def test_whoever_leads_nothing_has_no_such_page(organiser_anna, client):
    assert signed_in(organiser_anna).get("/me/sessions/").status_code == 404
    assert client.get("/me/sessions/").status_code == 302


def test_i_cannot_come(_friday, haren, session, chloe, worker_chloe, organiser_anna, organiser_emile):
    browser, path = signed_in(worker_chloe), f"/me/sessions/{session.pk}/cannot-come/"
    assert browser.get(path).status_code == 200
    assert not Todo.objects.exists()
    for _twice in range(2):
        assert browser.post(path).status_code == 302
    todo = Todo.objects.get()
    assert (todo.kind, todo.organisation, todo.facts["session"]) == (
        "cannot_come",
        session.series.activity.organisation,
        session.pk,
    )
    absence = WorkerAbsence.objects.get()
    assert (absence.starts_at, absence.ends_at) == (session.starts_at, session.ends_at)
    assert [letter.to_user for letter in Message.objects.all()] == [organiser_anna]
    assert AuditEntry.objects.filter(verb="cannot_come", by=worker_chloe).exists()
    assert "you cannot come" in browser.get("/me/sessions/").content.decode()


def test_i_can_come_after_all(_friday, haren, session, chloe, worker_chloe, organiser_anna):
    browser = signed_in(worker_chloe)
    browser.post(f"/me/sessions/{session.pk}/cannot-come/")
    for _twice in range(2):
        assert browser.post(f"/me/sessions/{session.pk}/can-come/").status_code == 302
    assert not WorkerAbsence.objects.exists()
    assert Todo.objects.get().done_at is not None
    assert [letter.kind for letter in Message.objects.all()] == ["cannot_come", "cannot_come"]
    assert "you cannot come" not in browser.get("/me/sessions/").content.decode()


def test_the_service_sees_who_is_free_and_permitted(
    _friday, haren, service, session, worker_chloe, organiser_anna, organiser_emile, liaison_bert
):
    free = make_worker(haren, organisation=service, name="Joris Baert", phone="0470 2")
    make_worker(
        haren, organisation=service, name="Expired Permission", permitted_until=at("2026-11-22").date()
    )
    away = make_worker(haren, organisation=service, name="Away Then")
    make_absence(away, "2026-11-23 00:00", "2026-11-24 00:00")
    page = "/p/haren/cannot-come/"
    assert "Everybody comes" in signed_in(organiser_anna).get(page).content.decode()
    signed_in(worker_chloe).post(f"/me/sessions/{session.pk}/cannot-come/")
    (row,) = signed_in(organiser_anna).get(page).context["rows"]
    assert [one.worker for one in row.free] == [free]
    assert signed_in(organiser_emile).get(page).context["rows"] == []
    assert signed_in(liaison_bert).get(page).status_code == 403
    sent = {"worker": free.pk, "part": "substitute", "instead_of": row.worker.pk, "version": session.version}
    assert signed_in(organiser_anna).post(f"/p/haren/board/sessions/{session.pk}/workers/", sent).status_code in (200, 302)  # fmt: skip  # noqa: E501
    assert [one.worker for one in session.session_workers.all()] == [free]
    assert signed_in(organiser_anna).get(page).context["rows"] == []
    assert Todo.objects.get().done_by == organiser_anna


@pytest.mark.parametrize(
    ("change", "is_done"),
    [
        ({"state": "cancelled", "reason": "worker"}, True),
        ({"starts_at": at("2026-11-24 09:00"), "ends_at": at("2026-11-24 10:30")}, True),
        ({"room_id": None}, False),
    ],
)
def test_what_solves_it(_friday, session, worker_chloe, organiser_anna, change, is_done):
    signed_in(worker_chloe).post(f"/me/sessions/{session.pk}/cannot-come/")
    apply(organiser_anna, Change(session.pk, **change))
    assert (Todo.objects.get().done_at is not None) == is_done


def test_own_dates_count_in_every_prison(_friday, chloe, worker_chloe, series, organiser_anna):
    browser = signed_in(worker_chloe)
    assert browser.post("/me/sessions/dates/", {"starts_on": "2026-12-24"}).status_code == 302
    absence = WorkerAbsence.objects.get()
    assert (absence.starts_at, absence.ends_at) == (at("2026-12-24 00:00"), at("2026-12-25 00:00"))
    twice = browser.post("/me/sessions/dates/", {"starts_on": "2026-12-24"})
    assert (twice.status_code, "in the list already" in twice.content.decode()) == (422, True)
    other = make_worker(name="Somebody else")
    theirs = make_absence(other, "2026-12-01 00:00", "2026-12-02 00:00")
    assert browser.post(f"/me/sessions/dates/{theirs.pk}/remove/").status_code == 404
    assert browser.post(f"/me/sessions/dates/{absence.pk}/remove/").status_code == 302
    assert list(WorkerAbsence.objects.all()) == [theirs]


def test_when_to_be_at_the_gate(_friday, haren, session, worker_chloe):
    page = signed_in(worker_chloe).get("/me/sessions/").content.decode()
    assert "08:40" in page


def test_only_for_own_sessions_that_are_to_come(_friday, haren, series, session, worker_chloe, chloe):
    others = make_session(series, "2026-11-27 09:00", state="published", published_at=NOW)
    past = make_session(series, "2026-11-20 09:00", workers=[chloe], state="published", published_at=NOW)
    assert signed_in(worker_chloe).post(f"/me/sessions/{others.pk}/cannot-come/").status_code == 404
    signed_in(worker_chloe).post(f"/me/sessions/{past.pk}/cannot-come/")
    assert not Todo.objects.exists()
