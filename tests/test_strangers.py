"""Every address of a prison, walked by somebody from another prison and by somebody who has not signed in."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import get_converters

from tests.factories import signed_in

SAMPLES = {"int": "1", "slug": "x", "str": "x", "path": "x", "uuid": "00000000-0000-4000-8000-000000000000"}
SAMPLES |= {"week": "2026-W48", "date": "2026-11-23", "day": "2026-11-23"}


def prison_patterns() -> Iterator[tuple[str, URLPattern]]:
    """The address (with `{name}` for each part) and the pattern of every page under /p/<prison>/."""

    def walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[tuple[str, URLPattern]]:
        for pattern in patterns:
            route = before + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, route)
            elif route.startswith("p/<slug:prison>/"):
                yield route, pattern

    yield from walk(get_resolver().url_patterns, "")


def address_of(route: str) -> str:
    parts = []
    for part in route.split("<"):
        if ">" not in part:
            parts.append(part)
            continue
        inside, after = part.split(">", 1)
        kind, _colon, name = inside.rpartition(":")
        parts.append("haren" if name == "prison" else SAMPLES[kind or "str"])
        parts.append(after)
    return "/" + "".join(parts)


def test_every_page_of_a_prison_is_guarded():
    unguarded = [route for route, pattern in prison_patterns() if not hasattr(pattern.callback, "asks_for")]
    assert unguarded == []


def test_the_walk_finds_the_pages_and_knows_the_parts():
    routes = [route for route, _pattern in prison_patterns()]
    assert "p/<slug:prison>/people-and-rights/" in routes and len(routes) > 20
    assert all(address_of(route) for route in routes)
    assert {"int", "slug", "str"} <= get_converters().keys()


def statuses(client, route: str) -> set[int]:
    """Of GET and POST; a method that a page does not know says nothing about the prison."""
    return {client.get(address_of(route)).status_code, client.post(address_of(route)).status_code} - {405}


def test_a_stranger_finds_nothing(haren, stranger_dirk):
    dirk = signed_in(stranger_dirk)
    answers = {route: statuses(dirk, route) for route, _pattern in prison_patterns()}
    assert {route: found for route, found in answers.items() if found != {404}} == {}


def test_a_visitor_is_sent_to_sign_in(client, haren):
    answers = {route: statuses(client, route) for route, _pattern in prison_patterns()}
    assert {route: found for route, found in answers.items() if found != {302}} == {}
    assert client.get(address_of("p/<slug:prison>/audit/"))["Location"].startswith("/accounts/login/")
