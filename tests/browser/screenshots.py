"""Pictures of the main pages: per role, nl and fr, light and dark, 1440 and 360 px wide. `make screenshots`.

With --readme only the four that README.md shows, into docs/images.
Starts a demo of its own on a free port unless --address names one that runs. Run as a program, not by pytest.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.browser.conftest import CHROMIUM, QUIET  # noqa: E402

HERE = "/p/haren"
PAGES = [
    (None, "sign-in", "/accounts/login/"),
    ("organiser", "today", f"{HERE}/"),
    ("organiser", "board", f"{HERE}/board/"),
    ("organiser", "series-list", f"{HERE}/series/"),
    ("organiser", "series", f"{HERE}/series/1/"),
    ("organiser", "notes", f"{HERE}/notes/"),
    ("organiser", "requests", f"{HERE}/requests/"),
    ("organiser", "decide", f"{HERE}/requests/one-by-one/"),
    ("organiser", "people", f"{HERE}/people/"),
    ("organiser", "conflicts", f"{HERE}/conflicts/"),
    ("organiser", "components", "/components/"),
    ("liaison", "liaison-today", f"{HERE}/"),
    ("liaison", "lists", f"{HERE}/lists/"),
    ("coordinator", "coordinator-today", f"{HERE}/"),
    ("coordinator", "people-and-rights", f"{HERE}/people-and-rights/"),
    ("coordinator", "settings", f"{HERE}/settings/"),
    ("worker", "worker-today", f"{HERE}/"),
]
SIZES = {1440: 900, 360: 740}
README = {
    "board": ("board", 1440),
    "series": ("series", 1440),
    "decide": ("decide", 1440),
    "phone": ("worker-today", 360),
}
"""Name of the picture: page and width; in English and light."""


@contextmanager
def demo(folder: Path) -> Iterator[str]:
    """The address of a demo that lives as long as the pictures are taken."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://localhost:{port}"
    env = {**os.environ, "DEMO": "yes", "DATA_DIR": str(folder), "BASE_URL": address}
    serve = [sys.executable, str(ROOT / "manage.py"), "demo", "--port", str(port)]
    server = subprocess.Popen(serve, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    try:
        wait_for(f"{address}/healthz", server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if server.poll() is not None:
            raise SystemExit("The demo did not start.")
        with suppress(OSError), urllib.request.urlopen(address):
            return
        time.sleep(0.2)
    raise SystemExit("The demo did not answer within two minutes.")


def sign_in(page: Page, address: str, person: dict[str, str]) -> None:
    page.goto(f"{address}/accounts/login/")
    page.fill("input[name=login]", person["email"])
    page.fill("input[name=password]", person["password"])
    page.locator("form button.btn-primary").first.click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def take(browser: Browser, address: str, people: dict[str, Any], wanted: argparse.Namespace) -> int:
    """One browser context per role, language, theme and width; the number of pages with something wrong."""
    wrong = 0
    roles = sorted({role for role, name, _ in PAGES if not wanted.only or name in wanted.only}, key=str)
    for role in roles:
        state: Any = None
        for language in wanted.languages:
            for theme in wanted.themes:
                for width in wanted.widths:
                    size = {"width": width, "height": SIZES.get(width, 900)}
                    context = browser.new_context(viewport=size, locale=language, storage_state=state)
                    page = context.new_page()
                    if role and state is None:
                        sign_in(page, address, people[role])
                        state = context.storage_state()
                    page.goto(f"{address}/me/" if role else f"{address}/accounts/login/")
                    speak(page, language)
                    context.add_cookies([{"name": "theme", "value": theme, "url": address}])
                    for _, name, path in [p for p in PAGES if p[0] == role]:
                        if not wanted.only or name in wanted.only:
                            label = f"{name}-{language}-{theme}-{width}"
                            wrong += picture(page, address + path, wanted.into / f"{label}.png", wanted.full)
                    context.close()
    return wrong


def speak(page: Page, language: str) -> None:
    """In the language that the account keeps, through the switch that people use."""
    if page.locator("html").get_attribute("lang") != language:
        switch = f"form.lang button[name=language][value={language}]"
        page.locator(switch).first.evaluate("button => button.click()")
        page.locator(f"html[lang={language}]").wait_for(state="attached")


def picture(page: Page, address: str, file: Path, full: bool) -> bool:
    """Takes the picture; True when the page failed or is wider than the screen."""
    answer = page.goto(address)
    page.wait_for_load_state("networkidle")
    width = page.viewport_size["width"] if page.viewport_size else 0
    wider = page.evaluate("document.documentElement.scrollWidth") - width
    page.screenshot(path=file, full_page=full)
    status = answer.status if answer else 0
    note = "" if status == 200 and wider <= 0 else f"  <- {status}, {max(wider, 0)} px too wide"
    print(f"{file.name}{note}")
    return bool(note)


def for_readme(browser: Browser, address: str, people: dict[str, Any], wanted: argparse.Namespace) -> int:
    """Taken one by one as any other, then laid under the name that README.md knows."""
    wrong = 0
    for name, (page, width) in README.items():
        one = argparse.Namespace(**vars(wanted) | {"only": [page], "widths": [width]})
        one.languages, one.themes = ["en"], ["light"]
        wrong += take(browser, address, people, one)
        taken = wanted.into / f"{page}-en-light-{width}.png"
        taken.replace(ROOT / "docs" / "images" / f"{name}.png")
    return wrong


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", default="", help="a demo that runs already")
    parser.add_argument("--into", type=Path, default=ROOT / "var" / "screenshots")
    parser.add_argument(
        "--data", type=Path, default=ROOT / "var" / "demo" / "screenshots", help="its DATA_DIR"
    )
    parser.add_argument("--only", nargs="*", default=[], help="names of pages")
    parser.add_argument("--languages", nargs="*", default=["nl", "fr"])
    parser.add_argument("--themes", nargs="*", default=["light", "dark"])
    parser.add_argument("--widths", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--readme", action="store_true", help="the four of README.md, into docs/images")
    parser.add_argument("--full", action="store_true", help="the whole page, not the first screen")
    return parser.parse_args()


def main() -> None:
    wanted = options()
    wanted.into.mkdir(parents=True, exist_ok=True)
    with demo_or(wanted) as address, sync_playwright() as playwright:
        facts = json.loads((wanted.data / "demo.json").read_text(encoding="utf-8"))
        people: dict[str, Any] = {}
        for person in facts["sign_ins"]:
            people.setdefault(person["role"], person)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        wrong = (for_readme if wanted.readme else take)(browser, address, people, wanted)
        browser.close()
    raise SystemExit(1 if wrong else 0)


@contextmanager
def demo_or(wanted: argparse.Namespace) -> Iterator[str]:
    if wanted.address:
        yield wanted.address
    else:
        with demo(wanted.data) as address:
            yield address


if __name__ == "__main__":
    main()
