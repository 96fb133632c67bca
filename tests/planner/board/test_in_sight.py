"""What was just changed stands in front of whoever changed it; a poll is no visit."""

from __future__ import annotations

import pytest

from prisons.models import Organisation, Prison, User
from tests.factories import (
    make_activity,
    make_membership,
    make_room,
    make_series,
    make_session,
    make_slot,
    signed_in,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("filter_", "stays"), [("domain=sport", False), ("state=published", False), ("mine=1", True)]
)
def test_a_filter_that_hides_what_was_moved_is_taken_off(
    haren: Prison, service: Organisation, organiser_anna: User, filter_: str, stays: bool
) -> None:
    make_slot(haren, 1, "08:30", "11:00")
    room = make_room(haren, name="Class A")
    session = make_session(
        make_series(haren, activity=make_activity(service, "Yoga", domain="language")),
        "2050-01-10 09:00",
        room=room,
    )
    browser = signed_in(organiser_anna)
    browser.get(f"/p/haren/board/?week=2050-W02&{filter_}")
    sent = {"room": room.pk, "day": "2050-01-10", "start": "09:30", "minutes": 60, "version": session.version}
    answer = browser.post(f"/p/haren/board/sessions/{session.pk}/move/", sent)
    assert answer.status_code == 302
    assert (filter_ in answer.headers["Location"]) is stays
    assert "Yoga" in browser.get(answer.headers["Location"]).content.decode()


def test_a_poll_writes_nothing_about_the_user(
    haren: Prison, saint_gilles: Prison, coordinator_karim: User
) -> None:
    make_membership(coordinator_karim, saint_gilles, "coordinator", None)
    browser = signed_in(coordinator_karim)
    browser.get("/p/haren/board/")
    for slug in ("saint-gilles", "haren", "saint-gilles"):
        browser.get(f"/p/{slug}/board/live/?version=0", headers={"HX-Request": "true"})
    coordinator_karim.refresh_from_db()
    assert coordinator_karim.last_prison == haren
    browser.get("/p/saint-gilles/board/")
    coordinator_karim.refresh_from_db()
    assert coordinator_karim.last_prison == saint_gilles
