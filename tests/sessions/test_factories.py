"""The rows that other tests stand on are what they say they are."""

import pytest
from django.db import IntegrityError

from prisons.models import Organisation, Prison
from sessions.models import SessionWorker
from tests.factories import at, make_room, make_series, make_session, make_worker


def test_a_session_is_placed_with_its_workers_in_step(haren: Prison, service: Organisation) -> None:
    worker = make_worker(haren, organisation=service)
    series = make_series(haren, organisation=service, workers=[worker])
    session = make_session(series, "2026-11-23 09:00", room=make_room(haren), workers=[worker])
    session.refresh_from_db()
    copy = SessionWorker.objects.get(session=session)
    assert session.starts_at == at("2026-11-23 09:00") == copy.starts_at
    assert session.is_placed and copy.live


def test_a_session_without_a_time_lies_in_the_week_of_its_series(haren: Prison) -> None:
    series = make_series(haren)
    session = make_session(series, None)
    assert not session.is_placed
    assert session.week_on == series.starts_on


def test_the_database_refuses_two_sessions_in_one_room(haren: Prison) -> None:
    room = make_room(haren)
    make_session(make_series(haren), "2026-11-23 09:00", room=room)
    with pytest.raises(IntegrityError, match=r"room_taken|guard_room"):
        make_session(make_series(haren), "2026-11-23 10:00", room=room)
