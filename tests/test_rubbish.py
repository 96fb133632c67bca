"""Whatever stands in an address or a field, nobody gets a page that broke.

Every address is opened as every role with rubbish for each part, each parameter and each field that the page
asks for (a new one is found by listening to what it reads). Refused, not found or ignored: anything but 5xx.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from django.urls import URLPattern

from prisons.access import access_for
from prisons.models import Prison
from tests.town import Town, living_in
from tests.walking import (
    Walker,
    asked_names,
    by_route,
    filled,
    names_of,
    numbers,
    parts_of,
    quiet,
    routes,
    sampled,
)

RUBBISH = (
    "²",
    "9" * 23,
    "\x00",
    "9999-12-31",
    "0001-01-01",
    "0001-W01",
    "9999-W52",
    "-1",
    "2147483648",
    "9223372036854775807",
    "[]",
    '{"a": [1]}',
    "' OR 1=1 --",
    "\ud7ff\U0001f600" * 40,
    "0001-01",
    "9999-12",
    "99:99",
    "9999-12-31T23:59",
    "0001-01-01T00:00",
    "1e309",
    "NaN",
    "",
)
pytestmark = pytest.mark.django_db
PARTS = {
    "int": ("9" * 23, "0", "9223372036854775807", "9223372036854775808"),
    "str": ("²", "%00", "9" * 300, "..%2f"),
    "slug": ("-", "9" * 23),
    "day": ("0001-01-01", "9999-12-31", "2026-02-30"),
    "month": ("0001-01", "9999-12", "2026-13"),
    "week": ("0001-W01", "9999-W52", "2026-W54"),
}


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    with living_in(django_db_blocker) as town:
        yield town


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with quiet():
        yield


def broken(answer: Any) -> str:
    """What broke, in words; empty when the page answered."""
    if answer.status_code < 500:
        return ""
    kind, error, _trace = answer.exc_info or (None, "", None)
    return f"{answer.status_code} {getattr(kind, '__name__', '')} {str(error)[:80]}"


def addresses(route: str) -> list[str]:
    """With every row of this town that it may be about (a page is walked where it answers), or plain."""
    kinds = parts_of(route)
    if not any(kind in ("int", "number") for kind, _name in kinds):
        return [filled(route, {})]
    names = [name for kind, name in kinds if kind in ("int", "number")]
    return [filled(route, dict.fromkeys(names, pk)) for pk in numbers()]


class Doors:
    """Where a page answers: found once, and tried first by whoever walks next."""

    def __init__(self) -> None:
        self._known: dict[str, list[str]] = defaultdict(list)

    def open_at(self, walker: Walker, route: str) -> str:
        """The first address of this route at which the page answers to GET or to POST; else the first of all."""
        known = self._known[route]
        for address in dict.fromkeys([*known, *addresses(route)]):
            if any(walker.ask(method, address).status_code not in (404, 405) for method in ("GET", "POST")):
                if address not in known:
                    known.append(address)
                return address
        return addresses(route)[0]


def test_no_part_of_an_address_breaks_a_page(town: Town) -> None:
    walker, found = Walker(town.users["everybody"]), []
    for route, _pattern in routes():
        for kind, name in parts_of(route):
            for rubbish in PARTS.get(kind, PARTS["str"]):
                for method in ("GET", "POST"):
                    answer = walker.ask(method, filled(route, {name: rubbish}))
                    if words := broken(answer):
                        found.append((route, f"{method} {name}={rubbish[:30]}: {words}"))
    assert by_route(found) == {}


WORST = ("²", "9" * 23, "9999-12-31", "0001-W01", "\x00")
Filled = Callable[[list[str], str], list[dict[str, Any]]]


def at_once(names: list[str], rubbish: str) -> list[dict[str, Any]]:
    """Each field twice, as a list comes."""
    return [{name: [rubbish, rubbish] for name in names}]


def one_by_one(names: list[str], rubbish: str) -> list[dict[str, Any]]:
    return [{name: rubbish} for name in names]


SMALL = 48
"""One address of so many is walked as each role in the small size."""
CLOSED = (401, 403, 404)


def is_closed_to(walker: Walker, pattern: URLPattern) -> bool:
    """Refused whatever the row is, because this role may not: no row has to be looked for."""
    wanted = getattr(pattern.callback, "asks_for", ())
    access = access_for(walker.user, Prison.objects.get(slug="haren")) if wanted and walker.user else None
    return bool(wanted) and not (access and access.has_any(wanted))


def broken_by(
    walker: Walker, fill: Filled, rubbish: Sequence[str], doors: Doors, turn: int = 0
) -> dict[str, list[str]]:
    """The addresses that break, each with a few of the ways.

    Where this role is refused before anything is read, the worst words in all fields at once suffice.
    """
    found = []
    for route, pattern in sampled(SMALL, turn):
        is_shut = is_closed_to(walker, pattern)
        address = addresses(route)[0] if is_shut else doors.open_at(walker, route)
        for method in ("GET", "POST"):
            with asked_names() as names:
                status = walker.ask(method, address).status_code
                if status == 405:
                    continue
                if not (is_closed := status in CLOSED):
                    walker.ask(method, address, dict.fromkeys(names, "1"))
            names |= names_of(route)
            for each in WORST if is_closed else rubbish:
                for data in (at_once if is_closed else fill)(sorted(names), each):
                    if words := broken(walker.ask(method, address, data)):
                        found.append((route, f"{method} {list(data)[:3]}={each[:30]!r}: {words}"))
    return by_route(found)
