"""Whatever conflicts, counts and cards are made of raises the version of the plan, in the database itself.

They are kept by `Prison.plan_version`. Sessions, series, facilitators, enrolments, stays, absences and separations have
many writers; a trigger stands behind all of them, also behind bulk_create and queryset.update. (What the rules of a
house read is kept by `rules_version`: see rooms/domain/facts.py.) SQLite drops triggers with every table that a
migration remakes, so they are laid again after every migrate, as the guards of sessions/ are.

Rows of people, of series and of who may lead them raise `Prison.people_version` too: who takes part in what is kept by
it, however often a card is moved.

**A stay of somebody who has no enrolment, absence or separation raises neither.** Of all that is kept, only who takes
part reads stays, and it asks for them by the people who have a place (enrollment/domain/taking_part.py). The first
enrolment of that person raises both, after the stay: stays and enrolments are written under the lock of their
prison (`lock_facts`), so that neither can be written beside the other without seeing it.
tests/enrollment/test_people_version.py holds the program to both halves.
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
        "SELECT prison_id FROM prisons_organisation_prisons WHERE organisation_id = {row}.id UNION"
        " SELECT s.prison_id FROM group_sessions_series AS s JOIN group_sessions_activity AS a"
        " ON a.id = s.activity_id WHERE a.organisation_id = {row}.id"
    ),
}
"""Table -> the prison, or the prisons, on whose board one of its rows shows."""

OF_PEOPLE = {table for table in PRISON_OF if table.startswith("enrollment_")}
OF_SERIES = {
    "group_sessions_activity",
    "group_sessions_series",
    "group_sessions_series_units",
    "group_sessions_series_needs_features",
    "prisons_organisation",
}
OF_WORKERS = {"group_sessions_workeraccess", "group_sessions_workerwish"}
"""What says who takes part, in what, and who may lead it: these raise the version of that as well."""

_OF_SOMEBODY_KNOWN = (
    "SELECT {row}.prison_id WHERE"
    " EXISTS (SELECT 1 FROM enrollment_enrollment AS e WHERE e.participant_id = {row}.participant_id)"
    " OR EXISTS (SELECT 1 FROM enrollment_absence AS a WHERE a.participant_id = {row}.participant_id)"
    " OR EXISTS (SELECT 1 FROM enrollment_separation AS s WHERE s.one_id = {row}.participant_id)"
    " OR EXISTS (SELECT 1 FROM enrollment_separation AS s WHERE s.other_id = {row}.participant_id)"
)
_UNSEEN_AT_FIRST = {("enrollment_stay", "INSERT"): _OF_SOMEBODY_KNOWN}

_ROWS = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}


def _raise_for(table: str, event: str) -> str:
    prison = _prison_of(table, event)
    concerned = " OR ".join(f"id IN ({prison.format(row=row)})" for row in _ROWS[event])
    return f"UPDATE prisons_prison SET {_raised(table)} WHERE {concerned};"


def _prison_of(table: str, event: str) -> str:
    return _UNSEEN_AT_FIRST.get((table, event), PRISON_OF[table])


def _raised(table: str) -> str:
    versions = (
        ("plan_version", "people_version")
        if table in OF_PEOPLE | OF_SERIES | OF_WORKERS
        else ("plan_version",)
    )
    return ", ".join(f"{version} = {version} + 1" for version in versions)


def _raise_for_all(table: str, event: str) -> str:
    """The same once for all rows of a statement: a thousand new versions of one row in one transaction, each of which
    must be stepped over by the next, made PostgreSQL slow.
    """
    wanted = _prison_of(table, event).format(row="one")
    found = wanted if wanted.startswith("SELECT") else f"SELECT {wanted}"
    concerned = " UNION ".join(
        f"SELECT found.prison FROM {row.lower()}_rows AS one, LATERAL ({found}) AS found(prison)"
        for row in _ROWS[event]
    )
    return f"UPDATE prisons_prison SET {_raised(table)} WHERE id IN ({concerned});"


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
