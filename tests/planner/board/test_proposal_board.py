"""A proposal over the week: what comes, what leaves, what is left out; only to look at."""

from __future__ import annotations

import datetime as dt

import pytest

from core.dates import clock
from planner.models import Proposal
from planner.proposals import running, starting
from planner.proposals.problem.planning_request import WhatIf
from planner.proposals.starting import PlanningWish
from prisons.models import Organisation, Prison, User
from tests.factories import at, make_room, make_series, make_session, make_slot, signed_in

pytestmark = pytest.mark.django_db
NOW = at("2026-11-22 12:00")
MONDAY = dt.date(2026, 11, 23)


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def made(prison: Prison, by: User, **changes: object) -> Proposal:
    fields = {"first": MONDAY, "last": MONDAY + dt.timedelta(days=6), "seconds": 5} | changes
    proposal = starting.start_proposal(prison, PlanningWish(**fields), by=by, now=NOW)  # type: ignore[arg-type]
    assert proposal.job_id is not None
    running.run(proposal.job_id)
    proposal.refresh_from_db()
    return proposal


def test_it_shows_where_a_session_would_come_and_where_it_leaves(
    haren: Prison, service: Organisation, organiser_anna: User
) -> None:
    make_slot(haren, 1, "08:30", "11:00")
    lost, spare = make_room(haren, name="Lost"), make_room(haren, name="Spare")
    make_session(make_series(haren, organisation=service), "2026-11-23 09:00", room=lost)
    big = make_series(haren, organisation=service, places=40)
    make_session(big, None, week_on=MONDAY)
    proposal = made(haren, organiser_anna, aim="repair", scope="all", what_if=WhatIf(lost_room_id=lost.pk))

    answer = signed_in(organiser_anna).get(f"/p/haren/board/proposals/{proposal.pk}/board/")

    text = answer.content.decode()
    assert answer.status_code == 200
    assert text.count("is-ghost") == 1 and text.count("is-leaving") == 1
    assert "would come here" in text and "to Mon 23 Nov. 0" in text and "left out" in text
    cell = text[text.index(f'data-row="{spare.pk}"') :]
    assert "is-ghost" in cell[: cell.index("</td>")]
    assert "data-mine" not in text


def test_every_week_of_a_term_can_be_looked_at(
    haren: Prison, service: Organisation, organiser_anna: User
) -> None:
    make_slot(haren, 1, "08:30", "11:00")
    make_room(haren)
    series = make_series(haren, organisation=service)
    for week in range(3):
        make_session(series, None, week_on=MONDAY + dt.timedelta(days=7 * week))
    proposal = made(haren, organiser_anna, last=MONDAY + dt.timedelta(days=20))
    client = signed_in(organiser_anna)

    for week, has_before, has_after in (("2026-W48", False, True), ("2026-W50", True, False)):
        text = client.get(f"/p/haren/board/proposals/{proposal.pk}/board/?week={week}").content.decode()
        assert "new here" in text
        assert ('rel="prev"' in text, 'rel="next"' in text) == (has_before, has_after)
    outside = client.get(f"/p/haren/board/proposals/{proposal.pk}/board/?week=2030-W01")
    assert "Week 50" in outside.content.decode()


def test_it_opens_with_the_first_week_in_which_something_changes(
    haren: Prison, service: Organisation, organiser_anna: User
) -> None:
    make_slot(haren, 1, "08:30", "11:00")
    make_room(haren)
    later = MONDAY + dt.timedelta(days=7)
    make_session(make_series(haren, organisation=service), None, week_on=later)
    proposal = made(haren, organiser_anna, last=later + dt.timedelta(days=6))

    text = signed_in(organiser_anna).get(f"/p/haren/board/proposals/{proposal.pk}/board/").content.decode()

    assert "Week 49" in text and "new here" in text
