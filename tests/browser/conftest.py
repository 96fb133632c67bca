"""A real Chromium, and ways to sign in without typing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs a loop of its own beside Django
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=20_000)
"""How long somebody waits for what the page is to show: a machine with much else to do is slow, not wrong."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium; without one the test skips with the reason, and where CI=true that is a failure."""
    if not CHROMIUM:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no Chromium here (apt-get install chromium)")
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": QUIET}


@pytest.fixture
def context(context: Any) -> Any:
    """Each page of it takes keys and the mouse once its scripts are there: nobody is as quick as this program."""
    context.on("page", _wait_before_each_act)
    return context


def _wait_before_each_act(page: Any) -> None:
    def patient(act: Callable[..., None]) -> Callable[..., None]:
        def acts(*given: Any, **options: Any) -> None:
            page.wait_for_load_state()
            act(*given, **options)

        return acts

    page.keyboard.press, page.mouse.down = patient(page.keyboard.press), patient(page.mouse.down)


@pytest.fixture
def foreign_requests(context: Any, live_server: Any) -> list[str]:
    """Every address that the pages asked of another host."""
    asked: list[str] = []
    context.on(
        "request", lambda r: None if r.url.startswith((live_server.url, "data:")) else asked.append(r.url)
    )
    return asked


@pytest.fixture
def complaints(page: Any) -> Iterator[list[str]]:
    """What the browser's console holds against the page; must stay empty (CSP, missing files, errors)."""
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: said.append(str(e)))
    yield said
    assert said == []


@pytest.fixture
def signed_in(context: Any, live_server: Any, settings: Any) -> Callable[..., None]:
    """`signed_in(user, language="fr", theme="dark")` before the first page."""

    def sign_in(user: Any = None, *, language: str = "nl", theme: str = "light") -> None:
        cookies = {"theme": theme, "language": language}
        if user is not None:
            type(user).objects.filter(pk=user.pk).update(language=language)
            client = Client()
            client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
            cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": n, "value": v, "url": live_server.url} for n, v in cookies.items()])

    return sign_in


@pytest.fixture(scope="session")
def base_url() -> str:
    """Not used: pages are asked of `live_server`. The plugin's own fixture warns, and warnings are errors."""
    return ""
