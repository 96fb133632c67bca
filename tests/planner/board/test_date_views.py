"""The page that changes several dates: the effect before the act, and who may."""

from __future__ import annotations

import pytest
from django.urls import reverse

from prisons.models import Organisation, Prison, User
from sessions.models import GroupSession
from tests.factories import make_room, make_series, make_session, make_slot, make_worker, signed_in
from tests.pages import look_and_do


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
    assert anna.post(url(sessions[1]), sent(sessions[1], start="09:30", do="1")).status_code == 409
    assert not GroupSession.objects.filter(version__gt=1).exists()
    done = look_and_do(anna, url(sessions[1]), sent(sessions[1], start="09:30"), {"do": "1"})
    assert done.status_code == 302
    assert GroupSession.objects.filter(version=2).count() == 2


def test_a_refused_date_is_named_and_left_out_only_when_said(
    haren: Prison, sessions: list[GroupSession], organiser_anna: User
) -> None:
    other = make_room(haren, name="Class B")
    make_session(make_series(haren), "2050-01-17 09:00", room=other)
    anna = signed_in(organiser_anna)

    page = anna.post(url(sessions[0]), sent(sessions[0], room=other.pk)).content.decode()
    assert "1 cannot" in page and "Class B is taken by" in page
    look = sent(sessions[0], room=other.pk)
    assert look_and_do(anna, url(sessions[0]), look, {"do": "1"}).status_code == 409
    assert look_and_do(anna, url(sessions[0]), look, {"do": "1", "leave_out": "1"}).status_code == 302

    assert GroupSession.objects.filter(room=other, series=sessions[0].series).count() == 2


def test_unusable_input_foreign_owner_and_stranger(
    sessions: list[GroupSession], organiser_anna: User, organiser_emile: User, stranger_dirk: User
) -> None:
    assert signed_in(organiser_anna).post(url(sessions[0]), sent(sessions[0], minutes=0)).status_code == 422
    assert signed_in(organiser_emile).get(url(sessions[0])).status_code == 403
    assert signed_in(stranger_dirk).get(url(sessions[0])).status_code == 404


def test_the_other_room_and_the_other_leader_are_shown_and_who_is_left(
    haren: Prison, sessions: list[GroupSession], organiser_anna: User, service: Organisation
) -> None:
    other, lamine = make_room(haren, name="Class B"), make_worker(haren, name="Lamine", organisation=service)
    interpreter = make_worker(haren, name="Oksana")
    sessions[1].session_workers.create(worker=interpreter, part="interpreter", language="uk")

    page = signed_in(organiser_anna).post(
        url(sessions[0]), sent(sessions[0], room=other.pk, workers=[lamine.pk])
    )

    effect = page.content.decode().split('id="effect"')[1]
    assert effect.count("Class B") == effect.count("Lamine") == 3
    assert effect.count("Oksana stays: only who leads is replaced.") == 1


def test_dates_that_stay_as_they_are_are_not_counted(
    sessions: list[GroupSession], organiser_anna: User
) -> None:
    """The room of the first one is no change to it, and what lies in the tray has no time to keep it for."""
    GroupSession.objects.filter(pk__in=[one.pk for one in sessions[1:]]).update(
        room=None, starts_at=None, ends_at=None
    )
    page = signed_in(organiser_anna).post(url(sessions[0]), sent(sessions[0])).content.decode()
    assert "0 dates will change" in page and 'name="do"' not in page
    assert page.count("It has no time yet: place it on the board.") == 2
