"""Figures: each number is the length of its list, services see what they may."""

import datetime as dt

import pytest

from enrollment.models import Attendance, Note, Request, Slip
from planner.reports.figures import figures_of
from planner.reports.scope import Period, Scope
from sessions.models import Cancellation
from tests.factories import (
    at,
    make_activity,
    make_enrollment,
    make_organisation,
    make_participant,
    make_room,
    make_series,
    make_session,
    make_unit,
    make_user,
    signed_in,
)

pytestmark = pytest.mark.postgres

NOW = at("2026-11-25 12:00")
TERM = Period(dt.date(2026, 11, 1), dt.date(2026, 12, 31))


@pytest.fixture
def unit(haren):
    return make_unit(haren, "A1", target_group="remand")


@pytest.fixture
def series(haren, service, unit):
    activity = make_activity(service, title_en="Talking group", domain="addiction")
    return make_series(haren, activity=activity, places=4, units=[unit], languages=["fr"])


def published(series, start="2026-11-23 09:00", **fields):
    return make_session(series, start, state="published", **fields)


def cancelled(series, start, reason, was_state="published"):
    session = make_session(series, start, state="cancelled")
    Cancellation.objects.create(session=session, reason=reason, was_state=was_state, at=NOW)


def scope(prison, *services, period=TERM, now=NOW) -> Scope:
    ids = frozenset(service.pk for service in services) if services else None
    return Scope((prison.pk,), period, now, ids)


def mark(session, participant, value="present"):
    return Attendance.objects.create(session=session, participant=participant, mark=value, at=NOW)


def request(prison, participant, received="2026-11-10", **fields):
    note = Note.objects.create(
        prison=prison, participant=participant, received_on=received, entered_by=make_user(), entered_at=NOW
    )
    return Request.objects.create(
        prison=prison, note=note, participant=participant, received_on=received, **fields
    )


def test_what_was_planned_held_and_cancelled(haren, series):
    published(series)
    published(series, "2026-11-30 09:00")  # still to come
    make_session(series, "2026-11-24 09:00")  # a draft
    published(series, "2026-10-30 09:00")  # before the period
    cancelled(series, "2026-11-24 14:00", "worker")
    cancelled(series, "2026-11-26 14:00", "closure")
    cancelled(series, "2026-11-27 14:00", "room", was_state="draft")  # nobody had seen it
    found = figures_of(scope(haren))
    assert (found.planned, found.held, found.to_come) == (4, 1, 1)
    assert found.cancelled == {"worker": 1, "closure": 1}
    assert scope(haren).cancelled("worker").count() == 1


def test_who_came_and_who_was_not_brought(haren, series, unit):
    session, people = published(series), [make_participant(haren, unit=unit) for _ in range(3)]
    for person, value in zip(people, ("present", "declined_self", "not_brought"), strict=True):
        make_enrollment(series, person)
        mark(session, person, value)
    found = figures_of(scope(haren))
    assert found.marks == {"present": 1, "declined_self": 1, "not_brought": 1}
    assert found.attendance == 50  # the one whom the prison did not bring counts apart
    assert (found.taken_places, found.all_places, found.occupancy) == (3, 4, 75)


def test_people_reached_for_the_first_time(haren, series, unit):
    old, new = make_participant(haren, unit=unit), make_participant(haren, unit=unit)
    mark(published(series, "2026-10-05 09:00"), old)
    first, second = published(series, "2026-11-16 09:00"), published(series)
    for session, person in ((first, old), (first, new), (second, new)):
        mark(session, person)
    assert [row.participant for row in scope(haren).first_times()] == [new]


def test_requests_and_their_answers(haren, series, service, unit):
    people = [make_participant(haren, unit=unit) for _ in range(4)]
    request(haren, people[0], series=series, organisation=service)
    for person, handed_out_at in ((people[1], None), (people[2], NOW)):
        decided = request(
            haren,
            person,
            series=series,
            organisation=service,
            state="decided",
            decided_at=at("2026-11-14 09:00"),
        )
        Slip.objects.create(
            prison=haren,
            participant=person,
            request=decided,
            kind="placed",
            created_at=NOW,
            handed_out_at=handed_out_at,
        )
    request(haren, people[3], wish_domain="work", wish_title="Lassen")
    found = figures_of(scope(haren))
    assert (found.requests, found.unanswered, found.days_to_answer) == (4, 3, 4)
    assert figures_of(scope(haren, service)).requests == 3  # a wish belongs to no service


def test_demand_beside_offer(haren, series, service, unit):
    published(series)
    for _ in range(3):
        request(haren, make_participant(haren, unit=unit), series=series, organisation=service)
    request(haren, make_participant(haren, unit=unit), wish_domain="work", wish_title="Lassen")
    found = figures_of(scope(haren))
    assert [(row.key, row.asked, row.places) for row in found.domains] == [
        ("addiction", 3, 4),
        ("work", 1, 0),
    ]
    assert [(row.key, row.asked, row.places) for row in found.languages] == [("fr", 3, 4)]
    assert [(row.key, row.asked, row.places) for row in found.units] == [("A1", 4, 4)]


def test_other_services_and_prisons_stay_apart(haren, saint_gilles, series, other_service):
    published(series)
    published(make_series(haren, organisation=other_service), "2026-11-24 09:00")
    published(make_series(saint_gilles, organisation=make_organisation(saint_gilles)), "2026-11-24 09:00")
    assert figures_of(scope(haren)).held == 2
    assert figures_of(scope(haren, other_service)).held == 1


def test_the_page_costs_the_same_for_one_session_and_thirty(
    haren, series, unit, django_assert_max_num_queries
):
    with django_assert_max_num_queries(13):
        figures_of(scope(haren))
    for number in range(30):
        group = make_series(haren, activity=series.activity, units=[unit])
        session = published(
            group, f"2026-11-{2 + number % 20:02} {9 + number // 20:02}:00", room=make_room(haren)
        )
        person = make_participant(haren, unit=unit)
        make_enrollment(group, person)
        mark(session, person)
        request(haren, person, series=group, organisation=series.activity.organisation)
    with django_assert_max_num_queries(13):
        assert figures_of(scope(haren)).held == 30


# --- over HTTP ------------------------------------------------------------------------------------------

LISTS = ("planned", "held", "to-come", "cancelled", "marks", "new-people", "requests", "unanswered")


def test_every_number_is_the_length_of_its_list(haren, series, service, unit, coordinator_karim):
    person = make_participant(haren, unit=unit)
    mark(published(series), person)
    cancelled(series, "2026-11-24 14:00", "worker")
    request(haren, person, series=series, organisation=service)
    browser = signed_in(coordinator_karim)
    dates = {"first": "2026-11-01", "last": "2026-12-31"}
    page = browser.get("/p/haren/reports/", dates)
    found = page.context["figures"]
    numbers = {
        "planned": found.planned,
        "held": found.held,
        "to_come": found.to_come,
        "cancelled": found.cancelled_in_all,
        "marks": found.expected,
        "new_people": found.new_people,
        "requests": found.requests,
        "unanswered": found.unanswered,
    }
    for name, number in numbers.items():
        assert browser.get(page.context["links"][name]).context["page"].paginator.count == number
    assert numbers["planned"] == 2


def test_no_page_names_a_person(haren, series, service, unit, coordinator_karim):
    person = make_participant(haren, "Okafor, Zacharie", unit=unit)
    mark(published(series), person)
    request(haren, person, series=series, organisation=service)
    for path in ("", *(f"{name}/" for name in LISTS)):
        answer = signed_in(coordinator_karim).get(f"/p/haren/reports/{path}")
        assert answer.status_code == 200
        assert b"Okafor" not in answer.content


def test_whoever_may_not_know_titles_sees_none(haren, series, service, unit, auditor_greet):
    person = make_participant(haren, unit=unit)
    mark(published(series), person)
    request(haren, person, series=series, organisation=service)
    for path in ("planned/", "marks/", "requests/"):
        assert b"Talking group" not in signed_in(auditor_greet).get(f"/p/haren/reports/{path}").content


def test_who_has_reports(haren, liaison_bert, worker_chloe, stranger_dirk, organiser_anna):
    for user, status in (
        (liaison_bert, 403),
        (worker_chloe, 403),
        (stranger_dirk, 404),
        (organiser_anna, 200),
    ):
        assert signed_in(user).get("/p/haren/reports/").status_code == status
    assert signed_in(organiser_anna).get("/p/haren/reports/people/").status_code == 404


@pytest.mark.parametrize(
    "query", ["first=nonsense", "first=2026-12-01&last=2026-01-01", "service=99999", "page=x"]
)
def test_nonsense_in_the_address_is_taken_calmly(haren, organiser_anna, query):
    assert signed_in(organiser_anna).get(f"/p/haren/reports/?{query}").status_code == 200
    assert signed_in(organiser_anna).get(f"/p/haren/reports/planned/?{query}").status_code == 200
