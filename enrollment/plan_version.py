"""Whatever conflicts, counts and cards are made of raises the version of the plan, in the database itself.

They are kept by `Prison.plan_version`. Sessions, series, facilitators, enrolments, stays, absences and separations have
many writers; a trigger stands behind all of them, also behind bulk_create and queryset.update. (What the rules of a
house read is kept by `rules_version`: see rooms/domain/facts.py.) SQLite drops triggers with every table that a
migration remakes, so they are laid again after every migrate, as the guards of sessions/ are.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from core.database.triggers import standing

_OF_SERIES = "(SELECT prison_id FROM group_sessions_series WHERE id = {row}.series_id)"
_OF_SESSION = "(SELECT prison_id FROM group_sessions_groupsession WHERE id = {row}.session_id)"
_OF_WORKER = "SELECT prison_id FROM group_sessions_workeraccess WHERE worker_id = {row}.worker_id"
PRISON_OF = {
    "enrollment_enrollment": _OF_SERIES,
    "enrollment_skip": _OF_SESSION,
    "enrollment_stay": "{row}.prison_id",
    "enrollment_absence": "{row}.prison_id",
    "enrollment_separation": "{row}.prison_id",
    "group_sessions_activity": "SELECT prison_id FROM group_sessions_series WHERE activity_id = {row}.id",
    "group_sessions_series": "{row}.prison_id",
    "group_sessions_series_units": _OF_SERIES,
    "group_sessions_series_needs_features": _OF_SERIES,
    "group_sessions_groupsession": "{row}.prison_id",
    "group_sessions_sessionworker": _OF_SESSION,
    "group_sessions_waiver": _OF_SESSION,
    "group_sessions_worker": "SELECT prison_id FROM group_sessions_workeraccess WHERE worker_id = {row}.id",
    "group_sessions_workeraccess": "{row}.prison_id",
    "group_sessions_workerabsence": _OF_WORKER,
    "group_sessions_workerwish": _OF_WORKER,
    "prisons_organisation": (
        "SELECT prison_id FROM prisons_organisation_prisons WHERE organisation_id = {row}.id"
    ),
}
"""Table -> the prison, or the prisons, on whose board one of its rows shows."""

_ROWS = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}


def _raise_for(table: str, event: str) -> str:
    concerned = " OR ".join(f"id IN ({PRISON_OF[table].format(row=row)})" for row in _ROWS[event])
    return f"UPDATE prisons_prison SET plan_version = plan_version + 1 WHERE {concerned};"


def _raise_for_all(table: str, event: str) -> str:
    """The same once for all rows of a statement: a thousand new versions of one row in one transaction, each of which
    must be stepped over by the next, made PostgreSQL slow.
    """
    wanted = PRISON_OF[table].format(row="one")
    found = wanted if wanted.startswith("SELECT") else f"SELECT {wanted}"
    concerned = " UNION ".join(
        f"SELECT found.prison FROM {row.lower()}_rows AS one, LATERAL ({found}) AS found(prison)"
        for row in _ROWS[event]
    )
    return f"UPDATE prisons_prison SET plan_version = plan_version + 1 WHERE id IN ({concerned});"


def _names() -> dict[str, tuple[str, str]]:
    return {f"plan_version_{table}_{event.lower()}": (table, event) for table in PRISON_OF for event in _ROWS}


def _rows(event: str) -> str:
    return " ".join(f"{row} TABLE AS {row.lower()}_rows" for row in _ROWS[event])


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the triggers that this database lacks; empty when all stand."""
    return sorted(_names().keys() - standing(connection))


def lay(connection: BaseDatabaseWrapper) -> None:
    """Puts every trigger in place. Safe to repeat."""
    with connection.cursor() as cursor:
        for name, (table, event) in _names().items():
            is_sqlite = connection.vendor == "sqlite"
            act = _raise_for(table, event) if is_sqlite else _raise_for_all(table, event)
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{'' if is_sqlite else f' ON {table}'}")
            if is_sqlite:
                cursor.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {act} END")
                continue
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ "
                f"BEGIN {act} RETURN NULL; END $body$"
            )
            cursor.execute(
                f"CREATE TRIGGER {name} AFTER {event} ON {table} REFERENCING {_rows(event)} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
            )
