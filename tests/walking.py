"""Walking every address as a browser would: which there are, which rows of this town they are about, which
parameters and fields a page asks for. Nothing is listed here: a new page is walked because it is there."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import islice
from typing import Any

import pytest
from django.apps import apps
from django.core.signals import got_request_exception
from django.http import HttpResponseForbidden, HttpResponseNotFound, QueryDict
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.datastructures import MultiValueDict

from planner import urls
from planner.api import api
from prisons import api_limits
from prisons.domain.people.tokens import create_token
from prisons.models import User
from tests.town import taken_back

OTHER_TEXTS = {"month": "2026-11", "week": "2026-W48", "day": "2026-11-24", "path": "x"}
OTHER_TEXTS |= {"uuid": "00000000-0000-4000-8000-000000000000"}
PART = re.compile(r"<(?:(\w+):)?(\w+)>|\{(?:(\w+):)?(\w+)\}")


IS_SMALL = os.environ.get("PROOF_SIZE") == "small"
FROM = int(os.environ.get("WALK_FROM", "0"))
"""Where a small walk begins; `WALK_PART=1` walks all."""


def sampled(parts: int, turn: int = 0) -> Iterator[tuple[str, URLPattern]]:
    """Every address; in the small size one of so many, as each reader (a `turn`) others."""
    parts = int(os.environ.get("WALK_PART") or parts) if IS_SMALL else 1
    return islice(routes(), (FROM + turn) % parts, None, parts)


def routes() -> Iterator[tuple[str, URLPattern]]:
    """Every address of the site with its parts as `<kind:name>`; allauth's own, which are no paths, apart."""

    def walk(patterns: Iterable[URLPattern | URLResolver], before: str) -> Iterator[tuple[str, URLPattern]]:
        for pattern in patterns:
            route = before + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, route)
            elif "^" not in route:
                yield route, pattern

    yield from walk(get_resolver().url_patterns, "")


def filled(route: str, parts: dict[str, Any]) -> str:
    """The address with its parts; those that nobody named get something of the right shape."""

    def part(found: re.Match[str]) -> str:
        kind, name = (found[1] or found[3], found[2] or found[4])
        if name in parts:
            return str(parts[name])
        if name == "prison":
            return "haren"
        return "1" if kind in ("int", "number") else OTHER_TEXTS.get(kind or "", "x")

    return "/" + PART.sub(part, route)


def parts_of(route: str) -> list[tuple[str, str]]:
    """(kind, name) of each part but the prison."""
    found = [(m[1] or m[3] or "str", m[2] or m[4]) for m in PART.finditer(route)]
    return [(kind, name) for kind, name in found if name != "prison"]


def numbers() -> list[int]:
    """A few that are the number of a row of some kind: the smallest and the largest of each."""
    found: set[int] = set()
    for model in apps.get_models():
        if model._meta.app_label in ("prisons", "rooms", "group_sessions", "enrollment", "planner"):
            pks = list(model._default_manager.values_list("pk", flat=True).order_by("pk"))
            found.update(pk for pk in (pks[:1] + pks[-1:]) if isinstance(pk, int))
    return sorted(found)


@contextmanager
def asked_names() -> Iterator[set[str]]:
    """The names of all parameters and fields that a page asks for while it answers."""
    found: set[str] = set()

    def listening(plain: Any) -> Any:
        def asked(self: Any, key: Any, *rest: Any) -> Any:
            if isinstance(key, str):
                found.add(key)
            return plain(self, key, *rest)

        return asked

    with pytest.MonkeyPatch.context() as patch:
        for name in ("__getitem__", "get", "getlist", "__contains__"):
            patch.setattr(QueryDict, name, listening(getattr(MultiValueDict, name)), raising=False)
        yield found


def names_of(route: str) -> set[str]:
    """The names that an address of the API says it reads; those of a page are found by listening."""
    return _names_of_api().get("/" + route.replace("<prison>", "{prison}"), set()).copy()


@cache
def _names_of_api() -> dict[str, set[str]]:
    return {
        path: {
            each["name"]
            for operation in known.values()
            for each in operation.get("parameters", ())
            if each["in"] == "query"
        }
        for path, known in api.get_openapi_schema()["paths"].items()
    }


@contextmanager
def quiet() -> Iterator[None]:
    """Thousands of pages that say "not found" need neither a frame around it nor a line in the log."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(urls, "handler404", lambda request, exception: HttpResponseNotFound(), raising=False)
        patch.setattr(urls, "handler403", lambda request, exception: HttpResponseForbidden(), raising=False)
        for name in ("django.request", "django.security", "django.security.SuspiciousOperation"):
            patch.setattr(logging.getLogger(name), "disabled", True)
        yield


API = "/api/"


class PlainClient(Client):
    """Django's, without copying the context of each template that was rendered: nobody looks at it here."""

    def request(self, **request: Any) -> Any:
        caught: list[Any] = []

        def broke(**_more: Any) -> None:
            caught.append(sys.exc_info())

        got_request_exception.connect(broke)
        try:
            answer = self.handler(self._base_environ(**request))
        finally:
            got_request_exception.disconnect(broke)
        answer.exc_info = caught[0] if caught else None
        self.cookies.update(answer.cookies)
        return answer


class Walker:
    """One role, signed in once; whatever it writes is taken back. Programs come with a token of that role."""

    def __init__(self, user: User | None) -> None:
        self.user, self.client = user, PlainClient()
        self.token = ""
        if user is not None:
            self.client.force_login(user)
            if role := user.memberships.filter(prison__slug="haren", ended_at=None).first():
                _row, self.token = create_token(role, "walk", by=user)
        if user is not None:
            self.client.get(
                "/me/"
            )  # what the first page of a session writes down is not written anew by each
        self.cookies = self.client.cookies

    def ask(self, method: str, address: str, data: Any = None, **more: Any) -> Any:
        with self.on_the_way():
            return self.plainly(method, address, data, **more)

    @contextmanager
    def on_the_way(self) -> Iterator[None]:
        """Whoever signs out here is back for the next page, and nothing that was written stays."""
        self.client.cookies = self.cookies.copy()
        api_limits._asked.clear()
        with taken_back():
            yield

    def plainly(self, method: str, address: str, data: Any = None, **more: Any) -> Any:
        if address.startswith(API):
            more |= {"headers": {"Authorization": f"Bearer {self.token}"}, "content_type": "application/json"}
        if method == "GET":
            more.pop("content_type", None)
            return self.client.get(address, data or {}, **more)
        return self.client.post(address, data or {}, **more)


def by_route(found: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    sorted_by_route: dict[str, list[str]] = defaultdict(list)
    for route, what in found:
        if len(sorted_by_route[route]) < 3:
            sorted_by_route[route].append(what)
    return dict(sorted_by_route)
