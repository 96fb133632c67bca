"""What holds for the whole house, tried on every file and every address that there is."""

from __future__ import annotations

import ast
import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from prisons.models import Organisation, Prison, User
from tests.factories import (
    at,
    make_building,
    make_closure,
    make_enrollment,
    make_holiday,
    make_membership,
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

ROOT = Path(__file__).resolve().parent.parent
APPS = ("core", "prisons", "rooms", "sessions", "enrollment", "planner")
PYTHON = [
    path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts
]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = [path for path in sorted((ROOT / "static").rglob("*.js")) if "vendor" not in path.parts]

VAGUE_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "services",
    "service",
    "managers",
    "common",
    "misc",
    "base",
}
FORBIDDEN_IN_TEMPLATES = {
    "text that is not escaped": re.compile(r"\|\s*safe\b|autoescape\s+off|\|\s*safeseq\b"),
    "a script in the page": re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>", re.I
    ),
    "a style in the page": re.compile(r"<style\b|\sstyle\s*=\s*[\"'{]", re.I),
    "a handler in the page": re.compile(r"\son[a-z]+\s*=\s*[\"']|javascript:|\bhx-on\b", re.I),
    "a file from elsewhere": re.compile(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.I),
}


# --- Addresses --------------------------------------------------------------------------------------------


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the site with the pattern behind it."""
    for pattern in resolver.url_patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, address)
        else:
            yield address, pattern


PRISON_ROUTES = [
    (address, pattern)
    for address, pattern in routes(get_resolver())
    if address.startswith("p/<slug:prison>/")
]


def filled(address: str, pk: int) -> str:
    """An address of Haren, with `pk` for every number and something plausible for the rest."""
    values = {"slug:prison": "haren", "str": "x", "slug": "x", "path": "x"}

    def value(match: re.Match[str]) -> str:
        kind = match[1].partition(":")[0] if ":" in match[1] else "str"
        return values.get(match[1]) or (str(pk) if kind == "int" else values.get(kind, "2026-11-23"))

    return "/" + re.sub(r"<([^>]+)>", value, address)


def rows_in(prison: Prison, day: int = 1) -> set[int]:
    """One row of each kind in this prison: their numbers, each once."""
    unit, room, slot, worker = make_unit(prison), make_room(prison), make_slot(prison), make_worker(prison)
    closure = make_closure(prison, at("2026-11-24 08:00"), at("2026-11-24 12:00"))
    series = make_series(prison)
    session = make_session(series, room=room, workers=[worker])
    enrollment = make_enrollment(series)
    person, term = enrollment.participant, make_term(prison, name=f"Term {day}")
    membership = make_membership(make_user(), prison, "liaison")
    rows = [unit, room, slot, worker, closure, series, series.activity, session, enrollment, person, term]
    rows += [
        membership,
        make_building(prison, name=f"Building {day}"),
        make_holiday(prison, dt.date(2026, 11, day)),
    ]
    return {row.pk for row in rows}


@pytest.fixture
def numbers(haren: Prison) -> set[int]:
    """Real rows of Haren, so that a page is refused because of who asks."""
    return rows_in(haren)


@pytest.fixture
def person_of_all_roles(haren: Prison, service: Organisation) -> User:
    """Nobody has so many rights; what even this person cannot reach, nobody can."""
    user = make_user("Alle Rollen")
    for role in ("coordinator", "organiser", "worker"):
        make_membership(user, haren, role, service)
    for role in ("liaison", "auditor"):
        make_membership(user, haren, role)
    return user


def test_every_page_of_a_prison_is_guarded() -> None:
    unguarded = [address for address, pattern in PRISON_ROUTES if not hasattr(pattern.callback, "asks_for")]
    assert PRISON_ROUTES
    assert not unguarded, "these views lack @prison_view"


def answers(browser: Client, address: str, pk: int) -> set[int]:
    """The status codes of reading and of writing there; one of the two verbs may be refused as such."""
    where = filled(address, pk)
    return {browser.get(where).status_code, browser.post(where).status_code} - {405}


def test_a_stranger_finds_nothing(numbers, stranger_dirk) -> None:
    browser, found = signed_in(stranger_dirk), {}
    for address, _pattern in PRISON_ROUTES:
        if (statuses := answers(browser, address, min(numbers))) != {404}:
            found[address] = statuses
    assert not found


def test_rows_of_another_prison_do_not_exist_here(saint_gilles, person_of_all_roles) -> None:
    """Haren has no row of these kinds: a page that answers shows or changes one of Saint-Gilles."""
    browser, found = signed_in(person_of_all_roles), {}
    own = max(person_of_all_roles.memberships.values_list("pk", flat=True))
    # Numbers start at one for every kind of row: so many that none of them is a number in Haren too.
    elsewhere = [rows_in(saint_gilles, day) for day in range(1, own + 2)][-1]
    assert min(elsewhere) > own
    for address, _pattern in PRISON_ROUTES:
        for pk in elsewhere if "<int" in address else ():
            if (statuses := answers(browser, address, pk)) != {404}:
                found[address] = statuses
    assert not found


def test_a_visitor_is_sent_to_the_sign_in_page(client, numbers) -> None:
    found = {}
    for address, _pattern in PRISON_ROUTES:
        if (statuses := answers(client, address, min(numbers))) != {302}:
            found[address] = statuses
    assert not found
    response = client.get("/p/haren/audit/")
    assert response.url == f"{reverse('account_login')}?next=/p/haren/audit/"


def test_an_expired_sign_in_inside_htmx_moves_the_whole_page(client, haren) -> None:
    address, _pattern = next(route for route in PRISON_ROUTES if "<int" not in route[0])
    response = client.get(filled(address, 1), headers={"HX-Request": "true"})
    assert response.headers["HX-Redirect"].startswith(reverse("account_login"))


# --- Templates --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", FORBIDDEN_IN_TEMPLATES)
def test_no_template_holds(fault: str) -> None:
    pattern = FORBIDDEN_IN_TEMPLATES[fault]
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in TEMPLATES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line) and not is_mail(path)
    ]
    assert not found


def is_mail(path: Path) -> bool:
    """Mail programs read no style sheet of ours and run no script; a page's rules do not hold for them."""
    return bool({"mail", "email"} & set(path.parts))


def test_htmx_is_asked_for_in_templates_alone() -> None:
    """A script may look for such an attribute, it never sets one."""
    written = re.compile(r"[\"']hx-[a-z]+[\"']\s*[:=]|\shx-[a-z]+=|setAttribute\(\s*[\"'`]hx-")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in [*PYTHON, *SCRIPTS]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if written.search(line) and not line.lstrip().startswith(("//", "#"))
    ]
    assert not found


# --- Modules ----------------------------------------------------------------------------------------------


def test_modules_are_named_after_what_they_are_about() -> None:
    found = [path.relative_to(ROOT) for path in PYTHON if {path.stem, path.parent.name} & VAGUE_NAMES]
    assert not found


def imports_of(path: Path) -> set[str]:
    """The first names of everything that a file imports, also inside functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def test_one_file_alone_knows_the_constraint_solver() -> None:
    users = [path.relative_to(ROOT) for path in PYTHON if "ortools" in imports_of(path)]
    assert len(users) <= 1
    assert all(path.parts[:2] == ("planner", "solver") for path in users)


def test_the_solver_is_pure() -> None:
    solver = [path for path in PYTHON if path.is_relative_to(ROOT / "planner" / "solver")]
    forbidden = {"django", *APPS} - {"planner"}
    assert solver
    assert not [path.name for path in solver if imports_of(path) & forbidden]


def test_nothing_happens_by_signal() -> None:
    """No write is started by a signal; post_migrate, which installs the guards, is no write of a person."""
    found = [
        path.relative_to(ROOT)
        for path in PYTHON
        if re.search(r"\b(?:pre|post)_(?:save|delete|init)\b|m2m_changed|@receiver", path.read_text())
    ]
    assert not found


# --- Records ----------------------------------------------------------------------------------------------


def writers() -> Iterator[tuple[str, str]]:
    """Public domain functions that act for somebody (`by=`), with their source."""
    for path in PYTHON:
        if "domain" not in path.parts and path.parent.name != "plan":
            continue
        source = path.read_text(encoding="utf-8")
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                names = {argument.arg for argument in node.args.kwonlyargs}
                if "by" in names:
                    yield f"{path.relative_to(ROOT)}:{node.name}", ast.get_source_segment(source, node) or ""


def test_every_public_writer_leaves_a_record() -> None:
    """It calls the audit itself, or hands `by` on to a function that does."""
    silent = [name for name, text in writers() if not re.search(r"\brecord\w*\(|\bby=by\b|, by\b", text)]
    assert list(writers())
    assert not silent
