"""Every page of the demo, found by following links as each role: readable by all, light, whole on a phone."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.screenshots import CHROMIUM, QUIET, demo, sign_in

ROLES = ("coordinator", "organiser", "liaison", "worker", "auditor")
HEAVIEST = 200_000
"""Bytes, compressed, of everything that a page asks for when nothing is kept yet."""
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1440, "height": 900}
SIZES: dict[str, Any] = {
    "360 px": PHONE,
    "820 px": {"width": 820, "height": 1180},
    "1024 px": {"width": 1024, "height": 768},
    "1440 px at 200 %": {"width": 720, "height": 450},
}
"""Twice as large is what a browser makes of half the window."""
if os.environ.get("PROOF_SIZE") == "small":
    SIZES = {size: SIZES[size] for size in ("360 px", "820 px")}
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""The window has its new size, and what watches sizes (app.js) has answered."""
LEGIBLE = (Path(__file__).parent / "legible.js").read_text(encoding="utf-8")
SERIOUS = {"serious", "critical"}
THEMES: dict[str, dict[str, Any]] = {"light": {}, "dark": {"runOnly": ["color-contrast"]}}
"""What axe looks at: another theme changes colours, nothing else."""
NOT_FOLLOWED = ("/accounts/logout/", "/static/", "/api/", "/ical/")
FULL = os.environ.get("PROOF_SIZE", "full") == "full"


@dataclass
class Found:
    """What the walk saw, page by page."""

    barriers: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    too_wide: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    too_heavy: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    visited: dict[str, set[str]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    """One walk serves every test here: it takes minutes."""
    if not CHROMIUM:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no Chromium here (apt-get install chromium)")
    folder = tmp_path_factory.mktemp("pages") / "demo"
    found = Found()
    with (
        pytest.MonkeyPatch.context() as patch,
        served(patch, folder) as address,
        sync_playwright() as playwright,
    ):
        people: dict[str, Any] = {}
        for person in json.loads((folder / "demo.json").read_text(encoding="utf-8"))["sign_ins"]:
            people.setdefault(person["role"], person)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        seen: set[str] = set()
        for role in ROLES:
            _Walk(browser, address, people[role], role, found, set() if FULL else seen).go()
        browser.close()
    shutil.rmtree(folder, ignore_errors=True)
    yield found


def served(patch: pytest.MonkeyPatch, folder: Path) -> AbstractContextManager[str]:
    """A demo as people start it: with compressed, lasting static files."""
    patch.setenv("PLANNER_TESTING", "no")
    return demo(folder)


class _Walk:
    """One role, from its first page to wherever links lead; each kind of page once."""

    def __init__(
        self, browser: Browser, address: str, person: dict[str, str], role: str, found: Found, seen: set[str]
    ) -> None:
        self.address, self.role, self.found, self.seen = address, role, found, seen
        self.context = browser.new_context(viewport=DESK, locale="nl")
        self.page = self.context.new_page()
        sign_in(self.page, address, person)
        self.at = ""
        self.asked: set[str] = set()
        self.weights: dict[str, int] = {}
        self.page.on("console", lambda m: self._complain(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self._complain(str(error)))
        self.context.on("request", lambda request: self._of_another_host(request.url))
        self.page.on("request", lambda request: self.asked.add(request.url))

    def go(self) -> None:
        waiting = [urlsplit(self.page.url).path]
        while waiting:
            path = waiting.pop(0)
            kind = kind_of(path)
            if kind is None or kind in self.seen:
                continue
            self.seen.add(kind)
            self.found.visited.setdefault(self.role, set()).add(kind)
            self.at = f"{self.role} {path}"
            if self._is_page(path):
                waiting += self._look(self.page, path)
        self.context.close()

    def _is_page(self, path: str) -> bool:
        answer = self.context.request.get(self.address + path)
        if not answer.ok:
            self.found.broken.append(f"{self.at}: {answer.status}")
        return answer.ok and answer.headers.get("content-type", "").startswith("text/html")

    def _look(self, page: Page, path: str) -> list[str]:
        """Addresses that the page links to."""
        self.asked.clear()
        page.goto(self.address + path, wait_until="load")
        weight = sum(self._weight(url) for url in {url.partition("#")[0] for url in self.asked})
        if weight > HEAVIEST:
            self.found.too_heavy.append(f"{self.at}: {weight:,} bytes")
        links = page.evaluate("[...document.querySelectorAll('a[href]')].map(a => a.href)")
        for theme, rules in THEMES.items():
            page.evaluate("theme => document.documentElement.dataset.bsTheme = theme", theme)
            for broken in Axe().run(page, options=rules).response["violations"]:
                if broken["impact"] in SERIOUS:
                    targets = [node["target"] for node in broken["nodes"]][:3]
                    self.found.barriers.append(f"{self.at} {theme}: {broken['id']} {targets}")
        for size, window in SIZES.items():
            page.set_viewport_size(window)
            page.evaluate(DRAWN)
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > window["width"]:
                self.found.too_wide.append(f"{self.at} at {size}: {width} px")
            self.found.unreadable += [f"{self.at} at {size}: {what}" for what in page.evaluate(LEGIBLE)]
        page.set_viewport_size(DESK)
        return [path_of(link) for link in links if link.startswith(self.address)]

    def _weight(self, url: str) -> int:
        """Bytes as they leave a server: the demo alone does not compress its static files."""
        if not url.startswith(self.address):
            return 0
        if url not in self.weights:
            body = self.context.request.get(url).body()
            packed = len(body) if url.endswith((".woff2", ".png")) else len(gzip.compress(body))
            if "/static/" not in url:
                return packed
            self.weights[url] = packed
        return self.weights[url]

    def _complain(self, text: str) -> None:
        self.found.complaints.append(f"{self.at}: {text}")

    def _of_another_host(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:")):
            self.found.elsewhere.append(f"{self.at}: {url}")


def path_of(link: str) -> str:
    parts = urlsplit(link)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def kind_of(path: str) -> str | None:
    """The pattern of the address with what it was asked: one page of each kind is looked at."""
    parts = urlsplit(path)
    if parts.path.startswith(NOT_FOLLOWED):
        return None
    try:
        route = resolve(parts.path).route
    except Resolver404:
        return parts.path
    asked = "&".join(sorted(set(parse_qs(parts.query)) & {"view", "rows", "tab"}))
    return f"{route}?{asked}" if asked else route


def test_no_page_is_broken(walked: Found) -> None:
    assert walked.broken == []


def test_every_role_finds_its_pages(walked: Found) -> None:
    """Far fewer would say that a menu is gone, and every other test here would be empty."""
    kinds = set().union(*walked.visited.values())
    assert len(kinds) > 80, sorted(kinds)


def test_no_serious_barrier_in_light_or_dark(walked: Found) -> None:
    assert walked.barriers == []


def test_the_console_says_nothing(walked: Found) -> None:
    assert walked.complaints == []


def test_nothing_is_asked_of_another_host(walked: Found) -> None:
    assert walked.elsewhere == []


def test_no_text_is_cut_or_broken_letter_by_letter(walked: Found) -> None:
    assert walked.unreadable == []


def test_no_page_scrolls_sideways_on_a_narrow_screen(walked: Found) -> None:
    assert walked.too_wide == []


def test_no_page_weighs_more_than_a_photograph(walked: Found) -> None:
    assert walked.too_heavy == []
