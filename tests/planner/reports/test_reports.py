"""Figures: each number is the length of its list, services see what they may."""

import datetime as dt
import re
from html.parser import HTMLParser

import pytest

from enrollment.models import Attendance, Headcount, Note, Request, Slip
from planner.reports.figures import figures_of
from planner.reports.lists import LISTS
from planner.reports.periods import Period
from planner.reports.scope import ReportScope
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
from tests.pages import flat

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


def scope(prison, *services, period=TERM, now=NOW) -> ReportScope:
    ids = frozenset(service.pk for service in services) if services else None
    return ReportScope((prison.pk,), period, now, ids)


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
    assert (found.demand.requests, found.demand.unanswered, found.demand.days_to_answer) == (4, 3, 4)
    assert (found.demand.undecided, found.demand.not_handed_out, found.demand.decided) == (2, 1, 2)
    assert figures_of(scope(haren, service)).demand.requests == 3  # a wish belongs to no service


def test_demand_beside_offer(haren, series, service, unit):
    published(series)
    for _ in range(3):
        request(haren, make_participant(haren, unit=unit), series=series, organisation=service)
    request(haren, make_participant(haren, unit=unit), wish_domain="work", wish_title="Lassen")
    found = figures_of(scope(haren))
    assert [(row.key, row.asked, row.places) for row in found.demand.domains] == [
        ("addiction", 3, 4),
        ("work", 1, 0),
    ]
    assert [(row.key, row.asked, row.places) for row in found.demand.languages] == [("fr", 3, 4)]
    assert [(row.key, row.asked, row.places) for row in found.demand.units] == [("A1", 4, 4)]


def test_whoever_moves_somebody_sees_no_request_to_another_service_move_along(
    haren, series, service, other_service, unit, organiser_anna, coordinator_karim, auditor_greet
):
    """By unit of today: the line that changes with a known person is that person's."""
    other_unit, theirs = make_unit(haren, "B2"), make_series(haren, organisation=other_service)
    person = make_participant(haren, unit=unit)
    request(haren, person, series=theirs, organisation=other_service)
    request(haren, make_participant(haren, unit=unit), series=series, organisation=service)

    def told(user):
        browser = signed_in(user)
        pages = [
            "/p/haren/reports/",
            *(f"/p/haren/reports/asked-by-unit/?code={code}" for code in ("A1", "B2")),
        ]
        context = [
            browser.get(page, DATES if page.endswith("reports/") else DATES | {"code": page[-2:]}).context
            for page in pages
        ]
        units = [(row.key, row.asked) for row in context[0]["figures"].demand.units]
        return units, [len(each["page"]) for each in context[1:]]

    before = [told(user) for user in (organiser_anna, coordinator_karim)]
    assert before == [([("A1", 1)], [1, 0])] * 2 and told(auditor_greet)[1] == [2, 0]
    person.stays.update(unit=other_unit)
    assert [told(user) for user in (organiser_anna, coordinator_karim)] == before


def test_what_another_service_answered_is_read_from_no_figure(
    haren, other_service, unit, organiser_anna, coordinator_karim
):
    """Whoever noted what another service was asked knows the day and the group: a list of one would be the answer."""
    theirs = make_series(haren, organisation=other_service)
    asked = request(haren, make_participant(haren, unit=unit), series=theirs, organisation=other_service)
    codes = {"ended": ["open", "decided", "left"], "asked-by-unit": ["A1"]}
    codes["asked-by-domain"] = [theirs.activity.domain]
    asked_pages = [("", ""), *((name, code) for name in LISTS for code in codes.get(name, [""]))]
    secret = re.compile(r'"X-CSRFToken": "\w+"|value="\w{64}"|nonce="[^"]+"')

    def told():
        pages = {}
        for user in (organiser_anna, coordinator_karim):
            browser = signed_in(user)
            for what, code in asked_pages:
                asks = DATES | {"service": other_service.pk, "code": code}
                page = browser.get("/p/haren/reports/" + (f"{what}/" if what else ""), asks)
                pages[str(user), what, code] = secret.sub("", flat(page))
        return pages

    before = told()
    type(asked).objects.filter(pk=asked.pk).update(state="decided", decided_at=NOW)
    make_enrollment(theirs, make_participant(haren, unit=unit), state="waiting", waiting_since=NOW)
    after = told()
    assert [page for page in before if after[page] != before[page]] == []


def test_other_services_and_prisons_stay_apart(haren, saint_gilles, series, other_service):
    published(series)
    published(make_series(haren, organisation=other_service), "2026-11-24 09:00")
    published(make_series(saint_gilles, organisation=make_organisation(saint_gilles)), "2026-11-24 09:00")
    assert figures_of(scope(haren)).held == 2
    assert figures_of(scope(haren, other_service)).held == 1


def test_the_page_costs_the_same_for_one_session_and_thirty(
    haren, series, unit, django_assert_max_num_queries
):
    with django_assert_max_num_queries(10):
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
    with django_assert_max_num_queries(10):
        assert figures_of(scope(haren)).held == 30


# --- over HTTP ------------------------------------------------------------------------------------------

DATES = {"first": "2026-11-01", "last": "2026-12-31"}


@pytest.fixture
def busy(haren, series, service, other_service, unit, monkeypatch):
    """At least one of everything that the page counts, of two services."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    people = [make_participant(haren, unit=unit) for _ in range(5)]
    session = published(series)
    for person, value in zip(people, ("present", "excused", "not_brought"), strict=False):
        make_enrollment(series, person)
        mark(session, person, value)
    published(series, "2026-11-24 09:00")  # nobody has said who came
    published(series, "2026-12-07 09:00")
    cancelled(series, "2026-11-25 09:00", "worker")
    cancelled(series, "2026-11-17 09:00", "closure")
    make_enrollment(series, people[4], "waiting")
    other = make_series(haren, organisation=other_service, places=6)
    mark(published(other, "2026-11-20 14:00"), people[3])
    library = make_series(haren, organisation=other_service, is_drop_in=True)
    Headcount.objects.create(session=published(library, "2026-11-19 10:00"), people=9, at=NOW)
    request(haren, people[0], series=series, organisation=service)
    for state in ("unreadable", "left", "withdrawn"):
        request(haren, people[1], series=series, organisation=service, state=state)
    decided = request(
        haren, people[2], series=other, organisation=other_service, state="decided", decided_at=NOW
    )
    Slip.objects.create(prison=haren, participant=people[2], request=decided, kind="placed", created_at=NOW)
    request(haren, people[3], wish_domain="work", wish_title="Lassen")


class Numbers(HTMLParser):
    """Every number in the sentences and parts of the page: with the address it links to, or without one."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.depth, self.link, self.excused, self.found = 0, "", 0, []
        self.stack: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag in ("progress", "input", "br", "use", "option", "link", "meta", "img"):
            return
        attributes = dict(attrs)
        self.stack.append((tag, attributes.get("class") or "", attributes.get("href") or ""))

    def handle_endtag(self, tag):
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, data):
        inside = [part for part in self.stack if part[1] == "report-words" or "report-part" in part[1]]
        for number in re.findall(r"\d+", data) if inside else ():
            derived = {"share", "median"} & {part[1] for part in self.stack}
            links = [href for tag, _css, href in self.stack if tag == "a" and href]
            if not derived:
                self.found.append((int(number), links[-1] if links else None))


@pytest.mark.parametrize("chosen", ["", "flemish", "french"])
def test_every_number_on_the_page_is_the_length_of_its_list(
    haren, busy, service, other_service, coordinator_karim, chosen
):
    browser = signed_in(coordinator_karim)
    services = {"flemish": service.pk, "french": other_service.pk, "": ""}
    page = browser.get("/p/haren/reports/", DATES | {"service": services[chosen]})
    found = Numbers(page.content.decode()).found
    assert len(found) > (15 if chosen else 30)
    for number, address in found:
        assert address is not None, f"{number} links to nothing"
        answer = browser.get(address)
        assert answer.status_code == 200, address
        if "/reports/?" not in address:  # the name of a service may hold a number
            assert answer.context["page"].paginator.count == number, address


def test_page_of_the_busy_house_has_each_kind_of_number(haren, busy):
    found = figures_of(scope(haren))
    assert (found.planned, found.held, found.to_come, found.cancelled_in_all) == (7, 4, 1, 2)
    assert (found.unmarked, found.drop_ins, found.new_people, found.not_brought) == (1, 1, 2, 1)
    assert (found.taken_places, found.all_places) == (6, 14)
    assert (found.waiting, found.demand.unreadable, found.demand.left) == (1, 1, 1)
    assert [(line.name, line.planned, line.present) for line in found.services] == [
        ("De Brug", 5, 1),
        ("La Passerelle", 2, 1),
    ]


def test_places_are_listed_one_by_one_and_only_those_of_the_page(haren, busy, coordinator_karim):
    browser = signed_in(coordinator_karim)
    rows = list(browser.get("/p/haren/reports/all-places/", DATES).context["page"])
    assert sum(row.is_taken for row in rows) == 6
    assert {(row.of.series.places, max(r.number for r in rows if r.of == row.of)) for row in rows} == {
        (4, 4),
        (6, 6),
    }


@pytest.mark.parametrize("size", [1, 30])
def test_whole_page_takes_fifteen_queries_at_the_most(
    haren, series, unit, coordinator_karim, size, django_assert_max_num_queries
):
    for number in range(size):
        group = make_series(haren, activity=series.activity, units=[unit])
        session = published(
            group, f"2026-11-{2 + number % 20:02} {9 + number // 20:02}:00", room=make_room(haren)
        )
        person = make_participant(haren, unit=unit)
        make_enrollment(group, person)
        mark(session, person)
        request(haren, person, series=group, organisation=series.activity.organisation)
    browser = signed_in(coordinator_karim)
    browser.get("/p/haren/")  # the number of conflicts in the rail is kept until the plan changes
    with django_assert_max_num_queries(15):
        browser.get("/p/haren/reports/", DATES)


@pytest.mark.parametrize(
    "what", ["asked-by-domain", "places-by-domain", "asked-by-language", "places-by-language"]
)
def test_an_auditor_cannot_ask_by_what_a_neutral_name_keeps_back(haren, busy, auditor_greet, what):
    answer = signed_in(auditor_greet).get(f"/p/haren/reports/{what}/", DATES | {"code": "addiction"})
    assert answer.status_code == 404


def test_the_page_of_an_auditor_counts_nothing_by_service_domain_or_language(
    haren, busy, service, auditor_greet
):
    greet = signed_in(auditor_greet)
    page = greet.get("/p/haren/reports/", DATES)
    assert page.context["services"] == [] and len(page.context["balances"]) == 1
    asked = greet.get("/p/haren/reports/", DATES | {"service": service.pk})
    assert asked.context["figures"] == page.context["figures"]


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_every_list_has_a_title(haren, busy, coordinator_karim, language):
    for what in LISTS:
        page = signed_in(coordinator_karim).get(f"/p/haren/reports/{what}/")
        assert page.status_code == 200 and page.context["title"]


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
