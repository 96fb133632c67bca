"""What one signed-in person does: an open board that asks every five seconds, and an act every twenty."""

from __future__ import annotations

import http.client
import random
import re
import string
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

WEEK, MONDAY = "2050-W02", "2050-01-10"
POLL_SECONDS, ACT_SECONDS = 5.0, 20.0
TOKEN = "a" * 32
ACTS = {
    "page": 62,
    "drop": 10,
    "note": 12,
    "person": 8,
    "list": 1,
    "feed": 7,
}
"""So many of a hundred acts. 300 people make 54,000 in an hour: one list in a hundred is ten times what the posts of
five prisons print, and half of them are the workbook of a whole day."""


@dataclass
class Tally:
    """Milliseconds by what was done; what went wrong, in words."""

    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    refused: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    errors: list[str] = field(default_factory=list)


class Person:
    def __init__(self, known: dict[str, Any], port: int, tally: Tally, seed: int) -> None:
        self.known, self.port, self.tally = known, port, tally
        self.chance = random.Random(seed)
        self.base = f"/p/{known['prison']}/"
        self.plan_version = ""
        self.is_at_board = seed % 5 < 3
        """Three in five leave the board open."""
        self._line: http.client.HTTPConnection | None = None

    def live(self, until: float) -> None:
        """Begins at a moment of one's own, then one thing after the other."""
        now = time.monotonic()
        poll_at = now + self.chance.uniform(0, POLL_SECONDS) if self.is_at_board else until
        act_at = now + self.chance.uniform(0, ACT_SECONDS)
        while (now := min(poll_at, act_at)) < until:
            time.sleep(max(0.0, now - time.monotonic()))
            if now == poll_at:
                self.poll()
                poll_at = max(now + POLL_SECONDS, time.monotonic())
            else:
                [name] = self.chance.choices(list(ACTS), list(ACTS.values()))
                getattr(self, name)()
                act_at = max(now + self.chance.uniform(0.5, 1.5) * ACT_SECONDS, time.monotonic())

    def poll(self) -> None:
        answer = self._ask("poll", f"board/live/?week={WEEK}&version={self.plan_version}", {"X-Poll": "yes"})
        if found := re.search(rb"version=(\d+)", answer):
            self.plan_version = found[1].decode()

    def page(self) -> None:
        pages = [
            "",
            f"board/?week={WEEK}",
            "people/",
            "series/",
            f"series/{self.known['series']}/",
            "requests/",
        ]
        self._ask("page", self.chance.choice(pages))

    def person(self) -> None:
        self._ask("page", f"people/{self.known['participant']}/")

    def list(self) -> None:
        self._ask("list", self.chance.choice([f"lists/?day={MONDAY}", f"lists/{MONDAY}/day.xlsx"]))

    def feed(self) -> None:
        self._ask("feed", f"/ical/{self.known['feed']}.ics")

    def drop(self) -> None:
        """The own card, to and fro between two cells of the own room."""
        known = self.known
        known["slots"].reverse()
        sent = {"room": known["room"], "day": "20500115", "slot": known["slots"][0], "week": WEEK}
        answer = self._send(
            "drop", f"board/sessions/{known['session']}/drop/", sent | {"version": known["version"]}
        )
        known["version"] += answer == 200

    def note(self) -> None:
        self._ask("typing", "notes/people/?" + urlencode({"who": f"Pers {self.chance.randrange(700)}"}))
        name = f"Nieuw, {''.join(self.chance.choices(string.ascii_lowercase, k=10))}"
        sent = {"channel": "paper", "received_on": self.known["today"], "entry_key": str(uuid.uuid4())}
        sent |= {"who": name, "create": "on", "new_name": name, "wish_domain": "sport", "wish_title": "Koor"}
        self._send("note", "notes/", sent)

    # --- the line to the server ------------------------------------------------------------------------------

    def _ask(self, what: str, path: str, more: dict[str, str] | None = None) -> bytes:
        return self._timed(what, "GET", path, None, more or {})[1]

    def _send(self, what: str, path: str, sent: dict[str, Any]) -> int:
        more = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-CSRFToken": TOKEN,
            "HX-Request": "true",
        }
        return self._timed(what, "POST", path, urlencode(sent), more)[0]

    def _timed(
        self, what: str, method: str, path: str, body: str | None, more: dict[str, str]
    ) -> tuple[int, bytes]:
        path = path if path.startswith("/") else self.base + path
        headers = more | {"Cookie": f"sessionid={self.known['cookie']}; csrftoken={TOKEN}"}
        begun = time.monotonic()
        try:
            status, answer = self._exchange(method, path, body, headers)
        except (OSError, http.client.HTTPException) as error:
            self._line = None
            self.tally.errors.append(f"{method} {path}: {error!r}")
            return 0, b""
        self.tally.taken[what].append((time.monotonic() - begun) * 1000)
        if status >= 500 or status in (400, 403, 404):
            self.tally.errors.append(f"{method} {path}: {status}")
        elif status >= 400 or "login" in str(status):
            self.tally.refused[f"{what} {status}"] += 1
        return status, answer

    def _exchange(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        if self._line is None:
            self._line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            self._line.request(method, path, body, headers)
            answer = self._line.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            # An idle line that the server has closed meanwhile: a browser opens another one.
            self._line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            self._line.request(method, path, body, headers)
            answer = self._line.getresponse()
        return answer.status, answer.read()
