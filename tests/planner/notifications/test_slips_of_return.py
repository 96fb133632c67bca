"""A session that is cancelled and restored: nobody keeps a slip in hand that is not true any more."""

import pytest

from enrollment.domain.slips import reply_slips, slip_text
from enrollment.models import Slip
from planner.scheduling.placement import undo, writer
from planner.scheduling.placement.audience_counts import told_by
from planner.scheduling.placement.session_changes import Change
from sessions.models import GroupSession
from tests.factories import (
    at,
    make_activity,
    make_enrollment,
    make_room,
    make_series,
    make_session,
    make_slot,
)

NOW = at("2026-11-20 10:00")
CANCELLED, PUBLISHED = GroupSession.State.CANCELLED, GroupSession.State.PUBLISHED


pytestmark = pytest.mark.postgres


@pytest.fixture
def session(haren, service):
    make_slot(haren, 1, "08:30", "11:00")
    make_slot(haren, 1, "13:30", "16:00")
    series = make_series(haren, activity=make_activity(service, "Koor"))
    return make_session(series, "2026-11-30 09:00", room=make_room(haren), state="published")


@pytest.fixture
def person(session):
    return make_enrollment(session.series).participant


def change(session, by, verb, **fields):
    return writer.apply(
        session.prison, [Change(session.pk, **fields)], by=by, verb=verb, now=NOW, accept_soft=True
    )


def cancel(session, by):
    return change(session, by, "cancel", state=CANCELLED, reason="room")


def restore(session, by):
    return change(session, by, "restore", state=PUBLISHED)


def desk(haren):
    return [slip.kind for slip in reply_slips.desk(haren)]


def hand_out(haren, by):
    reply_slips.hand_out(haren, list(reply_slips.desk(haren).values_list("pk", flat=True)), by=by, now=NOW)


def test_what_was_never_said_is_taken_off_the_desk(haren, session, person, organiser_anna):
    cancel(session, organiser_anna)
    assert desk(haren) == ["cancelled"]
    restore(session, organiser_anna)
    assert desk(haren) == []


def test_who_holds_a_cancellation_gets_a_slip_that_it_takes_place(haren, session, person, organiser_anna):
    cancel(session, organiser_anna)
    hand_out(haren, organiser_anna)
    new = make_enrollment(session.series).participant
    restore(session, organiser_anna)
    slip = reply_slips.desk(haren).get()
    assert (slip.kind, slip.participant) == ("restored", person) and slip.participant != new
    assert slip_text.write(slip, "nl").body == (
        "Koor van maandag 30 november om 09:00 gaat toch door. Het vorige briefje geldt niet meer."
    )


def test_undo_corrects_the_same_way_and_cancelling_again_needs_no_paper_twice(
    haren, session, person, organiser_anna
):
    outcome = cancel(session, organiser_anna)
    hand_out(haren, organiser_anna)
    undo.undo(outcome.change_set, by=organiser_anna, now=NOW)
    assert desk(haren) == ["restored"]
    cancel(session, organiser_anna)
    assert desk(haren) == ["cancelled"]
    restore(session, organiser_anna)
    assert desk(haren) == ["restored"], "the first cancellation is still in hand"


def test_who_has_left_the_group_hears_nothing(haren, session, person, organiser_anna):
    cancel(session, organiser_anna)
    hand_out(haren, organiser_anna)
    session.series.enrollments.update(state="ended", placed_until="2026-11-20")
    restore(session, organiser_anna)
    assert desk(haren) == []


def test_a_move_that_nobody_was_told_of_is_told_after_all(haren, session, person, organiser_anna):
    change(session, organiser_anna, "move", starts_at=at("2026-11-30 14:00"), ends_at=at("2026-11-30 15:30"))
    cancel(session, organiser_anna)
    restore(session, organiser_anna)
    assert desk(haren) == ["moved"]
    assert "14:00" in slip_text.write(reply_slips.desk(haren).get(), "nl").body


def test_the_sentence_before_counts_the_slips_after(haren, session, person, organiser_anna):
    make_enrollment(session.series)
    cancel(session, organiser_anna)
    reply_slips.hand_out(haren, [Slip.objects.get(participant=person).pk], by=organiser_anna, now=NOW)
    told = told_by(haren, [Change(session.pk, state=PUBLISHED)])
    restore(session, organiser_anna)
    assert told.people_count == reply_slips.desk(haren).count() == 1
