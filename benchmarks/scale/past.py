"""Into the past: the first term again, so many times; all in it has been decided, handed out and marked."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from benchmarks.scale.copying import A_TERM, TERM, Copy, Model, moved
from benchmarks.scale.records import add_audit, clerk
from enrollment.models import (
    Enrollment,
    EnrollmentStep,
    ListVersion,
    Note,
    Participant,
    Request,
    Slip,
    Stay,
)
from prisons.models import ChangeSet, Message, Prison
from rooms.models import Closure
from sessions.models import GroupSession, Series, SeriesWorker, SessionWorker, Term

STAY_ON = 4
"""Of so many people one is another one in every term."""


def add_terms(prison: Prison, terms: range) -> None:
    """The first term again, so many terms ago: everything in it has been decided, handed out and marked."""
    for number in terms:
        offset, days = number * A_TERM, number * TERM
        Copy(_of_term(prison), offset, days, _as_it_ended(prison, offset, days)).run()
        _marks(prison, offset)
        add_audit(prison.pk, clerk(prison), f"AND s.id > {offset} AND s.id <= {offset + A_TERM}")


def _of_term(prison: Prison) -> dict[Model, str]:
    """What a term leaves behind, parents first."""
    first = f"old.id < {A_TERM}"
    here = f"{first} AND old.prison_id = {prison.pk}"
    series = f"(SELECT id FROM group_sessions_series WHERE id < {A_TERM} AND prison_id = {prison.pk})"
    sessions = f"(SELECT id FROM group_sessions_groupsession WHERE id < {A_TERM} AND prison_id = {prison.pk})"
    stays = f"(SELECT participant_id FROM enrollment_stay WHERE id < {A_TERM} AND prison_id = {prison.pk})"
    of_series = f"{first} AND old.series_id IN {series}"
    of_session = f"{first} AND old.session_id IN {sessions}"
    enrolled = f"(SELECT id FROM enrollment_enrollment WHERE id < {A_TERM} AND series_id IN {series})"
    leaving = f"% {STAY_ON} = 0"
    term = f"old.id = (SELECT MIN(id) FROM group_sessions_term WHERE prison_id = {prison.pk})"
    return {
        Participant: f"{first} AND old.id {leaving} AND old.id IN {stays}",
        Stay: f"{here} AND old.participant_id {leaving}",
        Term: term,
        Series: here,
        Series.units.through: of_series,
        SeriesWorker: of_series,
        Closure: f"{here} AND old.state = 'confirmed'",
        GroupSession: f"{here} AND old.room_id IS NOT NULL AND old.state <> 'cancelled'",
        SessionWorker: f"{of_session} AND EXISTS (SELECT 1 FROM group_sessions_groupsession s "
        "WHERE s.id = old.session_id AND s.room_id IS NOT NULL AND s.state <> 'cancelled')",
        Note: here,
        Request: here,
        Enrollment: of_series,
        EnrollmentStep: f"{first} AND old.enrollment_id IN {enrolled}",
        Slip: f"{here} AND old.kind IN ('placed', 'waiting', 'declined')",
        ListVersion: here,
        Message: f"{here} AND old.state = 'sent'",
        ChangeSet: f"{here} AND old.verb = 'place'",
    }


def _as_it_ended(prison: Prison, offset: int, days: int) -> dict[Model, dict[str, str]]:
    """Columns that a term which is over has otherwise than one that runs."""
    last_on = Term.objects.in_prison(prison).order_by("starts_on")[0].ends_on - dt.timedelta(days=days)
    is_forgotten = days > 365 + 2 * TERM
    person = (
        f"CASE WHEN old.participant_id % {STAY_ON} = 0 THEN old.participant_id + {offset} "
        "ELSE old.participant_id END"
    )
    of_person = {"participant_id": person}
    past = f"{moved('old.received_on', 3 - days, is_instant=False)}"
    forgotten = {
        "last_name": "'–'",
        "first_name": "''",
        "third_language": "''",
        "name_key": "''",
        "name_words": "''",
        "anonymised_at": _instant(last_on, 365),
    }
    return {
        Participant: forgotten if is_forgotten else {},
        Stay: of_person
        | {
            "participant_id": f"old.participant_id + {offset}",
            "starts_on": _date(last_on - dt.timedelta(days=50)),
            "ends_on": _date(last_on),
        }
        | ({"register_number": "''", "cell": "''"} if is_forgotten else {}),
        Term: {"name": f"old.name || ' -{offset // A_TERM}'"},
        Series: {"list_code": f"CAST(old.id + {offset} AS {'text' if _is_sqlite() else 'varchar'})"}
        | {"copied_from_id": "NULL"},
        GroupSession: {"state": "'published'", "published_at": _moved("old.changed_at", -days)},
        Closure: {"group": "NULL"},
        Note: of_person | {"state": "'entered'", "entry_key": "NULL"},
        Request: of_person
        | {
            "state": "CASE WHEN old.state = 'open' THEN 'decided' ELSE old.state END",
            "decided_at": _noon_of(past),
        },
        Enrollment: of_person
        | {
            "state": "CASE old.state WHEN 'placed' THEN 'ended' WHEN 'requested' THEN 'declined' "
            "WHEN 'awaiting' THEN 'declined' WHEN 'waiting' THEN 'declined' ELSE old.state END",
            "reason": "CASE WHEN old.state = 'placed' THEN 'series_ended' ELSE 'full' END",
            "placed_until": f"CASE WHEN old.placed_from IS NULL THEN NULL ELSE {_date(last_on)} END",
        },
        Slip: of_person
        | {
            "printed_at": _moved("old.created_at", 1 - days),
            "handed_out_at": _moved("old.created_at", 2 - days),
            "facts": "'{}'",
        },
        ListVersion: {"facts": "NULL"},
        ChangeSet: {"undone_by_id": "NULL"},
    }


def _is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def _moved(column: str, days: int) -> str:
    return moved(column, days, is_instant=True)


def _date(on: dt.date) -> str:
    return f"'{on}'" if _is_sqlite() else f"DATE '{on}'"


def _instant(on: dt.date, days: int) -> str:
    at = f"{on + dt.timedelta(days=days)} 12:00:00"
    return f"'{at}'" if _is_sqlite() else f"TIMESTAMPTZ '{at}+00'"


def _noon_of(day: str) -> str:
    return (
        f"datetime({day}, '+12 hours')"
        if _is_sqlite()
        else f"(({day})::timestamp + interval '12 hours') AT TIME ZONE 'UTC'"
    )


def _marks(prison: Prison, offset: int) -> None:
    """Everybody who had a place was marked at every session."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO enrollment_attendance (id, session_id, participant_id, mark, adults, children, by_id, at) "
            f"SELECT {offset} + ROW_NUMBER() OVER (ORDER BY s.id, e.id), s.id, e.participant_id, "
            "CASE WHEN (s.id + e.id) % 7 = 0 THEN 'excused' ELSE 'present' END, NULL, NULL, "
            f"{clerk(prison)}, s.ends_at "
            "FROM group_sessions_groupsession s JOIN enrollment_enrollment e ON e.series_id = s.series_id "
            f"WHERE s.prison_id = {prison.pk} AND s.id > {offset} AND s.id <= {offset + A_TERM} AND e.state = 'ended' "
            f"AND e.id > {offset} AND e.id <= {offset + A_TERM} "
            "AND e.placed_from IS NOT NULL"
        )
