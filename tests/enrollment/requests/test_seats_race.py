"""Many decisions at the same moment, on a real database: a place is never lost and never given twice."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from core.dates import clock
from core.errors import PlannerError
from enrollment.domain.notes.note_intake import NoteAsk, enter_note
from enrollment.domain.requests import decisions
from enrollment.models import Enrollment, EnrollmentStep
from tests.factories import make_participant, make_series, make_session

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
E = Enrollment.State


def at_once(calls: Sequence[Callable[[], Any]], workers: int = 20) -> list[Any]:
    """Every call in a thread with a connection of its own; a refusal in words is an answer too."""

    def run(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except PlannerError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(run, calls))


@pytest.fixture
def group(haren, service):
    series = make_series(haren, organisation=service, places=12, starts_on=clock.today(), weeks=4)
    start = dt.datetime.combine(clock.today() + dt.timedelta(days=7), dt.time(9), tzinfo=clock.BRUSSELS)
    make_session(series, start)
    return series


def ask(series, by):
    person = make_participant(series.prison)
    note = enter_note(series.prison, participant=person, asks=[NoteAsk(series=series)], by=by)
    return Enrollment.objects.get(request__note=note)


def states(series):
    return Counter(Enrollment.objects.filter(series=series).values_list("state", flat=True))


def test_40_approvals_at_once_for_12_places(group, organiser_anna):
    rows = [ask(group, organiser_anna) for _ in range(40)]
    at_once([lambda row=row: decisions.approve(row, by=organiser_anna) for row in rows])
    assert states(group) == {E.PLACED: 12, E.WAITING: 28}


def test_a_double_click_from_many_hands_decides_once(group, organiser_anna):
    row = ask(group, organiser_anna)
    answers = at_once([lambda: decisions.approve(row, by=organiser_anna, seen=row.version)] * 12)
    assert Counter(str(each) for each in answers)["stale"] == 11
    assert EnrollmentStep.objects.filter(enrollment=row, verb="approve").count() == 1


def test_freeing_and_approving_at_once_loses_and_doubles_nothing(group, organiser_anna):
    first = [ask(group, organiser_anna) for _ in range(20)]
    for row in first:
        decisions.approve(row, by=organiser_anna)
    placed = Enrollment.objects.filter(series=group, state=E.PLACED)[:10]
    more = [ask(group, organiser_anna) for _ in range(10)]
    calls = [lambda row=row: decisions.withdraw(row, by=organiser_anna) for row in placed]
    calls += [lambda row=row: decisions.approve(row, by=organiser_anna) for row in more]
    at_once(calls[::2] + calls[1::2])
    assert states(group) == {E.PLACED: 12, E.WAITING: 8, E.WITHDRAWN: 10}


def test_one_form_sent_many_times_makes_one_note(group, organiser_anna):
    import uuid

    person, key = make_participant(group.prison), uuid.uuid4()
    sent = {"participant": person, "asks": [NoteAsk(series=group)], "entry_key": key, "by": organiser_anna}
    notes = at_once([lambda: enter_note(group.prison, **sent).pk] * 8)
    assert len(set(notes)) == 1 and Enrollment.objects.count() == 1
