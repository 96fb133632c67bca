"""The two sets: a country (38 prisons, two years) and a century (one prison, a hundred times its first term).

Both grow from the demo's first prison, made as busy as a large one: `thicken`. Its first term is then copied into
the past, and the prison with all its years into other prisons. The same numbers come out on every machine.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from benchmarks.scale.copying import Copy, Model, count_on, moved, without_indexes, without_triggers
from core import clock
from core.clock import BRUSSELS
from core.weeks import Week
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
from planner.demo.loading import load
from prisons.models import (
    AuditEntry,
    Building,
    ChangeSet,
    Membership,
    Message,
    Organisation,
    Prison,
    Reading,
    Unit,
    User,
)
from rooms.domain.facts import bump_rules
from rooms.models import Closure, Holiday, Room, SoftBand, TimeSlot, UnitHours
from sessions.models import (
    Activity,
    GroupSession,
    Series,
    SeriesWorker,
    SessionWorker,
    Term,
    Worker,
    WorkerAccess,
)

TERM = 12 * 7
"""Days of the demo's term; copies of it lie that far apart."""
A_TERM = 100_000
A_PRISON = 1_000_000_000
"""How far the numbers of copies lie apart: no pattern has as many rows in one table."""
HOURS = ((8, 45), (13, 45), (18, 15))
STAY_ON = 4
"""Of so many people one is another one in every term."""


@dataclass(frozen=True)
class Size:
    """Of a set. `series` is a term's, each with a date a week: so many sessions a week."""

    prisons: int
    terms: int
    series: int
    people: int


SIZES = {
    "national": Size(prisons=38, terms=9, series=290, people=1190),
    "history": Size(prisons=1, terms=100, series=290, people=1190),
    "term": Size(prisons=1, terms=1, series=290, people=1190),
}
SMALL = {
    "national": Size(prisons=4, terms=2, series=24, people=120),
    "history": Size(prisons=1, terms=8, series=24, people=120),
    "term": Size(prisons=1, terms=1, series=24, people=120),
}


def build(size: Size, *, say: Callable[[str], None] = lambda _text: None) -> None:
    """Fills an empty demo database."""
    begun = time.monotonic()

    def done(what: str) -> None:
        say(f"{time.monotonic() - begun:7.0f} s  {what}")

    load()
    prison = Prison.objects.get(slug="haren")
    with transaction.atomic():
        thicken(prison, size)
    done("the first prison in its first term")
    grow(prison, size, done)


def grow(prison: Prison, size: Size, done: Callable[[str], None] = lambda _text: None) -> None:
    """Copies what there is of the prison into the past, then into other prisons."""
    grown = [*OF_A_PRISON, AuditEntry, Reading]
    with without_triggers(), without_indexes(grown):
        add_terms(prison, range(1, size.terms))
        done(f"{size.terms} terms")
        for number in range(1, size.prisons):
            add_prison(prison, number)
        done(f"{size.prisons} prisons")
    bump_rules(prison)
    count_on(grown)
    done("counted")


# --- the first term ---------------------------------------------------------------------------------------


def thicken(prison: Prison, size: Size) -> None:
    """Rooms, facilitators, people and series beside those of the demo, until it is as busy as `size` says."""
    now = clock.now()
    term = Term.objects.in_prison(prison).order_by("starts_on")[0]
    slots = [(day, hour) for hour in HOURS for day in range(1, 7)]
    rooms = _rooms(prison, -(-size.series // len(slots)))
    people = _people(prison, size.people, now)
    workers = _workers(prison, len(rooms), now)
    series = _series(prison, term, size.series, slots, rooms)
    sessions = _sessions(prison, term, series, slots, rooms, workers, now)
    _enrollments(prison, series, people, slots, sessions, now)
    _closures(prison, rooms, now)
    _records(prison, sessions, now)
    bump_rules(prison)


def _rooms(prison: Prison, number: int) -> list[Room]:
    building = Building.objects.filter(prison=prison).order_by("pk")[0]
    return Room.objects.bulk_create(
        Room(prison=prison, building=building, name=f"Zaal {each + 1}", capacity=16) for each in range(number)
    )


NAMES = (
    "Peeters Janssens Maes Jacobs Mertens Willems Claes Goossens Wouters Dubois Lambert Dupont Martin Haddad"
)
FIRST = "Jan Piet Luc Marc Ahmed Youssef Karim David Thomas Bilal Ion Andrei Pavel Jean Michel Paul Driss Samir Tom"


def _people(prison: Prison, number: int, now: dt.datetime) -> list[Participant]:
    units = list(Unit.objects.filter(prison=prison, is_active=True).order_by("pk"))
    last, first = NAMES.split(), FIRST.split()
    people = Participant.objects.bulk_create(
        Participant(
            last_name=f"{last[each % len(last)]}-{last[each // len(last) % len(last)]}",
            first_name=first[each // 7 % len(first)],
            language="fr" if each % 3 else "nl",
        )
        for each in range(number)
    )
    Stay.objects.bulk_create(
        Stay(
            participant=person,
            prison=prison,
            unit=units[each % len(units)],
            cell=f"{each % 90 + 100}",
            register_number=f"{200_000 + each}",
            starts_on=clock.today(now) - dt.timedelta(days=30 + each % 50),
        )
        for each, person in enumerate(people)
    )
    return people


def _workers(prison: Prison, number: int, now: dt.datetime) -> list[Worker]:
    services = list(Organisation.objects.filter(prisons=prison).order_by("pk"))
    workers = Worker.objects.bulk_create(
        Worker(name=f"Lesgever {each + 1}", languages=["nl", "fr"]) for each in range(number)
    )
    until = clock.today(now) + dt.timedelta(days=400)
    WorkerAccess.objects.bulk_create(
        WorkerAccess(prison=prison, worker=worker, permitted_until=until) for worker in workers
    )
    link = Worker.organisations.through
    link.objects.bulk_create(
        link(worker_id=worker.pk, organisation_id=services[each % len(services)].pk)
        for each, worker in enumerate(workers)
    )
    return workers


def _series(
    prison: Prison, term: Term, number: int, slots: list[tuple[int, Any]], rooms: list[Room]
) -> list[Series]:
    activities = list(Activity.objects.filter(organisation__prisons=prison).order_by("pk").distinct())
    return Series.objects.bulk_create(
        Series(
            prison=prison,
            term=term,
            activity=activities[each % len(activities)],
            label=f"Z{each + 1}",
            list_code=f"Z{each + 1}",
            places=12,
            starts_on=term.starts_on + dt.timedelta(days=slots[each % len(slots)][0] - 1),
            start_time=dt.time(*slots[each % len(slots)][1]),
            duration_minutes=90,
            weeks=TERM // 7,
            default_room=rooms[each // len(slots)],
        )
        for each in range(number)
    )


def _sessions(
    prison: Prison,
    term: Term,
    series: list[Series],
    slots: list[tuple[int, Any]],
    rooms: list[Room],
    workers: list[Worker],
    now: dt.datetime,
) -> list[GroupSession]:
    made = []
    for each, row in enumerate(series):
        for week in range(TERM // 7):
            on = row.starts_on + dt.timedelta(weeks=week)
            starts_at = dt.datetime.combine(on, row.start_time, BRUSSELS).astimezone(dt.UTC)
            is_draft = starts_at > now + dt.timedelta(days=35)
            made.append(
                GroupSession(
                    prison=prison,
                    series=row,
                    week_on=Week.from_date(on).monday,
                    pattern_on=on,
                    starts_at=starts_at,
                    ends_at=starts_at + dt.timedelta(minutes=90),
                    room=rooms[each // len(slots)],
                    state="draft" if is_draft else "published",
                    published_at=None if is_draft else now - dt.timedelta(days=40),
                    changed_at=now - dt.timedelta(days=40),
                )
            )
    sessions = GroupSession.objects.bulk_create(made, batch_size=2000)
    weeks = TERM // 7
    SeriesWorker.objects.bulk_create(
        SeriesWorker(series=row, worker=workers[each // len(slots)]) for each, row in enumerate(series)
    )
    SessionWorker.objects.bulk_create(
        (
            SessionWorker(
                session=session,
                worker=workers[each // weeks // len(slots)],
                starts_at=session.starts_at,
                ends_at=session.ends_at,
            )
            for each, session in enumerate(sessions)
        ),
        batch_size=2000,
    )
    return sessions


def _enrollments(
    prison: Prison,
    series: list[Series],
    people: list[Participant],
    slots: list[tuple[int, Any]],
    sessions: list[GroupSession],
    now: dt.datetime,
) -> None:
    """Nine in each group and three who wait or asked; nobody in two groups of one hour."""
    clerk = Membership.objects.filter(prison=prison, role="organiser").order_by("pk")[0].user
    rows = []
    for each, row in enumerate(series):
        for place in range(min(12, len(people) // max(1, len(series) // len(slots)))):
            person = people[(each // len(slots) * 12 + place + each % len(slots) * 37) % len(people)]
            state = "placed" if place < 9 else ("waiting", "requested", "declined")[place - 9]
            rows.append((row, person, state, row.starts_on - dt.timedelta(days=7 + place)))
    services = dict(Activity.objects.values_list("pk", "organisation_id"))
    notes = Note.objects.bulk_create(
        (
            Note(prison=prison, participant=person, received_on=on, entered_by=clerk, entered_at=_noon(on))
            for _row, person, _state, on in rows
        ),
        batch_size=2000,
    )
    requests = Request.objects.bulk_create(
        (
            Request(
                prison=prison,
                note=note,
                participant=person,
                organisation_id=services[row.activity_id],
                series=row,
                received_on=on,
                state="open" if state == "requested" else "decided",
                decided_at=None if state == "requested" else _noon(on, 3),
            )
            for note, (row, person, state, on) in zip(notes, rows, strict=True)
        ),
        batch_size=2000,
    )
    made = Enrollment.objects.bulk_create(
        (
            Enrollment(
                series=row,
                participant=person,
                request=request,
                state=state,
                reason="full" if state == "declined" else "",
                requested_at=_noon(on),
                waiting_since=_noon(on) if state == "waiting" else None,
                placed_from=row.starts_on if state == "placed" else None,
                decided_at=None if state == "requested" else _noon(on, 3),
            )
            for request, (row, person, state, on) in zip(requests, rows, strict=True)
        ),
        batch_size=2000,
    )
    _traces(prison, made, sessions, clerk, now)


def _traces(
    prison: Prison, made: list[Enrollment], sessions: list[GroupSession], clerk: User, now: dt.datetime
) -> None:
    """Steps, slips and marks."""
    EnrollmentStep.objects.bulk_create(
        (
            EnrollmentStep(
                enrollment=each,
                verb=verb,
                state=state,
                by=clerk,
                at=each.requested_at + dt.timedelta(days=days),
            )
            for each in made
            for verb, state, days in (("request", "requested", 0), ("decide", each.state, 3))
            if state != "requested" or days == 0
        ),
        batch_size=2000,
    )
    decided = [each for each in made if each.state != "requested"]
    Slip.objects.bulk_create(
        (
            Slip(
                prison=prison,
                participant_id=each.participant_id,
                request_id=each.request_id,
                enrollment=each,
                kind=each.state,
                created_at=each.decided_at,
                printed_at=_noon(clock.today(each.decided_at), 1) if number % 10 else None,
                handed_out_at=_noon(clock.today(each.decided_at), 2) if number % 10 else None,
            )
            for number, each in enumerate(decided)
        ),
        batch_size=2000,
    )
    of_series: dict[int, list[GroupSession]] = {}
    for session in sessions:
        if session.starts_at and session.starts_at < now - dt.timedelta(days=1):
            of_series.setdefault(session.series_id, []).append(session)
    Attendance.objects.bulk_create(
        (
            Attendance(
                session=session,
                participant_id=each.participant_id,
                mark="present" if (session.pk + each.pk) % 7 else "excused",
                by=clerk,
                at=session.ends_at,
            )
            for each in made
            if each.state == "placed"
            for session in of_series.get(each.series_id, ())
        ),
        batch_size=2000,
    )


def _closures(prison: Prison, rooms: list[Room], now: dt.datetime) -> None:
    """Repairs of rooms in the first half of the term."""
    Closure.objects.bulk_create(
        Closure(
            prison=prison,
            room=rooms[each % len(rooms)],
            kind="works",
            state="confirmed",
            starts_at=_noon(clock.today(now) - dt.timedelta(days=20 + each), 8),
            ends_at=_noon(clock.today(now) - dt.timedelta(days=20 + each), 9),
            created_at=now,
        )
        for each in range(10)
    )


def _records(prison: Prison, sessions: list[GroupSession], now: dt.datetime) -> None:
    """Letters, lists as they closed, and who did and saw what."""
    user = Membership.objects.filter(prison=prison, role="coordinator").order_by("pk")[0].user
    days = sorted({s.starts_at.date() for s in sessions if s.starts_at and s.starts_at < now})
    ListVersion.objects.bulk_create(
        (ListVersion(prison=prison, on=on, made_at=_noon(on), digest="0" * 64) for on in days),
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
    _audit(prison.pk, user.pk, "")


def _noon(on: dt.date, days: int = 0) -> dt.datetime:
    return dt.datetime.combine(on + dt.timedelta(days=days), dt.time(12), dt.UTC)


# --- into the past ----------------------------------------------------------------------------------------


def add_terms(prison: Prison, terms: range) -> None:
    """The first term again, so many terms ago: everything in it has been decided, handed out and marked."""
    for number in terms:
        offset, days = number * A_TERM, number * TERM
        Copy(_of_term(prison), offset, days, _as_it_ended(prison, offset, days)).run()
        _marks(prison, offset)
        _audit(prison.pk, _clerk(prison), f"AND s.id > {offset} AND s.id <= {offset + A_TERM}")


def _clerk(prison: Prison) -> int:
    return Membership.objects.filter(prison=prison, role="organiser").order_by("pk")[0].user_id


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
            f"{_clerk(prison)}, s.ends_at "
            "FROM group_sessions_groupsession s JOIN enrollment_enrollment e ON e.series_id = s.series_id "
            f"WHERE s.prison_id = {prison.pk} AND s.id > {offset} AND s.id <= {offset + A_TERM} AND e.state = 'ended' "
            f"AND e.id > {offset} AND e.id <= {offset + A_TERM} "
            "AND e.placed_from IS NOT NULL"
        )


def _audit(prison_pk: int, by_pk: int, which: str) -> None:
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
            f"{'0' if _is_sqlite() else 'FALSE'} FROM group_sessions_groupsession s "
            f"WHERE s.prison_id = {prison_pk} {which} ORDER BY s.id"
        )


# --- other prisons ----------------------------------------------------------------------------------------


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
    _audit(prison.pk + offset, _clerk(prison), "")
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
