"""Every page, file and list that a role finds by following links, and what each costs on the set that is there."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import Resolver404, get_resolver, resolve

from benchmarks.scale.plans import Asked, listening, scans
from prisons.models import User

LINK = re.compile(r"""\s(?:href|hx-get|src|action)=["']([^"'#]+)""")
NOT_FOLLOWED = re.compile(r"^/(?:static|accounts|admin|ical)/|/set-language/|\.(?:css|js|png|svg|woff2)$")
SHOWN = {"view", "rows", "tab", "kind", "by", "what", "format", "sheet", "look"}
"""Parameters that make another page of one."""
TYPED = ("search/", "notes/things/", "notes/people/", "people/", "series/", "board/term/")
"""What asks, or is asked, while somebody types."""


@dataclass
class Cost:
    """Of one address for one role, in ms: CPU of this process, the time of the database, and both together."""

    role: str
    kind: str
    address: str
    status: int = 0
    queries: int = 0
    both: float = 0.0
    cpu: float = 0.0
    database: float = 0.0
    size: int = 0
    scans: list[str] = field(default_factory=list)
    unscoped: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def kind_of(address: str) -> str | None:
    """The pattern of the address with what was asked: one of each kind is measured."""
    parts = urlsplit(address)
    if NOT_FOLLOWED.search(parts.path):
        return None
    try:
        route = str(resolve(parts.path).route)
    except Resolver404:
        return None
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    shown = [f"{name}={value}" for name, value in sorted(asked.items()) if name in SHOWN]
    shown += [name for name in ("q", "page") if name in asked]
    return f"{route}?{'&'.join(shown)}" if shown else route


def signed_in(user: User) -> Client:
    client = Client(raise_request_exception=False, SERVER_NAME="localhost")
    client.force_login(user)
    return client


def nobody() -> Client:
    """Who has not signed in: a program with its token."""
    return Client(raise_request_exception=False, SERVER_NAME="localhost")


def crawl(user: User, role: str, prison: str) -> Iterator[Cost]:
    """Each kind of page that this role can open, from its first page on, and what programs ask while it types."""
    client = signed_in(user)
    waiting, seen = ["/", f"/p/{prison}/", *_plain(prison)], set()
    while waiting:
        address = waiting.pop(0)
        kind = kind_of(address)
        if kind is None or kind in seen:
            continue
        seen.add(kind)
        with taken_back():
            answer = client.get(address)
        if answer.status_code == 302 and not answer["Location"].startswith("/accounts/"):
            waiting.append(urljoin(address, answer["Location"]))
        if answer.status_code != 200:
            continue
        yield Cost(role, kind, address)
        if answer["Content-Type"].startswith("text/html"):
            text = answer.content.decode()
            waiting += [
                link
                for found in LINK.findall(text)
                if (link := urljoin(address, html.unescape(found))).startswith("/")
            ]


def _plain(prison: str) -> list[str]:
    """Addresses of a prison without further parts, plain and as they are asked while somebody types."""
    found = []
    for route in _routes(get_resolver().url_patterns, ""):
        if route.startswith("p/") and len(re.findall(r"<[^>]+>", route)) == 1:
            address = "/" + re.sub(r"<[^>]+>", prison, route)
            found += [address, *(f"{address}?q={text}" for text in ("ne", "ja") if route.endswith(TYPED))]
    return found


def _routes(patterns: Iterable[Any], before: str) -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from _routes(pattern.url_patterns, route)
        else:
            yield route


@contextmanager
def taken_back() -> Iterator[None]:
    """Whoever looks is written down: here it is not kept."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def measure(cost: Cost, client: Client, *, times: int = 2, large: int = 10_000, **more: Any) -> Cost:
    """Fills in what the address costs: the least of several runs, then its queries and their plans."""
    both, cpu, database = [], [], []
    for number in range(times + 1):
        asked: list[Asked] = []
        with taken_back(), listening(asked):
            begun, start = time.process_time(), time.perf_counter()
            answer = client.get(cost.address, **more)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            taken, lasted = (time.process_time() - begun) * 1000, (time.perf_counter() - start) * 1000
        if number or not times:  # the first fills what is kept
            cpu.append(taken)
            both.append(
                taken + sum(each.seconds for each in asked) * 1000
                if connection.vendor == "postgresql"
                else taken
            )
            database.append(sum(each.seconds for each in asked) * 1000)
        if number == 1 and lasted > 5000:
            break
    cost.status, cost.queries, cost.size = answer.status_code, len(asked), len(body)
    cost.both = round(min(both), 1)
    cost.cpu, cost.database = round(min(cpu), 1), round(min(database), 1)
    with taken_back():
        cost.scans = sorted({text for each in asked for text in scans(connection, each, large)})
    return cost


def forget() -> None:
    cache.clear()
