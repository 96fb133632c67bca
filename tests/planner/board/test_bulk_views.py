"""Several at once on the board: ticks, the effect before, the act, undo; by HTMX and as plain pages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from prisons.models import ChangeSet, Organisation, Prison, User
from rooms.models import Room
from sessions.models import GroupSession, Series
from tests.factories import at, make_room, make_series, make_session, make_slot, make_worker, signed_in
from tests.pages import flat, press

BULK = "/p/haren/board/bulk/"
BOARD = "/p/haren/board/"
HX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": f"http://testserver{BOARD}?week=2050-W02"}


@pytest.fixture
def room(haren: Prison) -> Room:
    make_slot(haren, 1, "08:30", "11:00")
    return make_room(haren, name="Class A")


@pytest.fixture
def sessions(haren: Prison, service: Organisation, room: Room) -> list[GroupSession]:
    series = make_series(haren, organisation=service)
    return [make_session(series, f"2050-01-{day} 09:00", room=room) for day in (10, 17)]


@pytest.fixture
def anna(organiser_anna: User) -> Client:
    return signed_in(organiser_anna)


def sent(sessions: list[GroupSession], act: str, **values: Any) -> dict[str, Any]:
    return {"act": act, "pick": [f"{one.pk}:{one.version}" for one in sessions]} | values


def starts(sessions: list[GroupSession]) -> list[str]:
    return [f"{GroupSession.objects.get(pk=one.pk).starts_at:%m-%d %H:%M}" for one in sessions]


def test_the_page_for_several_has_a_box_on_every_own_card(
    anna: Client, sessions: list[GroupSession], haren: Prison
) -> None:
    make_session(make_series(haren), "2050-01-10 09:00", room=make_room(haren))
    text = flat(anna.get(BOARD, {"week": "2050-W02", "select": "1"}))
    assert re.findall(r'name="pick" value="(\d+:\d+)"', text) == [f"{sessions[0].pk}:1"]
    assert 'form="board-picks"' in text and not re.search(r'id="board-picks"[^>]* hidden>', text)
    plain = flat(anna.get(BOARD, {"week": "2050-W02"}))
    assert "card-pick" not in plain and re.search(r'id="board-picks"[^>]* hidden>', plain)


def done(anna: Client, values: dict[str, Any], **extra: Any) -> Any:
    """Shown first, then done."""
    look = {name: value for name, value in values.items() if name not in ("step", "leave_out")}
    return press(anna, BULK, values, look=look, **extra)


def test_the_effect_is_shown_before_anything_changes(anna: Client, sessions: list[GroupSession]) -> None:
    text = flat(anna.post(BULK, sent(sessions, "weeks"), **HX))
    assert "2 sessions would change" in text
    assert "Mon 10 Jan. 09:00–10:30 → Mon 17 Jan. 09:00–10:30" in text
    assert starts(sessions) == ["01-10 08:00", "01-17 08:00"]


def test_many_weeks_on_as_one_act_with_undo_on_the_board(anna: Client, sessions: list[GroupSession]) -> None:
    answer = done(anna, sent(sessions, "weeks", sent="1", weeks="2", way="on", step="do"), **HX)
    assert starts(sessions) == ["01-24 08:00", "01-31 08:00"]
    text = flat(answer)
    change_set = ChangeSet.objects.get()
    assert "2 sessions are changed." in text and f"/p/haren/board/changes/{change_set.pk}/undo/" in text
    assert answer["HX-Retarget"] == "#board" and "picks-done" in answer["HX-Trigger-After-Settle"]
    assert 'data-week="2050-W02"' in text, "the week that was looked at"
    asked = anna.get(f"/p/haren/board/changes/{change_set.pk}/undo/")
    assert [entry.name for entry in asked.context["nav"] if entry.is_current] == ["board"]
    press(anna, f"/p/haren/board/changes/{change_set.pk}/undo/", {})
    assert starts(sessions) == ["01-10 08:00", "01-17 08:00"]


def test_what_cannot_is_named_and_stays(anna: Client, sessions: list[GroupSession], haren: Prison) -> None:
    attic = make_room(haren, name="Attic")
    make_session(make_series(haren), "2050-01-17 09:00", room=attic)
    values = sent(sessions, "room", sent="1", room=attic.pk)
    text = flat(anna.post(BULK, values, HTTP_HX_TARGET="bulk-body", **HX))
    assert text.startswith('<div id="bulk-body">')
    assert "1 session would change" in text and "1 stays as it is" in text
    assert 'name="leave_out" value="1"' in text

    refused = done(anna, values | {"step": "do"}, **HX)
    assert refused.status_code == 409 and "Nothing was changed." in flat(refused)
    done(anna, values | {"step": "do", "leave_out": "1"}, **HX)
    rooms = list(
        GroupSession.objects.filter(pk__in=[s.pk for s in sessions]).values_list("room__name", flat=True)
    )
    assert rooms == ["Attic", "Class A"]


def test_a_facilitator_and_a_cancellation(anna: Client, sessions: list[GroupSession], haren: Prison) -> None:
    tom = make_worker(haren, name="Tom")
    values = sent(sessions, "worker", sent="1", worker=tom.pk, beside="beside", step="do")
    assert "2 sessions are changed." in flat(done(anna, values, **HX))
    assert tom.session_workers.count() == 2

    GroupSession.objects.update(version=1)
    asked = flat(anna.post(BULK, sent(sessions, "cancel"), **HX))
    assert "2 sessions would be cancelled" in asked
    unsaid = anna.post(BULK, sent(sessions, "cancel", sent="1", step="do"), **HX)
    assert unsaid.status_code == 422
    answer = done(anna, sent(sessions, "cancel", sent="1", step="do", reason="worker"), **HX)
    assert "2 sessions are cancelled." in flat(answer)


def test_without_javascript_it_is_a_page_that_leads_back(anna: Client, sessions: list[GroupSession]) -> None:
    back = f"{BOARD}?rows=units&week=2050-W02"
    page = flat(anna.post(BULK, sent(sessions, "weeks", next=back)))
    assert "<h1>Move by weeks</h1>" in page and f'name="next" value="{back.replace("&", "&amp;")}"' in page
    values = sent(sessions, "weeks", sent="1", weeks="1", way="on", step="do", next=back)
    answer = done(anna, values)
    assert answer["Location"] == back
    assert starts(sessions) == ["01-17 08:00", "01-24 08:00"]


def test_nothing_ticked_what_is_stale_and_what_cannot_be_read(
    anna: Client, sessions: list[GroupSession]
) -> None:
    nothing = anna.post(BULK, {"act": "weeks", "pick": ["x", "1x:3"]})
    assert nothing.status_code == 422 and "Tick the sessions first." in flat(nothing)
    too_many = anna.post(BULK, sent(sessions, "weeks", sent="1", weeks="99", way="on", step="do"))
    assert too_many.status_code == 422
    GroupSession.objects.filter(pk=sessions[0].pk).update(version=7, changed_at=at("2050-01-01 12:00"))
    stale = anna.post(BULK, sent(sessions, "weeks", sent="1", weeks="1", way="on", step="do"))
    assert stale.status_code == 409 and starts(sessions) == ["01-10 08:00", "01-17 08:00"]
    assert "Look again, then decide." in flat(stale)


def test_anothers_sessions_and_who_may_not_plan(
    anna: Client, haren: Prison, sessions: list[GroupSession], liaison_bert: User
) -> None:
    theirs: Series = make_series(haren)
    session = make_session(theirs, "2050-01-10 09:00")
    text = flat(anna.post(BULK, sent([session], "weeks"), **HX))
    assert "It belongs to" in text and "0 sessions would change" in text
    assert signed_in(liaison_bert).post(BULK, sent(sessions, "weeks")).status_code == 403
