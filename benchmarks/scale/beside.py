"""Other prisons: the whole of the first again, with people, facilitators and offices of its own."""

from __future__ import annotations

from django.db import connection

from benchmarks.scale.copying import A_PRISON, Copy, Model
from benchmarks.scale.records import add_audit, clerk
from enrollment.models import (
    Attendance,
    Enrollment,
    EnrollmentStep,
    FixedBlock,
    Handout,
    Intake,
    LevelHeld,
    ListVersion,
    Note,
    Participant,
    Post,
    Request,
    Skip,
    Slip,
    Stay,
)
from prisons.models import Building, ChangeSet, Membership, Message, Organisation, Prison, Unit, User
from rooms.models import Closure, Holiday, Room, SoftBand, TimeSlot, UnitHours
from sessions.models import GroupSession, Series, SeriesWorker, SessionWorker, Term, Worker, WorkerAccess


def add_prison(prison: Prison, number: int) -> None:
    """The whole prison again with people, facilitators and offices of its own; the services are the same."""
    offset = number * A_PRISON
    slug = f"{prison.slug}-{number + 1:02d}"
    code = f"'{slug}'"
    copied = Copy(
        _of_prison(prison),
        offset,
        instead={
            Prison: {
                "slug": code,
                "name_nl": f"'Gevangenis {number + 1}'",
                "name_fr": f"'Prison {number + 1}'",
            },
            User: {"email": f"'{number}.' || old.email"},
            Worker: {"user_id": "NULL", "email": "''"},
            Note: {"entry_key": "NULL"},
            Closure: {"group": "NULL"},
        },
    )
    copied.run()
    # By number: without indexes the sessions and marks of all prisons so far would be read for each.
    add_audit(prison.pk + offset, clerk(prison), f"AND s.id > {offset} AND s.id <= {offset + A_PRISON}")
    link = Organisation.prisons.through._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {link} (id, organisation_id, prison_id) SELECT id + {offset}, organisation_id, "
            f"{prison.pk + offset} FROM {link} WHERE prison_id = {prison.pk}"
        )


OF_A_PRISON: tuple[Model, ...] = (
    Prison, Building, Unit, Room, UnitHours, TimeSlot, Holiday, SoftBand, User, Membership, Worker, WorkerAccess,
    Worker.organisations.through, Participant, Stay, FixedBlock, LevelHeld, Intake, Term, Series,
    Series.units.through, SeriesWorker, Closure, GroupSession, SessionWorker, Note, Request, Enrollment,
    EnrollmentStep, Slip, Attendance, Skip, ListVersion, Message, ChangeSet, Post, Handout,
)  # fmt: skip


def _of_prison(prison: Prison) -> dict[Model, str]:
    own = f"old.id < {A_PRISON}"
    here = f"{own} AND old.prison_id = {prison.pk}"

    def of(column: str, table: str) -> str:
        return f"{own} AND old.{column} IN (SELECT id FROM {table} WHERE id < {A_PRISON} AND prison_id = {prison.pk})"

    lives = (
        f"IN (SELECT participant_id FROM enrollment_stay WHERE id < {A_PRISON} AND prison_id = {prison.pk})"
    )
    works = f"IN (SELECT worker_id FROM group_sessions_workeraccess WHERE id < {A_PRISON} AND prison_id = {prison.pk})"
    has_role = (
        f"IN (SELECT user_id FROM prisons_membership WHERE id < {A_PRISON} AND prison_id = {prison.pk})"
    )
    series, sessions = "group_sessions_series", "group_sessions_groupsession"
    enrolled = of("series_id", series).replace("old.series_id", "e.series_id").replace("old.id", "e.id")
    special: dict[Model, str] = {
        Prison: f"old.id = {prison.pk}",
        User: f"{own} AND old.id {has_role}",
        Worker: f"{own} AND old.id {works}",
        Worker.organisations.through: f"{own} AND old.worker_id {works}",
        Participant: f"{own} AND old.id {lives}",
        UnitHours: of("unit_id", "prisons_unit"),
        LevelHeld: f"{own} AND old.participant_id {lives}",
        Intake: f"{own} AND old.participant_id {lives}",
        Handout: of("post_id", "enrollment_post"),
        Series.units.through: of("series_id", series),
        SeriesWorker: of("series_id", series),
        SessionWorker: of("session_id", sessions),
        Enrollment: of("series_id", series),
        EnrollmentStep: f"{own} AND old.enrollment_id IN (SELECT e.id FROM enrollment_enrollment e WHERE {enrolled})",
        Attendance: of("session_id", sessions),
        Skip: of("session_id", sessions),
    }
    return {model: special.get(model, here) for model in OF_A_PRISON}
