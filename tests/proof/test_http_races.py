"""Races over HTTP against the production set-up: several gunicorn workers, SQLite and PostgreSQL.

N clients want one room, one facilitator, one last place; somebody closes the house while others place.
Nobody is doubled, and every loser is told why (409, or the waiting list).
"""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.plugins.databases import ROOT, free_port
from tests.proof.test_booking_race import SMALL, environment_of, manage

CLIENTS = 8 if SMALL else 24
TOKEN = "a" * 32

PREPARE = """
import datetime as dt, json
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from enrollment.domain.notes.note_intake import NoteAsk, enter_note
from enrollment.models import Enrollment
from rooms.models import Closure
from tests.factories import *
prison = make_prison("race")
service = make_organisation(prison)
organiser, coordinator = make_user("Anna Race"), make_user("Karim Race")
make_membership(organiser, prison, "organiser", service)
make_membership(coordinator, prison, "coordinator", service)
def signed_in_cookie(user):
    store = SessionStore()
    store[SESSION_KEY], store[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return store.session_key
rooms = [make_room(prison) for _ in range(CLIENTS)]
slots = [make_slot(prison, day, "08:30", "10:00").pk for day in range(1, 6)]
worker = make_worker(prison, organisation=service)
def tray(**more):
    series = make_series(prison, organisation=service, starts_on=dt.date(2050, 1, 10))
    return make_session(series, starts_at=None, **more).pk
group = make_series(prison, organisation=service, places=1, starts_on=dt.date(2050, 1, 10))
make_session(group, "2050-01-12 08:30", room=rooms[0])
asked = []
for _ in range(CLIENTS):
    person = make_participant(prison)
    note = enter_note(prison, participant=person, asks=[NoteAsk(series=group)], by=organiser)
    asked.append(Enrollment.objects.get(request__note=note).pk)
closure = Closure.objects.create(prison=prison, kind="strike", state="announced", created_at=at("2049-12-01 12:00"),
    starts_at=at("2050-01-13 00:00"), ends_at=at("2050-01-14 00:00"))
print(json.dumps({
    "organiser": signed_in_cookie(organiser), "coordinator": signed_in_cookie(coordinator),
    "rooms": [room.pk for room in rooms], "slots": slots, "asked": asked, "closure": closure.pk,
    "for_room": [tray() for _ in range(CLIENTS)],
    "for_worker": [tray(workers=[worker]) for _ in range(CLIENTS)],
    "for_closing": [tray() for _ in range(CLIENTS)],
}))
"""
COUNT = """
import json
from enrollment.models import Enrollment
from rooms.models import Closure
from sessions.models import GroupSession
from tests.factories import at
live = GroupSession.objects.live().filter(room__isnull=False)
closed = live.filter(starts_at__gte=at("2050-01-13 00:00"), starts_at__lt=at("2050-01-14 00:00"))
print(json.dumps({
    "in_room": live.filter(starts_at__date="2050-01-10").count(),
    "of_worker": live.filter(starts_at__date="2050-01-11").count(),
    "states": sorted(Enrollment.objects.values_list("state", flat=True)),
    "closure": Closure.objects.get().state, "in_closed_day": closed.count(),
}))
"""


class House:
    """A running server and what was prepared in it."""

    def __init__(self, port: int, facts: dict[str, Any], environment: dict[str, str]) -> None:
        self.port, self.facts, self.environment = port, facts, environment

    def post(self, who: str, path: str, **sent: object) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {
            "Cookie": f"sessionid={self.facts[who]}; csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
            "HX-Request": "true",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        connection.request("POST", f"/p/race/{path}", urlencode(sent), headers)
        try:
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    def get(self, who: str, path: str) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request("GET", f"/p/race/{path}", headers={"Cookie": f"sessionid={self.facts[who]}"})
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def confirm(self) -> int:
        """Look at what the closure hits, then confirm exactly that."""
        page = f"closures/{self.facts['closure']}/"
        seal = re.search(r'name="seen"\s+value="([^"]+)"', self.get("coordinator", page))
        return self.post("coordinator", f"{page}confirm/", seen=seal[1] if seal else "")

    def drop(self, session: int, room: int, day: int) -> int:
        sent = {"room": room, "day": f"205001{10 + day:02d}", "slot": self.facts["slots"][day], "version": 1}
        return self.post("organiser", f"board/sessions/{session}/drop/", **sent)

    def count(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(manage(self.environment, "shell", "-v", "0", "-c", COUNT))
        return found


def at_once(calls: list[Callable[[], int]]) -> Counter[int]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return Counter(pool.map(lambda call: call(), calls))


def _is_up(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().read() == b"ok"
    except OSError:
        return False
    finally:
        connection.close()


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def house(request: Any, tmp_path_factory: Any) -> Iterator[House]:
    environment = environment_of(request.param, Path(tmp_path_factory.mktemp(request.param)))
    port = free_port()
    own = {"PLANNER_TESTING": "", "DEMO": "", "COOKIE_SUFFIX": "", "SECOND_FACTOR_REQUIRED": "no"}
    environment = environment | own | {"BASE_URL": f"http://127.0.0.1:{port}"}
    manage(environment, "createcachetable")
    manage(environment, "collectstatic", "--no-input", "--verbosity", "0")
    prepare = PREPARE.replace("CLIENTS", str(CLIENTS))
    facts = json.loads(manage(environment, "shell", "-v", "0", "-c", prepare).splitlines()[-1])
    run = [sys.executable, "-m", "gunicorn", "planner.wsgi", "--workers", "4", "--bind", f"127.0.0.1:{port}"]
    server = subprocess.Popen([*run, "--log-level", "error", "--timeout", "120"], cwd=ROOT, env=environment)
    try:
        for _attempt in range(120):
            if _is_up(port):
                break
            time.sleep(0.25)
        yield House(port, facts, environment)
    finally:
        server.terminate()
        server.wait(timeout=30)


def test_one_room(house: House) -> None:
    sessions, room = house.facts["for_room"], house.facts["rooms"][0]
    answers = at_once([lambda pk=pk: house.drop(pk, room, 0) for pk in sessions])
    assert answers == {200: 1, 409: CLIENTS - 1}
    assert house.count()["in_room"] == 1


def test_one_facilitator(house: House) -> None:
    pairs = zip(house.facts["for_worker"], house.facts["rooms"], strict=True)
    answers = at_once([lambda pk=pk, room=room: house.drop(pk, room, 1) for pk, room in pairs])
    assert answers == {200: 1, 409: CLIENTS - 1}
    assert house.count()["of_worker"] == 1


def test_one_last_place(house: House) -> None:
    answers = at_once(
        [
            lambda pk=pk: house.post("organiser", f"enrolments/{pk}/approve/", version=1)
            for pk in house.facts["asked"]
        ]
    )
    assert set(answers) <= {200, 204, 302}
    assert Counter(house.count()["states"]) == {"placed": 1, "waiting": CLIENTS - 1}


def test_close_against_place(house: House) -> None:
    pairs = zip(house.facts["for_closing"], house.facts["rooms"], strict=True)
    places = [lambda pk=pk, room=room: house.drop(pk, room, 3) for pk, room in pairs]
    answers = at_once([*places[::2], house.confirm, *places[1::2]])
    assert set(answers) <= {200, 204, 302, 409}
    if house.count()["closure"] == "announced":  # others were placed after the look: look again, then confirm
        assert house.confirm() in (200, 204, 302)
    found = house.count()
    assert (found["closure"], found["in_closed_day"]) == ("confirmed", 0)
