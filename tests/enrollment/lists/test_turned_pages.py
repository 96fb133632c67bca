"""What a sheet says of itself stands on each page of it, and on each slip that is cut from it."""

from __future__ import annotations

import datetime as dt

import pytest

from core.paper import to_pdf
from enrollment.domain.lists import day_lists
from enrollment.exports import papers
from prisons.models import Organisation, Prison
from tests.factories import (
    at,
    make_enrollment,
    make_participant,
    make_series,
    make_session,
    make_slot,
    make_unit,
)
from tests.printed import pages_of

MONDAY, FRIDAY_NOON = dt.date(2026, 11, 23), at("2026-11-20 12:00")
pytestmark = pytest.mark.django_db
MANY = 70


@pytest.fixture
def crowd(haren: Prison, service: Organisation) -> None:
    """More people of one unit than fit on a page."""
    make_slot(haren, 1, "08:30", "11:00")
    unit = make_unit(haren, "Z9")
    series = make_series(haren, organisation=service, units=[unit], places=MANY)
    for number in range(MANY):
        make_enrollment(series, make_participant(haren, f"Claes, Cis {number}", unit=unit, cell=f"{number}"))
    make_session(series, f"{MONDAY} 09:00", state="published")


def test_each_page_of_a_movement_list_names_its_unit(haren: Prison, crowd: None) -> None:
    day = day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON)
    pages = pages_of(to_pdf(papers.movement_list(day)))
    people = [page for page in pages if "Claes, Cis" in page]
    assert len(people) > 1 and all("Z9" in page for page in people)


def test_each_slip_that_is_cut_says_that_it_is_provisional(haren: Prison, crowd: None) -> None:
    day = day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON)
    text = " ".join(pages_of(to_pdf(papers.movement_slips(day))))
    assert text.count("VOORLOPIG") >= text.count("Claes, Cis") == MANY
