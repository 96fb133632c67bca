"""A stay of somebody without a place raises no version: only because nothing kept reads it, and the lock holds."""

from __future__ import annotations

import ast
import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.db import connection

from enrollment import plan_version
from enrollment.domain.participants import people
from enrollment.domain.participants.people import PersonData
from enrollment.models import Participant, Stay
from prisons.models import Prison, User
from sessions.models import GroupSession
from tests import factories as make

HOUSE = Path(__file__).resolve().parents[2]
DAY = dt.date(2026, 12, 7)


def versions(prison: Prison) -> tuple[int, int]:
    return Prison.objects.values_list("plan_version", "people_version").get(pk=prison.pk)


def rises(prison: Prison, act: Callable[[], Any]) -> tuple[bool, bool]:
    """Of the plan, and of who takes part."""
    before = versions(prison)
    act()
    after = versions(prison)
    return after[0] > before[0], after[1] > before[1]


def somebody() -> Participant:
    return Participant.objects.create(last_name="Peeters", first_name="Jan")


def stay(prison: Prison, person: Participant) -> Callable[[], Any]:
    return lambda: Stay.objects.create(participant=person, prison=prison, starts_on=dt.date(2026, 11, 2))


def others_of(prison: Prison, person: Participant) -> dict[str, Callable[[], Any]]:
    """Each way in which somebody comes to be of concern to what is kept."""
    other = make.make_participant(prison)
    return {
        "enrolment": lambda: make.make_enrollment(make.make_series(prison), person),
        "absence": lambda: person.absences.create(prison=prison, starts_on=DAY),
        "separation": lambda: make.make_separation(prison, person, other),
        "separation, the other way": lambda: make.make_separation(prison, other, person),
    }


pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def test_somebody_new_raises_no_version_until_it_matters(haren: Prison, organiser_anna: User) -> None:
    new = PersonData(last_name="Peeters", first_name="Jan")
    assert rises(haren, lambda: people.create(haren, new, by=organiser_anna)) == (False, False)
    person = Participant.objects.get(last_name="Peeters")
    series = make.make_series(haren)
    assert rises(haren, lambda: make.make_enrollment(series, person)) == (True, True)


@pytest.mark.parametrize("what", ["enrolment", "absence", "separation", "separation, the other way"])
def test_a_stay_of_somebody_known_raises_both_also_among_new_ones(haren: Prison, what: str) -> None:
    known = somebody()
    others_of(haren, known)[what]()
    rows = [
        Stay(participant=person, prison=haren, starts_on=dt.date(2026, 11, 2))
        for person in (somebody(), known, somebody())
    ]
    assert rises(haren, lambda: Stay.objects.bulk_create(rows)) == (True, True)


@pytest.mark.parametrize("what", ["enrolment", "absence", "separation", "separation, the other way"])
def test_what_comes_after_the_stay_raises_both(haren: Prison, what: str) -> None:
    person = somebody()
    acts = others_of(haren, person)
    assert rises(haren, stay(haren, person)) == (False, False)
    made = {"enrolment": lambda: make.make_enrollment(series, person)}
    series = make.make_series(haren)
    assert rises(haren, (acts | made)[what]) == (True, True)


@pytest.mark.parametrize("change", ["update", "delete"])
def test_a_stay_that_changes_or_goes_raises_both_whoever_it_is(haren: Prison, change: str) -> None:
    person = somebody()
    stay(haren, person)()
    rows = Stay.objects.filter(participant=person)
    act = rows.delete if change == "delete" else lambda: rows.update(ends_on=DAY)
    assert rises(haren, act) == (True, True)


def test_a_moved_card_raises_the_plan_alone(haren: Prison) -> None:
    session = make.make_session(make.make_series(haren), f"{DAY} 10:00")
    moved = GroupSession.objects.filter(pk=session.pk)
    assert rises(haren, lambda: moved.update(room=make.make_room(haren))) == (True, False)


@pytest.mark.parametrize("table", sorted(plan_version.OF_PEOPLE))
def test_every_row_of_people_raises_both(haren: Prison, table: str) -> None:
    person, other = make.make_participant(haren), make.make_participant(haren)
    series = make.make_series(haren)
    row = make.make_enrollment(series, person)
    row.skips.create(session=make.make_session(series, f"{DAY} 10:00"), at=make.at(f"{DAY} 09:00"))
    person.absences.create(prison=haren, starts_on=DAY)
    make.make_separation(haren, person, other)
    with connection.cursor() as cursor:
        assert rises(haren, lambda: cursor.execute(f"UPDATE {table} SET id = id")) == (True, True)


# --- the lock -----------------------------------------------------------------------------------------------


class Function(NamedTuple):
    where: str
    """Its full name."""
    calls: frozenset[str]
    """Full names of what it calls, as far as imports tell."""
    writes: bool


LOCKS = {
    "enrollment.domain.locking.lock_facts",
    "prisons.domain.locking.lock_prison",
    "prisons.domain.locking.lock_prisons",
    "enrollment.domain.requests.decisions._act",  # does under the lock what it is given
}
MAKES = {"create", "bulk_create", "get_or_create", "update_or_create"}


def functions() -> Iterator[Function]:
    """Every function of the program, but for what makes the demo and the tables."""
    for app in ("enrollment", "planner", "prisons", "rooms", "sessions"):
        for path in (HOUSE / app).rglob("*.py"):
            if {"demo", "migrations", "models"} & set(path.relative_to(HOUSE).parts):
                continue
            tree = ast.parse(path.read_text(encoding="utf-8"))
            module = ".".join(path.relative_to(HOUSE).with_suffix("").parts)
            defined = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
            full = {node.name: f"{module}.{node.name}" for node in defined} | _imported(tree)
            for node in defined:
                calls = [one for one in ast.walk(node) if isinstance(one, ast.Call)]
                called = frozenset(_full(full, ast.unparse(one.func)) for one in calls)
                yield Function(f"{module}.{node.name}", called, any(map(_makes, calls)))


def _imported(tree: ast.AST) -> dict[str, str]:
    return {
        name.asname or name.name: f"{node.module}.{name.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }


def _full(names: dict[str, str], call: str) -> str:
    first, dot, more = call.partition(".")
    return names.get(first, first) + dot + more


def _makes(call: ast.Call) -> bool:
    """`Stay(...)`, `Stay.objects.create(...)`, `person.stays.create(...)`."""
    of, _dot, name = ast.unparse(call.func).rpartition(".")
    if name in ("Stay", "Enrollment"):
        return True
    rows = ("Stay.objects", "Enrollment.objects", ".stays", ".enrollments")
    return name in MAKES and of.endswith(rows)


def test_stays_and_enrolments_are_made_under_the_lock_of_the_prison() -> None:
    """Else a stay written beside the first enrolment would raise nothing, and the enrolment be kept without it."""
    found = list(functions())
    callers: dict[str, list[Function]] = defaultdict(list)
    for one in found:
        for name in one.calls:
            callers[name].append(one)

    def unlocked(wanted: list[Function]) -> list[str]:
        """Where somebody could come in without a lock: followed from caller to caller, each once."""
        open_ones, seen, ways = list(wanted), set(wanted), []
        while open_ones:
            one = open_ones.pop()
            if LOCKS & one.calls:
                continue
            if not (above := callers[one.where]):
                ways.append(one.where)
            open_ones += [up for up in above if up not in seen]
            seen |= set(above)
        return ways

    writers = [one for one in found if one.writes]
    assert len(writers) >= 9
    assert unlocked(writers) == []
