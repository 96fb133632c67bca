"""A calendar that asks again after every act: one event per session, its number never lower, no name of anybody."""

import datetime as dt

import icalendar
import pytest

from enrollment.models import Participant
from planner.notifications import letters
from planner.scheduling.closures import closing
from planner.scheduling.closures.parts import ClosureDraft
from planner.scheduling.closures.parts import ClosurePart as Place
from planner.scheduling.placement import writer
from planner.scheduling.placement.session_changes import Change
from planner.scheduling.placement.undo import undo
from prisons.access import access_for
from prisons.models import Message, User
from sessions.domain import feeds
from sessions.domain.placing import Part
from sessions.models import Feed, FeedRules, StoredEvent
from tests.factories import (
    at,
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

NOW = at("2026-11-20 10:00")


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr("sessions.feed_answers.clock_now", lambda: NOW)


@pytest.fixture
def chloe(haren, service, worker_chloe):
    return make_worker(haren, organisation=service, user=worker_chloe, name="Chloe Lambert")


@pytest.fixture
def series(haren, service):
    for weekday in range(1, 6):
        make_slot(haren, weekday, "08:30", "11:00")
    activity = make_activity(service, title_nl="Praatgroep", title_en="Talking group")
    return make_series(haren, activity=activity, list_code="A17")


@pytest.fixture
def session(series, haren, chloe):
    return make_session(
        series, room=make_room(haren), workers=[chloe], state="published", published_at=NOW, changed_at=NOW
    )


def address_of(user, prison, subject) -> str:
    access = access_for(user, prison, now=NOW)
    return f"/ical/{feeds.create(subject, access=access, language='en', now=NOW)[1]}.ics"


class Poller:
    """A program that asks every hour, with the tag of last time."""

    def __init__(self, client, address):
        self.client, self.address, self.tag, self.calendar = client, address, "", b""

    def poll(self) -> int:
        answer = self.client.get(self.address, headers={"If-None-Match": self.tag} if self.tag else {})
        if answer.status_code == 200:
            self.tag, self.calendar = answer["ETag"], answer.content
        return answer.status_code

    @property
    def events(self):
        return icalendar.Calendar.from_ical(self.calendar).events


def test_changed_moved_cancelled_restored_undone(haren, session, chloe, worker_chloe, organiser_anna, client):
    pollers = [
        Poller(client, address_of(worker_chloe, haren, chloe)),
        Poller(client, address_of(organiser_anna, haren, session.series)),
    ]
    seen = []

    def act(*changes: Change) -> writer.Outcome:
        return writer.apply(haren, changes, by=organiser_anna, verb="act", now=NOW, accept_soft=True)

    def look(status: str, start: str) -> None:
        for poller in pollers:
            assert poller.poll() == 200
            assert poller.poll() == 304
            (event,) = poller.events
            assert (event["UID"], event["STATUS"]) == (f"session-{session.pk}@localhost", status)
            assert event["DTSTART"].dt == at(start)
        seen.append(event["SEQUENCE"])

    monday, tuesday = "2026-11-23 09:00", "2026-11-24 09:00"
    look("CONFIRMED", monday)
    act(Change(session.pk, room_id=None))
    FeedRules.objects.create(prison=haren, gate_minutes=30)
    look("CONFIRMED", monday)
    act(Change(session.pk, starts_at=at(tuesday), ends_at=at(tuesday) + dt.timedelta(minutes=90)))
    look("CONFIRMED", tuesday)
    act(Change(session.pk, state="cancelled", reason="worker"))
    look("CANCELLED", tuesday)
    act(Change(session.pk, state="published"))
    look("CONFIRMED", tuesday)
    back = act(Change(session.pk, starts_at=at(monday), ends_at=at(monday) + dt.timedelta(minutes=90)))
    look("CONFIRMED", monday)
    undo(back.change_set, by=organiser_anna, now=NOW)
    look("CONFIRMED", tuesday)
    assert seen == sorted(set(seen))  # each time higher


def test_who_no_longer_leads_it_no_longer_has_it(
    haren, service, session, chloe, worker_chloe, organiser_anna, client
):
    other = make_worker(haren, organisation=service)
    poller = Poller(client, address_of(worker_chloe, haren, chloe))
    assert (poller.poll(), len(poller.events)) == (200, 1)
    change = Change(session.pk, workers=(Part(other.pk),))
    writer.apply(haren, [change], by=organiser_anna, verb="put", now=NOW, accept_soft=True)
    assert (poller.poll(), len(poller.events)) == (200, 0)


def test_how_many_are_expected_follows_the_enrolments(
    haren, session, chloe, worker_chloe, organiser_anna, client
):
    FeedRules.objects.create(prison=haren, shows_number=True)
    unit = make_unit(haren)
    for name in ("Okafor, Zacharie", "Peeters, Jan"):
        make_enrollment(session.series, make_participant(haren, name, unit=unit))
    poller = Poller(client, address_of(worker_chloe, haren, chloe))
    assert poller.poll() == 200
    assert "2 people are expected." in str(poller.events[0]["DESCRIPTION"])


def test_no_byte_of_a_feed_or_a_letter_names_a_participant(
    haren, service, session, chloe, worker_chloe, organiser_anna, coordinator_karim, liaison_bert, client
):
    FeedRules.objects.create(prison=haren, shows_number=True, shows_room=True, has_prison_feed=True)
    User.objects.update(letters="now")
    unit = make_unit(haren)
    for number, name in enumerate(("Okafor, Zacharie", "Vandenbulcke, Gontran", "Ünal, Yağmur")):
        person = make_participant(
            haren, name, register_number=f"9876{number}", cell=f"C41{number}", unit=unit
        )
        make_enrollment(session.series, person)
    subjects = [
        (worker_chloe, chloe),
        (organiser_anna, session.series),
        (organiser_anna, session.room),
        (organiser_anna, service),
        (coordinator_karim, haren),
    ]
    addresses = [address_of(user, haren, subject) for user, subject in subjects]
    signed_in(worker_chloe).post(f"/me/sessions/{session.pk}/cannot-come/")
    closure = closing.announce(
        haren,
        ClosureDraft("strike", (Place(None, None, at("2026-11-23 00:00"), at("2026-11-24 00:00")),)),
        by=liaison_bert,
        now=NOW,
    ).closures[0]
    closing.confirm(closure, by=liaison_bert, now=NOW)
    closing.lift(closure, by=coordinator_karim, now=NOW)
    writer.apply(
        haren,
        [Change(session.pk, state="cancelled", reason="room")],
        by=organiser_anna,
        verb="cancel",
        now=NOW,
    )
    letters.post_daily(now=at("2026-11-20 18:00"))
    told = b"".join(client.get(address).content for address in addresses)
    told += b"".join(bytes(event.body) for event in StoredEvent.objects.all())
    assert told.count(b"BEGIN:VEVENT") >= len(subjects)
    posted = Message.objects.all()
    assert {letter.kind for letter in posted} >= {"session_changes", "staff_news"}
    told += "".join(f"{row.subject}{row.body_text}{row.body_html}" for row in posted).encode()
    unfolded = told.replace(b"\r\n ", b"")
    for person in Participant.objects.all():
        stay = person.stays.get()
        for word in (person.last_name, person.first_name, stay.register_number, stay.cell):
            assert word
            assert word.encode() not in unfolded
    to_the_prison = [letter for letter in posted if letter.to_user == liaison_bert]
    assert to_the_prison
    for letter in to_the_prison:
        words = letter.subject + letter.body_text + letter.body_html
        assert not any(title in words for title in ("Praatgroep", "Talking group"))


def test_secrets_stand_nowhere_but_on_the_page_that_shows_them_once(
    haren, session, chloe, worker_chloe, client, caplog
):
    browser = signed_in(worker_chloe)
    made = browser.post("/p/haren/feeds/", {"of": f"worker-{chloe.pk}", "language": "fr"})
    secret = made.context["address"].rpartition("/")[2].removesuffix(".ics")
    assert len(secret) >= 43  # 32 random bytes
    assert secret not in str(list(Feed.objects.values()))
    caplog.set_level("DEBUG")
    answer = client.get(f"/ical/{secret}.ics")
    assert answer["Referrer-Policy"] == "no-referrer"
    assert secret not in str(answer.headers) + answer.content.decode()
    assert 'referrerpolicy="no-referrer"' in made.content.decode()
    browser.post(f"/p/haren/feeds/{Feed.objects.get().pk}/revoke/")
    assert client.get(f"/ical/{secret}.ics").status_code == 404
    from core.log import blot

    assert all(secret not in blot(record.getMessage()) for record in caplog.records)
