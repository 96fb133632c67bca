"""News for services and prison: who hears of what others did, of closures, of permissions that end."""

import datetime as dt
import re

import pytest
from django.test import Client

from planner.models import Notice, StaffNotice
from planner.notifications import letters, permissions
from planner.notifications import staff_letters as staff_letters_module
from planner.scheduling.closures import closing
from planner.scheduling.closures.parts import ClosureDraft
from planner.scheduling.closures.parts import ClosurePart as Place
from planner.scheduling.placement import writer
from planner.scheduling.placement.session_changes import Change
from planner.scheduling.placement.undo import undo
from planner.workers import unread
from prisons.access import access_for
from prisons.models import AuditEntry, Message
from sessions.domain.placing import Part
from sessions.models import GroupSession, WorkerAccess
from tests.factories import (
    at,
    make_activity,
    make_enrollment,
    make_membership,
    make_participant,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_unit,
    make_user,
    make_worker,
    signed_in,
)

NOW = at("2026-11-20 10:00")
SOON = at("2026-11-21 10:00")
EVENING = at("2026-11-20 17:05")


@pytest.fixture(autouse=True)
def _slots(haren):
    for weekday in range(1, 6):
        make_slot(haren, weekday, "08:30", "11:00")


@pytest.fixture
def chloe(haren, service, worker_chloe):
    return make_worker(
        haren, organisation=service, user=worker_chloe, name="Chloe Lambert", email="chloe@example.org",
        language="en",
    )  # fmt: skip


@pytest.fixture
def series(haren, service):
    activity = make_activity(service, title_nl="Praatgroep", title_en="Talking group")
    return make_series(haren, activity=activity, list_code="A17")


@pytest.fixture
def session(haren, series, chloe):
    return make_session(series, room=make_room(haren), workers=[chloe], state="published", published_at=NOW)


@pytest.fixture(autouse=True)
def _all_in_english(organiser_anna, coordinator_karim, liaison_bert, organiser_emile):
    for user in (organiser_anna, coordinator_karim, liaison_bert, organiser_emile):
        user.language = "en"
        user.save()


def apply(by, *changes, now=NOW):
    prison = GroupSession.objects.get(pk=changes[0].session_id).prison
    return writer.apply(prison, changes, by=by, verb="move", now=now, accept_soft=True)


def moved(session, start="2026-11-24 09:00") -> Change:
    return Change(session.pk, starts_at=at(start), ends_at=at(start) + dt.timedelta(minutes=90))


def staff_letters() -> dict[str, Message]:
    return {letter.to_user.full_name: letter for letter in Message.objects.filter(to_user__isnull=False)}


def test_the_service_and_the_prison_hear_of_it_once_a_day(session, organiser_anna, coordinator_karim):
    apply(organiser_anna, moved(session))
    assert staff_letters() == {}
    assert {row.user.full_name for row in StaffNotice.objects.all()} == {"Karim Haddad", "Bert Claes"}
    assert letters.post_daily(now=at("2026-11-20 16:59")) == 0
    assert letters.post_daily(now=EVENING) == 2
    assert letters.post_daily(now=EVENING) == 0  # the task may run twice
    told = staff_letters()
    assert "MOVED: Talking group, from Mon 23 Nov. 2026, 09:00" in told["Karim Haddad"].body_text
    assert "MOVED: Activiteit / Activité A17, from Mon 23 Nov. 2026, 09:00" in told["Bert Claes"].body_text


def test_no_title_and_no_participant_reaches_the_prison(haren, series, session, organiser_anna, liaison_bert):
    person = make_participant(haren, "Okafor, Zacharie", register_number="98765", unit=make_unit(haren))
    make_enrollment(series, person)
    for change in (
        moved(session, "2026-11-23 08:30"),
        Change(session.pk, workers=()),
        Change(session.pk, state="cancelled", reason="room"),
        Change(session.pk, state="published"),
    ):
        apply(organiser_anna, change, now=SOON)
    found = [letter for letter in Message.objects.all() if letter.to_user == liaison_bert]
    assert len(found) == 4
    for letter in found:
        words = letter.subject + letter.body_text + letter.body_html
        assert "A17" in words
        assert not any(word in words for word in ("Praatgroep", "Talking", "Okafor", "Zacharie", "98765"))


def test_what_cannot_wait_is_told_at_once_whatever_was_chosen(session, organiser_anna, liaison_bert):
    liaison_bert.letters = "never"
    liaison_bert.save()
    apply(organiser_anna, moved(session, "2026-11-23 08:30"), now=SOON)
    letter = staff_letters()["Bert Claes"]
    assert letter.created_at == SOON
    assert "/notices/staff/" in letter.body_text
    apply(organiser_anna, moved(session, "2026-12-01 09:00"), now=SOON)
    assert Message.objects.filter(to_user=liaison_bert).count() == 2  # it was to begin within two days
    apply(organiser_anna, moved(session, "2026-12-02 09:00"), now=SOON)
    assert Message.objects.filter(to_user=liaison_bert).count() == 2
    letters.post_daily(now=at("2026-11-21 18:00"))
    assert Message.objects.filter(to_user=liaison_bert).count() == 2


def test_who_wants_to_hear_at_once_does(session, organiser_anna, coordinator_karim):
    coordinator_karim.letters = "now"
    coordinator_karim.save()
    apply(organiser_anna, moved(session))
    assert set(staff_letters()) == {"Karim Haddad"}


def test_other_services_hear_nothing_and_drafts_are_told_to_nobody(
    series, session, organiser_anna, organiser_emile, chloe
):
    draft = make_session(series, "2026-11-30 09:00", workers=[chloe])
    apply(organiser_anna, moved(draft, "2026-12-01 09:00"))
    assert not StaffNotice.objects.exists()
    apply(organiser_anna, moved(session))
    assert organiser_emile not in {row.user for row in StaffNotice.objects.all()}


def test_a_service_without_people_here_is_answered_for_by_its_authority(
    haren, service, session, organiser_emile, organiser_anna, coordinator_karim
):
    organiser_anna.memberships.update(ended_at=NOW)
    other = make_user("Ilse Maes")
    from tests.factories import make_organisation

    place = make_organisation(haren, short_name="Elders", authority="flemish")
    make_membership(other, haren, "coordinator", place)
    coordinator_karim.memberships.update(ended_at=NOW)
    writer.apply(
        haren, [moved(session)], by=coordinator_karim, verb="move", now=NOW, accept_soft=True,
        ordered_by_prison=True,
    )  # fmt: skip
    assert "Ilse Maes" in {row.user.full_name for row in StaffNotice.objects.all()}


def test_one_letter_names_forty_and_counts_the_rest(haren, series, chloe, organiser_anna, liaison_bert):
    liaison_bert.letters = "now"
    liaison_bert.save()
    rows = [
        make_session(series, at("2026-12-01 09:00") + dt.timedelta(days=day), pattern_on=None)
        for day in range(45)
    ]
    apply(organiser_anna, *[Change(row.pk, state="published") for row in rows])
    letter = staff_letters()["Bert Claes"]
    assert letter.subject == "45 things have changed in Haren"
    assert letter.body_text.count("New: ") == 40
    assert "… and 5 more." in letter.body_text


def test_somebody_else_leads_it(haren, service, session, organiser_anna):
    other = make_worker(haren, organisation=service, name="Joris Baert")
    apply(organiser_anna, Change(session.pk, workers=(Part(other.pk),)), now=SOON)
    assert "Other facilitators: Activiteit / Activité A17" in staff_letters()["Bert Claes"].body_text


def test_the_link_says_that_it_was_read(session, organiser_anna, liaison_bert):
    apply(organiser_anna, moved(session), now=SOON)
    link = re.search(r"/notices/staff/\S+", staff_letters()["Bert Claes"].body_text)[0]
    page = Client().get(link).content.decode()
    assert "A17" in page and "Talking" not in page
    assert not StaffNotice.objects.filter(read_at__isnull=False).exists()
    assert Client().post(link).status_code == 200
    assert StaffNotice.objects.get(user=liaison_bert).read_at is not None
    assert Client().get(link[:-3] + "x/").status_code == 404


# --- closures ---------------------------------------------------------------------------------------------


def strike(start="2026-11-23 00:00", end="2026-11-24 00:00") -> ClosureDraft:
    return ClosureDraft("strike", (Place(None, None, at(start), at(end)),))


def kinds() -> list[str]:
    return [row.kind for row in Notice.objects.order_by("pk")]


def test_announced_warns_confirmed_cancels_and_lifting_brings_back(
    haren, session, liaison_bert, coordinator_karim, organiser_anna
):
    closure = closing.announce(haren, strike(), by=liaison_bert, now=SOON).closures[0]
    assert kinds() == ["doubtful"]
    letter = Message.objects.get(to_email="chloe@example.org")
    assert letter.subject.startswith("May not take place: Talking group on Mon 23 Nov. 2026, 09:00")
    told = staff_letters()
    assert set(told) == {"Anna Peeters", "Karim Haddad"}
    assert "Announced: no activities in Haren" in told["Anna Peeters"].body_text
    assert "(strike)" in told["Anna Peeters"].body_text

    closing.confirm(closure, by=liaison_bert, now=SOON)
    assert kinds() == ["doubtful", "cancelled"]
    assert "CONFIRMED: no activities in Haren" in staff_letters()["Anna Peeters"].body_text
    assert "CANCELLED: Talking group on Mon 23 Nov. 2026, 09:00" in staff_letters()["Anna Peeters"].body_text

    closing.lift(closure, by=coordinator_karim, now=SOON)
    assert kinds() == ["doubtful", "cancelled", "restored"]
    told = staff_letters()
    assert "LIFTED: activities in Haren" in told["Bert Claes"].body_text
    assert "Takes place after all: Activiteit / Activité A17" in told["Bert Claes"].body_text
    assert "Talking" not in told["Bert Claes"].body_text
    assert not StaffNotice.objects.filter(kind="changes").exists()  # one letter per act, not two


def test_lifting_what_was_only_announced_says_that_it_takes_place(haren, session, liaison_bert):
    closure = closing.announce(haren, strike(), by=liaison_bert, now=SOON).closures[0]
    closing.lift(closure, by=liaison_bert, now=SOON)
    assert kinds() == ["doubtful", "certain"]
    last = Message.objects.filter(to_email="chloe@example.org").latest("pk")
    assert last.subject.startswith("Takes place after all: Talking group")


def test_undoing_an_announcement_is_told_to_whoever_was_told(haren, session, liaison_bert):
    decision = closing.announce(haren, strike(), by=liaison_bert, now=SOON)
    Message.objects.update(state="sent")
    undo(decision.change_set, by=liaison_bert, now=SOON)
    assert kinds() == ["doubtful", "certain"]
    assert "Takes place after all" in staff_letters()["Anna Peeters"].body_text


def test_a_far_closure_waits_for_the_letter_of_the_day(haren, session, liaison_bert, chloe):
    letters.choose_letters(chloe, "daily")
    closing.announce(haren, strike(), by=liaison_bert, now=NOW - dt.timedelta(days=1))
    assert not Message.objects.exists()
    letters.post_daily(now=EVENING)
    assert Message.objects.count() == 3  # Chloé, Anna and Karim


# --- permissions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("until", "is_told"),
    [
        (dt.date(2026, 12, 20), True),  # thirty days
        (dt.date(2026, 12, 21), False),
        (dt.date(2026, 11, 20), True),  # today is its last day
        (dt.date(2026, 11, 19), False),  # over: that is an open conflict by now
        (None, False),
    ],
)
def test_a_permission_that_ends_within_thirty_days_is_told_once(haren, chloe, until, is_told):
    WorkerAccess.objects.filter(worker=chloe).update(permitted_until=until)
    assert permissions.tell_ending(now=NOW) == is_told
    assert permissions.tell_ending(now=NOW) == 0
    assert Message.objects.filter(to_email="chloe@example.org").exists() == is_told
    assert {row.user.full_name for row in StaffNotice.objects.all()} == (
        {"Anna Peeters", "Karim Haddad", "Bert Claes"} if is_told else set()
    )
    assert AuditEntry.objects.filter(verb="warn_permission").exists() == is_told


def test_a_new_permission_is_told_when_it_ends_too(haren, chloe):
    WorkerAccess.objects.filter(worker=chloe).update(permitted_until=dt.date(2026, 12, 1))
    assert permissions.tell_ending(now=NOW) == 1
    WorkerAccess.objects.filter(worker=chloe).update(permitted_until=dt.date(2027, 1, 10))
    assert permissions.tell_ending(now=NOW) == 0
    assert permissions.tell_ending(now=at("2026-12-15 08:00")) == 1


def test_the_letters_name_the_facilitator_and_the_day(haren, chloe, liaison_bert):
    WorkerAccess.objects.filter(worker=chloe).update(permitted_until=dt.date(2026, 12, 1))
    permissions.tell_ending(now=NOW)
    letters.post_daily(now=EVENING)
    assert staff_letters()["Bert Claes"].subject == (
        "The permission of Chloe Lambert for Haren ends on Tuesday 1 December 2026."
    )
    own = Message.objects.get(to_email="chloe@example.org")
    assert own.subject == "Your permission for Haren ends on Tuesday 1 December 2026"


@pytest.mark.parametrize(("until", "letters_sent"), [("2026-12-10", 0), ("2026-11-21", 1)])
def test_who_wants_no_letters_gets_one_when_it_cannot_wait(haren, chloe, until, letters_sent):
    letters.choose_letters(chloe, "never")
    WorkerAccess.objects.filter(worker=chloe).update(permitted_until=until)
    permissions.tell_ending(now=NOW)
    assert Message.objects.filter(to_email="chloe@example.org").count() == letters_sent


def test_who_needs_none_or_is_gone_is_not_told(haren, service, chloe):
    WorkerAccess.objects.update(permitted_until=dt.date(2026, 12, 1), needs_permission=False)
    assert permissions.tell_ending(now=NOW) == 0
    WorkerAccess.objects.update(needs_permission=True)
    chloe.is_active = False
    chloe.save()
    assert permissions.tell_ending(now=NOW) == 0


# --- who has not read -------------------------------------------------------------------------------------


def test_the_call_list_says_how_it_stands_with_the_letter(
    haren, session, chloe, organiser_anna, liaison_bert, coordinator_karim, monkeypatch
):
    monkeypatch.setattr("django.utils.timezone.now", lambda: SOON)
    apply(organiser_anna, moved(session, "2026-11-23 08:30"), now=SOON)
    page = signed_in(coordinator_karim).get("/p/haren/call-list/").content.decode()
    assert "Chloe Lambert" in page and "waiting" in page
    assert "bert.claes@example.org" in page  # the prison has not read it either
    Message.objects.filter(to_email="chloe@example.org").update(state="failed", failure="refused")
    assert "failed" in signed_in(coordinator_karim).get("/p/haren/call-list/").content.decode()
    staff_letters_module.mark_read(StaffNotice.objects.filter(user=liaison_bert), now=SOON)
    assert "bert.claes" not in signed_in(coordinator_karim).get("/p/haren/call-list/").content.decode()


def test_others_do_not_see_who_of_a_service_has_not_read(
    haren, session, organiser_anna, coordinator_karim, organiser_emile, monkeypatch
):
    apply(coordinator_karim, moved(session, "2026-11-23 08:30"), now=SOON)
    own = [
        row.user for row in unread.staff_not_read(access_for(coordinator_karim, haren, now=SOON), now=SOON)
    ]
    assert organiser_anna in own
    theirs = unread.staff_not_read(access_for(organiser_emile, haren, now=SOON), now=SOON)
    assert organiser_anna not in [row.user for row in theirs]
