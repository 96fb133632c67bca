"""The pages of closures ask the database as often for thirty sessions as for one."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from planner.scheduling.closures.closing import announce, confirm
from planner.scheduling.closures.parts import ClosureDraft, ClosurePart
from prisons.models import Organisation, Prison, User
from rooms.models import Closure
from tests.factories import at, make_room, make_series, make_session, make_slot, make_worker, signed_in

NOW = at("2026-11-22 12:00")


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def closed_day(prison: Prison, service: Organisation, by: User, day: int, sessions: int) -> Closure:
    """A confirmed closure of a day with so many sessions, each in a room of its own."""
    make_slot(prison, day - 22, "08:30", "11:00")
    for _number in range(sessions):
        worker, room = make_worker(prison), make_room(prison)
        series = make_series(prison, organisation=service)
        make_session(series, f"2026-11-{day} 09:00", room=room, workers=[worker], state="published")
    part = ClosurePart(None, None, at(f"2026-11-{day} 00:00"), at(f"2026-11-{day} 22:00"))
    closure = announce(prison, ClosureDraft("strike", (part,)), by=by, now=NOW).closures[0]
    return confirm(closure, by=by, now=NOW).closures[0]


@pytest.mark.parametrize("path", ["", "lift/", "calls/", "calls.pdf", "cover.pdf", "make-up/"])
def test_thirty_sessions_ask_as_often_as_one(
    haren: Prison, service: Organisation, coordinator_karim: User, path: str
) -> None:
    closures = [closed_day(haren, service, coordinator_karim, day, n) for day, n in ((23, 1), (24, 30))]
    browser = signed_in(coordinator_karim)
    counts = []
    for closure in closures:
        url = f"/p/haren/closures/{closure.pk}/{path}"
        browser.get(url)  # what is kept per process is there now
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert browser.get(url).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_table_of_sessions_too(haren: Prison, service: Organisation, coordinator_karim: User) -> None:
    closed_day(haren, service, coordinator_karim, 23, 1)
    closed_day(haren, service, coordinator_karim, 24, 30)
    browser = signed_in(coordinator_karim)
    counts = []
    for day in (23, 24):
        url = f"/p/haren/board/sessions/?first=2026-11-{day}&last=2026-11-{day}"
        browser.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(url).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("verb", ["cancel", "restore"])
def test_looking_before_an_act_on_many_too(
    haren: Prison, service: Organisation, coordinator_karim: User, verb: str
) -> None:
    """Nothing of it can be done: each has its reason, here the closure that still holds."""
    closures = [closed_day(haren, service, coordinator_karim, day, n) for day, n in ((23, 1), (24, 30))]
    browser = signed_in(coordinator_karim)
    counts = []
    for closure in closures:
        rows = [one.session for one in closure.cancellations.select_related("session")]
        data = {"pick": [f"{row.pk}:{row.version}" for row in rows]}
        browser.post(f"/p/haren/board/sessions/{verb}/", data)
        with CaptureQueriesContext(connection) as queries:
            page = browser.post(f"/p/haren/board/sessions/{verb}/", data)
        assert len(page.context["cannot"]) == len(rows)
        counts.append(len(queries))
    assert counts[0] == counts[1]
