"""The guards in the database itself: a room or a worker in two places at once is impossible.

They also stop bulk_create, queryset.update and raw SQL. PostgreSQL has exclusion constraints; SQLite has triggers,
which any later migration that remakes a table would drop in silence, so they are laid again after every migrate and
a system check asks for them.

SQLite keeps instants as text. Two spellings of one instant (`T` for the space) would slip past a comparison, so a
trigger refuses every spelling but Django's own. The search for overlaps is bounded by the longest session allowed.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

SESSION, SESSION_WORKER = "group_sessions_groupsession", "group_sessions_sessionworker"

ROOM_TAKEN, WORKER_TAKEN = "room_taken", "worker_taken"
TOO_LONG, NOT_AN_INSTANT = "session_too_long", "not_an_instant"

# Django writes `2026-11-23 08:30:00` and, only where there are any, six digits of a second.
_INSTANT = (
    "NEW.{0} GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]:[0-5][0-9]*' "
    "AND NEW.{0} NOT GLOB '*[zZ+]*'"
)


def _sqlite_triggers() -> dict[str, str]:
    """Name -> statement, in the order in which they must be laid."""
    spelled = " AND ".join(f"({_INSTANT.format(column)})" for column in ("starts_at", "ends_at"))
    triggers: dict[str, str] = {}
    for event in ("INSERT", "UPDATE"):
        when = event.lower()
        triggers[f"guard_session_time_{when}"] = f"""
            BEFORE {event} ON {SESSION} WHEN NEW.starts_at IS NOT NULL AND NEW.ends_at IS NOT NULL BEGIN
              SELECT RAISE(ABORT, '{NOT_AN_INSTANT}') WHERE NOT ({spelled});
              SELECT RAISE(ABORT, '{TOO_LONG}') WHERE julianday(NEW.ends_at) - julianday(NEW.starts_at) > 0.6667;
            END"""
        triggers[f"guard_room_{when}"] = f"""
            BEFORE {event} ON {SESSION}
            WHEN NEW.room_id IS NOT NULL AND NEW.starts_at IS NOT NULL AND NEW.state <> 'cancelled' BEGIN
              SELECT RAISE(ABORT, '{ROOM_TAKEN}') WHERE EXISTS (
                SELECT 1 FROM {SESSION} WHERE room_id = NEW.room_id AND id IS NOT NEW.id AND state <> 'cancelled'
                  AND starts_at > datetime(NEW.starts_at, '-1 day')
                  AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at);
            END"""
        triggers[f"guard_worker_{when}"] = f"""
            BEFORE {event} ON {SESSION_WORKER} WHEN NEW.live AND NEW.starts_at IS NOT NULL BEGIN
              SELECT RAISE(ABORT, '{WORKER_TAKEN}') WHERE EXISTS (
                SELECT 1 FROM {SESSION_WORKER} WHERE worker_id = NEW.worker_id AND id IS NOT NEW.id AND live
                  AND starts_at > datetime(NEW.starts_at, '-1 day')
                  AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at);
            END"""
    copy = "starts_at = s.starts_at, ends_at = s.ends_at, live = (s.state <> 'cancelled')"
    triggers["sync_worker_of_session"] = f"""
        AFTER UPDATE OF starts_at, ends_at, state ON {SESSION} BEGIN
          UPDATE {SESSION_WORKER} SET {copy} FROM {SESSION} AS s
            WHERE s.id = NEW.id AND {SESSION_WORKER}.session_id = NEW.id;
        END"""
    differs = "NEW.starts_at IS NOT s.starts_at OR NEW.ends_at IS NOT s.ends_at OR NEW.live <> (s.state <> 'cancelled')"
    for event in ("INSERT", "UPDATE"):
        triggers[f"sync_worker_{event.lower()}"] = f"""
            AFTER {event} ON {SESSION_WORKER}
            WHEN EXISTS (SELECT 1 FROM {SESSION} s WHERE s.id = NEW.session_id AND ({differs})) BEGIN
              UPDATE {SESSION_WORKER} SET {copy} FROM {SESSION} AS s
                WHERE s.id = NEW.session_id AND {SESSION_WORKER}.id = NEW.id;
            END"""
    return triggers


_POSTGRES_EXCLUSIONS = {
    "guard_room": f"""ALTER TABLE {SESSION} ADD CONSTRAINT guard_room EXCLUDE USING gist
        (room_id WITH =, tstzrange(starts_at, ends_at, '[)') WITH &&)
        WHERE (room_id IS NOT NULL AND starts_at IS NOT NULL AND state <> 'cancelled')""",
    "guard_worker": f"""ALTER TABLE {SESSION_WORKER} ADD CONSTRAINT guard_worker EXCLUDE USING gist
        (worker_id WITH =, tstzrange(starts_at, ends_at, '[)') WITH &&) WHERE (live AND starts_at IS NOT NULL)""",
    TOO_LONG: f"""ALTER TABLE {SESSION} ADD CONSTRAINT {TOO_LONG}
        CHECK (ends_at - starts_at <= interval '16 hours')""",
}

_POSTGRES_SYNC = f"""
CREATE OR REPLACE FUNCTION sync_worker_row() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  SELECT s.starts_at, s.ends_at, s.state <> 'cancelled' INTO NEW.starts_at, NEW.ends_at, NEW.live
    FROM {SESSION} s WHERE s.id = NEW.session_id;
  RETURN NEW;
END $body$;
CREATE OR REPLACE FUNCTION sync_workers_of_session() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  UPDATE {SESSION_WORKER} SET session_id = session_id WHERE session_id IN (
    SELECT n.id FROM new_rows n JOIN old_rows o ON o.id = n.id
      WHERE (n.starts_at, n.ends_at, n.state) IS DISTINCT FROM (o.starts_at, o.ends_at, o.state));
  RETURN NULL;
END $body$;
DROP TRIGGER IF EXISTS sync_worker_row ON {SESSION_WORKER};
CREATE TRIGGER sync_worker_row BEFORE INSERT OR UPDATE ON {SESSION_WORKER}
  FOR EACH ROW EXECUTE FUNCTION sync_worker_row();
DROP TRIGGER IF EXISTS sync_workers_of_session ON {SESSION};
CREATE TRIGGER sync_workers_of_session AFTER UPDATE ON {SESSION}
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION sync_workers_of_session();
"""
"""Once a statement: asked for each session, a strike raised the version of the plan (`enrollment/plan_version.py`) a
thousand times, and every row that points at the prison had to step over all of those versions.
"""


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of guards that this database lacks; empty when all stand."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            wanted = set(_sqlite_triggers())
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            wanted = {
                *_POSTGRES_EXCLUSIONS,
                "sync_worker_row",
                "sync_workers_of_session",
            }
            cursor.execute("SELECT conname FROM pg_constraint UNION SELECT tgname FROM pg_trigger")
        return sorted(wanted - {row[0] for row in cursor.fetchall()})


def lay(connection: BaseDatabaseWrapper) -> None:
    """Put every guard in place that is not there yet. Safe to repeat. Fails when rows already overlap."""
    lacking = missing(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name, body in _sqlite_triggers().items():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
                cursor.execute(f"CREATE TRIGGER {name} {body}")
            return
        cursor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        cursor.execute(_POSTGRES_SYNC)
        for name, statement in _POSTGRES_EXCLUSIONS.items():
            if name in lacking:
                cursor.execute(statement)


def lift(connection: BaseDatabaseWrapper) -> None:
    """Take every guard away: only for going back before the migration that laid them."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in _sqlite_triggers():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            return
        for name in _POSTGRES_EXCLUSIONS:
            table = SESSION_WORKER if name == "guard_worker" else SESSION
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
        cursor.execute("DROP FUNCTION IF EXISTS sync_worker_row, sync_workers_of_session CASCADE")


def broken_by(error: Exception) -> str | None:
    """Which guard an error of the database speaks of: `room_taken`, `worker_taken` or another code; else None."""
    text = str(error)
    names = {"guard_room": ROOM_TAKEN, "guard_worker": WORKER_TAKEN}
    codes = (ROOM_TAKEN, WORKER_TAKEN, TOO_LONG, NOT_AN_INSTANT)
    return next((code for code in codes if code in text), None) or next(
        (code for name, code in names.items() if f'"{name}"' in text), None
    )
