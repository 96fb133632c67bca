"""A term as it is really made: copied from the last one, mended by the planner, accepted, published."""

from __future__ import annotations

import datetime as dt

import pytest

from core.dates import clock
from planner.models import Proposal
from planner.proposals import running
from planner.proposals.accepting import accept
from planner.proposals.starting import PlanningWish, start_proposal
from planner.scheduling.copying.copies import copy_term
from planner.scheduling.placement.undo import undo
from planner.scheduling.publishing import publish
from prisons.models import Organisation, Prison, User
from sessions.models import GroupSession
from tests.factories import (
    at,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_term,
    make_worker,
)

pytestmark = pytest.mark.django_db
NOW = at("2026-11-22 12:00")
FIRST, NEXT = dt.date(2026, 11, 23), dt.date(2027, 1, 4)


def test_copy_mend_accept_publish(
    haren: Prison, service: Organisation, organiser_anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    for weekday in (1, 3):
        make_slot(haren, weekday, "08:30", "11:00")
    room, spare = make_room(haren, name="Class A"), make_room(haren, name="Class B")
    old = make_term(haren, name="Autumn", starts_on=FIRST, ends_on=FIRST + dt.timedelta(days=27))
    new = make_term(haren, name="Winter", starts_on=NEXT, ends_on=NEXT + dt.timedelta(days=27))
    for minutes_later, worker in ((0, make_worker(haren)), (0, make_worker(haren))):
        where = room if not GroupSession.objects.exists() else spare
        series = make_series(
            haren, organisation=service, term=old, weeks=4, default_room=where, workers=[worker]
        )
        for week in range(4):
            start = at("2026-11-23 09:00") + dt.timedelta(days=7 * week, minutes=minutes_later)
            day = FIRST + dt.timedelta(days=7 * week)
            make_session(series, start, room=where, workers=[worker], pattern_on=day, state="published")
    # Something stands in the way of one of them in the new term, every week.
    blocker = make_series(haren, organisation=service, label="choir")
    for week in range(4):
        start = at("2027-01-04 09:00") + dt.timedelta(days=7 * week)
        make_session(blocker, start, room=spare, state="published")

    copied = copy_term(haren, source_term=old, target_term=new, by=organiser_anna, now=NOW)
    assert len(copied.placed) == 4 and len(copied.in_tray) == 4

    wish = PlanningWish(new.starts_on, new.ends_on, aim="repair", scope="mine", seconds=10)
    proposal = start_proposal(haren, wish, by=organiser_anna, now=NOW)
    assert proposal.job_id is not None
    running.run(proposal.job_id)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.left_out) == (Proposal.State.DONE, 0)
    assert proposal.outcome["repair"]["moves"] == 0  # what was copied well stays where it is
    line = proposal.lines.get()
    assert line.outcome == "placed" and {pk for pk, _v in line.sessions} == set(copied.in_tray)

    done = accept(proposal, by=organiser_anna, now=NOW)
    assert (done.entered, done.refused) == (4, 0)
    assert done.change_set is not None
    undo(done.change_set, by=organiser_anna, now=NOW)
    assert accept(proposal, by=organiser_anna, now=NOW).entered == 4

    published = publish(haren, new.starts_on, new.ends_on, by=organiser_anna, now=NOW)
    assert published is not None
    assert set(published.session_ids) == {*copied.placed, *copied.in_tray}
