"""Every page, file and list that a role finds by following links, and what each costs on the set that is there."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from django.core.cache import cache
from django.core.paginator import Page
from django.db import connection, transaction
from django.test import Client
from django.urls import Resolver404, get_resolver, resolve

from benchmarks.scale.plans import Asked, listening, scans
from benchmarks.scale.scoping import reads_every_prison
from prisons.models import User

LINK = re.compile(r"""\s(?:href|hx-get|src|action)=["']([^"'#]+)""")
NOT_FOLLOWED = re.compile(r"^/(?:static|accounts|admin|ical)/|/set-language/|\.(?:css|js|png|svg|woff2)$")
SHOWN = {"view", "rows", "tab", "kind", "by", "what", "format", "sheet", "look"}
"""Parameters that make another page of one."""
TYPED = ("search/", "notes/things/", "notes/people/", "people/", "series/", "board/term/")
"""What asks, or is asked, while somebody types."""


@dataclass
class Cost:
    """Of one address for one role, in ms: CPU of this process, of the database (else its time), and both together."""

    role: str
    kind: str
    address: str
    status: int = 0
    queries: int = 0
    both: float = 0.0
    cpu: float = 0.0
    database: float = 0.0
    size: int = 0
    rows: int | None = None
    """Of a list that is shown a page at a time: how many this page holds."""
    scans: list[str] = field(default_factory=list)
    unscoped: list[str] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list, repr=False)
    body: bytes = field(default=b"", repr=False)

    def as_json(self) -> dict[str, Any]:
        """Without what is only looked at while it is fresh, and cannot be written."""
        figures = asdict(replace(self, asked=[]))
        return {name: value for name, value in figures.items() if name not in ("asked", "body")}


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


def crawl(user: User, role: str, prison: str, known: Iterable[str] = ()) -> Iterator[Cost]:
    """Each kind of page that this role can open, from its first page on, and what programs ask while it types.

    `known` kinds are left out, but for the pages that everybody begins with. What comes back is measured once, as it
    was found: with nothing kept.
    """
    client = signed_in(user)
    begin = ["/", f"/p/{prison}/"]
    waiting, seen = [*begin, *_plain(prison)], set(known) - {kind_of(address) for address in begin}
    while waiting:
        address = waiting.pop(0)
        kind = kind_of(address)
        if kind is None or kind in seen:
            continue
        seen.add(kind)
        cost = Cost(role, kind, address)
        answer = ask(cost, client)[0]
        if answer.status_code == 302 and not answer["Location"].startswith("/accounts/"):
            waiting.append(urljoin(address, answer["Location"]))
        if answer.status_code != 200:
            continue
        if is_page := answer["Content-Type"].startswith("text/html"):
            cost.body = answer.content
        yield cost
        if is_page:
            text = cost.body.decode()
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
    """Fills in what the address costs: the least of several runs after one that fills what is kept, then its queries
    and their plans. Without `times` one run is all."""
    asked, runs = [], []
    for number in range(times + 1):
        _answer, asked = ask(cost, client, **more)
        if number or not times:
            runs.append((cost.both, cost.cpu, cost.database))
        if number == 1 and cost.both > 5000:
            break
    cost.both, cost.cpu, cost.database = (min(each) for each in zip(*runs, strict=True))
    with taken_back():
        cost.scans = sorted({text for each in asked for text in scans(connection, each, large)})
    return cost


def ask(cost: Cost, client: Client, **more: Any) -> tuple[Any, list[Asked]]:
    """One run: fills in everything but the plans."""
    asked: list[Asked] = []
    with taken_back(), listening(asked):
        begun, at_work = time.process_time(), _of_the_database()
        answer = client.get(cost.address, **more)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        cpu = (time.process_time() - begun) * 1000
        worked = _of_the_database() - at_work
    database = (worked or sum(each.seconds for each in asked)) * 1000
    cost.asked, cost.unscoped = asked, sorted({each.sql for each in asked if reads_every_prison(each)})
    cost.status, cost.queries, cost.size = answer.status_code, len(asked), len(body)
    page = answer.context.get("page") if answer.context else None
    cost.rows = len(page.object_list) if isinstance(page, Page) else None
    cost.cpu, cost.database = round(cpu, 1), round(database, 1)
    cost.both = round(cpu + database if connection.vendor == "postgresql" else cpu, 1)
    return answer, asked


def _of_the_database() -> float:
    """Seconds of CPU that the process of PostgreSQL behind this connection has used, which a busy machine does not
    blur; 0 where it is on another one."""
    if connection.vendor != "postgresql":
        return 0
    connection.ensure_connection()
    try:
        return (
            int(Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text().split()[0])
            / 1e9
        )
    except OSError:
        return 0


def forget() -> None:
    cache.clear()
