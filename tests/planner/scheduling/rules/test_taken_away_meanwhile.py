"""What is read in two questions, while a colleague takes a series away between them: it is left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from planner.board.week.filters import BoardFilter
from planner.scheduling.rules import conflicts, open_conflicts, snapshot
from planner.terms.overview import term_overview
from prisons.access import access_for
from prisons.models import Prison, User
from rooms.domain.facts import rules_of
from sessions.models import GroupSession, Series, Term
from tests.factories import make_series, make_session, make_term

MONDAY = dt.date(2026, 12, 7)


def _listed(prison: Prison, _reader: User) -> set[int]:
    """The sessions of open conflicts."""
    return set(open_conflicts._sessions(prison, set(GroupSession.objects.values_list("pk", flat=True))))


def _judged(prison: Prison, _reader: User) -> set[int]:
    """What the rules are held against."""
    loaded = snapshot.load(prison, [MONDAY])
    conflicts.find(loaded, rules_of(prison))
    return set(loaded.rows)


def _in_the_overview(prison: Prison, reader: User) -> set[int]:
    access = access_for(reader, prison)
    assert access is not None
    overview = term_overview(prison, Term.objects.get(), access, BoardFilter())
    return {mark.session_id for row in overview.rows for cell in row.cells for mark in cell.marks}


@pytest.mark.parametrize("read", [_listed, _judged, _in_the_overview])
def test_a_series_that_goes_between_two_reads_is_left_out(
    read: Callable[[Prison, User], set[int]], haren: Prison, organiser_anna: User
) -> None:
    term = make_term(haren, starts_on=MONDAY, ends_on=MONDAY + dt.timedelta(days=27))
    going, staying = (
        make_session(make_series(haren, term=term), f"{MONDAY} {hour}:00", state="published")
        for hour in ("09", "14")
    )

    tables = [model._meta.db_table for model in (GroupSession, Series)]
    asked: list[str] = []

    def colleague(execute: Any, sql: str, *rest: Any) -> Any:
        """Acts when the sessions have been read and their series is asked for."""
        asked.extend(table for table in tables if sql.startswith("SELECT") and f'FROM "{table}"' in sql)
        if asked[-2:] == tables:
            asked.clear()
            GroupSession.objects.filter(pk=going.pk).delete()
            Series.objects.filter(pk=going.series_id)._raw_delete(connection.alias)
        return execute(sql, *rest)

    with connection.execute_wrapper(colleague):
        assert read(haren, organiser_anna) == {staying.pk}
    assert not Series.objects.filter(pk=going.series_id).exists()
