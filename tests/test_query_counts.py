"""How often each act asks the database, compared with the numbers kept in `tests/data/queries.json`.

A number that changes is changed there too, and so is seen in review: `QUERIES=write pytest tests/test_query_counts.py`
writes them anew. Statements that only begin and end a part of a transaction are not counted.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from enrollment.domain.lists.cut_off import freeze_everywhere
from enrollment.models import Enrollment
from planner.models import Ask
from prisons.models import ChangeSet, Prison
from rooms.models import Closure, Room
from sessions.models import GroupSession
from tests import factories as make
from tests.pages import seen_on
from tests.town import Town, forget, living_in, taken_back

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
KEPT = Path(__file__).parent / "data" / "queries.json"
HX = {"headers": {"HX-Request": "true"}}
MOST = {"drop a card": 40, "approve into a full group": 30, "withdraw, the next is placed": 30}
"""What no later change may exceed, whatever it writes into the file."""
NOT_ASKED = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK", "BEGIN", "SET CONSTRAINTS")

Act = Callable[[], Any]


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    with living_in(django_db_blocker) as found:
        # On the day of the Dutch class something else is on, so that it matters who is busy there.
        make.make_session(found.series["theirs"], "2026-11-26 09:00", room=_room(3), state="published")
        freeze_everywhere()  # of the lists of today
        yield found


def client(town: Town, role: str = "coordinator") -> Client:
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(town.users[role])
    return browser


def _room(number: int) -> Room:
    return Room.objects.get(prison__slug="haren", name=f"Lokaal {number}")


def _dropped(town: Town, browser: Client) -> Act:
    session = town.sessions["dutch1"]
    slot = town.prison.time_slots.get(weekday=4, starts="13:30")
    data = {"room": _room(2).pk, "day": "20261126", "slot": slot.pk, "version": session.version}
    data["accept_soft"] = "on"
    browser.get("/p/haren/board/", {"week": "2026-W48"})
    return lambda: browser.post(f"/p/haren/board/sessions/{session.pk}/drop/", data, **HX)


def drop_a_card(town: Town) -> Act:
    """Of a draft that a later date can follow: the usual work on the board."""
    GroupSession.objects.filter(pk=town.sessions["dutch1"].pk).update(state="draft", published_at=None)
    return _dropped(town, client(town))


def drop_a_published_card(town: Town) -> Act:
    """Facilitators get letters, people slips, the staff notices."""
    return _dropped(town, client(town))


def undo_a_drop(town: Town) -> Act:
    browser = client(town)
    _dropped(town, browser)()
    act = ChangeSet.objects.latest("pk")
    seen = seen_on(browser.get(f"/p/haren/board/changes/{act.pk}/undo/"))
    return lambda: browser.post(f"/p/haren/board/changes/{act.pk}/undo/", {"seen": seen}, **HX)


def publish_eight(town: Town) -> Act:
    browser, series = client(town), town.series["dutch"]
    worker = series.usual_workers.get().worker
    for day in (14, 15, 17, 18):
        for hour in ("08:30", "13:30"):
            at = f"2026-12-{day} {hour}"
            make.make_session(series, at, room=_room(2), workers=[worker], state="draft")
    url, week = "/p/haren/board/publish/", {"week": "2026-W51"}
    page = browser.get(url, week)
    assert "Publish 8 sessions" in page.content.decode()
    return lambda: browser.post(url, week | {"seen": seen_on(page)})


def _of(town: Town, key: str, person: int) -> Enrollment:
    return Enrollment.objects.get(series=town.series[key], participant=town.people[person])


def _decided(town: Town, row: Enrollment, verb: str, **more: str) -> Act:
    browser, data = client(town), {"seen": row.version, "tab": "undecided"} | more
    browser.get(f"/p/haren/series/{row.series_id}/?tab=undecided")
    return lambda: browser.post(f"/p/haren/enrolments/{row.pk}/{verb}/", data)


def approve(town: Town) -> Act:
    return _decided(town, _of(town, "dutch", 3), "approve")


def approve_into_a_full_group(town: Town) -> Act:
    _full(town)
    return approve(town)


def decline(town: Town) -> Act:
    return _decided(town, _of(town, "dutch", 3), "decline", reason=Enrollment.Reason.FULL.value)


def withdraw_the_next_is_placed(town: Town) -> Act:
    _full(town)
    return _decided(town, _of(town, "dutch", 0), "withdraw")


def _full(town: Town) -> None:
    town.series["dutch"].enrollments.filter(state="awaiting").update(state="requested")
    type(town.series["dutch"]).objects.filter(pk=town.series["dutch"].pk).update(places=2)


def note(town: Town) -> Act:
    browser, person, series = client(town), town.people[11], town.series["dutch"]
    data = {
        "who": str(person),
        "person": person.pk,
        "what": series.list_code,
        "thing": f"s{series.pk}",
        "channel": "paper",
        "received_on": "2026-11-20",
        "entry_key": str(uuid.uuid4()),
        "action": "enter",
    }
    return lambda: browser.post("/p/haren/notes/", data)


def type_attendance(town: Town) -> Act:
    browser, session = client(town), town.sessions["dutch0"]
    return lambda: browser.post(f"/p/haren/attendance/{session.pk}/sheet/", {"exceptions": ""})


def announce_a_closure(town: Town) -> Act:
    browser, url = client(town, "liaison"), "/p/haren/closures/announce/?preset=strike-24"
    data = {"day": "2026-11-26", "reason": "union"}
    seen = seen_on(browser.post(url, data | {"step": "look"}))
    return lambda: browser.post(url, data | {"step": "announce", "seen": seen})


def confirm_a_closure(town: Town) -> Act:
    announce_a_closure(town)()
    closure = Closure.objects.latest("pk")
    browser = client(town, "liaison")
    seen = seen_on(browser.get(f"/p/haren/closures/{closure.pk}/"), beside="confirm")
    return lambda: browser.post(f"/p/haren/closures/{closure.pk}/confirm/", {"seen": seen})


def _poll(town: Town, behind: int) -> Act:
    browser = client(town)
    version = Prison.objects.get(slug="haren").plan_version - behind
    browser.get("/p/haren/board/", {"week": "2026-W48"})
    return lambda: browser.get("/p/haren/board/live/", {"week": "2026-W48", "version": version}, **HX)


def poll_unchanged(town: Town) -> Act:
    return _poll(town, 0)


def poll_changed(town: Town) -> Act:
    drop_a_card(town)()
    return _poll(town, 1)


def ask_another_service(town: Town) -> Act:
    browser, session = client(town, "neighbour"), town.sessions["dutch1"]
    slot = town.prison.time_slots.get(weekday=4, starts="13:30")
    data = {"room": _room(2).pk, "day": "20261126", "slot": slot.pk, "version": session.version}
    return lambda: browser.post(f"/p/haren/board/sessions/{session.pk}/ask/move/", data, **HX)


def accept_an_ask(town: Town) -> Act:
    ask_another_service(town)()
    asked, browser = Ask.objects.latest("pk"), client(town)
    seen = seen_on(browser.get("/p/haren/asks/"), beside=f"asks/{asked.pk}/")
    return lambda: browser.post(f"/p/haren/asks/{asked.pk}/accept/", {"accept_soft": "on", "seen": seen})


def decide_many(town: Town) -> Act:
    browser = client(town)
    rows = town.series["dutch"].enrollments.filter(state="requested")
    data = {"row": [row.pk for row in rows], "action": "approve"}
    seen = seen_on(browser.post("/p/haren/requests/decide/", data))
    return lambda: browser.post("/p/haren/requests/decide/", data | {"seen": seen})


ACTS: tuple[Callable[[Town], Act], ...] = (
    drop_a_card, drop_a_published_card, undo_a_drop, publish_eight, approve, approve_into_a_full_group, decline,
    withdraw_the_next_is_placed,
    note, type_attendance, announce_a_closure, confirm_a_closure, poll_unchanged, poll_changed, ask_another_service,
    accept_an_ask, decide_many,
)  # fmt: skip
NAMES = {act: act.__name__.replace("_", " ").replace("withdraw the", "withdraw, the") for act in ACTS}


def asked(town: Town, act: Callable[[Town], Act]) -> list[str]:
    """The statements of this act, done as the first one after the page was looked at."""
    with taken_back():
        forget()
        do = act(town)
        with CaptureQueriesContext(connection) as queries:
            answer = do()
        assert answer.status_code in (200, 204, 302), answer.content.decode()[-3000:]
    forget()
    return [each["sql"] for each in queries if not each["sql"].startswith(NOT_ASKED)]


@pytest.mark.parametrize("act", ACTS, ids=NAMES.get)
def test_an_act_asks_the_database_as_often_as_is_written_down(town: Town, act: Callable[[Town], Act]) -> None:
    kept, found = json.loads(KEPT.read_text()) if KEPT.exists() else {}, asked(town, act)
    if os.environ.get("QUERIES") == "write":
        KEPT.write_text(json.dumps(kept | {NAMES[act]: len(found)}, indent=1, sort_keys=True) + "\n")
        return
    assert len(found) == kept.get(NAMES[act]), "\n".join(found)


def test_every_act_has_a_number() -> None:
    assert sorted(json.loads(KEPT.read_text())) == sorted(NAMES.values())


@pytest.mark.parametrize("name", MOST)
def test_what_was_brought_down_stays_down(name: str) -> None:
    assert json.loads(KEPT.read_text())[name] <= MOST[name]
