"""The board on paper: a page for each day, words instead of colours, and only what the reader may see."""

from __future__ import annotations

import pytest

from core.dates import clock
from planner.board.week.filters import BoardFilter
from prisons.models import Organisation, Prison, User
from sessions.models import GroupSession
from tests.factories import (
    at,
    make_activity,
    make_closure,
    make_enrollment,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_worker,
    signed_in,
)
from tests.printed import pages_of

URL = "/p/haren/board/week.pdf"


@pytest.fixture(autouse=True)
def slots(haren: Prison) -> None:
    for day in (1, 2):
        make_slot(haren, day, "08:30", "11:00")


@pytest.fixture
def yoga(haren: Prison, service: Organisation) -> GroupSession:
    series = make_series(haren, activity=make_activity(service, "Yoga"), places=8)
    room = make_room(haren, name="Class A")
    worker = make_worker(haren, name="Zoë Maes")
    return make_session(series, "2050-01-10 09:00", room=room, workers=[worker], state="published")


def printed(user: User, query: str = "week=2050-W02") -> list[str]:
    answer = signed_in(user).get(f"{URL}?{query}")
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    return pages_of(answer.content)


def test_each_day_has_a_page_that_says_its_date(haren, yoga, organiser_anna):
    make_room(haren, name="Empty room")
    monday, tuesday = printed(organiser_anna)
    assert "10 January 2050" in monday and "11 January 2050" in tuesday
    for words in ("Class A", "Yoga", "09:00", "0/8", "Zoë Maes"):
        assert words in monday
    assert "Nothing here: Empty room" in monday
    assert "There is nothing on this day." in tuesday and "Page 2 of 2" in tuesday


def test_twenty_rooms_are_all_there_under_a_head_on_every_page(haren, service, yoga, organiser_anna):
    for number in range(18):
        series = make_series(haren, activity=make_activity(service))
        make_session(series, "2050-01-10 08:30", room=make_room(haren, name=f"Classroom {number}"))
    *monday, _tuesday = printed(organiser_anna)
    assert len(monday) == 2 and sum(page.count("Classroom") for page in monday) == 18
    assert all("10 January 2050" in page and "08:30–11" in page for page in monday)


def test_what_is_cancelled_or_a_draft_says_so_in_words(haren, service, yoga, organiser_anna):
    other = make_series(haren, activity=make_activity(service, "Theatre"))
    make_session(other, "2050-01-10 09:00", room=make_room(haren), state="draft")
    (monday, _tuesday) = printed(organiser_anna)
    assert "DRAFT" in monday
    GroupSession.objects.filter(pk=yoga.pk).update(state="cancelled")
    assert "CANCELLED" in printed(organiser_anna)[0]


@pytest.mark.parametrize("view", ["", "&view=day&day=2050-01-10", "&rows=workers"])
def test_nobody_is_counted_where_a_session_is_cancelled(haren, yoga, organiser_anna, view):
    """The group that was to come is not "0 of 8", on the page nor on its paper."""
    make_enrollment(yoga.series, placed_from=clock.today())
    page = f"/p/haren/board/?week=2050-W02{view}"
    assert (
        "1/8" in printed(organiser_anna)[0]
        and "1/8</b>" in signed_in(organiser_anna).get(page).content.decode()
    )
    GroupSession.objects.filter(pk=yoga.pk).update(state="cancelled")
    assert "/8" not in printed(organiser_anna)[0]
    body = signed_in(organiser_anna).get(page).content.decode()
    assert "Yoga" in body and "/8</b>" not in body


def test_the_prison_reads_neutral_names_and_no_drafts(haren, service, yoga, liaison_bert):
    other = make_series(haren, activity=make_activity(service, "Theatre"))
    make_session(other, "2050-01-11 09:00", room=make_room(haren), state="draft")
    monday, tuesday = printed(liaison_bert)
    assert "Activiteit" in monday and "Yoga" not in monday
    assert "There is nothing on this day." in tuesday


def test_the_day_that_is_shown_and_the_filter_are_those_of_the_paper(
    haren, yoga, organiser_anna, organiser_emile
):
    (page,) = printed(organiser_anna, "view=day&day=2050-01-10&mine=1")
    assert "Yoga" in page and "My service only" in page
    (page,) = printed(organiser_emile, "view=day&day=2050-01-10&mine=1")
    assert "Yoga" not in page


def test_what_stands_at_other_hours_and_days_is_printed_too(haren, service, yoga, organiser_anna):
    series = make_series(haren, activity=make_activity(service, "Night walk"))
    room = make_room(haren)
    make_session(series, "2050-01-10 20:00", room=room, state="published")
    make_session(series, "2050-01-15 10:00", room=room, state="published")
    pages = printed(organiser_anna)
    assert len(pages) == 3 and "other times" in pages[0] and "Night walk" in pages[0]
    assert "outside every time slot" in pages[0]
    assert "15 January 2050" in pages[2] and "Night walk" in pages[2]


def test_a_closed_day_says_why(haren, yoga, organiser_anna):
    make_closure(haren, at("2050-01-11 00:00"), at("2050-01-12 00:00"), reason="Strike of the trains")
    assert "Strike of the trains" in printed(organiser_anna)[1]


def test_rubbish_in_the_address_prints_this_week(haren, organiser_anna, stranger_dirk):
    assert printed(organiser_anna, "week=x&view=%3Cb%3E&rows=1&unit=x&worker=-1&day=2050-99-99")
    assert signed_in(stranger_dirk).get(URL).status_code == 404
    assert BoardFilter().is_narrow is False
