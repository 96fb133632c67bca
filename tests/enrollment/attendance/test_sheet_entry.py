"""Typing in a sheet that came back: few keys, all or nothing, own sessions only."""

import datetime as dt

import pytest

from core.errors import PlannerError
from enrollment.domain.attendance import attendance_history, marking, sheet_entry
from enrollment.domain.attendance.sheet_codes import code_of
from enrollment.domain.lists.cut_off import day_of
from enrollment.domain.lists.day_lists import day_lists
from enrollment.domain.requests.seats import count
from enrollment.models import Attendance, Headcount, ListVersion, Skip
from prisons.access import access_for
from tests.factories import (
    at,
    make_activity,
    make_enrollment,
    make_participant,
    make_room,
    make_series,
    make_session,
    make_unit,
    make_worker,
    signed_in,
)

AFTER = at("2026-11-23 12:00")


@pytest.fixture(autouse=True)
def _afternoon(monkeypatch):
    """It is the afternoon after the session."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: AFTER)


@pytest.fixture
def series(haren, service):
    return make_series(haren, organisation=service, places=25)


@pytest.fixture
def session(series, haren):
    return make_session(series, room=make_room(haren), state="published")


@pytest.fixture
def people(series, haren):
    unit = make_unit(haren, "A1")
    numbers = ("2299", "2301", "2317", "3317")
    people = [make_participant(haren, f"Naam{n}, Jan", unit=unit, register_number=n, cell=n) for n in numbers]
    for person in people:
        make_enrollment(series, person)
    return people


def marks(session):
    rows = Attendance.objects.filter(session=session).values_list("participant__last_name", "mark")
    return {name.removeprefix("Naam"): mark for name, mark in rows}


def test_only_exceptions_are_keyed(session, people, organiser_anna):
    assert sheet_entry.enter_sheet(session, "99n, 01 e", by=organiser_anna, now=AFTER) == 2
    assert marks(session) == {"2299": "not_brought", "2301": "excused", "2317": "present", "3317": "present"}


def test_twenty_five_names_in_at_most_forty_keys(haren, series, session, organiser_anna):
    for number in range(25):
        make_enrollment(series, make_participant(haren, register_number=f"{4100 + number}"))
    typed = "01n 07n 13e 20w 24s"
    keys = len(code_of(session.pk)) + 1 + len(typed) + 1  # each with Enter
    assert keys <= 40
    assert sheet_entry.enter_sheet(session, typed, by=organiser_anna, now=AFTER) == 20


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("99q", "exception_letter"),
        ("12345n", "exception_who"),
        ("317n", "exception_who"),  # two people end so
        ("99n 2299e", "exception_twice"),
        ("99n nonsense", "exception_unreadable"),
        ("99", "exception_unreadable"),
        ("=1+1", "exception_unreadable"),
    ],
)
def test_what_cannot_be_read_changes_nothing(session, people, organiser_anna, typed, code):
    with pytest.raises(PlannerError) as refusal:
        sheet_entry.enter_sheet(session, typed, by=organiser_anna, now=AFTER)
    assert (refusal.value.code, refusal.value.status, marks(session)) == (code, 422, {})


def test_marks_set_before_stay(session, people, organiser_anna):
    Attendance.objects.create(session=session, participant=people[0], mark="elsewhere", at=AFTER)
    assert sheet_entry.enter_sheet(session, "", by=organiser_anna, now=AFTER) == 3
    assert marks(session)["2299"] == "elsewhere"


def test_the_desk_shows_own_sessions_without_marks(
    haren, series, session, people, organiser_anna, organiser_emile
):
    make_session(series, "2026-11-24 09:00", state="published")  # still to come
    make_session(series, "2026-11-16 09:00")  # a draft
    make_session(series, "2026-10-12 09:00", state="published")  # too long ago
    empty = make_series(haren, activity=series.activity)
    make_session(empty, "2026-11-20 09:00", state="published")  # nobody in it
    mine, others = (access_for(user, haren, now=AFTER) for user in (organiser_anna, organiser_emile))
    assert list(sheet_entry.to_type_in(mine, now=AFTER)) == [session]
    assert list(sheet_entry.to_type_in(others, now=AFTER)) == []
    sheet_entry.enter_sheet(session, "", by=organiser_anna, now=AFTER)
    assert list(sheet_entry.to_type_in(mine, now=AFTER)) == []


# --- over HTTP ------------------------------------------------------------------------------------------


def test_the_code_leads_to_the_session(session, people, organiser_anna, organiser_emile):
    code = code_of(session.pk)
    answer = signed_in(organiser_anna).get("/p/haren/attendance/", {"code": code.lower()})
    assert (answer.status_code, answer["Location"]) == (302, f"/p/haren/attendance/{session.pk}/")
    for user, typed in ((organiser_anna, "ZZZZ"), (organiser_emile, code)):
        assert signed_in(user).get("/p/haren/attendance/", {"code": typed}).status_code == 422


def test_a_sheet_is_typed_in_and_a_wrong_one_is_kept(session, people, organiser_anna):
    browser, path = signed_in(organiser_anna), f"/p/haren/attendance/{session.pk}/sheet/"
    wrong = browser.post(path, {"exceptions": "99q 01e"})
    assert wrong.status_code == 422
    assert "99q 01e" in wrong.content.decode()
    assert browser.post(path, {"exceptions": "99n"}).status_code == 302
    assert marks(session)["2299"] == "not_brought"


def test_one_tap_marks_one_person(session, people, organiser_anna):
    browser, path = signed_in(organiser_anna), f"/p/haren/attendance/{session.pk}/{people[0].pk}/"
    assert browser.post(path, {"mark": "present"}).status_code == 302
    row = browser.post(path, {"mark": "excused"}, headers={"HX-Request": "true"})
    assert row.status_code == 200
    assert f'id="attendance-{people[0].pk}"' in row.content.decode()
    assert "<html" not in row.content.decode()
    assert marks(session) == {"2299": "excused"}
    assert browser.post(path, {"mark": "sick"}).status_code == 422


def test_a_facilitator_marks_own_sessions_without_seeing_names(haren, series, people, worker_chloe):
    mine = make_session(
        series, "2026-11-23 09:00", state="published", workers=[make_worker(haren, user=worker_chloe)]
    )
    other = make_session(series, "2026-11-23 11:00", state="published")
    browser = signed_in(worker_chloe)
    told = browser.get(f"/p/haren/attendance/{mine.pk}/").content.decode()
    assert "Jan N." in told
    assert not any(word in told for word in ("Naam", "2299", "A1 "))
    assert (
        browser.post(f"/p/haren/attendance/{mine.pk}/{people[0].pk}/", {"mark": "present"}).status_code == 302
    )
    assert browser.get(f"/p/haren/attendance/{other.pk}/").status_code == 404


def test_others_do_not_mark(session, people, organiser_emile, liaison_bert, stranger_dirk):
    for user, status in ((organiser_emile, 404), (liaison_bert, 403), (stranger_dirk, 404)):
        for path in ("", "sheet/", f"{people[0].pk}/", "heads/"):
            method = signed_in(user).post if path else signed_in(user).get
            assert method(f"/p/haren/attendance/{session.pk}/{path}").status_code == status
    assert marks(session) == {}


def test_before_it_begins_nothing_is_marked(series, people, organiser_anna):
    later = make_session(series, "2026-11-24 09:00", state="published")
    assert signed_in(organiser_anna).post(f"/p/haren/attendance/{later.pk}/sheet/").status_code == 409
    assert marks(later) == {}


def test_a_drop_in_hour_has_a_number(haren, service, organiser_anna):
    series = make_series(haren, organisation=service, is_drop_in=True)
    session = make_session(series, state="published")
    browser = signed_in(organiser_anna)
    for people, status in (("", 422), ("-1", 422), ("14", 302)):
        assert (
            browser.post(f"/p/haren/attendance/{session.pk}/heads/", {"people": people}).status_code == status
        )
    assert Headcount.objects.get().people == 14


def test_families_are_numbers(haren, service, organiser_anna):
    series = make_series(haren, activity=make_activity(service, domain="family"))
    session, person = make_session(series, state="published"), make_participant(haren)
    make_enrollment(series, person)
    path = f"/p/haren/attendance/{session.pk}/{person.pk}/"
    signed_in(organiser_anna).post(
        path, {"mark": "present", f"adults-{person.pk}": "2", f"children-{person.pk}": "3"}
    )
    row = Attendance.objects.get()
    assert (row.adults, row.children) == (2, 3)


# --- before the session, many at once, who and when -----------------------------------------------------


@pytest.fixture
def coming(series, people):
    """In a week."""
    return make_session(series, "2026-11-30 09:00", state="published")


def test_excused_up_to_fourteen_days_ahead_leaves_the_lists(haren, series, coming, people, organiser_anna):
    anna = people[0]
    row = marking.mark(coming, anna, "excused", by=organiser_anna, now=AFTER)
    assert (row.mark, Skip.objects.count()) == ("excused", 1)
    day = day_lists(haren, dt.date(2026, 11, 30), now=AFTER)
    assert anna.pk not in {person.id for person in day.taking_place[0].people}
    assert count(series).held == 4  # the place is kept
    marking.mark(coming, anna, "", by=organiser_anna, now=AFTER)
    assert (Attendance.objects.count(), Skip.objects.count()) == (0, 0)
    assert len(day_lists(haren, dt.date(2026, 11, 30), now=AFTER).taking_place[0].people) == 4


@pytest.mark.parametrize(
    ("value", "start", "code"),
    [
        ("present", "2026-11-30 09:00", "too_early"),
        ("not_brought", "2026-11-30 09:00", "too_early"),
        ("excused", "2026-12-08 09:00", "too_early"),  # fifteen days ahead
        ("excused", "2026-10-20 09:00", "too_late"),
    ],
)
def test_nothing_else_is_marked_outside_the_window(series, people, organiser_anna, value, start, code):
    session = make_session(series, start, state="published")
    with pytest.raises(PlannerError) as refusal:
        marking.mark(session, people[0], value, by=organiser_anna, now=AFTER)
    assert (refusal.value.code, Attendance.objects.count()) == (code, 0)


def test_excusing_freezes_the_lists_that_are_due_first(haren, series, people, organiser_anna):
    tomorrow = make_session(series, "2026-11-24 09:00", state="published")
    after_the_cut_off = at("2026-11-23 16:00")
    marking.mark(tomorrow, people[0], "excused", by=organiser_anna, now=after_the_cut_off)
    frozen = day_of(ListVersion.objects.get(on=dt.date(2026, 11, 24)))
    assert people[0].pk in {person.id for person in frozen.taking_place[0].people}


def test_sheet_with_excuses_only_still_lies_on_the_desk(haren, series, people, organiser_anna):
    session = make_session(series, "2026-11-23 15:00", state="published")
    marking.mark(session, people[0], "excused", by=organiser_anna, now=AFTER)
    access = access_for(organiser_anna, haren, now=AFTER)
    evening = at("2026-11-23 20:00")
    assert session in sheet_entry.to_type_in(access, now=evening)
    assert sheet_entry.enter_sheet(session, "", by=organiser_anna, now=evening) == 3
    assert marks(session)["2299"] == "excused"
    assert session not in sheet_entry.to_type_in(access, now=evening)


def test_page_says_what_can_be_marked_now(series, session, coming, people, organiser_anna):
    anna = signed_in(organiser_anna)
    far = make_session(series, "2026-12-14 09:00", state="published")
    old = make_session(series, "2026-10-05 09:00", state="published")
    Attendance.objects.create(session=old, participant=people[0], mark="excused", at=AFTER)
    for one, window, buttons in (
        (session, "open", 7),
        (coming, "excuse", 1),
        (far, "later", 0),
        (old, "closed", 0),
    ):
        page = anna.get(f"/p/haren/attendance/{one.pk}/")
        assert (page.context["window"], len(page.context["marks"])) == (window, buttons)
    assert b"excused" in anna.get(f"/p/haren/attendance/{old.pk}/").content


def test_many_at_once_is_all_or_nothing(haren, session, people, organiser_anna, organiser_emile):
    path, anna = f"/p/haren/attendance/{session.pk}/many/", signed_in(organiser_anna)
    stranger = make_participant(haren)
    ids = [person.pk for person in people[:2]]
    assert anna.post(path, {"who": [*ids, stranger.pk], "action": "elsewhere"}).status_code == 404
    assert anna.post(path, {"who": ids, "action": "sick"}).status_code == 422
    assert anna.post(path, {"action": "elsewhere"}).status_code == 422
    assert marks(session) == {}
    assert anna.post(path, {"who": ids, "action": "elsewhere"}).status_code == 302
    assert marks(session) == {"2299": "elsewhere", "2301": "elsewhere"}
    assert signed_in(organiser_emile).post(path, {"who": ids, "action": "present"}).status_code == 404


def test_page_tells_who_marked_when_and_no_value(session, people, organiser_anna, coordinator_karim):
    marking.mark(session, people[0], "not_brought", by=organiser_anna, now=AFTER)
    marking.mark(session, people[0], "present", by=coordinator_karim, now=AFTER)
    sheet_entry.enter_sheet(session, "", by=coordinator_karim, now=AFTER)
    acts = attendance_history.of_session(session)
    assert [(act.verb, act.by.full_name) for act in acts] == [
        ("mark_all", "Karim Haddad"),
        ("mark", "Karim Haddad"),
        ("mark", "Anna Peeters"),
    ]
    page = signed_in(organiser_anna).get(f"/p/haren/attendance/{session.pk}/").content.decode()
    told = page[page.index("Who marked, and when") :]
    assert "Karim Haddad" in told and "Naam2299, Jan" in told and "not brought" not in told


def test_facilitator_says_that_everybody_was_there_but_keys_in_no_numbers(
    haren, series, people, worker_chloe
):
    mine = make_session(
        series, "2026-11-23 09:00", state="published", workers=[make_worker(haren, user=worker_chloe)]
    )
    path = f"/p/haren/attendance/{mine.pk}/sheet/"
    assert signed_in(worker_chloe).post(path, {"exceptions": "99n"}).status_code == 302
    assert set(marks(mine).values()) == {"present"}


def test_not_brought_stands_apart_at_the_foot(session, people, organiser_anna):
    sheet_entry.enter_sheet(session, "99n 01e", by=organiser_anna, now=AFTER)
    page = signed_in(organiser_anna).get(f"/p/haren/attendance/{session.pk}/").content.decode()
    foot = page[page.index('id="attendance-counts"') :]
    assert "Not brought by the prison" in foot[foot.index("marks-apart") :]
