"""Attendance is typed in the order of the printed sheet: A2 before A10, cell 9 before cell 10."""

from __future__ import annotations

import pytest

from enrollment.domain.attendance import sheet_entry
from prisons.models import Organisation, Prison
from tests.factories import (
    make_activity,
    make_enrollment,
    make_participant,
    make_series,
    make_session,
    make_unit,
)


@pytest.mark.django_db
def test_as_people_count(haren: Prison, service: Organisation) -> None:
    series = make_series(haren, activity=make_activity(service, "Yoga"))
    for unit, cell in [("A10", "1"), ("A2", "10"), ("A2", "9"), ("A2", "101")]:
        home = haren.units.filter(code=unit).first() or make_unit(haren, unit)
        make_enrollment(series, make_participant(haren, unit=home, cell=cell))
    rows = sheet_entry.rows(make_session(series, state="published"))
    assert [(row.unit, row.cell) for row in rows] == [("A2", "9"), ("A2", "10"), ("A2", "101"), ("A10", "1")]
