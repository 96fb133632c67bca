"""The page that changes several dates: the effect before the act, and who may."""

from __future__ import annotations

import pytest
from django.urls import reverse

from prisons.models import Organisation, Prison, User
from sessions.models import GroupSession
from tests.factories import make_room, make_series, make_session, make_slot, make_worker, signed_in


@pytest.fixture
def sessions(haren: Prison, service: Organisation) -> list[GroupSession]:
    make_slot(haren, 1, "08:30", "11:00")
    room, worker = make_room(haren, name="Class A"), make_worker(haren, organisation=service)
    series = make_series(haren, organisation=service, default_room=room)
    days = ("2050-01-10", "2050-01-17", "2050-01-24")
    return [make_session(series, f"{day} 09:00", room=room, workers=[worker]) for day in days]


def sent(session: GroupSession, **changes: object) -> dict[str, object]:
    workers = list(session.session_workers.values_list("worker_id", flat=True))
    present = {"scope": "following", "weekday": 1, "start": "09:00", "minutes": 90, "room": session.room_id}
    return {**present, "workers": workers, **changes}


def url(session: GroupSession) -> str:
    return reverse("planner:session_dates", args=["haren", session.pk])


def test_the_effect_is_shown_before_anything_changes(
    sessions: list[GroupSession], organiser_anna: User
) -> None:
    anna = signed_in(organiser_anna)
    assert anna.get(url(sessions[1])).status_code == 200

    page = anna.post(url(sessions[1]), sent(sessions[1], start="09:30")).content.decode()

    assert "2 dates will change" in page and "Change 2 dates" in page
    assert not GroupSession.objects.filter(version__gt=1).exists()
    assert anna.post(url(sessions[1]), sent(sessions[1], start="09:30", do="1")).status_code == 302
    assert GroupSession.objects.filter(version=2).count() == 2


def test_a_refused_date_is_named_and_left_out_only_when_said(
    haren: Prison, sessions: list[GroupSession], organiser_anna: User
) -> None:
    other = make_room(haren, name="Class B")
    make_session(make_series(haren), "2050-01-17 09:00", room=other)
    anna = signed_in(organiser_anna)

    page = anna.post(url(sessions[0]), sent(sessions[0], room=other.pk)).content.decode()
    assert "1 cannot" in page and "Class B is taken by" in page
    assert anna.post(url(sessions[0]), sent(sessions[0], room=other.pk, do="1")).status_code == 409
    assert (
        anna.post(url(sessions[0]), sent(sessions[0], room=other.pk, do="1", leave_out="1")).status_code
        == 302
    )

    assert GroupSession.objects.filter(room=other, series=sessions[0].series).count() == 2


def test_unusable_input_foreign_owner_and_stranger(
    sessions: list[GroupSession], organiser_anna: User, organiser_emile: User, stranger_dirk: User
) -> None:
    assert signed_in(organiser_anna).post(url(sessions[0]), sent(sessions[0], minutes=0)).status_code == 422
    assert signed_in(organiser_emile).get(url(sessions[0])).status_code == 403
    assert signed_in(stranger_dirk).get(url(sessions[0])).status_code == 404
