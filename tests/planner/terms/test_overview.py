"""A term on one page: what each week holds, how full it is, and what lies around it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from core.dates.weeks import Week
from planner.board.week.filters import BoardFilter
from planner.terms.overview import TermOverview, term_overview
from prisons.access import access_for
from prisons.models import Organisation, Prison, User
from rooms.models import Room
from sessions.models import GroupSession, Series, Term
from tests.factories import (
    at,
    make_activity,
    make_band,
    make_closure,
    make_enrollment,
    make_holiday,
    make_participant,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_term,
    make_unit,
    make_worker,
    signed_in,
)
from tests.pages import flat
from tests.printed import pages_of

NOW = at("2026-11-25 12:00")
MONDAY = dt.date(2026, 11, 23)


@pytest.fixture(autouse=True)
def slots(haren: Prison) -> None:
    make_slot(haren)


@pytest.fixture
def room(haren: Prison) -> Room:
    return make_room(haren)


@pytest.fixture
def term(haren: Prison) -> Term:
    return make_term(haren, name="Autumn", starts_on=dt.date(2026, 11, 9), ends_on=dt.date(2026, 12, 13))


@pytest.fixture
def yoga(term: Term, service: Organisation, room: Room) -> Series:
    """Three Mondays from the second week."""
    series = make_series(
        term.prison, activity=make_activity(service, "Yoga"), term=term, starts_on=dt.date(2026, 11, 16)
    )
    for day in ("11-16", "11-23", "11-30"):
        make_session(
            series,
            f"2026-{day} 09:00",
            room=room,
            state="published",
            pattern_on=dt.date.fromisoformat(f"2026-{day}"),
        )
    return series


def overview(term: Term, user: User, query: BoardFilter | None = None, **options: Any) -> TermOverview:
    access = access_for(user, term.prison, now=NOW)
    assert access is not None
    term.prison.refresh_from_db()
    return term_overview(term.prison, term, access, query or BoardFilter(), now=NOW, **options)


def marks(found: TermOverview, row: int = 0) -> list[list[str]]:
    return [
        [f"{one.enrolled}/{one.places}" if one.counts else one.state for one in cell.marks]
        for cell in found.rows[row].cells
    ]


def test_each_week_shows_how_full_it_is(term: Term, yoga: Series, organiser_anna: User) -> None:
    make_enrollment(yoga, placed_from=dt.date(2026, 11, 1))
    make_enrollment(yoga, placed_from=dt.date(2026, 11, 20))
    make_enrollment(yoga, state="waiting")

    found = overview(term, organiser_anna)

    assert [head.week.number for head in found.weeks] == [46, 47, 48, 49, 50]
    assert [head.is_now for head in found.weeks] == [False, False, True, False, False]
    assert marks(found) == [[], ["1/8"], ["2/8"], ["2/8"], []]
    assert (found.rows[0].sum.sessions, found.rows[0].sum.percent) == (3, 21)
    assert [one.sessions for one in found.sums] == [0, 1, 1, 1, 0] and found.total.sessions == 3


def test_cancelled_moved_tray_draft_and_conflicts_are_marked(
    term: Term, yoga: Series, organiser_anna: User, room: Room, service: Organisation
) -> None:
    first, second, third = yoga.group_sessions.order_by("starts_at")
    first.state = "cancelled"
    first.save()
    third.pattern_on = dt.date(2026, 12, 7)
    third.save()
    make_session(yoga, None, week_on=dt.date(2026, 12, 7))
    make_closure(term.prison, at("2026-11-23 00:00"), at("2026-11-24 00:00"))

    found = overview(term, organiser_anna)

    cells = found.rows[0].cells
    assert cells[1].marks[0].is_cancelled and not cells[1].marks[0].counts
    assert cells[2].marks[0].has_conflict and not cells[2].marks[0].is_moved
    assert cells[3].marks[0].is_moved and cells[4].marks[0].in_tray
    assert (found.hard, found.in_tray, found.drafts, found.total.cancelled) == (1, 1, 1, 1)
    assert found.sums[1].cancelled == 1 and found.sums[1].sessions == 0
    assert second.pk == cells[2].marks[0].session_id


def test_holidays_closures_and_periods_stand_in_the_head(
    term: Term, yoga: Series, organiser_anna: User
) -> None:
    make_holiday(term.prison, dt.date(2026, 11, 11), "Wapenstilstand")
    make_closure(term.prison, at("2026-11-29 22:00"), at("2026-11-30 22:00"), reason="Staking")
    make_closure(term.prison, at("2026-12-01 08:00"), at("2026-12-01 22:00"), state="lifted")
    make_band(term.prison, dt.date(2026, 11, 18), dt.date(2026, 11, 27), "school_fr")
    make_band(term.prison, dt.date(2027, 1, 1), dt.date(2027, 1, 9), "ramadan")

    found = overview(term, organiser_anna)

    assert [str(day) for head in found.weeks for day in head.holidays] == ["Wapenstilstand"]
    assert [len(head.closures) for head in found.weeks] == [0, 0, 1, 1, 0]
    (row,) = found.bands
    assert [(part.weeks, part.band is not None) for part in row.parts] == [(1, False), (2, True), (2, False)]


def test_series_without_the_term_that_meet_in_it_are_there_and_weeks_outside_it_too(
    term: Term, yoga: Series, service: Organisation, organiser_anna: User
) -> None:
    make_session(make_series(term.prison, organisation=service), "2026-11-23 09:00")
    make_session(make_series(term.prison, organisation=service), "2027-03-01 09:00")
    make_session(yoga, "2026-12-14 09:00")
    found = overview(term, organiser_anna)
    assert len(found.rows) == 2 and found.weeks[-1].week == Week.parse("2026-W51")


def test_filters_are_those_of_the_board(
    term: Term, yoga: Series, other_service: Organisation, organiser_anna: User, haren: Prison
) -> None:
    unit, worker = make_unit(haren, "A"), make_worker(haren)
    theirs = make_series(
        haren,
        activity=make_activity(other_service, "Cuisine", domain="work"),
        languages=["fr"],
        units=[unit],
        start_time=dt.time(10),
    )
    make_session(theirs, "2026-11-23 10:00", workers=[worker], state="draft")
    other_unit = make_unit(haren, "B")

    def shown(**chosen: Any) -> list[str]:
        return [str(row.series) for row in overview(term, organiser_anna, BoardFilter(**chosen)).rows]

    assert shown() == ["Yoga", "Cuisine"]
    for chosen in (
        {"service": other_service.pk},
        {"domain": "work"},
        {"language": "fr"},
        {"worker": worker.pk},
        {"state": "draft"},
    ):
        assert shown(**chosen) == ["Cuisine"], chosen
    assert shown(mine=True) == ["Yoga"] == shown(state="published")
    assert shown(unit=unit.pk) == ["Yoga", "Cuisine"] and shown(unit=other_unit.pk) == ["Yoga"]


def test_order(term: Term, yoga: Series, other_service: Organisation, organiser_anna: User) -> None:
    early = make_series(term.prison, activity=make_activity(other_service, "Zang"), start_time=dt.time(8))
    make_session(early, "2026-11-23 08:30")
    orders = {
        sort: [str(row.series) for row in overview(term, organiser_anna, sort=sort).rows]
        for sort in ("", "title", "service", "-title", "nonsense")
    }
    assert orders[""] == orders["nonsense"] == ["Zang", "Yoga"] == orders["-title"]
    assert orders["title"] == ["Yoga", "Zang"] and orders["service"] == ["Yoga", "Zang"]


def test_no_order_tells_the_prison_whose_group_it_is(
    term: Term, yoga: Series, other_service: Organisation, liaison_bert: User, organiser_anna: User
) -> None:
    early = make_series(term.prison, activity=make_activity(other_service, "Zang"), start_time=dt.time(8))
    make_session(early, "2026-11-23 08:30", state="published")

    def order(user: User, sort: str) -> list[int]:
        return [row.series.pk for row in overview(term, user, sort=sort).rows]

    assert order(organiser_anna, "service") == [yoga.pk, early.pk]
    assert order(liaison_bert, "service") == order(liaison_bert, "day") == [early.pk, yoga.pk]


def test_the_prison_sees_neutral_names_and_nothing_that_is_not_published(
    term: Term, yoga: Series, liaison_bert: User, haren: Prison, service: Organisation
) -> None:
    make_session(make_series(haren, activity=make_activity(service, "Verslaving")), "2026-11-23 09:00")
    answer = signed_in(liaison_bert).get(reverse("planner:term_overview", args=["haren"]), {"term": term.pk})
    said = flat(answer)
    assert yoga.neutral_name in said
    assert "Yoga" not in said and "Verslaving" not in said and "domain-" not in said


def test_pages(organiser_anna: User, coordinator_karim: User, stranger_dirk: User, haren: Prison) -> None:
    address = reverse("planner:term_overview", args=["haren"])
    empty = flat(signed_in(organiser_anna).get(address))
    assert "A community coordinator makes the terms" in empty
    karims = flat(signed_in(coordinator_karim).get(address))
    assert reverse("sessions:term_add", args=["haren"]) in karims
    assert signed_in(stranger_dirk).get(address).status_code == 404


def test_the_page_links_each_session_to_its_week_on_the_board(
    term: Term, yoga: Series, organiser_anna: User
) -> None:
    browser = signed_in(organiser_anna)
    answer = browser.get(reverse("planner:term_overview", args=["haren"]), {"term": term.pk})
    session = yoga.group_sessions.order_by("starts_at").first()
    assert session is not None
    link = f"{reverse('planner:board', args=['haren'])}?week=2026-W47&amp;open={session.pk}"
    assert link in flat(answer)
    opened = flat(browser.get(link.replace("&amp;", "&")))
    detail = reverse("planner:session_detail", args=["haren", session.pk])
    assert f'hx-get="{detail}" hx-trigger="load"' in opened
    part = browser.get(reverse("planner:term_overview", args=["haren"]), headers={"HX-Request": "true"})
    assert flat(part).strip().startswith('<div id="term"')


def test_the_number_of_queries_does_not_grow(
    term: Term, service: Organisation, organiser_anna: User, haren: Prison, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        series = make_series(haren, organisation=service, term=term, workers=[make_worker(haren)])
        room = make_room(haren)
        for day in ("11-16", "11-23", "11-30"):
            make_session(series, f"2026-{day} 09:00", room=room)
        make_enrollment(series, make_participant(haren, f"Janssens{number}, Jan"))
    overview(term, organiser_anna)
    access = access_for(organiser_anna, haren, now=NOW)
    assert access is not None
    with django_assert_max_num_queries(20):
        found = term_overview(haren, term, access, BoardFilter(), now=NOW)
    assert len(found.rows) == 12


def test_the_term_on_paper_marks_by_shape_and_says_what_each_mark_means(
    haren: Prison, term: Term, yoga: Series, organiser_anna: User, liaison_bert: User
) -> None:
    make_holiday(haren, dt.date(2026, 11, 11))
    session = GroupSession.objects.filter(series=yoga).order_by("starts_at").first()
    assert session is not None
    session.state = "cancelled"
    session.save()
    url = reverse("planner:term_file", args=["haren"])
    (page,) = pages_of(signed_in(organiser_anna).get(url).content)
    for words in (
        "Term Autumn",
        "Yoga",
        "×",
        "1 cancelled",
        "enrolled of places",
        "in the tray",
        "Page 1 of 1",
    ):
        assert words in page
    (page,) = pages_of(signed_in(liaison_bert).get(url).content)
    assert "Yoga" not in page and "in the tray" not in page


def test_a_long_term_takes_several_sheets_each_with_its_weeks(
    haren: Prison, organiser_anna: User, service: Organisation
) -> None:
    term = make_term(haren, name="Year", starts_on=dt.date(2026, 9, 1), ends_on=dt.date(2027, 6, 30))
    make_session(make_series(haren, activity=make_activity(service, "Yoga"), term=term), "2026-11-24 09:00")
    url = reverse("planner:term_file", args=["haren"])
    pages = pages_of(signed_in(organiser_anna).get(url, {"term": term.pk}).content)
    assert len(pages) == 3 and all("weeks" in page and "Yoga" in page for page in pages)


def test_there_is_no_paper_of_no_term(haren: Prison, organiser_anna: User) -> None:
    assert signed_in(organiser_anna).get(reverse("planner:term_file", args=["haren"])).status_code == 404
