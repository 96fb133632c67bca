"""The table of the board is drawn once for all who see the same, and is never another's.

Nothing is kept inside a transaction, so these tests write for good.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.safestring import SafeString

from core.words import names
from planner.board.drawing import shared
from planner.board.drawing.shared import KeptTables, Sight
from planner.board.week.board_state import BoardState
from prisons.access import Access, access_for
from prisons.models import Organisation, Prison, User
from sessions.models import GroupSession
from tests import factories as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
PARTS = Path(__file__).resolve().parents[3] / "templates" / "planner" / "board"
SHOWN = ("week=2050-W02", "week=2050-W02&rows=units", "week=2050-W02&domain=sport", "view=day&day=2050-01-10")


@dataclass
class House:
    prison: Prison
    service: Organisation
    other: Organisation
    drawn: list[Access]
    """Whoever a table was drawn for."""

    def reader(self, role: str = "organiser", service: Organisation | None = None, **more: Any) -> Client:
        user = make.make_user(**more)
        asks_for = self.service if role in ("organiser", "coordinator") else None
        make.make_membership(user, self.prison, role, service or asks_for)
        return make.signed_in(user)


@pytest.fixture
def house(haren: Prison, service: Organisation, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    other = make.make_organisation(haren, name="Fédé", short_name="Fédé", authority="french")
    make.make_slot(haren, 1, "08:30", "11:00")
    make.make_unit(haren)
    for owner, title, domain, state, start in (
        (service, "Yoga", "sport", "published", "09:00"),
        (service, "Koor", "culture", "draft", "09:15"),
        (other, "Chant", "culture", "published", "09:30"),
    ):
        series = make.make_series(haren, activity=make.make_activity(owner, title, domain=domain))
        make.make_session(series, f"2050-01-10 {start}", room=make.make_room(haren), state=state)
    drawn: list[Access] = []
    week_board = shared.week_board

    def noted(prison: Prison, week: Any, access: Access, chosen: Any) -> Any:
        drawn.append(access)
        return week_board(prison, week, access, chosen)

    monkeypatch.setattr(shared, "week_board", noted)
    yield House(haren, service, other, drawn)
    shared.forget()


def poll(browser: Client, shown: str = SHOWN[0]) -> str:
    answer = browser.get(f"/p/haren/board/live/?{shown}&version=0", headers={"X-Poll": "yes"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_who_sees_the_same_gets_it_from_one_drawing(house: House) -> None:
    first, second = house.reader(), house.reader()
    shown = poll(first)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert poll(second) == shown
    assert "Yoga" in shown and "Koor" in shown
    assert len(house.drawn) == 1
    assert len(asked) <= 5, [each["sql"] for each in asked]


def test_the_drawing_knows_of_no_person(house: House) -> None:
    poll(house.reader())
    [access] = house.drawn
    assert access.user.pk is None
    assert access.memberships == ()


def test_nobody_gets_what_was_drawn_for_other_rights(house: House) -> None:
    """Each reader's answer is the same whoever asked before, byte for byte; and these readers do differ."""
    readers = [
        house.reader(language=language) if role == "organiser" else house.reader(role, language=language)
        for role in ("organiser", "coordinator", "liaison", "auditor")
        for language in ("nl", "fr")
    ]
    readers.append(house.reader(service=house.other, language="nl"))
    asked = [(reader, shown) for reader in readers for shown in SHOWN]
    alone = []
    for reader, shown in asked:
        shared.forget()
        alone.append(poll(reader, shown))
    for order in (list(range(len(asked))), list(reversed(range(len(asked))))):
        shared.forget()
        for number in order:
            assert poll(*asked[number]) == alone[number], asked[number][1]
    weeks = alone[:: len(SHOWN)]
    assert len(set(weeks)) == 5  # services and prison in two languages, and the other service
    assert all(("Koor" in told) == ("Yoga" in told) for told in weeks)


def test_whoever_loses_a_right_sees_no_more_than_it_from_then_on(house: House) -> None:
    user = make.make_user()
    role = make.make_membership(user, house.prison, "organiser", house.service)
    browser = make.signed_in(user)
    assert "Yoga" in poll(browser)
    role.delete()
    make.make_membership(user, house.prison, "liaison", None)
    told = poll(browser)
    assert "Yoga" not in told
    assert "data-mine" not in told


def test_what_is_looked_at_with_masked_names_is_drawn_for_that_look_alone(house: House) -> None:
    access = access_for(make.make_user(is_superuser=True), house.prison)
    assert access
    shown = BoardState.read(_query(), access)
    with names.looking(is_masked=True):
        shared.table(access, shown)
    with names.looking():
        shared.table(access, shown)
    assert len(house.drawn) == 2


def test_a_table_with_names_is_drawn_for_each_so_that_each_look_is_noted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The board shows none today; should it ever, the record of who looked stays whole."""
    draw = shared.draw

    def with_a_name(*asked: Any) -> Any:
        names.noticed("Peeters, Jan")
        return draw(*asked)

    monkeypatch.setattr(shared, "draw", with_a_name)
    poll(house.reader())
    poll(house.reader())
    assert len(house.drawn) == 2


def test_names_that_were_read_beside_the_table_are_no_part_of_it(house: House) -> None:
    """Whoever drops a published card writes slips: the table that answers serves everybody all the same."""
    access = access_for(make.make_user(is_superuser=True), house.prison)
    assert access
    shown = BoardState.read(_query(), access)
    with names.looking() as look:
        names.noticed("Peeters, Jan")
        shared.table(access, shown)
    assert look.has_names
    with names.looking() as look:
        shared.table(access, shown)
    assert len(house.drawn) == 1
    assert not look.has_names


def test_a_page_that_is_opened_takes_what_was_drawn_a_moment_ago(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000.0
    monkeypatch.setattr(shared.time, "monotonic", lambda: now)
    drawn = poll(house.reader(language="en"))
    page = house.reader(language="en")

    def opened() -> str:
        return page.get(f"/p/haren/board/?{SHOWN[0]}").content.decode()

    assert drawn.strip() in opened()
    assert len(house.drawn) == 1
    now += shared.OPENED_SECONDS + 0.1
    assert 'href="#board-table"' in opened()
    assert len(house.drawn) == 2


def _query() -> Any:
    from django.http import QueryDict

    return QueryDict(SHOWN[0])


# --- no change is missed ------------------------------------------------------------------------------------


def test_a_change_of_another_shows_in_the_next_poll_also_from_another_machine(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = shared._KEPT, KeptTables()
    reader, writer = house.reader(), house.reader()
    session = GroupSession.objects.get(series__activity__title_nl="Yoga")
    for number in range(3):
        room = make.make_room(house.prison, name=f"Zaal {number}")
        before = poll(reader)
        monkeypatch.setattr(
            shared, "_KEPT", there
        )  # the other machine, which has kept the state of before too
        poll(writer)
        session.refresh_from_db()
        sent = {"room": room.pk, "day": "2050-01-10", "start": "09:00", "minutes": 60}
        moved = writer.post(
            f"/p/haren/board/sessions/{session.pk}/move/",
            sent | {"version": session.version},
            headers={"HX-Request": "true", "HX-Target": "board"},
        )
        assert moved.status_code == 200, moved.content.decode()
        monkeypatch.setattr(shared, "_KEPT", here)
        after = poll(reader)
        assert after != before
        assert f'data-session="{session.pk}" data-version="{session.version + 1}"' in after


def test_what_a_transaction_takes_back_was_never_kept(house: House) -> None:
    """The number of the plan comes a second time after a roll back, with other contents."""
    reader = house.reader()
    session = GroupSession.objects.filter(state="draft").get()
    access = access_for(User.objects.get(pk=reader.session["_auth_user_id"]), house.prison)
    assert access
    with transaction.atomic():
        GroupSession.objects.filter(pk=session.pk).update(state="published")
        house.prison.refresh_from_db()
        access = access_for(access.user, house.prison)
        assert access
        seen = shared.table(access, BoardState.read(_query(), access))
        transaction.set_rollback(True)
    GroupSession.objects.filter(pk=session.pk).update(version=99)  # the same number of the plan again
    assert 'data-version="99"' in poll(reader)
    assert 'data-version="99"' not in seen


def test_what_raises_no_version_is_seen_after_some_seconds(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000.0
    monkeypatch.setattr(shared.time, "monotonic", lambda: now)
    reader = house.reader()
    poll(reader)
    now += shared.KEPT_SECONDS - 0.1
    poll(reader)
    assert len(house.drawn) == 1
    now += 0.2
    poll(reader)
    assert len(house.drawn) == 2


# --- the key and the templates ------------------------------------------------------------------------------


def test_everything_that_an_access_says_is_part_of_the_sight() -> None:
    """A new field of an access must be decided on here."""
    left_out = {"user", "memberships", "is_masked"}  # taken away before drawing; such a look is never kept
    told = {one.name for one in fields(Sight)} | {"prison"}
    assert {one.name for one in fields(Access)} - left_out <= told


@pytest.mark.parametrize("part", ["_grid", "_week", "_day", "_tray"])
def test_no_part_of_the_table_asks_for_what_is_a_persons_own(part: str) -> None:
    text = (PARTS / f"{part}.html").read_text(encoding="utf-8")
    for word in ("csrf", "request", "user", "messages", "perms", "undo"):
        assert word not in text.replace("user-", ""), word


# --- several at once ----------------------------------------------------------------------------------------


def _sight(number: int) -> Any:
    return number


def test_eight_who_ask_at_once_are_given_one_drawing() -> None:
    kept, ready, drawn = KeptTables(), threading.Barrier(8), []

    def draw() -> SafeString:
        drawn.append(1)
        asked.wait(5)
        return SafeString("table")

    asked = threading.Event()

    def ask(number: int) -> SafeString:
        ready.wait()
        if number == 7:
            asked.set()
        return kept.get(_sight(1), draw)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(8))) == {"table"}
    assert drawn == [1]


def test_after_a_drawing_that_failed_the_next_one_draws() -> None:
    kept = KeptTables()

    def fails() -> SafeString:
        raise RuntimeError

    for _time in range(2):
        with pytest.raises(RuntimeError):
            kept.get(_sight(1), fails)
    assert kept.get(_sight(1), lambda: SafeString("table")) == "table"


def test_no_more_is_kept_than_fits() -> None:
    kept = KeptTables(most_bytes=1_000)
    calls: list[int] = []

    def of(number: int) -> Callable[[], SafeString]:
        def draw() -> SafeString:
            calls.append(number)
            return SafeString("x" * 300)

        return draw

    for number in range(6):
        kept.get(_sight(number), of(number))
    kept.get(_sight(5), of(5))
    kept.get(_sight(0), of(0))
    assert calls == [0, 1, 2, 3, 4, 5, 0]
    kept.get(_sight(9), lambda: SafeString("y" * 5_000))
    assert sum(len(one.table) for one in kept._tables.values()) <= 5_000
