"""The prison's distribution table: which list goes to which post or desk, in how many copies."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import PlannerError
from enrollment.domain.lists.day import Day, DayMeeting
from enrollment.models import Handout, Post
from prisons.domain.locking import lock_prison
from prisons.models import Prison, Unit, User
from rooms.domain import rulebook

Sheet = Handout.Sheet
OF_UNITS = (Sheet.MOVEMENTS, Sheet.SLIPS, Sheet.CHANGES)
OF_ROOMS = (Sheet.SHEETS,)


@dataclass(frozen=True)
class DistributionLine:
    """What a post gets of one kind of list. No units means all of them, and so for rooms."""

    sheet: str
    copies: int
    units: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()

    def of_day(self, day: Day) -> Day:
        """As much of the day as this line is about."""
        if self.sheet in OF_UNITS and self.units:
            return day.of_units(self.units)
        if self.sheet in OF_ROOMS and self.rooms:
            return day.only(lambda meeting: meeting.room in self.rooms)
        return day


@dataclass(frozen=True)
class PostPlan:
    """One post with all its lines; `pk` is None for what no post gets."""

    pk: int | None
    name: str
    lines: tuple[DistributionLine, ...]


def plans(prison: Prison) -> list[PostPlan]:
    """The whole table, in order of name; four queries."""
    rows = Post.objects.in_prison(prison).prefetch_related("handouts__units", "handouts__rooms")
    return [PostPlan(post.pk, post.name, tuple(map(_line, post.handouts.all()))) for post in rows]


def _line(row: Handout) -> DistributionLine:
    return DistributionLine(
        row.sheet,
        row.copies,
        tuple(unit.code for unit in row.units.all()) if row.sheet in OF_UNITS else (),
        tuple(room.name_on_paper for room in row.rooms.all()) if row.sheet in OF_ROOMS else (),
    )


def for_nobody(table: Collection[PostPlan], day: Day) -> PostPlan | None:
    """What the table forgets of this day: somebody would not be brought. None when nothing is forgotten.

    A unit that is new or was renamed since, a room nobody gets the sheets of (where sheets are handed out at
    all), and everything as long as there is no table.
    """
    if not table:
        return None
    lines = [line for plan in table for line in plan.lines]
    missing = []
    if units := unserved_units(table, day.units()):
        missing.append(DistributionLine(Sheet.MOVEMENTS, 1, units=tuple(units)))
    handed_out = any(line.sheet == Sheet.SHEETS for line in lines)
    rooms = {meeting.room for meeting in day.taking_place if not _has_sheet(lines, meeting)}
    if handed_out and rooms:
        missing.append(DistributionLine(Sheet.SHEETS, 1, rooms=tuple(sorted(rooms))))
    return PostPlan(None, "?", tuple(missing)) if missing else None


def unserved_units(table: Collection[PostPlan], units: Iterable[str]) -> list[str]:
    """Those of these units whose movement list goes to no post."""
    lines = [line for plan in table for line in plan.lines]
    return [unit for unit in units if not _covers(lines, Sheet.MOVEMENTS, unit)]


def _covers(lines: Collection[DistributionLine], sheet: str, unit: str) -> bool:
    return any(line.sheet == sheet and (not line.units or unit in line.units) for line in lines)


def _has_sheet(lines: Collection[DistributionLine], meeting: DayMeeting) -> bool:
    return any(
        line.sheet == Sheet.SHEETS and (not line.rooms or meeting.room in line.rooms) for line in lines
    )


# --- written ----------------------------------------------------------------------------------------------


def save_post(prison: Prison, name: str, *, by: User, post: Post | None = None, seen: str = "") -> Post:
    """Adds a post, or gives it another name. Raises PlannerError `name_taken`, `changed_meanwhile`."""
    with transaction.atomic():
        row = post or Post(prison=prison)
        rulebook.require_free_name(lock_prison(prison), row, "name", name)
        return rulebook.write(prison, row, {"name": name}, by=by, seen=seen, is_rule=False)


def remove_post(post: Post, *, by: User) -> None:
    """With all that it gets."""
    rulebook.remove(post.prison, post, by=by)


def save_handout(row: Handout, values: Mapping[str, Any], *, by: User, seen: str = "") -> Handout:
    """Adds or changes a line. Raises PlannerError `other_prison`, `changed_meanwhile`."""
    prison = row.post.prison
    rulebook.require_own(prison, *values["units"], *values["rooms"])
    kept = {
        **values,
        "units": values["units"] if values["sheet"] in OF_UNITS else [],
        "rooms": values["rooms"] if values["sheet"] in OF_ROOMS else [],
    }
    return rulebook.write(prison, row, kept, by=by, seen=seen, is_rule=False)


def remove_handout(row: Handout, *, by: User) -> None:
    rulebook.remove(row.post.prison, row, by=by)


def add_post_per_unit(prison: Prison, *, by: User) -> int:
    """For every unit in use whose movement list goes nowhere, a post that gets it; returns how many.

    Raises PlannerError `all_units_served` (409) when there is none.
    """
    with transaction.atomic():
        lock_prison(prison)
        lines = [line for plan in plans(prison) for line in plan.lines]
        units = Unit.objects.in_prison(prison).filter(is_active=True)
        unserved = [unit for unit in units if not _covers(lines, Sheet.MOVEMENTS, unit.code)]
        if not unserved:
            raise PlannerError(
                "all_units_served", _("The movement list of every living unit goes to a post.")
            )
        taken = {name.casefold(): pk for pk, name in Post.objects.in_prison(prison).values_list("pk", "name")}
        for unit in unserved:
            known = taken.get(unit.code.casefold())
            post = Post.objects.get(pk=known) if known else save_post(prison, unit.code, by=by)
            for sheet in (Sheet.MOVEMENTS, Sheet.CHANGES):
                values = {"sheet": sheet, "copies": 1, "units": [unit], "rooms": []}
                save_handout(Handout(post=post), values, by=by)
    return len(unserved)
