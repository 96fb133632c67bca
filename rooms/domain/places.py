"""Buildings, rooms, their features and opening hours: the only writers."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from core.errors import PlannerError
from prisons.domain.locking import lock_prison
from prisons.domain.validity import require_valid
from prisons.models import Building, ChangeSet, Prison, User
from rooms.domain import made_acts, rulebook
from rooms.models import Feature, Room, RoomHours


def save_building(
    prison: Prison,
    values: Mapping[str, Any],
    *,
    by: User,
    building: Building | None = None,
    seen: str = "",
) -> Building:
    """Raises PlannerError `name_taken` (422) or `changed_meanwhile` (409)."""
    row = building or Building(prison=prison)
    with transaction.atomic():
        rulebook.require_free_name(lock_prison(prison), row, "name", values["name"])
        return rulebook.write(prison, row, values, by=by, seen=seen)


def remove_building(building: Building, *, by: User) -> None:
    """Raises PlannerError `in_use` (409) while rooms or units stand in it."""
    rulebook.remove(building.prison, building, by=by)


def save_feature(
    prison: Prison, values: Mapping[str, Any], *, by: User, feature: Feature | None = None, seen: str = ""
) -> Feature:
    """Features are shared by all prisons, so that a series finds the same word everywhere."""
    if feature is None:
        values = {**values, "code": _free_code(values["name_en"])}
    return rulebook.write(prison, feature or Feature(), values, by=by, seen=seen)


def _free_code(name: str) -> str:
    base = slugify(name)[:44] or "feature"
    codes = (base if number == 1 else f"{base}-{number}" for number in itertools.count(1))
    return next(code for code in codes if not Feature.objects.filter(code=code).exists())


def remove_feature(prison: Prison, feature: Feature, *, by: User) -> None:
    """Raises PlannerError `in_use` (409) while a room has it or a series asks for it, in any prison."""
    if feature.rooms.exists() or feature.series.exists():
        raise PlannerError("in_use", _("%(name)s is still used, so it cannot be removed."), name=str(feature))
    rulebook.remove(prison, feature, by=by)


def save_room(
    prison: Prison,
    values: Mapping[str, Any],
    *,
    by: User,
    room: Room | None = None,
    seen: str = "",
    now: dt.datetime | None = None,
) -> Room:
    """Adds or changes a room. `values` are fields of Room.

    Raises PlannerError `name_taken`, `capacity_too_small`, `other_prison` (422) or `changed_meanwhile` (409).
    """
    row = room or Room(prison=prison)
    with transaction.atomic():
        locked = lock_prison(prison)
        _check_room(locked, row, values)
        return rulebook.write(prison, row, values, by=by, seen=seen, now=now)


def _check_room(prison: Prison, row: Room, values: Mapping[str, Any]) -> None:
    if "name" in values:
        rulebook.require_free_name(prison, row, "name", values["name"])
    if values.get("capacity", 1) < 1:
        raise PlannerError("capacity_too_small", _("A room holds at least one person."), status=422)
    units = [*values.get("reachable_from", ()), values.get("inside_unit")]
    rulebook.require_own(prison, values.get("building"), *units)


def set_room_in_use(room: Room, is_active: bool, *, by: User) -> Room:
    """Out of use: no new session can be placed there; what stands there already becomes an open conflict."""
    return rulebook.write(room.prison, room, {"is_active": is_active}, by=by)


def remove_room(room: Room, *, by: User) -> None:
    """Raises PlannerError `room_has_sessions` (409) once any session, past or coming, is in it."""
    with transaction.atomic():
        lock_prison(room.prison)
        count = room.group_sessions.count()
        if count:
            raise PlannerError(
                "room_has_sessions",
                ngettext_lazy(
                    "%(count)s session is or was in %(name)s, so it cannot be removed. "
                    "Take it out of use instead.",
                    "%(count)s sessions are or were in %(name)s, so it cannot be removed. "
                    "Take it out of use instead.",
                    count,
                ),
                count=count,
                name=str(room),
            )
        rulebook.remove(room.prison, room, by=by)


def add_room_hours(
    room: Room, weekdays: Collection[int], starts: dt.time, ends: dt.time, *, by: User
) -> list[RoomHours]:
    """Opening hours on these weekdays. Raises PlannerError `ends_before_start` or `hours_overlap` (422)."""
    require_order(starts, ends)
    with transaction.atomic():
        lock_prison(room.prison)
        require_no_overlap(RoomHours.objects.filter(room=room), weekdays, starts, ends)
        return [
            rulebook.write(
                room.prison, RoomHours(room=room), {"weekday": weekday, "starts": starts, "ends": ends}, by=by
            )
            for weekday in sorted(weekdays)
        ]


def copy_room(room: Room, names: Sequence[str], *, by: User, now: dt.datetime | None = None) -> ChangeSet:
    """The same room under other names, with its hours: one act. Refused as in `save_room`, then nothing is made."""
    with transaction.atomic():
        prison = lock_prison(room.prison)
        rows: list[Model] = []
        for name in names:
            values = {each: getattr(room, each) for each in ("building", "capacity", "inside_unit")}
            require_valid(Room(prison=prison, name=name, **values))
            many = {each: list(getattr(room, each).all()) for each in ("features", "reachable_from")}
            made = save_room(prison, {"name": name, **values, **many}, by=by)
            rows.append(made)
            for hours in room.hours.all():
                rows += add_room_hours(made, [hours.weekday], hours.starts, hours.ends, by=by)
        return made_acts.keep(prison, "copy_room", rows, by=by, now=now)


def remove_room_hours(hours: RoomHours, *, by: User) -> None:
    rulebook.remove(hours.room.prison, hours, by=by)


def require_order(starts: dt.time, ends: dt.time) -> None:
    """Raises PlannerError `ends_before_start` (422)."""
    if ends <= starts:
        raise PlannerError("ends_before_start", _("The end must come after the start."), status=422)


def require_no_overlap(rows: Any, weekdays: Collection[int], starts: dt.time, ends: dt.time) -> None:
    """Raises PlannerError `hours_overlap` (422) naming the hours that are there; touching is allowed."""
    other = rows.filter(weekday__in=weekdays, starts__lt=ends, ends__gt=starts).first()
    if other is not None:
        raise PlannerError(
            "hours_overlap",
            _("This overlaps %(day)s %(starts)s to %(ends)s, which is there already."),
            status=422,
            day=other.get_weekday_display(),
            starts=f"{other.starts:%H:%M}",
            ends=f"{other.ends:%H:%M}",
        )
