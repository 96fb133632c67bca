"""Beside the desk: a facilitator with a thumb, the liaison, a coordinator, whoever calls, reads or searches."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core.dates import clock
from enrollment.models import Attendance
from planner.proposals import running, starting
from planner.proposals.starting import PlanningWish
from planner.scheduling.closures.closing import announce
from planner.scheduling.closures.parts import ClosureDraft, ClosurePart
from prisons.models import Membership, Organisation, Prison, User
from rooms.models import Room
from sessions.models import Cancellation, GroupSession
from tests.factories import (
    make_activity,
    make_enrollment,
    make_participant,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_worker,
)

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 360, "height": 740}
MONDAY = dt.date(2050, 1, 10)


@pytest.fixture
def opened(page: Page, live_server: Any, signed_in: Callable[..., None]) -> Callable[..., Page]:
    """`opened(user, "today/")`: a page of Haren as this person reads it."""

    def open_page(user: User, path: str, *, language: str = "en") -> Page:
        signed_in(user, language=language)
        page.goto(f"{live_server.url}{path if path.startswith('/') else f'/p/haren/{path}'}")
        return page

    return open_page


@pytest.fixture
def room(haren: Prison) -> Room:
    for day in range(1, 8):
        make_slot(haren, day, "08:00", "21:00")
    return make_room(haren, name="Class A", capacity=30)


def on(days: int, clock_time: str) -> str:
    return f"{clock.today() + dt.timedelta(days=days)} {clock_time}"


def yoga(service: Organisation, room: Room, begin: str, **fields: Any) -> GroupSession:
    series = make_series(room.prison, activity=make_activity(service, "Yoga", domain="sport"), places=25)
    return make_session(series, begin, room=room, state="published", published_at=clock.now(), **fields)


# --- a facilitator on a phone


def test_a_facilitator_finds_four_places_in_the_bar_and_says_no_to_the_next_session(
    opened: Callable[..., Page], service: Organisation, room: Room, worker_chloe: User, complaints: list[str]
) -> None:
    chloe = make_worker(room.prison, organisation=service, name="Chloe", user=worker_chloe)
    yoga(service, room, on(1, "10:00"), workers=[chloe])
    opened(worker_chloe, "/p/haren/").set_viewport_size(PHONE)
    page = opened(worker_chloe, "/p/haren/")
    bar = page.locator("nav.rail")
    for name in ("Today", "My sessions", "Attendance", "Calendar"):
        link = bar.get_by_role("link", name=re.compile(name))
        expect(link).to_be_in_viewport()
        box = link.bounding_box()
        assert box and box["y"] > PHONE["height"] - 90, f"{name} stands at the foot of the screen"
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    page.get_by_role("link", name="I cannot come").click()
    expect(bar.get_by_role("link", name="Calendar")).to_be_in_viewport()
    page.locator("main").get_by_role("button", name="I cannot come").click()
    expect(page.locator("main")).to_contain_text("you cannot come")
    page.locator("nav.rail").get_by_role("link", name=re.compile("Today")).click()
    expect(page.locator("main")).to_contain_text("you cannot come")
    expect(page.get_by_role("link", name="I cannot come")).to_have_count(0)


def test_twelve_people_fit_on_two_screens_and_who_is_not_marked_was_there(
    opened: Callable[..., Page], service: Organisation, room: Room, worker_chloe: User, complaints: list[str]
) -> None:
    chloe = make_worker(room.prison, organisation=service, name="Chloe", user=worker_chloe)
    session = yoga(service, room, on(-1, "10:00"), workers=[chloe])
    for number in range(12):
        make_enrollment(session.series, make_participant(room.prison, f"Naam{number:02}, Jan"))
    opened(worker_chloe, "/p/haren/").set_viewport_size(PHONE)
    page = opened(worker_chloe, f"attendance/{session.pk}/")
    rows = page.locator("#attendance tbody tr")
    expect(rows).to_have_count(12)
    box = page.locator("#attendance").bounding_box()
    assert box and box["height"] <= 12 * 60 + 120, "a line a person"
    third = rows.nth(2)
    third.get_by_role("button", name="Other").click()
    third.get_by_role("button", name="Not brought").click()
    expect(third.locator(".marks-other")).to_have_text("not brought")
    rows.last.scroll_into_view_if_needed()
    expect(page.locator("#attendance-counts")).to_be_in_viewport()
    page.get_by_role("button", name="Everybody without a mark was there").click()
    expect(page.get_by_text("Saved: 11 people were there.")).to_be_visible()
    marks = list(Attendance.objects.values_list("mark", flat=True))
    assert (marks.count("present"), marks.count("not_brought")) == (11, 1)


# --- the liaison and the coordinator


def test_printing_the_day_is_the_main_act_of_the_liaison(
    opened: Callable[..., Page], service: Organisation, room: Room, liaison_bert: User, live_server: Any
) -> None:
    for days in range(1, 8):
        yoga(service, room, on(days, "10:00"))
    page = opened(liaison_bert, "/p/haren/")
    main = page.locator("main, .page-head").locator(".btn-primary")
    expect(main).to_have_count(1)
    expect(main).to_have_text("Print the day")
    answer = page.request.get(f"{live_server.url}{main.get_attribute('href')}")
    assert answer.ok and answer.headers["content-type"] == "application/pdf"


def test_a_coordinator_announces_a_strike_from_the_first_page_and_figures_lead_to_their_list(
    opened: Callable[..., Page], service: Organisation, room: Room, coordinator_karim: User
) -> None:
    small = make_room(room.prison, name="Cupboard", capacity=2)
    yoga(service, small, on(2, "10:00"))
    page = opened(coordinator_karim, "/p/haren/")
    figures = page.locator(".counts a")
    assert figures.count() >= 4
    row = page.get_by_role("row").filter(has_text=service.short_name)
    row.get_by_role("link", name="1", exact=True).first.click()
    expect(page.get_by_role("heading", name="Open conflicts")).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="Announce a strike").click()
    expect(page.locator("[name=day]")).to_be_visible()
    assert "strike-24" in page.url


# --- whom to call


def test_the_call_list_is_ticked_with_who_and_when_the_earliest_first(
    opened: Callable[..., Page], service: Organisation, room: Room, liaison_bert: User
) -> None:
    day = clock.today() + dt.timedelta(days=3)
    for name, hour in (("Adam", "15:00"), ("Bea", "09:00")):
        worker = make_worker(room.prison, organisation=service, name=name, phone="0470 00 00 00")
        yoga(service, room, f"{day} {hour}", workers=[worker])
    part = ClosurePart(None, None, clock.midnight(day), clock.midnight(day + dt.timedelta(days=1)))
    closure = announce(room.prison, ClosureDraft("strike", (part,)), by=liaison_bert).closures[0]
    page = opened(liaison_bert, f"closures/{closure.pk}/calls/")
    rows = page.locator("tbody tr")
    expect(rows.first).to_contain_text("Bea")
    expect(rows.nth(1)).to_contain_text("Adam")
    rows.first.get_by_role("button", name="Reached").click()
    ticked = page.locator("tbody tr").filter(has_text="Bea")
    expect(ticked.locator("[aria-pressed=true]")).to_contain_text("Bert Claes")
    expect(ticked.locator("[aria-pressed=true]")).to_contain_text(re.compile(r"\d\d:\d\d"))
    expect(page.locator("tbody tr").first).to_contain_text("Adam")
    expect(page.get_by_text("1 of 2 is still to be called.")).to_be_visible()
    ticked.locator("[aria-pressed=true]").click()
    expect(page.get_by_text("2 of 2 are still to be called.")).to_be_visible()


# --- what is wrong


def test_my_conflicts_are_counted_others_are_shown_and_each_row_offers_what_can_be_done(
    opened: Callable[..., Page],
    service: Organisation,
    other_service: Organisation,
    room: Room,
    organiser_anna: User,
) -> None:
    small = make_room(room.prison, name="Cupboard", capacity=2)
    mine, theirs = yoga(service, small, on(2, "09:00")), yoga(other_service, small, on(2, "13:00"))
    page = opened(organiser_anna, "/p/haren/")
    tile = page.locator(".counts a").filter(has_text="conflict to solve")
    expect(tile.locator(".count-number")).to_have_text("1")
    tile.click()
    expect(page.locator("main")).to_contain_text("1 is yours to solve.")
    own = page.locator(f"#service-{service.pk} tbody tr")
    expect(own.get_by_role("link", name="Where can it go?")).to_have_attribute(
        "href", re.compile(f"/{mine.pk}/places/")
    )
    expect(own.get_by_role("link", name="Facilitators")).to_be_visible()
    other = page.locator(f"#service-{other_service.pk} tbody tr")
    expect(other.get_by_role("link", name="Where can it go?")).to_have_count(0)
    other.get_by_role("link", name=f"Ask {other_service.short_name}").click()
    expect(page.locator("main")).to_contain_text(str(theirs.series))


# --- today, reports, search


def test_today_shows_tomorrow_and_the_rest_of_the_week(
    opened: Callable[..., Page],
    service: Organisation,
    room: Room,
    organiser_anna: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tuesday = clock.today() - dt.timedelta(days=clock.today().isoweekday() - 2)
    monkeypatch.setattr(
        clock, "today", lambda now=None: now.astimezone(clock.BRUSSELS).date() if now else tuesday
    )
    noon = dt.datetime.combine(tuesday, dt.time(12), tzinfo=clock.BRUSSELS)
    monkeypatch.setattr(clock, "now", lambda: noon)
    for days in (0, 1, 3):
        yoga(service, room, f"{tuesday + dt.timedelta(days=days)} 14:00")
    page = opened(organiser_anna, "/p/haren/")
    heads = [head.strip() for head in page.locator("main h2").all_inner_texts()]
    assert heads[0] == "Sessions today" and heads[1].startswith("Tomorrow, Wednesday"), heads
    assert "The rest of the week" in heads
    friday = page.locator("main li").filter(has_text="Friday")
    expect(friday).to_contain_text("1 session")
    friday.get_by_role("link").click()
    expect(page.locator("main")).to_contain_text("Yoga")


def test_reports_begin_with_three_sentences_and_fold_the_rest(
    opened: Callable[..., Page], service: Organisation, room: Room, coordinator_karim: User
) -> None:
    yoga(service, room, on(-1, "10:00"))
    page = opened(coordinator_karim, "reports/")
    sentences = page.locator(".report-words p")
    expect(sentences).to_have_count(3)
    for sentence in sentences.all():
        expect(sentence).to_be_in_viewport()
    parts = page.locator("details.report-part")
    assert parts.count() >= 4 and page.locator("details.report-part[open]").count() == 0
    expect(parts.first.locator(".counts")).to_be_hidden()
    parts.first.locator("summary").click()
    expect(parts.first.locator(".counts")).to_be_visible()


def test_search_knows_a_strike_what_is_cancelled_a_session_by_its_day_and_a_room_by_its_name(
    opened: Callable[..., Page], service: Organisation, room: Room, coordinator_karim: User
) -> None:
    day = clock.today() + dt.timedelta(days=5)
    session = yoga(service, room, f"{day} 10:00")
    other = yoga(service, room, f"{day} 14:00")
    GroupSession.objects.filter(pk=other.pk).update(state="cancelled")
    Cancellation.objects.create(
        session=other, reason="worker", by=coordinator_karim, at=clock.now(), was_state="published"
    )
    hall = make_room(room.prison, name="Yoga hall", name_fr="Salle de yoga")
    page = opened(coordinator_karim, "/p/haren/")
    box = page.get_by_role("searchbox").first
    found = page.locator("[data-search-results]")

    def ask(words: str) -> None:
        page.keyboard.press("Escape")
        box.fill("")
        box.fill(words)

    ask("strike")
    expect(found.get_by_role("link", name=re.compile("strike", re.I)).first).to_have_attribute(
        "href", re.compile("announce")
    )
    ask("cancelled")
    expect(found).to_contain_text("Yoga")
    expect(found.locator(f"a[href*='/sessions/{other.pk}/']")).to_have_count(1)
    ask(f"yoga {day.day} {day:%b}")
    expect(found.locator(f"a[href*='/sessions/{session.pk}/']").first).to_be_visible()
    ask("yoga hall")
    expect(found.locator("a").first).to_contain_text(hall.name)


# --- a proposal


def test_a_proposal_says_what_people_notice_beside_today_and_why_each_line(
    opened: Callable[..., Page], service: Organisation, room: Room, organiser_anna: User
) -> None:
    series = make_series(room.prison, activity=make_activity(service, "Yoga"))
    make_session(series, None, week_on=MONDAY)
    wish = PlanningWish(first=MONDAY, last=MONDAY + dt.timedelta(days=6), seconds=0)
    proposal = starting.start_proposal(room.prison, wish, by=organiser_anna)
    assert proposal.job_id
    running.run(proposal.job_id)
    page = opened(organiser_anna, f"board/proposals/{proposal.pk}/")
    expect(page.locator(".gains li").filter(has_text="session more has its place")).to_be_visible()
    table = page.get_by_role("table", name="Today beside what is proposed")
    expect(table.get_by_role("columnheader")).to_have_text(["What people notice", "Today", "Proposed"])
    assert table.locator("tbody tr").count() >= 1
    row = page.locator("#lines tbody tr").filter(has_text="Yoga")
    expect(row.locator("[data-label=Proposed]")).to_contain_text(
        re.compile(r"only place that is left|are free there|usual time")
    )


def test_ticking_a_line_ticks_what_it_needs_and_nothing_else(
    opened: Callable[..., Page], service: Organisation, room: Room, organiser_anna: User, haren: Prison
) -> None:
    other = make_room(haren, name="Class B")
    titles = ("Eerste", "Tweede", "Derde")
    series = [make_series(haren, activity=make_activity(service, title)) for title in titles]
    sessions = [
        make_session(series[0], f"{MONDAY} 08:30", room=room),
        make_session(series[1], f"{MONDAY} 08:30", room=other),
        make_session(series[2], f"{MONDAY + dt.timedelta(days=1)} 08:30", room=room),
    ]
    wish = PlanningWish(first=MONDAY, last=MONDAY + dt.timedelta(days=6))
    proposal = starting.make_by_hand(haren, wish, by=organiser_anna)
    for session, to in zip(sessions, (other, room, other), strict=True):
        assert session.starts_at
        local = session.starts_at.astimezone(clock.BRUSSELS)
        proposal.lines.create(
            series=session.series, sessions=[[session.pk, session.version]], outcome="moved", on=local.date(),
            weekday=local.isoweekday(), starts=local.time(), minutes=90, room=to,
        )  # fmt: skip
    page = opened(organiser_anna, f"board/proposals/{proposal.pk}/")
    boxes = {title: page.locator("#lines").get_by_role("checkbox", name=title) for title in titles}
    boxes["Eerste"].check()
    expect(boxes["Tweede"]).to_be_checked()
    expect(boxes["Derde"]).not_to_be_checked()
    expect(page.locator("[data-bulk-count]")).to_have_text("2")
    boxes["Tweede"].uncheck()
    expect(boxes["Eerste"]).not_to_be_checked()


# --- languages


@pytest.mark.parametrize(("language", "named"), [("nl", "Tigrinya · ትግርኛ"), ("fr", "Tigrigna · ትግርኛ")])
def test_languages_are_named_as_the_reader_says_them_too(
    opened: Callable[..., Page], room: Room, coordinator_karim: User, language: str, named: str
) -> None:
    page = opened(coordinator_karim, "settings/facilitators/add/", language=language)
    expect(page.get_by_label(named, exact=True)).to_be_visible()
    page.get_by_label(named, exact=True).check()


# --- a role that ends


def test_a_board_that_is_open_when_the_role_ends_goes_away(
    opened: Callable[..., Page],
    organiser_anna: User,
    service: Organisation,
    room: Room,
    complaints: list[str],
) -> None:
    yoga(service, room, on(0, "14:00"))
    page = opened(organiser_anna, "board/")
    expect(page.locator("#board")).to_contain_text("Yoga")
    Membership.objects.filter(user=organiser_anna).delete()
    expect(page.locator("body")).not_to_contain_text("Yoga", timeout=15_000)
    expect(page.locator("#board")).to_have_count(0)
    complaints.clear()  # the browser notes both answers of 404 itself
