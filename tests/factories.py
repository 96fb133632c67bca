"""Rows for tests, one plain function each: `make_room(prison, capacity=8)`. One section per app."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable
from itertools import count
from typing import Any

from django.test import Client

from core.dates.clock import BRUSSELS
from core.dates.weeks import Week
from enrollment.models import Enrollment, FixedBlock, Participant, Separation, Stay
from prisons.models import Building, Membership, Organisation, Prison, Unit, User
from rooms.domain.facts import bump_rules
from rooms.models import Closure, Feature, Holiday, Room, RoomHours, SoftBand, TimeSlot, UnitHours
from sessions.models import (
    Activity,
    GroupSession,
    Series,
    SeriesWorker,
    SessionWorker,
    Term,
    Worker,
    WorkerAbsence,
    WorkerAccess,
    WorkerWish,
)

_numbers = count(1)
PASSWORD = "lente-in-Brussel-26"

# --- prisons ----------------------------------------------------------------------------------------------


def make_prison(slug: str = "", **fields: Any) -> Prison:
    slug = slug or f"prison-{next(_numbers)}"
    name = slug.replace("-", " ").title()
    # A version of its own: ids come again in the next test, and rules are kept by id and version.
    defaults = {"name_nl": name, "name_fr": name, "rules_version": secrets.randbelow(2**31 - 2) + 1}
    return Prison.objects.create(slug=slug, **(defaults | fields))


def make_building(prison: Prison, **fields: Any) -> Building:
    return Building.objects.create(prison=prison, **({"name": f"Building {next(_numbers)}"} | fields))


def make_unit(prison: Prison, code: str = "", **fields: Any) -> Unit:
    unit = Unit.objects.create(prison=prison, code=code or f"U{next(_numbers)}", **fields)
    bump_rules(prison)
    return unit


def make_organisation(*prisons: Prison, **fields: Any) -> Organisation:
    number = next(_numbers)
    defaults = {"name": f"Service number {number}", "short_name": f"Service {number}", "authority": "flemish"}
    organisation = Organisation.objects.create(**(defaults | fields))
    organisation.prisons.set(prisons)
    return organisation


def make_user(full_name: str = "", *, password: str | None = None, **fields: Any) -> User:
    """Without a password, because hashing one is slow and `signed_in(user)` needs none."""
    full_name = full_name or f"Person {next(_numbers)}"
    email = f"{full_name.lower().replace(' ', '.')}@example.org"
    defaults = {"email": email, "full_name": full_name, "language": "en"}
    return User.objects.create_user(password=password, **(defaults | fields))


def make_membership(
    user: User,
    prison: Prison,
    role: str = "organiser",
    organisation: Organisation | None = None,
    **fields: Any,
) -> Membership:
    defaults = {"starts_on": dt.date(2020, 1, 1)}
    return Membership.objects.create(
        user=user, prison=prison, role=role, organisation=organisation, **(defaults | fields)
    )


def signed_in(user: User) -> Client:
    """A browser in which this person has signed in."""
    client = Client()
    client.force_login(user)
    return client


# --- rooms ------------------------------------------------------------------------------------------------


def at(text: str) -> dt.datetime:
    """`at("2026-11-23 09:00")`: that moment on the wall clock in Brussels, as an aware instant in UTC."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=BRUSSELS).astimezone(dt.UTC)


def make_feature(code: str = "", **fields: Any) -> Feature:
    code = code or f"feature-{next(_numbers)}"
    return Feature.objects.create(code=code, **({"name_nl": code, "name_fr": code, "name_en": code} | fields))


def make_room(
    prison: Prison, *, features: Iterable[Feature] = (), reachable_from: Iterable[Unit] = (), **fields: Any
) -> Room:
    building = fields.pop("building", None) or prison.buildings.first() or make_building(prison)
    defaults = {"name": f"Room {next(_numbers)}", "capacity": 12}
    room = Room.objects.create(prison=prison, building=building, **(defaults | fields))
    room.features.set(features)
    room.reachable_from.set(reachable_from)
    bump_rules(prison)
    return room


def make_slot(
    prison: Prison, weekday: int = 1, starts: str = "08:30", ends: str = "11:00", **fields: Any
) -> TimeSlot:
    defaults = {"valid_from": dt.date(2020, 1, 1)}
    hours = {"starts": dt.time.fromisoformat(starts), "ends": dt.time.fromisoformat(ends)}
    bump_rules(prison)
    return TimeSlot.objects.create(prison=prison, weekday=weekday, **hours, **(defaults | fields))


def make_room_hours(room: Room, weekday: int = 1, starts: str = "08:00", ends: str = "20:00") -> RoomHours:
    hours = {"starts": dt.time.fromisoformat(starts), "ends": dt.time.fromisoformat(ends)}
    bump_rules(room.prison)
    return RoomHours.objects.create(room=room, weekday=weekday, **hours)


def make_unit_hours(
    unit: Unit, weekday: int = 1, starts: str = "09:00", ends: str = "10:00", kind: str = "yard"
) -> UnitHours:
    hours = {"starts": dt.time.fromisoformat(starts), "ends": dt.time.fromisoformat(ends)}
    bump_rules(unit.prison)
    return UnitHours.objects.create(unit=unit, weekday=weekday, kind=kind, **hours)


def make_holiday(prison: Prison, on: dt.date, name: str = "Feest", **fields: Any) -> Holiday:
    bump_rules(prison)
    return Holiday.objects.create(prison=prison, on=on, name_nl=name, name_fr=name, name_en=name, **fields)


def make_band(prison: Prison, starts_on: dt.date, ends_on: dt.date, kind: str = "school_nl") -> SoftBand:
    names = {"name_nl": "Vakantie", "name_fr": "Congé", "name_en": "Break"}
    bump_rules(prison)
    return SoftBand.objects.create(prison=prison, kind=kind, starts_on=starts_on, ends_on=ends_on, **names)


def make_closure(prison: Prison, starts_at: dt.datetime, ends_at: dt.datetime, **fields: Any) -> Closure:
    """Confirmed, of the whole prison, unless `room`, `unit` or `state` say otherwise."""
    defaults = {"kind": "strike", "state": "confirmed", "created_at": starts_at}
    bump_rules(prison)
    return Closure.objects.create(prison=prison, starts_at=starts_at, ends_at=ends_at, **(defaults | fields))


# --- sessions ---------------------------------------------------------------------------------------------


def make_term(prison: Prison, **fields: Any) -> Term:
    defaults = {
        "name": f"Term {next(_numbers)}",
        "starts_on": dt.date(2026, 9, 7),
        "ends_on": dt.date(2026, 12, 20),
    }
    return Term.objects.create(prison=prison, **(defaults | fields))


def make_activity(organisation: Organisation, title: str = "", **fields: Any) -> Activity:
    title = title or f"Activity {next(_numbers)}"
    defaults = {"domain": "education", "title_nl": title, "title_fr": title, "title_en": title}
    return Activity.objects.create(organisation=organisation, **(defaults | fields))


def make_series(
    prison: Prison,
    *,
    organisation: Organisation | None = None,
    units: Iterable[Unit] = (),
    needs_features: Iterable[Feature] = (),
    workers: Iterable[Worker] = (),
    **fields: Any,
) -> Series:
    """A group of eight on Mondays at 09:00; without sessions (see `make_session`)."""
    if "activity" not in fields:
        fields["activity"] = make_activity(organisation or make_organisation(prison))
    defaults = {
        "list_code": f"A{next(_numbers)}",
        "places": 8,
        "starts_on": dt.date(2026, 11, 23),
        "start_time": dt.time(9),
        "duration_minutes": 90,
    }
    series = Series.objects.create(prison=prison, **(defaults | fields))
    series.units.set(units)
    series.needs_features.set(needs_features)
    for worker in workers:
        SeriesWorker.objects.create(series=series, worker=worker)
    return series


def make_session(
    series: Series,
    starts_at: dt.datetime | str | None = "2026-11-23 09:00",
    *,
    minutes: int = 90,
    room: Room | None = None,
    workers: Iterable[Worker] = (),
    **fields: Any,
) -> GroupSession:
    """Writes the rows itself, so that a test can also build what the placement would refuse.

    Without a room it lies in the tray; with `starts_at=None` too, in the week of the series' first date.
    """
    if isinstance(starts_at, str):
        starts_at = at(starts_at)
    on = starts_at.astimezone(BRUSSELS).date() if starts_at else series.starts_on
    defaults = {
        "week_on": Week.from_date(on).monday,
        "pattern_on": None,
        "starts_at": starts_at,
        "ends_at": starts_at + dt.timedelta(minutes=minutes) if starts_at else None,
        "changed_at": starts_at or at(f"{on} 00:00"),
    }
    session = GroupSession.objects.create(
        prison=series.prison, series=series, room=room, **(defaults | fields)
    )
    for worker in workers:
        SessionWorker.objects.create(session=session, worker=worker)
    return session


def make_worker(
    *prisons: Prison,
    organisation: Organisation | None = None,
    permitted_until: dt.date | None = dt.date(2099, 12, 31),
    needs_permission: bool = True,
    **fields: Any,
) -> Worker:
    """A facilitator with a valid permission in each of these prisons."""
    number = next(_numbers)
    defaults = {"name": f"Worker {number}", "email": f"worker{number}@example.org"}
    worker = Worker.objects.create(**(defaults | fields))
    if organisation:
        worker.organisations.add(organisation)
    for prison in prisons:
        WorkerAccess.objects.create(
            worker=worker, prison=prison, permitted_until=permitted_until, needs_permission=needs_permission
        )
    return worker


def make_absence(worker: Worker, starts_at: str, ends_at: str) -> WorkerAbsence:
    return WorkerAbsence.objects.create(worker=worker, starts_at=at(starts_at), ends_at=at(ends_at))


def make_wish(worker: Worker, weekday: int = 1, starts: str = "08:00", ends: str = "12:00") -> WorkerWish:
    hours = {"starts": dt.time.fromisoformat(starts), "ends": dt.time.fromisoformat(ends)}
    return WorkerWish.objects.create(worker=worker, weekday=weekday, **hours)


# --- enrollment -------------------------------------------------------------------------------------------


def make_participant(prison: Prison | None = None, name: str = "", **fields: Any) -> Participant:
    """Somebody who stays in this prison.

    `unit`, `cell`, `register_number`, `starts_on`, `ends_on` are the stay's.
    """
    number = next(_numbers)
    names = ("unit", "cell", "register_number", "walks_with_badge", "starts_on", "ends_on")
    stay = {key: fields.pop(key) for key in names if key in fields}
    last_name, _comma, first_name = (name or f"Jansen{number}, Jan").partition(", ")
    person = Participant.objects.create(last_name=last_name, first_name=first_name, **fields)
    if prison:
        defaults = {"register_number": f"{10_000 + number}", "starts_on": dt.date(2026, 1, 5)}
        Stay.objects.create(participant=person, prison=prison, **(defaults | stay))
    return person


def make_enrollment(
    series: Series, participant: Participant | None = None, state: str = "placed", **fields: Any
) -> Enrollment:
    """Writes the row itself, so that a test can also build what the domain would refuse."""
    first = dt.date(2026, 11, 1)
    defaults: dict[str, Any] = {"requested_at": at("2026-11-01 09:00")}
    if state in ("placed", "awaiting"):
        defaults |= {"placed_from": first}
    if state == "waiting":
        defaults |= {"waiting_since": at("2026-11-02 09:00")}
    return Enrollment.objects.create(
        series=series,
        participant=participant or make_participant(series.prison),
        state=state,
        **(defaults | fields),
    )


def make_fixed_block(
    participant: Participant,
    prison: Prison,
    weekday: int = 1,
    starts: str = "07:45",
    ends: str = "11:45",
    **fields: Any,
) -> FixedBlock:
    defaults = {"label": "work", "valid_from": dt.date(2026, 1, 1)}
    hours = {"starts": dt.time.fromisoformat(starts), "ends": dt.time.fromisoformat(ends)}
    return FixedBlock.objects.create(
        participant=participant, prison=prison, weekday=weekday, **hours, **(defaults | fields)
    )


def make_separation(prison: Prison, one: Participant, other: Participant, **fields: Any) -> Separation:
    low, high = sorted((one, other), key=lambda person: person.pk)
    defaults = {"starts_on": dt.date(2026, 1, 1)}
    return Separation.objects.create(prison=prison, one=low, other=high, **(defaults | fields))
