"""What keeps a person out of a series: elsewhere at that time, kept apart, not here, not for this unit.

Facts of the service that asks are named. Those of another service are only "not free at this date", with the
hours of the date itself: its own would name the group. A separation is only `cannot` (see separations.py).
`hard` stops an approval, the rest is evidence.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Q

from core.dates import clock
from core.dates.clock import BRUSSELS, today
from enrollment.domain.group_facts import Dates, covers
from enrollment.domain.participants.separations import CANNOT, partners_of, separated_pairs
from enrollment.domain.taking_part import people_there, places_of
from enrollment.models import FixedBlock, Stay
from prisons.models import Organisation, Prison, Unit
from rooms.domain.facts import Rules, minutes, rules_of
from sessions.models import GroupSession, Series

__all__ = ["CANNOT", "Clash", "PersonClashes", "clashes_of", "separated_pairs"]

NOT_HERE, OCCUPIED, UNIT, POPULATION, FIXED_BLOCK, UNIT_HOURS = (
    "not_here",
    "occupied",
    "unit",
    "population",
    "fixed_block",
    "unit_hours",
)
HARD = frozenset({NOT_HERE, OCCUPIED, CANNOT, UNIT, POPULATION})


Dated = Iterable[tuple[int, int, dt.datetime, dt.datetime]] | None


class ClashingSession(NamedTuple):
    session_id: int
    series_id: int
    starts_at: dt.datetime
    ends_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Clash:
    """One thing in the way. `session_id` is the session of this series, `other_series_id` what it meets."""

    code: str
    session_id: int | None = None
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    other_series_id: int | None = None
    """None when it belongs to another service: then the times are those of the own session."""
    label: str = ""
    """Of a fixed block or of hours of the unit: work, visit, school, yard, meal."""

    @property
    def is_hard(self) -> bool:
        return self.code in HARD


@dataclass(frozen=True)
class PersonClashes:
    """Everything in the way of one person, and how many dates of the series remain free."""

    clashes: tuple[Clash, ...] = ()
    dates: int = 0
    clashing_dates: frozenset[int] = field(default_factory=frozenset)
    """Sessions of the series that this person cannot come to for hard reasons."""

    @property
    def hard(self) -> tuple[Clash, ...]:
        return tuple(clash for clash in self.clashes if clash.is_hard)

    @property
    def code(self) -> str:
        """The first hard reason, as a code that may be stored and shown to anybody.

        Empty when there is none.
        """
        return self.hard[0].code if self.hard else ""

    @property
    def can_skip(self) -> bool:
        """Whether coming to the other dates only would do: every hard clash is about some, not all, dates."""
        dated = all(clash.session_id for clash in self.hard)
        return bool(self.hard) and dated and len(self.clashing_dates) < self.dates


def clashes_of(
    series: Series,
    participant_ids: Collection[int],
    *,
    now: dt.datetime | None = None,
    owner: Organisation | None = None,
    dates: Dated = None,
) -> dict[int, PersonClashes]:
    """Person -> what is in the way from now on, in a fixed number of queries whatever the number of people.

    `owner` is the service that asks (the series' own unless said): only its places are named. `dates` of the series
    are given where an act has read them.
    """
    owner_id = owner.pk if owner else series.activity.organisation_id
    return _Look(series, frozenset(participant_ids), now or clock.now(), owner_id, dates).answer()


class _Look:
    """The facts around one series, read once, then asked per person."""

    def __init__(
        self, series: Series, people: frozenset[int], now: dt.datetime, owner_id: int, dates: Dated
    ) -> None:
        self.series, self.people, self.now, self.day = series, people, now, today(now)
        self.prison: Prison = series.prison
        self.rules: Rules = rules_of(self.prison)
        self.owner_id = owner_id
        known = self._dates_of_series() if dates is None else [ClashingSession(*row) for row in dates]
        self.dates = [row for row in known if row.starts_at >= now]
        self.stays = self._stays()
        self.elsewhere, self.owners = self._elsewhere()

    def _dates_of_series(self) -> list[ClashingSession]:
        rows = GroupSession.objects.live().filter(series=self.series, starts_at__gte=self.now)
        times: Any = rows.values_list("pk", "series_id", "starts_at", "ends_at")
        return [ClashingSession(*row) for row in times]

    def _stays(self) -> dict[int, Stay]:
        """Who is here today, or arrives before the series ends."""
        rows = Stay.objects.in_prison(self.prison).filter(participant_id__in=self.people)
        open_ = rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=self.day)).select_related("unit")
        return {stay.participant_id: stay for stay in open_.order_by("-starts_on")}

    def _elsewhere(self) -> tuple[list[ClashingSession], dict[int, int]]:
        """Other sessions of the days of this series.

        Any that meet one of its sessions or share a slot with it.
        """
        if not self.dates:
            return [], {}
        first, last = self.dates[0].starts_at, max(row.ends_at for row in self.dates)
        margin = dt.timedelta(days=1)
        rows: Any = (
            GroupSession.objects.live()
            .in_prison(self.prison)
            .filter(starts_at__gt=first - margin, starts_at__lt=last + margin)
            .exclude(series=self.series)
            .values_list("pk", "series_id", "starts_at", "ends_at", "series__activity__organisation_id")
        )
        days = {row.starts_at.astimezone(BRUSSELS).date() for row in self.dates}
        near = [row for row in rows if row[2].astimezone(BRUSSELS).date() in days]
        return [ClashingSession(*row[:4]) for row in near], {row[1]: row[4] for row in near}

    def slot_span(self, row: ClashingSession) -> tuple[dt.datetime, dt.datetime]:
        """The slot around a session: people of one slot walk at the same time.

        Without a slot, its own span.
        """
        local, until = row.starts_at.astimezone(BRUSSELS), row.ends_at.astimezone(BRUSSELS)
        slot = self.rules.slot_around(local.date(), minutes(local.time()), minutes(until.time()))
        if slot is None:
            return row.starts_at, row.ends_at
        midnight = dt.datetime.combine(local.date(), dt.time(tzinfo=BRUSSELS))
        start = midnight.replace(hour=slot.start // 60, minute=slot.start % 60)
        end = start + dt.timedelta(minutes=slot.end - slot.start)
        return start.astimezone(dt.UTC), end.astimezone(dt.UTC)

    def answer(self) -> dict[int, PersonClashes]:
        pairs = partners_of(separated_pairs(self.prison, self.day))
        apart = {person: pairs[person] for person in self.people if person in pairs}
        asked = self.people.union(*apart.values())
        near = [(row.session_id, row.series_id, today(row.starts_at)) for row in self.elsewhere]
        there = people_there(self.prison.pk, near, people=asked)
        group = self._in_group() if apart or self.rules.separates_populations else {}
        units = set(self.series.units.values_list("pk", flat=True))
        population = self._population(group)
        blocks = self._fixed_blocks()
        answer = {}
        for person in self.people:
            clashes = [
                *self._here(person, units, population),
                *self._occupied(person, there),
                *self._kept_apart(person, apart.get(person, set()), there, group),
                *self._blocks(person, blocks),
            ]
            hard = frozenset(c.session_id for c in clashes if c.is_hard and c.session_id is not None)
            answer[person] = PersonClashes(tuple(clashes), len(self.dates), hard)
        return answer

    def _in_group(self) -> dict[int, list[Dates]]:
        group: dict[int, list[Dates]] = defaultdict(list)
        for place in places_of([self.series.pk], self.prison):
            if place.placed_until is None or place.placed_until >= self.day:
                group[place.participant_id].append((place.placed_from, place.placed_until))
        return group

    def _population(self, group: dict[int, list[Dates]]) -> str:
        """Men or women, when this prison keeps them apart and somebody (or the units) of the group says
        which.
        """
        if not self.rules.separates_populations or not group:
            return ""
        rows = Stay.objects.in_prison(self.prison).open_on(self.day).filter(participant_id__in=list(group))
        found = set(rows.exclude(unit=None).values_list("unit__population", flat=True).order_by()) - {
            Unit.Population.MIXED.value
        }
        return found.pop() if len(found) == 1 else ""

    def _here(self, person: int, units: set[int], population: str) -> list[Clash]:
        stay = self.stays.get(person)
        if stay is None:
            return [Clash(NOT_HERE)]
        clashes = []
        if units and stay.unit_id and stay.unit_id not in units:
            clashes.append(Clash(UNIT))
        if population and stay.unit and stay.unit.population not in (population, Unit.Population.MIXED):
            clashes.append(Clash(POPULATION))
        return clashes

    def _occupied(self, person: int, there: dict[int, frozenset[int]]) -> list[Clash]:
        mine = [row for row in self.elsewhere if person in there.get(row.session_id, ())]
        found = [
            self._meeting(date, row)
            for date in self.dates
            for row in mine
            if row.starts_at < date.ends_at and date.starts_at < row.ends_at
        ]
        return list(dict.fromkeys(found))

    def _meeting(self, date: ClashingSession, row: ClashingSession) -> Clash:
        if self.owners[row.series_id] != self.owner_id:
            return Clash(OCCUPIED, date.session_id, date.starts_at, date.ends_at)
        return Clash(OCCUPIED, date.session_id, row.starts_at, row.ends_at, row.series_id)

    def _kept_apart(
        self,
        person: int,
        partners: set[int],
        there: dict[int, frozenset[int]],
        group: dict[int, list[Dates]],
    ) -> list[Clash]:
        """One `cannot` at most, without any fact: not even on which date."""
        if not partners:
            return []
        in_series = any(
            covers(group.get(partner, ()), date.starts_at.astimezone(BRUSSELS).date())
            for partner in partners
            for date in self.dates
        )
        if in_series or (not self.dates and any(partner in group for partner in partners)):
            return [Clash(CANNOT)]
        slots = [self.slot_span(date) for date in self.dates]
        for row in self.elsewhere:
            if partners & there.get(row.session_id, frozenset()):
                start, end = self.slot_span(row)
                if any(start < other_end and other_start < end for other_start, other_end in slots):
                    return [Clash(CANNOT)]
        return []

    def _fixed_blocks(self) -> dict[int, list[FixedBlock]]:
        blocks: dict[int, list[FixedBlock]] = defaultdict(list)
        for block in FixedBlock.objects.in_prison(self.prison).filter(participant_id__in=self.people):
            blocks[block.participant_id].append(block)
        return blocks

    def _blocks(self, person: int, blocks: dict[int, list[FixedBlock]]) -> list[Clash]:
        """Work, visits and school of the person, yard and meals of the unit: soft, once per kind."""
        found: dict[tuple[str, str], Clash] = {}
        stay = self.stays.get(person)
        unit = self.rules.units.get(stay.unit_id) if stay and stay.unit_id else None
        for date in self.dates:
            local, until = date.starts_at.astimezone(BRUSSELS), date.ends_at.astimezone(BRUSSELS)
            day, start, end = local.date(), minutes(local.time()), minutes(until.time())
            for block in blocks.get(person, ()):
                if (
                    block.weekday == day.isoweekday()
                    and block.valid_from <= day
                    and (block.valid_to is None or day <= block.valid_to)
                    and minutes(block.starts) < end
                    and start < minutes(block.ends)
                ):
                    found.setdefault(
                        (FIXED_BLOCK, block.label),
                        Clash(FIXED_BLOCK, date.session_id, date.starts_at, date.ends_at, label=block.label),
                    )
            for hours in unit.hours.get(day.isoweekday(), ()) if unit else ():
                if hours.start < end and start < hours.end:
                    found.setdefault(
                        (UNIT_HOURS, hours.kind),
                        Clash(UNIT_HOURS, date.session_id, date.starts_at, date.ends_at, label=hours.kind),
                    )
        return list(found.values())
