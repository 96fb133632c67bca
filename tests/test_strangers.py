"""Every address of a prison, walked by a stranger, by a visitor, and for rows of another prison."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.http import HttpResponseNotFound
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import get_converters

from planner import urls
from prisons.models import Prison
from tests.factories import (
    at,
    make_activity,
    make_building,
    make_closure,
    make_enrollment,
    make_holiday,
    make_membership,
    make_organisation,
    make_participant,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_term,
    make_unit,
    make_user,
    make_worker,
    signed_in,
)

SAMPLES = {"slug": "x", "str": "x", "path": "x", "uuid": "00000000-0000-4000-8000-000000000000"}
SAMPLES |= {"month": "2026-11", "week": "2026-W48", "date": "2026-11-23", "day": "2026-11-23"}


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


def address_of(route: str, number: int = 1) -> str:
    parts = []
    for part in route.split("<"):
        if ">" not in part:
            parts.append(part)
            continue
        inside, after = part.split(">", 1)
        kind, _colon, name = inside.rpartition(":")
        parts.append(
            "haren" if name == "prison" else str(number) if kind == "int" else SAMPLES[kind or "str"]
        )
        parts.append(after)
    return "/" + "".join(parts)


@pytest.fixture(autouse=True)
def _bare_404(monkeypatch):
    """Hundreds of pages that say "not found" need no frame around it."""
    monkeypatch.setattr(urls, "handler404", lambda request, exception: HttpResponseNotFound(), raising=False)


def test_every_page_of_a_prison_is_guarded():
    unguarded = [route for route, pattern in prison_patterns() if not hasattr(pattern.callback, "asks_for")]
    assert unguarded == []


def test_the_walk_finds_the_pages_and_knows_the_parts():
    routes = [route for route, _pattern in prison_patterns()]
    assert "p/<slug:prison>/people-and-rights/" in routes and len(routes) > 20
    assert all(address_of(route) for route in routes)
    assert {"int", "slug", "str"} <= get_converters().keys()


def statuses(client, route: str, number: int = 1) -> set[int]:
    """Of GET and POST; a method that a page does not know says nothing about the prison."""
    address = address_of(route, number)
    return {client.get(address).status_code, client.post(address).status_code} - {405}


def test_a_stranger_finds_nothing(haren, stranger_dirk):
    dirk = signed_in(stranger_dirk)
    answers = {route: statuses(dirk, route) for route, _pattern in prison_patterns()}
    assert {route: found for route, found in answers.items() if found != {404}} == {}


def test_a_visitor_is_sent_to_sign_in(client, haren):
    answers = {route: statuses(client, route) for route, _pattern in prison_patterns()}
    assert {route: found for route, found in answers.items() if found != {302}} == {}
    assert client.get(address_of("p/<slug:prison>/audit/"))["Location"].startswith("/accounts/login/")


ELSEWHERE = 900
"""The number of each row of the other prison, and of none here."""


def make_one_of_each(prison: Prison, pk: int) -> None:
    """One row of each kind that a page is about, all of this number."""
    room, worker = make_room(prison, pk=pk), make_worker(prison, pk=pk)
    activity = make_activity(make_organisation(prison, pk=pk), pk=pk)
    series = make_series(prison, activity=activity, pk=pk)
    make_session(series, room=room, workers=[worker], pk=pk)
    make_enrollment(series, make_participant(prison, pk=pk), pk=pk)
    make_closure(prison, at("2026-11-24 08:00"), at("2026-11-24 12:00"), pk=pk)
    for make in (make_unit, make_slot, make_term, make_building):
        make(prison, pk=pk)
    make_holiday(prison, dt.date(2026, 11, 2), pk=pk)
    make_membership(make_user(), prison, "liaison", pk=pk)


@pytest.fixture
def one_of_each_side(haren, service):
    """Nobody has more rights than these three together; what none of them can reach, nobody can."""
    of_services, of_the_prison, auditor = make_user("Alle Rollen"), make_user("Liaison"), make_user("Auditor")
    for role in ("coordinator", "organiser", "worker"):
        make_membership(of_services, haren, role, service)
    make_membership(of_the_prison, haren, "liaison")
    make_membership(auditor, haren, "auditor")
    return [of_services, of_the_prison, auditor]


def test_rows_of_another_prison_do_not_exist_here(saint_gilles, one_of_each_side):
    """Haren has no row of this number: a page that answers shows or changes one of Saint-Gilles."""
    make_one_of_each(saint_gilles, ELSEWHERE)
    browsers, found = [signed_in(user) for user in one_of_each_side], {}
    for route, _pattern in prison_patterns():
        if "<int" not in route:
            continue
        answers = [statuses(browser, route, ELSEWHERE) for browser in browsers]
        # 403 is for a side that may not open the page at all; some side may, and finds nothing.
        if {404} not in answers or not all(answer <= {403, 404} for answer in answers):
            found[route] = answers
    assert found == {}


def test_an_expired_sign_in_inside_htmx_moves_the_whole_page(client, haren):
    answer = client.get("/p/haren/audit/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"].startswith("/accounts/login/")
