"""Many sessions at once: the effect before, all or what can, one act."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from prisons.models import ChangeSet, Prison, User
from rooms.models import Room
from sessions.models import Cancellation, GroupSession, Series
from tests.factories import at, make_room, make_series, make_session, make_slot, make_worker, signed_in
from tests.pages import press

NOW = at("2026-11-22 12:00")
CANCEL, RESTORE = "/p/haren/board/sessions/cancel/", "/p/haren/board/sessions/restore/"


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def room(haren: Prison) -> Room:
    for weekday in range(1, 6):
        make_slot(haren, weekday, "08:30", "11:00")
    return make_room(haren, name="Class A")


@pytest.fixture
def series(haren: Prison, service: Any) -> Series:
    return make_series(haren, organisation=service)


@pytest.fixture
def sessions(series: Series, room: Room) -> list[GroupSession]:
    return [make_session(series, f"2026-11-{day} 09:00", room=room) for day in (23, 24, 25)]


@pytest.fixture
def organiser(organiser_anna: User) -> Client:
    return signed_in(organiser_anna)


def picks(sessions: list[GroupSession]) -> list[str]:
    return [f"{session.pk}:{session.version}" for session in sessions]


def states(sessions: list[GroupSession]) -> list[str]:
    return [GroupSession.objects.get(pk=session.pk).state for session in sessions]


def test_the_table_shows_what_the_filter_asks(
    haren: Prison, organiser: Client, sessions: list[GroupSession], room: Room
) -> None:
    zoe = make_worker(haren)
    theirs = make_session(make_series(haren), "2026-11-26 09:00", room=room, workers=[zoe])

    def shown(query: str) -> list[int]:
        return [
            row["session"].pk for row in organiser.get(f"/p/haren/board/sessions/{query}").context["rows"]
        ]

    own = [session.pk for session in sessions]
    assert shown("") == own
    assert shown("?first=2026-11-24") == [*own[1:], theirs.pk]
    assert shown("?first=2026-11-24&last=2026-11-24") == [own[1]]
    assert shown(f"?worker={zoe.pk}") == [theirs.pk]
    assert shown(f"?series={theirs.series_id}&room={room.pk}&state=draft") == [theirs.pk]
    assert shown("?first=nonsense&room=abc&whose=mine") == own


def done(organiser: Client, url: str, data: dict[str, Any]) -> Any:
    """Shown first, then done."""
    return press(organiser, url, data, look={"pick": data["pick"]})


def test_cancelling_shows_first_and_then_does_it_as_one_act(
    organiser: Client, sessions: list[GroupSession]
) -> None:
    look = organiser.post(CANCEL, {"pick": picks(sessions)})
    assert look.status_code == 200 and len(look.context["can"]) == 3
    assert not ChangeSet.objects.exists()

    data = {"pick": look.context["picks"], "reason": "training", "step": "do"}
    assert done(organiser, CANCEL, data).status_code == 302

    assert states(sessions) == ["cancelled"] * 3
    assert set(Cancellation.objects.values_list("reason", flat=True)) == {"training"}
    assert ChangeSet.objects.count() == 1


def test_what_cannot_is_named_and_left_out_only_when_said(
    haren: Prison, organiser: Client, sessions: list[GroupSession], series: Series, room: Room
) -> None:
    past = make_session(series, "2026-11-20 09:00", room=room)
    theirs = make_session(make_series(haren), "2026-11-26 09:00", room=room)
    gone = make_session(series, "2026-11-27 09:00", room=room, state="cancelled")
    data = {"pick": picks([*sessions, past, theirs, gone]), "reason": "room", "step": "do"}

    refused = done(organiser, CANCEL, data)
    assert refused.status_code == 409 and states(sessions) == ["draft"] * 3
    why = [str(row["why"][0]) for row in refused.context["cannot"]]
    assert [words.split(" ")[0] for words in why] == ["That", "It", "It"]
    assert "belongs to" in why[1] and "cancelled already" in why[2]

    assert done(organiser, CANCEL, data | {"leave_out": "1"}).status_code == 302
    assert states([*sessions, past, theirs]) == ["cancelled"] * 3 + ["draft"] * 2


def test_restoring_gives_back_what_still_has_its_place(
    organiser: Client, sessions: list[GroupSession], series: Series, room: Room
) -> None:
    data = {"pick": picks(sessions), "reason": "worker", "step": "do"}
    done(organiser, CANCEL, data)
    make_session(series, "2026-11-24 10:00", room=room)
    fresh = list(GroupSession.objects.filter(state="cancelled"))

    look = organiser.post(RESTORE, {"pick": picks(fresh)})
    assert [row["session"].pk for row in look.context["cannot"]] == [sessions[1].pk]
    assert "Class A is taken by" in look.content.decode()
    assert done(organiser, RESTORE, {"pick": picks(fresh), "step": "do"}).status_code == 409
    done(organiser, RESTORE, {"pick": picks(fresh), "step": "do", "leave_out": "1"})

    assert states(sessions) == ["draft", "cancelled", "draft"]


def test_who_saw_an_older_version_is_told(organiser: Client, sessions: list[GroupSession]) -> None:
    GroupSession.objects.filter(pk=sessions[0].pk).update(version=7)
    answer = organiser.post(CANCEL, {"pick": picks(sessions), "reason": "room", "step": "do"})
    assert answer.status_code == 409 and "Look again" in answer.content.decode()
    assert states(sessions) == ["draft"] * 3


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"step": "do", "reason": "room"}, 422),
        ({}, 422),
        ({"pick": ["x:1", "", "99999999999999999999:1"], "step": "do", "reason": "room"}, 422),
        ({"pick": ["999999:1"], "step": "do", "reason": "room"}, 404),
    ],
)
def test_unusable_input_is_refused(organiser: Client, data: dict[str, Any], status: int) -> None:
    assert organiser.post(CANCEL, data).status_code == status
    assert organiser.post(RESTORE, data).status_code == status


@pytest.mark.parametrize("reason", ["", "closure", "because"])
def test_a_reason_of_the_list_is_needed(organiser: Client, sessions: list[GroupSession], reason: str) -> None:
    answer = organiser.post(CANCEL, {"pick": picks(sessions), "reason": reason, "step": "do"})
    assert answer.status_code == 422 and states(sessions) == ["draft"] * 3


def test_only_who_places_may_see_the_table(liaison_bert: User, stranger_dirk: User, haren: Prison) -> None:
    for person, status in ((liaison_bert, 403), (stranger_dirk, 404)):
        browser = signed_in(person)
        answers = browser.get("/p/haren/board/sessions/"), browser.post(CANCEL), browser.post(RESTORE)
        assert {answer.status_code for answer in answers} == {status}
