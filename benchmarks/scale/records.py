"""What a prison writes down beside its groups: closures, lists as they closed, letters, who did and saw what."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from core.dates import clock
from enrollment.models import Attendance, ListVersion
from prisons.models import ChangeSet, Membership, Message, Prison
from rooms.models import Closure, Room
from sessions.models import GroupSession


def add_closures(prison: Prison, rooms: list[Room], now: dt.datetime) -> None:
    """Repairs of rooms in the first half of the term."""
    Closure.objects.bulk_create(
        Closure(
            prison=prison,
            room=rooms[each % len(rooms)],
            kind="works",
            state="confirmed",
            starts_at=noon(clock.today(now) - dt.timedelta(days=20 + each), 8),
            ends_at=noon(clock.today(now) - dt.timedelta(days=20 + each), 9),
            created_at=now,
        )
        for each in range(10)
    )


def add_records(prison: Prison, sessions: list[GroupSession], now: dt.datetime) -> None:
    """Letters, lists as they closed, and who did and saw what."""
    user = Membership.objects.filter(prison=prison, role="coordinator").order_by("pk")[0].user
    days = sorted({s.starts_at.date() for s in sessions if s.starts_at and s.starts_at < now})
    ListVersion.objects.bulk_create(
        (ListVersion(prison=prison, on=on, made_at=noon(on), digest="0" * 64) for on in days),
        ignore_conflicts=True,
    )
    Message.objects.bulk_create(
        Message(
            prison=prison,
            to_email=f"lesgever{each}@demo.example",
            kind="changes",
            subject="Wijziging",
            body_text="Wijziging",
            state="sent",
            created_at=now - dt.timedelta(days=20, minutes=each),
            sent_at=now - dt.timedelta(days=20),
        )
        for each in range(len(sessions) // 10)
    )
    ChangeSet.objects.bulk_create(
        ChangeSet(prison=prison, by=user, at=now - dt.timedelta(days=20, minutes=each), verb="place")
        for each in range(len(sessions) // 10)
    )
    add_audit(prison.pk, user.pk, "")


def noon(on: dt.date, days: int = 0) -> dt.datetime:
    return dt.datetime.combine(on + dt.timedelta(days=days), dt.time(12), dt.UTC)


def clerk(prison: Prison) -> int:
    return Membership.objects.filter(prison=prison, role="organiser").order_by("pk")[0].user_id


def add_audit(prison_pk: int, by_pk: int, which: str) -> None:
    """What was done to sessions and marks of these sessions, and who looked at them."""
    session, mark = GroupSession._meta.label_lower, Attendance._meta.label_lower
    sources = [
        ("create", session, "s.id", "group_sessions_groupsession s WHERE TRUE", "s.changed_at"),
        ("publish", session, "s.id", "group_sessions_groupsession s WHERE TRUE", "s.changed_at"),
        (
            "mark",
            mark,
            "a.id",
            "enrollment_attendance a JOIN group_sessions_groupsession s ON s.id = a.session_id WHERE a.id % 2 = 0",
            "a.at",
        ),
    ]
    with connection.cursor() as cursor:
        for verb, label, pk, source, at in sources:
            cursor.execute(
                "INSERT INTO prisons_auditentry "
                f"(prison_id, by_id, at, verb, model, object_id, fields, change_set_id) "
                f"SELECT {prison_pk}, {by_pk}, {at}, '{verb}', '{label}', {pk}, "
                f"'[\"room_id\"]', NULL FROM {source} AND s.prison_id = {prison_pk} {which} ORDER BY {pk}"
            )
        cursor.execute(
            f"INSERT INTO prisons_reading (prison_id, by_id, at, verb, page, object_id, person_id, people, "
            f"is_masked) SELECT {prison_pk}, {by_pk}, s.changed_at, 'see', "
            "'enrollment:series_detail', s.series_id, NULL, ' 1 2 3 4 5 6 7 8 9 ', "
            f"{'0' if connection.vendor == 'sqlite' else 'FALSE'} FROM group_sessions_groupsession s "
            f"WHERE s.prison_id = {prison_pk} {which} ORDER BY s.id"
        )
