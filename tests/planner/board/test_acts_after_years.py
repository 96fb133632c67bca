"""Acts are kept for ever; what can be taken back is looked for among those of the last hour."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection

from benchmarks.scale import plans
from core.dates.clock import now
from planner.board.week import detail
from planner.closures import showing
from prisons.access import access_for
from prisons.models import ChangeSet, Prison
from tests.factories import at, make_closure, make_membership, make_series, make_session, make_user

pytestmark = pytest.mark.django_db
MANY = 3_000


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL weighs what rows hold, and finds this way by itself"
)
def test_what_can_be_taken_back_is_looked_for_in_the_last_hour(haren: Prison) -> None:
    series = make_series(haren)
    session, closure = (
        make_session(series),
        make_closure(haren, at("2026-12-02 09:00"), at("2026-12-02 12:00")),
    )
    user = make_user()
    make_membership(user, haren, "coordinator", series.activity.organisation)
    access = access_for(user, haren)
    assert access is not None
    long_ago = now() - dt.timedelta(hours=2)
    ChangeSet.objects.bulk_create(
        ChangeSet(prison=haren, by=user, verb="move", at=long_ago - dt.timedelta(hours=each))
        for each in range(MANY)
    )  # their images are gone after the hour
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    asked: list[plans.Asked] = []
    with plans.listening(asked):
        detail._undo(session, access)
        showing._undo_id(closure, access, now())
    ways = [plans.explain(connection, each) for each in asked if '"prisons_changeset"' in each.sql]
    assert len(ways) == 2
    for way in ways:
        assert "changeset_latest (prison_id=? AND at>?)" in "\n".join(way)
