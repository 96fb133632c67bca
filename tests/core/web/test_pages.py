"""Lists that only ever grow are read from their newest end."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.web import pages
from core.web.pages import NumberedPages, newest_of
from prisons.domain.records import readings
from prisons.models import Prison, Reading, User
from tests.factories import at

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
NOON = at("2026-11-22 12:00")


def look(prison: Prison | None, minute: int, *, by: User, verb: str = "see") -> int:
    page = "enrollment:person_list"
    reading = readings.record(
        verb, page, prison_id=prison.pk if prison else None, by=by, now=NOON + dt.timedelta(minutes=minute)
    )
    return reading.pk


def test_of_several_sets_the_newest_come_first_each_once(
    haren: Prison, saint_gilles: Prison, organiser_anna: User, organiser_emile: User
) -> None:
    """Rows of the prison, sign-ins of its people; none of another prison."""
    old = look(haren, 0, by=organiser_anna)
    sign_in = look(None, 1, by=organiser_anna, verb="sign_in")
    look(saint_gilles, 2, by=organiser_anna)
    new = look(haren, 3, by=organiser_emile)
    parts = readings.in_prison(haren)
    assert newest_of(*parts) == [new, sign_in, old]
    assert newest_of(*parts, Reading.objects.in_prison(haren)) == [new, sign_in, old]


def test_what_is_beyond_the_newest_is_said_and_asks_no_more(
    haren: Prison, organiser_anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST", 3)

    def asked() -> tuple[list[int], bool, int]:
        with CaptureQueriesContext(connection) as queries:
            paginator = NumberedPages(Reading.objects.all(), newest_of(*readings.in_prison(haren)), 2)
            rows = [row.pk for row in paginator.get_page(1)]
        return rows, paginator.is_cut, len(queries)

    looks = [look(haren, minute, by=organiser_anna) for minute in range(3)]
    assert asked() == ([looks[2], looks[1]], False, 3)
    looks += [look(haren, minute, by=organiser_anna) for minute in range(3, 9)]
    assert asked() == ([looks[8], looks[7]], True, 3)
