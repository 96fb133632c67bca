"""The groups that a proposal may be asked for are found from the sessions that come, not from every group there was."""

from __future__ import annotations

import pytest
from django.db import connection

from benchmarks.scale import plans
from planner.proposals.forms import ProposalForm
from prisons.models import Prison
from tests.factories import make_series, make_session

pytestmark = pytest.mark.django_db


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL weighs what rows hold, and finds this way by itself"
)
def test_groups_are_found_from_the_sessions_that_come(haren: Prison) -> None:
    for _each in range(30):
        make_session(make_series(haren), "2020-11-23 09:00")
    coming = make_series(haren)
    make_session(coming, "2027-01-04 09:00")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    asked: list[plans.Asked] = []
    form = ProposalForm(prison=haren, aim="mend")
    with plans.listening(asked):
        assert list(form.fields["series"].queryset) == [coming]  # type: ignore[attr-defined]
    ways = "\n".join(line for each in asked for line in plans.explain(connection, each))
    assert "session_by_week (prison_id=? AND week_on>?)" in ways
