"""Six hundred invented people and where they stay: most for months, some new this week, a few gone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from itertools import count
from random import Random

from enrollment.models import FixedBlock, Intake, LevelHeld, Participant, Separation, Stay
from planner.demo.names import invent
from planner.demo.offer import Offering
from planner.demo.places import DemoPlaces
from prisons.models import Unit

_THIRD = ("", "", "", "", "en", "ar", "ro", "sq", "es", "tr", "ru")
_SIZES = {"haren": 24, "saint-gilles": 36, "antwerpen": 34}
PEOPLE = 600


@dataclass
class Resident:
    """One person with the stay of today."""

    participant: Participant
    stay: Stay
    unit: Unit
    works: list[tuple[int, dt.time, dt.time]] = field(default_factory=list)
    levels: dict[str, str] = field(default_factory=dict)
    intakes: set[int] = field(default_factory=set)
    """Organisations that have had the first talk."""
    apart: list[Resident] = field(default_factory=list)
    """Whom the prison keeps away from this person."""
    busy: set[tuple[int, dt.time]] = field(default_factory=set)
    """Weekday and opening of the slots in which the person has a place."""


def build(
    random: Random, places: DemoPlaces, offering: Offering, today: dt.date
) -> dict[str, list[Resident]]:
    """People by prison. The last few of Haren have left, with a closed stay."""
    wanted = [
        (slug, unit) for slug, units in places.units.items() for unit in units for _ in range(_SIZES[slug])
    ]
    wanted += [("haren", random.choice(places.units["haren"])) for _ in range(PEOPLE - len(wanted))]
    participants = _participants(random, [unit for _slug, unit in wanted])
    residents: dict[str, list[Resident]] = {slug: [] for slug in places.prisons}
    numbers = {slug: count(random.randint(2000, 4000)) for slug in places.prisons}
    cells = {unit.pk: count(1) for _slug, unit in wanted}
    for participant, (slug, unit) in zip(participants, wanted, strict=True):
        days = random.randint(1, 6) if random.random() < 0.05 else random.randint(60, 900)
        stay = Stay(
            participant=participant,
            prison=places.prisons[slug],
            unit=unit,
            cell=f"{next(cells[unit.pk]):03d}",
            register_number=f"{next(numbers[slug])}",
            walks_with_badge=unit.regime == Unit.Regime.OPEN,
            starts_on=today - dt.timedelta(days=days),
        )
        residents[slug].append(Resident(participant, stay, unit))
    for resident in residents["haren"][-12:]:
        resident.stay.starts_on = today - dt.timedelta(days=300)
        resident.stay.ends_on = today - dt.timedelta(days=random.randint(3, 25))
    everybody = [resident for rows in residents.values() for resident in rows]
    Stay.objects.bulk_create(_earlier_stays(random, places, everybody, numbers, today))
    Stay.objects.bulk_create((resident.stay for resident in everybody), batch_size=500)
    _give_work(random, everybody, today)
    _give_levels(random, everybody, offering, today)
    _keep_apart(random, residents, places, today)
    return residents


def _participants(random: Random, units: list[Unit]) -> list[Participant]:
    women = sum(unit.population == Unit.Population.WOMEN for unit in units)
    names = {
        True: iter(invent(random, women, is_woman=True)),
        False: iter(invent(random, len(units) - women, is_woman=False)),
    }
    rows = []
    for unit in units:
        last_name, first_name = next(names[unit.population == Unit.Population.WOMEN])
        rows.append(
            Participant(
                last_name=last_name,
                first_name=first_name,
                language=random.choice(("nl", "fr", "fr")),
                third_language=random.choice(_THIRD),
            )
        )
    return Participant.objects.bulk_create(rows, batch_size=500)


def _earlier_stays(
    random: Random,
    places: DemoPlaces,
    everybody: list[Resident],
    numbers: dict[str, count[int]],
    today: dt.date,
) -> list[Stay]:
    """Every twentieth person of Haren came from Saint-Gilles."""
    rows = []
    for resident in everybody[::20]:
        if resident.stay.prison.slug == "haren":
            starts_on = resident.stay.starts_on
            rows.append(
                Stay(
                    participant=resident.participant,
                    prison=places.prisons["saint-gilles"],
                    unit=random.choice(places.units["saint-gilles"]),
                    cell=f"{random.randint(100, 299)}",
                    register_number=f"{next(numbers['saint-gilles'])}",
                    starts_on=starts_on - dt.timedelta(days=200),
                    ends_on=starts_on - dt.timedelta(days=1),
                )
            )
    return rows


def _give_work(random: Random, everybody: list[Resident], today: dt.date) -> None:
    """One in six works all day: both day slots are taken, evenings are not."""
    rows = []
    for resident in everybody:
        if random.random() > 0.16 or resident.unit.regime == Unit.Regime.CLOSED:
            continue
        for weekday in range(1, 6):
            for starts, ends in ((dt.time(7, 45), dt.time(11, 45)), (dt.time(12, 45), dt.time(16, 30))):
                resident.works.append((weekday, starts, ends))
                rows.append(
                    FixedBlock(
                        participant=resident.participant,
                        prison=resident.stay.prison,
                        label=FixedBlock.Label.WORK,
                        weekday=weekday,
                        starts=starts,
                        ends=ends,
                        valid_from=max(resident.stay.starts_on, today - dt.timedelta(days=150)),
                    )
                )
    FixedBlock.objects.bulk_create(rows, batch_size=500)


def _give_levels(random: Random, everybody: list[Resident], offering: Offering, today: dt.date) -> None:
    levels, intakes = [], []
    organisations = [offering.organisations[key] for key in ("apo", "vdab", "brusselleer", "slajv")]
    for resident in everybody:
        found_on = max(resident.stay.starts_on, today - dt.timedelta(days=random.randint(10, 120)))
        if random.random() < 0.4:
            language = random.choice(("nl", "fr"))
            level = random.choice(("A1", "A1", "A2", "B1", "B2"))
            resident.levels[language] = level
            levels.append(
                LevelHeld(participant=resident.participant, language=language, level=level, found_on=found_on)
            )
        seen = [organisation for organisation in organisations if random.random() < 0.4]
        resident.intakes = {organisation.pk for organisation in seen}
        intakes += [
            Intake(participant=resident.participant, organisation=organisation, done_on=found_on)
            for organisation in seen
        ]
    LevelHeld.objects.bulk_create(levels, batch_size=500)
    Intake.objects.bulk_create(intakes, batch_size=500)


def _keep_apart(
    random: Random, residents: dict[str, list[Resident]], places: DemoPlaces, today: dt.date
) -> None:
    """A few pairs in Haren, from two houses."""
    men = [resident for resident in residents["haren"] if resident.stay.ends_on is None]
    closed = [resident for resident in men if resident.unit.code.startswith("A")]
    others = [resident for resident in men if resident.unit.code.startswith("B")]
    pairs = list(zip(random.sample(closed, 4), random.sample(others, 4), strict=True))
    for first, second in pairs:
        first.apart.append(second)
        second.apart.append(first)
    Separation.objects.bulk_create(
        Separation(
            prison=places.prisons["haren"],
            one=min(first.participant, second.participant, key=lambda person: person.pk),
            other=max(first.participant, second.participant, key=lambda person: person.pk),
            starts_on=today - dt.timedelta(days=40),
        )
        for first, second in pairs
    )
