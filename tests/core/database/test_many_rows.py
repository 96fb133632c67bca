"""Rows written at once are those that bulk_create would have written."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, DataError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core.database import many_rows
from enrollment.models import Slip
from prisons.models import Prison
from tests.factories import at, make_participant

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
NAMES = ("participant_id", "kind", "facts")


def rows_of(prison: Prison) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in row.items() if name != "id"}
        for row in Slip.objects.in_prison(prison).order_by("pk").values()
    ]


def test_it_writes_what_bulk_create_writes(haren: Prison) -> None:
    people = [make_participant(haren) for _number in range(4)]
    facts: list[dict[str, Any]] = [
        {},
        {"session": 3, "before": "'; DROP TABLE x; --"},
        {"é": [1, None, "%s"]},
        {"lines": "a\\tb\tc\\N\n\\.\r\nd\\"},
    ]
    written_at = at("2026-11-26 09:00")
    told = list(zip(people, [*Slip.Kind][:4], facts, strict=True))
    Slip.objects.bulk_create(
        Slip(prison=haren, participant=person, kind=kind, facts=fact, created_at=written_at)
        for person, kind, fact in told
    )
    wanted = rows_of(haren)
    Slip.objects.all().delete()
    with CaptureQueriesContext(connection) as asked:
        count = many_rows.insert(
            Slip,
            {"prison_id": haren.pk, "created_at": written_at},
            NAMES,
            [(person.pk, kind, fact) for person, kind, fact in told],
        )
    assert count == 4
    assert rows_of(haren) == wanted
    assert len(asked) == 1


def test_nothing_to_write_asks_nothing(haren: Prison, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert many_rows.insert(Slip, {"prison_id": haren.pk}, NAMES, []) == 0


def test_a_field_that_is_none_and_a_row_that_is_too_short_are_refused(haren: Prison) -> None:
    with pytest.raises(ValueError, match="no prisn_id"):
        many_rows.insert(Slip, {"prisn_id": haren.pk}, NAMES, [])
    with pytest.raises(ValueError, match="argument"):
        many_rows.insert(Slip, {"prison_id": haren.pk}, NAMES, [(1, "placed")])


def test_what_the_database_refuses_is_refused_and_nothing_stands(haren: Prison) -> None:
    """On PostgreSQL also what looks to other tables, at the latest when all is written for good."""
    person, same = make_participant(haren), {"prison_id": haren.pk, "created_at": at("2026-11-26 09:00")}
    with pytest.raises(IntegrityError), transaction.atomic():
        many_rows.insert(Slip, same, NAMES, [(person.pk, "placed", {}), (987_654_321, "placed", {})])
        connection.check_constraints()
    if connection.vendor == "postgresql":
        with pytest.raises(DatabaseError), transaction.atomic():
            many_rows.insert(Slip, same, NAMES, [(person.pk, "x" * 200, {})])
    assert not Slip.objects.in_prison(haren).exists()


def test_each_row_gets_its_own_values(haren: Prison) -> None:
    people = [make_participant(haren) for _number in range(1203)]
    slips = Slip.objects.bulk_create(
        Slip(
            prison=haren,
            participant=person,
            kind=Slip.Kind.PLACED,
            facts={},
            created_at=at("2026-11-26 09:00"),
        )
        for person in people
    )
    others = people[1:] + people[:1]
    rows = {
        slip.pk: (person.pk, {"n": slip.pk, "quote": "'%s"}, at("2026-11-27 10:00") if slip.pk % 2 else None)
        for slip, person in zip(slips, others, strict=True)
    }
    many_rows.update(Slip, ("participant_id", "facts", "handed_out_at"), rows)
    assert {
        row.pk: (row.participant_id, row.facts, row.handed_out_at) for row in Slip.objects.in_prison(haren)
    } == rows


def test_what_is_too_long_is_never_cut_off_in_silence(haren: Prison) -> None:
    slip = Slip.objects.create(
        prison=haren,
        participant=make_participant(haren),
        kind=Slip.Kind.PLACED,
        facts={},
        created_at=at("2026-11-26 09:00"),
    )
    try:
        with transaction.atomic():
            many_rows.update(Slip, ("kind",), {slip.pk: ["x" * 11]})
    except DataError:
        assert connection.vendor == "postgresql"
    else:
        assert Slip.objects.get().kind == "x" * 11, "SQLite keeps words of any length"
