"""Real calendar programs that read a feed: each gives back what its owner would see.

`install(folder)` fetches them with their own package managers, or skips the test with the reason.
The readers take the bytes of a feed, vdirsyncer takes its address.
"""

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import icalendar
import pytest
import recurring_ical_events

from core.dates.clock import BRUSSELS

PYTHON_PROGRAMS = ["khal==0.14.1", "vdirsyncer==0.21.0"]
NODE_PROGRAMS = ["ical.js@2.2.1", "node-ical@0.26.1"]
SECONDS = 240

ICAL_JS = """
import ICAL from "ical.js";
import fs from "fs";
const calendar = new ICAL.Component(ICAL.parse(fs.readFileSync(0, "utf8")));
for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
console.log(JSON.stringify(calendar.getAllSubcomponents("vevent").map((found) => {
  const event = new ICAL.Event(found);
  return [event.uid, event.startDate.toJSDate(), event.endDate.toJSDate(), event.summary];
})));
"""

NODE_ICAL = """
import ical from "node-ical";
import fs from "fs";
const found = Object.values(ical.sync.parseICS(fs.readFileSync(0, "utf8")));
console.log(JSON.stringify(found.filter((event) => event.type === "VEVENT")
  .map((event) => [event.uid, event.start, event.end, event.summary])));
"""

KHAL = """
[calendars]
[[feed]]
path = {folder}/calendar
[sqlite]
path = {folder}/khal.db
[locale]
local_timezone = Europe/Brussels
default_timezone = Europe/Brussels
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
"""

VDIRSYNCER = """
[general]
status_path = "{folder}/status/"
[pair feed]
a = "there"
b = "here"
collections = null
[storage there]
type = "http"
url = "{url}"
[storage here]
type = "filesystem"
path = "{folder}/items/"
fileext = ".ics"
"""


@dataclass(frozen=True, order=True)
class Shown:
    """One event as a program shows it, its instants in UTC as `2026-10-25T12:30`."""

    uid: str
    starts_at: str
    ends_at: str
    title: str


@dataclass(frozen=True)
class CalendarPrograms:
    folder: Path

    def ical_js(self, feed: bytes) -> list[Shown]:
        """What Thunderbird's parser reads."""
        return self._node(ICAL_JS, feed)

    def node_ical(self, feed: bytes) -> list[Shown]:
        return self._node(NODE_ICAL, feed)

    def khal(self, feed: bytes, year: int = 2026) -> list[Shown]:
        """What khal lists of two years after importing the feed, read off the clock of Brussels."""
        home = fresh_folder(self.folder / "khal")
        (home / "calendar").mkdir()
        (home / "config").write_text(KHAL.format(folder=home))
        (home / "feed.ics").write_bytes(feed)
        khal = [str(self.folder / "python/bin/khal"), "--config", str(home / "config")]
        run([*khal, "import", "--batch", str(home / "feed.ics")], home)
        form = "{uid}\t{start-long}\t{end-long}\t{title}"
        listed = run(
            [
                *khal,
                "list",
                "--once",
                "--notstarted",
                "--day-format",
                "",
                "--format",
                form,
                f"{year}-01-01",
                "730d",
            ],
            home,
        )
        rows = [line.split("\t") for line in listed.splitlines() if line.strip()]
        return sorted(Shown(uid, from_wall(start), from_wall(end), title) for uid, start, end, title in rows)

    def vdirsyncer(self, url: str) -> list[bytes]:
        """The items that vdirsyncer makes of the feed at `url`, after two rounds."""
        home = fresh_folder(self.folder / "vdirsyncer")
        (home / "config").write_text(VDIRSYNCER.format(folder=home, url=url))
        vdirsyncer = [str(self.folder / "python/bin/vdirsyncer"), "--config", str(home / "config")]
        run([*vdirsyncer, "discover", "feed"], home, answer=b"y\ny\n")
        for _round in range(2):
            run([*vdirsyncer, "sync"], home)
        return sorted(path.read_bytes() for path in (home / "items").glob("*.ics"))

    def _node(self, program: str, feed: bytes) -> list[Shown]:
        script = self.folder / "read.mjs"
        script.write_text(program)
        rows = json.loads(run(["node", str(script)], self.folder, answer=feed))
        return sorted(Shown(uid, start[:16], end[:16], title) for uid, start, end, title in rows)


def by_icalendar(feed: bytes) -> list[Shown]:
    events = icalendar.Calendar.from_ical(feed).events
    return sorted(_shown(event) for event in events)


def by_recurring_ical_events(feed: bytes, year: int = 2026) -> list[Shown]:
    """Of two years, as everything that repeats is spread out."""
    calendar = icalendar.Calendar.from_ical(feed)
    found = recurring_ical_events.of(calendar).between(dt.date(year, 1, 1), dt.date(year + 2, 1, 1))
    return sorted(_shown(event) for event in found)


def _shown(event: icalendar.Event) -> Shown:
    times = [event[name].dt.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M") for name in ("DTSTART", "DTEND")]
    return Shown(str(event["UID"]), *times, str(event["SUMMARY"]))


def install(folder: Path) -> CalendarPrograms:
    """Fetches the programs into `folder`, or skips with the reason."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not on this machine: the calendar programs in JavaScript cannot be fetched")
    uv = [sys.executable, "-m", "uv"]
    python = folder / "python"
    commands = [
        [*uv, "venv", "--quiet", "--python", sys.executable, str(python)],
        [*uv, "pip", "install", "--quiet", "--python", str(python), *PYTHON_PROGRAMS],
        ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), *NODE_PROGRAMS],
    ]
    for command in commands:
        try:
            run(command, folder)
        except (OSError, subprocess.SubprocessError, AssertionError) as problem:
            pytest.skip(f"the calendar programs cannot be fetched: {problem}")
    return CalendarPrograms(folder)


def run(command: list[str], folder: Path, answer: bytes = b"") -> str:
    """What the program prints, with `folder` as its home, in the zone of a server (UTC)."""
    env = os.environ | {"HOME": str(folder), "TZ": "UTC", "LC_ALL": "C.UTF-8", "XDG_DATA_HOME": str(folder)}
    done = subprocess.run(
        command, input=answer, capture_output=True, timeout=SECONDS, cwd=folder, env=env, check=False
    )
    assert done.returncode == 0, f"{command[0]}: {done.stderr.decode()[-2000:]}"
    return done.stdout.decode()


def fresh_folder(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def from_wall(text: str) -> str:
    wall = dt.datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=BRUSSELS)
    return wall.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M")


@contextmanager
def served(body: bytes) -> Iterator[str]:
    """The address of a feed of these bytes, as long as the block lasts."""

    class Feed(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/calendar; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_told: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Feed)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/feed.ics"
    finally:
        server.shutdown()
        server.server_close()
