"""The guards of the database: no way of writing puts a room or a worker in two places at once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.checks import run_checks
from django.db import DatabaseError, IntegrityError, connection, transaction

from prisons.models import Prison
from sessions import guards
from sessions.models import GroupSession, SessionWorker
from tests.factories import at, make_prison, make_room, make_series, make_session, make_worker

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

# how the other session lies to one from 09:00 to 10:30, and whether both can be
SPANS = [
    ("09:00", "10:30", False),  # the same
    ("08:00", "09:01", False),  # a minute over the start
    ("10:29", "11:00", False),  # a minute over the end
    ("09:30", "10:00", False),  # inside
    ("08:00", "12:00", False),  # around
    ("08:00", "09:00", True),  # touches the start
    ("10:30", "11:00", True),  # touches the end
]


def on(day: str, clock: str) -> dt.datetime:
    return at(f"{day} {clock}")


def overlapping(series: object, **fields: object) -> GroupSession:
    return GroupSession(
        prison=series.prison,  # type: ignore[attr-defined]
        series=series,  # type: ignore[misc]
        week_on=dt.date(2026, 11, 23),
        changed_at=at("2026-11-22 12:00"),
        **fields,
    )


@pytest.mark.parametrize(("start", "end", "is_possible"), SPANS)
def test_one_room_holds_one_session(haren: Prison, start: str, end: str, is_possible: bool) -> None:
    room, series = make_room(haren), make_series(haren)
    make_session(series, room=room)
    other = overlapping(series, room=room, starts_at=on("2026-11-23", start), ends_at=on("2026-11-23", end))

    if is_possible:
        other.save()
        return
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        other.save()
    assert guards.broken_by(error.value) == guards.ROOM_TAKEN


@pytest.mark.parametrize(("start", "end", "is_possible"), SPANS)
def test_one_worker_leads_one_session_in_any_prison(
    haren: Prison, start: str, end: str, is_possible: bool
) -> None:
    elsewhere = make_prison("elsewhere")
    worker = make_worker(haren, elsewhere)
    make_session(make_series(haren), workers=[worker])
    other = make_session(make_series(elsewhere), on("2026-11-23", start), minutes=1)
    GroupSession.objects.filter(pk=other.pk).update(ends_at=on("2026-11-23", end))

    if is_possible:
        SessionWorker.objects.create(session=other, worker=worker)
        return
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        SessionWorker.objects.create(session=other, worker=worker)
    assert guards.broken_by(error.value) == guards.WORKER_TAKEN


def test_bulk_create_is_stopped(haren: Prison) -> None:
    room, series = make_room(haren), make_series(haren)
    span = {"starts_at": at("2026-11-23 09:00"), "ends_at": at("2026-11-23 10:00"), "room": room}

    with pytest.raises(IntegrityError), transaction.atomic():
        GroupSession.objects.bulk_create([overlapping(series, **span), overlapping(series, **span)])

    assert not GroupSession.objects.exists()


def test_queryset_update_is_stopped(haren: Prison) -> None:
    room, series = make_room(haren), make_series(haren)
    make_session(series, room=room)
    make_session(series, "2026-11-23 13:30")

    with pytest.raises(IntegrityError), transaction.atomic():
        GroupSession.objects.update(
            room=room, starts_at=at("2026-11-23 09:00"), ends_at=at("2026-11-23 10:00")
        )


def test_raw_sql_is_stopped(haren: Prison) -> None:
    room, series = make_room(haren), make_series(haren)
    one = make_session(series, room=room)
    other = make_session(series, "2026-11-23 13:30", room=room)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE group_sessions_groupsession SET starts_at = s.starts_at, ends_at = s.ends_at"
            " FROM group_sessions_groupsession AS s"
            " WHERE group_sessions_groupsession.id = %s AND s.id = %s",
            [other.pk, one.pk],
        )


@pytest.mark.parametrize(
    "spelling", ["2026-11-23T08:00:00", "2026-11-23 08:00:00Z", "2026-11-23 08:00:00+00:00"]
)
def test_another_spelling_of_an_instant_does_not_slip_past(haren: Prison, spelling: str) -> None:
    if connection.vendor != "sqlite":
        return  # PostgreSQL keeps instants, not text: there is nothing to misspell
    session = make_session(make_series(haren), room=make_room(haren))

    with pytest.raises(IntegrityError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE group_sessions_groupsession SET starts_at = %s WHERE id = %s", [spelling, session.pk]
        )
    assert guards.broken_by(error.value) == guards.NOT_AN_INSTANT


def test_a_cancelled_session_frees_its_room_and_worker(haren: Prison) -> None:
    room, worker, series = make_room(haren), make_worker(haren), make_series(haren)
    cancelled = make_session(series, room=room, workers=[worker])
    GroupSession.objects.filter(pk=cancelled.pk).update(state="cancelled")

    make_session(series, room=room, workers=[worker])

    assert GroupSession.objects.live().count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        GroupSession.objects.filter(pk=cancelled.pk).update(state="draft")


def test_the_workers_copy_follows_its_session_and_cannot_be_forged(haren: Prison) -> None:
    worker = make_worker(haren)
    session = make_session(make_series(haren), workers=[worker])
    moved = {"starts_at": at("2026-11-24 09:00"), "ends_at": at("2026-11-24 10:00")}

    GroupSession.objects.filter(pk=session.pk).update(**moved)
    SessionWorker.objects.update(starts_at=at("2026-11-25 09:00"), live=False)

    copy = SessionWorker.objects.get()
    assert (copy.starts_at, copy.ends_at, copy.live) == (moved["starts_at"], moved["ends_at"], True)


def test_a_worker_put_on_a_tray_session_is_guarded_once_it_has_a_time(haren: Prison) -> None:
    worker, series = make_worker(haren), make_series(haren)
    make_session(series, workers=[worker])
    in_tray = make_session(series, starts_at=None, workers=[worker])

    with pytest.raises(IntegrityError), transaction.atomic():
        GroupSession.objects.filter(pk=in_tray.pk).update(
            starts_at=at("2026-11-23 09:00"), ends_at=at("2026-11-23 10:00")
        )


def test_a_session_of_a_whole_day_is_refused(haren: Prison) -> None:
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        make_session(make_series(haren), minutes=16 * 60 + 1)
    assert guards.broken_by(error.value) == guards.TOO_LONG


def test_the_check_says_which_guard_is_missing() -> None:
    assert run_checks(databases=["default"], tags=["database"]) == []

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER guard_room_update")
        else:
            cursor.execute("ALTER TABLE group_sessions_groupsession DROP CONSTRAINT guard_room")
    messages = run_checks(databases=["default"], tags=["database"])
    guards.lay(connection)

    assert [message.id for message in messages] == ["group_sessions.E001"]
    assert "guard_room" in messages[0].msg
    assert guards.missing(connection) == []
