"""A filter hides cards, never that a place is taken; and to nobody does the ghost say more than the card would."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils.html import escape

from prisons.models import Organisation, Prison, User
from tests.factories import (
    make_activity,
    make_organisation,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_unit,
    make_worker,
    signed_in,
)

pytestmark = pytest.mark.django_db
WEEK = "/p/haren/board/?week=2050-W02"
DAY = "/p/haren/board/?view=day&day=2050-01-10"


@pytest.fixture
def house(haren: Prison, service: Organisation) -> Prison:
    """Our own yoga and, in the same room, what another service publishes and what it still plans."""
    make_slot(haren, 1, "08:30", "11:00")
    make_slot(haren, 2, "08:30", "11:00")
    room, other = make_room(haren, name="Class A"), make_organisation(haren, short_name="Autre")
    leen = make_worker(haren, organisation=service, name="Leen")
    make_session(
        make_series(haren, activity=make_activity(service, "Yoga")),
        "2050-01-11 09:00", room=room, workers=[leen], state="published",
    )  # fmt: skip
    theirs = make_series(haren, activity=make_activity(other, "Geheim koor"))
    make_session(theirs, "2050-01-10 08:30", minutes=60, room=room, workers=[leen], state="published")
    make_session(theirs, "2050-01-10 09:40", minutes=60, room=room, state="draft")
    return haren


def told(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode().replace("\u00ad", "")


@pytest.mark.parametrize("page", [WEEK, DAY, f"{WEEK}&rows=workers", f"{DAY}&rows=workers"])
def test_what_a_filter_hides_is_still_taken(house: Prison, organiser_anna: User, page: str) -> None:
    client = signed_in(organiser_anna)
    assert "taken 08:30" not in told(client, page)
    filtered = told(client, f"{page}&mine=1")
    assert "Geheim" not in filtered and "Autre" not in filtered.split("board-filter-list")[0]
    if page == f"{DAY}&rows=workers":  # Leen has no card left on that day, and so no row
        return
    assert "taken 08:30–09:30" in filtered


@pytest.mark.parametrize("page", [WEEK, DAY])
def test_a_living_unit_shows_what_the_filter_hides(house: Prison, organiser_anna: User, page: str) -> None:
    make_unit(house, "A1")
    filtered = told(signed_in(organiser_anna), f"{page}&rows=units&mine=1")
    assert "taken 08:30–09:30" in filtered and "Geheim" not in filtered


def test_a_cancelled_session_takes_nothing(house: Prison, organiser_anna: User) -> None:
    client = signed_in(organiser_anna)
    filtered = told(client, f"{WEEK}&state=draft")
    assert "taken 08:30–09:30" in filtered and "taken 09:00–10:30" in filtered
    house.group_sessions.filter(state="published").update(state="cancelled")
    assert "taken" not in told(client, f"{WEEK}&state=draft").split("data-grid")[1].split("</table>")[0]


@pytest.mark.parametrize("chosen", ["mine=1", "state=cancelled", "worker=1", "domain=sport", "language=xx"])
def test_a_reader_of_neutral_names_learns_nothing(house: Prison, liaison_bert: User, chosen: str) -> None:
    client = signed_in(liaison_bert)
    before = told(client, WEEK)
    assert "09:40" not in before, "a draft does not exist for the prison"
    for page in (WEEK, DAY):
        filtered = told(client, f"{page}&{chosen}")
        assert "09:40" not in filtered and escape("Geheim koor") not in filtered
