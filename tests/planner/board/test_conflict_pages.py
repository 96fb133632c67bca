"""The list of open conflicts: a page at a time, the own first, each service with how many it has on all pages."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse

from core.dates.clock import today
from core.dates.weeks import Week
from planner.board.views import conflicts
from prisons.models import Organisation, Prison, User
from sessions.models import GroupSession, Series
from tests.factories import make_room, make_series, make_session, make_slot, signed_in
from tests.pages import flat


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conflicts, "ROWS", 3)


def crowded(prison: Prison, owner: Organisation, hour: int) -> Series:
    """Four sessions, each in a room that is too small."""
    series = make_series(prison, organisation=owner, places=30)
    room, monday = make_room(prison), Week.from_date(today()).next.monday
    for week in range(4):
        make_session(
            series, f"{monday + dt.timedelta(weeks=week)} {hour:02}:00", room=room, state="published"
        )
    return series


def listed(client: Client, **asked: object) -> tuple[list[str], list[str]]:
    """(headings, sessions) of a page."""
    answer = client.get(reverse("planner:conflicts", args=["haren"]), asked)
    text = flat(answer)
    return re.findall(r"<h2>(.*?)</h2>", text), re.findall(r'data-label="Session"><a href="([^"]+)"', text)


def test_each_conflict_stands_once_on_one_page(
    haren: Prison, service: Organisation, other_service: Organisation, organiser_anna: User
) -> None:
    make_slot(haren, 1)
    own = crowded(haren, service, 9)
    crowded(haren, other_service, 9)
    anna = signed_in(organiser_anna)

    pages = [listed(anna, page=number) for number in (1, 2, 3)]

    assert [len(rows) for _heads, rows in pages] == [3, 3, 2]
    assert len({row for _heads, rows in pages for row in rows}) == 8
    mine = {
        reverse("planner:session_detail", args=["haren", each.pk])
        for each in GroupSession.objects.filter(series=own)
    }
    assert set(pages[0][1]) <= mine
    assert [heads for heads, _rows in pages] == [
        [f"{service.name} · 4"],
        [f"{service.name} · 4", f"{other_service.name} · 4"],
        [f"{other_service.name} · 4"],
    ]


def test_the_prison_leafs_too_and_rubbish_is_the_first_page(
    haren: Prison, service: Organisation, liaison_bert: User
) -> None:
    make_slot(haren, 1)
    crowded(haren, service, 9)
    bert = signed_in(liaison_bert)
    assert [len(listed(bert, page=page)[1]) for page in ("1", "2", "x")] == [3, 1, 3]
    assert listed(bert)[0] == []
