"""Every query of a request carries the prison: what it asks is bound by the prison, or by numbers of rows of it.

The pages of every role are found by following links, each is asked and sent an empty form; then come the API and the
acts whose queries are counted. Beside the prison stands another one with rows of every kind.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from benchmarks.scale.plans import Asked, listening
from benchmarks.scale.scoping import Owners, foreign_rows, is_bound, models_of_prisons, owners
from benchmarks.scale.walking import crawl
from enrollment.domain.lists.cut_off import freeze_everywhere
from enrollment.models import Note, Request, Slip
from rooms.models import Closure
from tests import factories as make
from tests.test_query_counts import ACTS, NAMES
from tests.town import NOW, Town, forget, living_in, taken_back
from tests.walking import Walker, filled, numbers, parts_of, quiet, routes

pytestmark = pytest.mark.django_db

ROLES = ("everybody", "liaison", "auditor", "organiser", "worker")
OF_EVERY_PRISON = {
    '"prisons_apitoken"."token_hash" = %s': "a program says who it is by its token; the row found says the prison",
}
"""A piece of a statement that may ask every prison -> why."""


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    with living_in(django_db_blocker) as found:
        _furnish(found)
        freeze_everywhere()  # lists that are due are frozen in every prison before anything is changed
        yield found


def _furnish(town: Town) -> None:
    """The other prison has what the first has: rooms, people, groups, dates, a closure, notes and slips."""
    prison = town.elsewhere
    unit, room, term = (
        make.make_unit(prison, "Z9"),
        make.make_room(prison, name="Ailleurs"),
        make.make_term(prison),
    )
    worker = make.make_worker(prison, organisation=town.service, name="Ailleurs")
    for weekday in range(1, 6):
        make.make_slot(prison, weekday, "08:30", "11:30")
    for number in range(3):
        series = make.make_series(
            prison,
            organisation=town.service,
            term=term,
            list_code=f"Z{number}",
            default_room=room,
            workers=[worker],
        )
        make.make_session(
            series, f"2026-11-2{number + 4} 09:00", room=room, workers=[worker], state="published"
        )
        person = make.make_participant(prison, f"Ailleurs, {number}", unit=unit, cell="1")
        note = Note.objects.create(
            prison=prison, participant=person, received_on=dt.date(2026, 11, 2), entered_by=town.users["stranger"],
            entered_at=NOW,
        )  # fmt: skip
        request = Request.objects.create(
            prison=prison, note=note, participant=person, organisation=town.service, series=series,
            received_on=dt.date(2026, 11, 2),
        )  # fmt: skip
        placed = make.make_enrollment(
            series, person, ("placed", "waiting", "requested")[number], request=request
        )
        Slip.objects.create(
            prison=prison,
            participant=person,
            kind=Slip.Kind.PLACED,
            request=request,
            enrollment=placed,
            created_at=NOW,
        )
    make.make_closure(prison, make.at("2026-12-01 08:00"), make.at("2026-12-01 18:00"))


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with quiet():
        yield


class Found:
    """What the requests asked that is not the prison's, each with who asked it."""

    def __init__(self, town: Town, known: Owners) -> None:
        self.prison, self.known = town.prison.pk, known
        self.requests = 0
        self.excepted: set[str] = set()
        self.unbound: dict[str, set[str]] = defaultdict(set)
        self.foreign: dict[str, set[str]] = defaultdict(set)

    def read(self, asked: Iterable[Asked], by: str) -> None:
        self.requests += 1
        for each in asked:
            sql = " ".join(each.sql.split())
            excepted = {part for part in OF_EVERY_PRISON if part in sql}
            self.excepted |= excepted
            if not is_bound(sql) and not excepted:
                self.unbound[sql].add(by)
            for table, number in foreign_rows(each, self.prison, self.known):
                self.foreign[f"{table} {number}: {sql}"].add(by)

    def short(self, found: dict[str, set[str]]) -> str:
        return "\n".join(f"{sorted(by)[:3]} {sql[:1500]}" for sql, by in found.items())


def _check(found: Found, least: int) -> None:
    assert found.requests >= least
    assert not found.unbound, found.short(found.unbound)
    assert not found.foreign, found.short(found.foreign)


def _of_a_prison(kind: str) -> bool:
    return kind.startswith("p/<slug:prison>/")


def test_the_pages_and_forms_of_every_role(town: Town) -> None:
    found, known = Found(town, owners()), set()
    for role in ROLES:
        walker = Walker(town.users[role])
        for cost in crawl(town.users[role], role, "haren", known):
            if not _of_a_prison(cost.kind) or cost.kind in known:
                continue
            known.add(cost.kind)
            found.read(cost.asked, cost.kind)
            asked: list[Asked] = []
            with listening(asked):
                walker.ask("POST", cost.address)
            found.read(asked, f"{cost.kind}, sent")
    _check(found, 350)


def test_the_api(town: Town) -> None:
    found, walker = Found(town, owners()), Walker(town.users["everybody"])
    for route, _pattern in routes():
        if not route.startswith("api/") or "<prison>" not in route:
            continue
        names = [name for _kind, name in parts_of(route)]
        for number in numbers() if names else [0]:
            asked: list[Asked] = []
            with listening(asked):
                status = walker.ask("GET", filled(route, dict.fromkeys(names, number))).status_code
            if status == 200:
                found.read(asked, route)
                break
    _check(found, 4)
    assert found.excepted == set(OF_EVERY_PRISON)


@pytest.mark.parametrize("act", ACTS, ids=NAMES.get)
def test_an_act(town: Town, act: Any) -> None:
    found, asked = Found(town, owners()), []
    with taken_back():
        do = act(town)
        with listening(asked):
            do()
    forget()
    found.read(asked, NAMES[act])
    _check(found, 1)


def test_the_check_can_see() -> None:
    assert len(models_of_prisons()) > 40
    assert not is_bound('SELECT "id" FROM "group_sessions_groupsession" WHERE "state" = %s')
    assert is_bound('SELECT "id" FROM "group_sessions_groupsession" WHERE "prison_id" = %s')
    closures = Closure._meta.db_table
    asked = Asked(f'SELECT * FROM "{closures}" WHERE "{closures}"."id" IN (%s, %s)', (7, 8), 0)
    assert foreign_rows(asked, 1, {closures: {7: {1}, 8: {2}}}) == {(closures, 8)}
