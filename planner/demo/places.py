"""Haren, Saint-Gilles and a small third prison: buildings, units and their hours, rooms, slots, holidays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import holidays

from core.dates.clock import BRUSSELS
from core.dates.weeks import Week
from prisons.models import Building, Prison, Unit
from rooms.models import Closure, Feature, Holiday, Room, RoomHours, SoftBand, TimeSlot, UnitHours

MORNING, AFTERNOON, EVENING = (
    (dt.time(8, 30), dt.time(11)),
    (dt.time(13, 30), dt.time(16)),
    (dt.time(18), dt.time(20)),
)
_FEATURES = {
    "projector": ("projector", "projecteur", "projector"),
    "computers": ("computers", "ordinateurs", "computers"),
    "stage": ("podium", "scène", "stage"),
    "sport": ("sportvloer", "sol sportif", "sports floor"),
    "music": ("instrumenten", "instruments", "instruments"),
    "water": ("water", "eau", "water"),
    "books": ("boeken", "livres", "books"),
    "play": ("speelhoek", "coin jeux", "play corner"),
}
# code, building, regime, population, target group
_UNITS: dict[str, list[tuple[str, str, str, str, str]]] = {
    "haren": [
        *[(f"A{n}", "Huis A · Maison A", "closed", "men", "remand") for n in range(1, 6)],
        *[(f"B{n}", "Huis B · Maison B", "half", "men", "sentenced") for n in range(1, 5)],
        *[(f"C{n}", "Huis C · Maison C", "open", "men", "sentenced") for n in range(1, 4)],
        *[
            (f"F{n}", "Forest House", "closed", "women", "remand" if n < 3 else "sentenced")
            for n in range(1, 4)
        ],
        ("O1", "Open huis · Maison ouverte", "open", "women", "sentenced"),
        ("M1", "Medisch · Médical", "half", "men", "interned"),
    ],
    "saint-gilles": [
        *[(code, "Vleugels · Ailes", "closed", "men", "remand") for code in ("A", "B", "C")],
        ("D", "Vleugels · Ailes", "half", "men", "sentenced"),
    ],
    "antwerpen": [("P1", "Paviljoen · Pavillon", "closed", "men", "remand")],
}
# name, building, capacity, features, letters of the units that reach it (empty: all), inside which unit
_ROOMS: dict[str, list[tuple[str, str, int, str, str, str]]] = {
    "haren": [
        ("Klas 1 · Classe 1", "Plein · Place", 12, "projector", "", ""),
        ("Klas 2 · Classe 2", "Plein · Place", 10, "projector", "", ""),
        ("Klas 3 · Classe 3", "Plein · Place", 14, "", "", ""),
        ("Computerlokaal · Salle informatique", "Plein · Place", 10, "computers projector", "", ""),
        ("Sporthal · Salle de sport", "Plein · Place", 24, "sport", "", ""),
        ("Krachtzaal · Salle de musculation", "Plein · Place", 12, "sport", "", ""),
        ("Polyvalente zaal · Salle polyvalente", "Plein · Place", 40, "stage projector", "", ""),
        ("Muzieklokaal · Local musique", "Plein · Place", 8, "music", "", ""),
        ("Atelier", "Plein · Place", 10, "water", "", ""),
        ("Bibliotheek · Bibliothèque", "Plein · Place", 15, "books", "", ""),
        ("Familielokaal · Salle famille", "Plein · Place", 60, "play water", "", ""),
        ("Lokaal A · Local A", "Huis A · Maison A", 10, "projector", "A", ""),
        ("Lokaal B · Local B", "Huis B · Maison B", 12, "projector", "B", ""),
        ("Lokaal Forest · Local Forest", "Forest House", 12, "projector water", "FO", ""),
        ("Leefruimte M1 · Séjour M1", "Medisch · Médical", 8, "", "M", "M1"),
    ],
    "saint-gilles": [
        ("Zaal 1 · Salle 1", "Centrum · Centre", 12, "projector", "", ""),
        ("Zaal 2 · Salle 2", "Centrum · Centre", 8, "water", "", ""),
        ("Kapel · Chapelle", "Centrum · Centre", 30, "stage music", "", ""),
        ("Sportzaal · Salle de sport", "Centrum · Centre", 16, "sport", "", ""),
        ("Klas D · Classe D", "Vleugels · Ailes", 10, "projector", "D", ""),
    ],
    "antwerpen": [
        ("Klas", "Paviljoen · Pavillon", 12, "projector", "", ""),
        ("Sportzaal", "Paviljoen · Pavillon", 16, "sport", "", ""),
    ],
}
_PRISONS: list[dict[str, Any]] = [
    {
        "slug": "haren",
        "name_nl": "Haren",
        "name_fr": "Haren",
        "turnaround_minutes": 10,
        "badge_walkers_apart": True,
    },
    {
        "slug": "saint-gilles",
        "name_nl": "Sint-Gillis",
        "name_fr": "Saint-Gilles",
        "unit_label_nl": "vleugel",
        "unit_label_fr": "aile",
        "asks_agreement": True,
    },
    {"slug": "antwerpen", "name_nl": "Antwerpen", "name_fr": "Anvers"},
]
SLUGS = tuple(str(fields["slug"]) for fields in _PRISONS)


@dataclass
class DemoPlaces:
    """What stands, with the rows that the later steps look at again and again kept at hand."""

    prisons: dict[str, Prison]
    units: dict[str, list[Unit]]
    rooms: dict[str, list[Room]]
    slots: dict[str, list[TimeSlot]]
    holidays: dict[str, set[dt.date]]
    features: dict[int, set[str]] = field(default_factory=dict)
    """Codes of features by room."""
    reach: dict[int, set[int]] = field(default_factory=dict)
    """Units that can reach a room; a room that is not in it is for all."""
    hours: dict[int, list[UnitHours]] = field(default_factory=dict)
    """When a unit is not free."""


def build(term: tuple[dt.date, dt.date], now: dt.datetime) -> DemoPlaces:
    """The ground of the demo, in force since long before the term."""
    features = {
        code: Feature.objects.create(code=code, name_nl=nl, name_fr=fr, name_en=en)
        for code, (nl, fr, en) in _FEATURES.items()
    }
    places = DemoPlaces({}, {}, {}, {}, {})
    for fields in _PRISONS:
        prison = Prison.objects.create(roster_as_of=now - dt.timedelta(hours=3), **fields)
        places.prisons[prison.slug] = prison
        _build_units(places, prison)
        _build_rooms(places, prison, features)
        places.slots[prison.slug] = _build_slots(prison, term[0] - dt.timedelta(days=365))
        places.holidays[prison.slug] = _build_holidays(prison, term)
    return places


def _build_units(places: DemoPlaces, prison: Prison) -> None:
    buildings = _buildings(prison)
    places.units[prison.slug] = Unit.objects.bulk_create(
        Unit(
            prison=prison,
            building=buildings[building],
            code=code,
            regime=regime,
            population=population,
            target_group=target_group,
        )
        for code, building, regime, population, target_group in _UNITS[prison.slug]
    )
    rows = [row for unit in places.units[prison.slug] for row in _hours_of(unit, places.units[prison.slug])]
    for row in UnitHours.objects.bulk_create(rows):
        places.hours.setdefault(row.unit_id, []).append(row)


def _buildings(prison: Prison) -> dict[str, Building]:
    names = {row[1] for row in _UNITS[prison.slug]} | {row[1] for row in _ROOMS[prison.slug]}
    return {name: _building(prison, *name.split(" · ")) for name in sorted(names)}


def _building(prison: Prison, dutch: str, french: str = "") -> Building:
    return Building.objects.get_or_create(prison=prison, name=dutch, defaults={"name_fr": french})[0]


def _hours_of(unit: Unit, units: list[Unit]) -> Iterable[UnitHours]:
    """Meals at noon and in the evening, yard, one visit; no evening where the regime is closed."""
    number = units.index(unit)
    for weekday in range(1, 8):
        yield UnitHours(unit=unit, weekday=weekday, starts=dt.time(11, 30), ends=dt.time(12, 15), kind="meal")
        yield UnitHours(unit=unit, weekday=weekday, starts=dt.time(17), ends=dt.time(17, 45), kind="meal")
        yield UnitHours(unit=unit, weekday=weekday, starts=dt.time(12, 15), ends=dt.time(13, 20), kind="yard")
        if unit.regime == Unit.Regime.CLOSED:
            yield UnitHours(
                unit=unit, weekday=weekday, starts=dt.time(17, 45), ends=dt.time(21), kind="other"
            )
    visit_on, yard_on = number % 5 + 1, (number + 2) % 5 + 1
    yield UnitHours(unit=unit, weekday=visit_on, starts=dt.time(13, 30), ends=dt.time(15, 30), kind="visit")
    yield UnitHours(unit=unit, weekday=yard_on, starts=dt.time(8, 30), ends=dt.time(9, 30), kind="yard")


def _build_rooms(places: DemoPlaces, prison: Prison, features: dict[str, Feature]) -> None:
    buildings, units = _buildings(prison), places.units[prison.slug]
    by_code = {unit.code: unit for unit in units}
    places.rooms[prison.slug] = []
    for name, building, capacity, codes, letters, inside in _ROOMS[prison.slug]:
        dutch, _dot, french = name.partition(" · ")
        room = Room.objects.create(
            prison=prison,
            building=buildings[building],
            name=dutch,
            name_fr=french,
            capacity=capacity,
            inside_unit=by_code.get(inside),
        )
        room.features.set(features[code] for code in codes.split())
        places.features[room.pk] = set(codes.split())
        if letters:
            reach = [unit for unit in units if unit.code[0] in letters]
            room.reachable_from.set(reach)
            places.reach[room.pk] = {unit.pk for unit in reach}
        places.rooms[prison.slug].append(room)
    RoomHours.objects.bulk_create(
        RoomHours(room=room, weekday=weekday, starts=dt.time(8), ends=dt.time(21))
        for room in places.rooms[prison.slug]
        if "books" in places.features[room.pk]
        for weekday in range(1, 6)
    )


def _build_slots(prison: Prison, valid_from: dt.date) -> list[TimeSlot]:
    """Three slots on weekdays where the regime has an evening, and Saturday afternoon for families."""
    spans = [(weekday, span) for weekday in range(1, 6) for span in (MORNING, AFTERNOON)]
    if prison.slug == "haren":
        spans += [(weekday, EVENING) for weekday in range(1, 5)] + [(6, AFTERNOON)]
    return TimeSlot.objects.bulk_create(
        TimeSlot(
            prison=prison,
            weekday=weekday,
            starts=starts,
            ends=ends,
            valid_from=valid_from,
            max_people=120 if prison.slug == "haren" else 40,
            max_movements=30 if prison.slug == "haren" else 12,
        )
        for weekday, (starts, ends) in sorted(spans)
    )


def _build_holidays(prison: Prison, term: tuple[dt.date, dt.date]) -> set[dt.date]:
    years = range(term[0].year - 1, term[1].year + 2)
    names = {
        language: holidays.country_holidays("BE", years=years, language=language)
        for language in ("nl", "fr", "en_US")
    }
    days = sorted(names["nl"])
    Holiday.objects.bulk_create(
        Holiday(
            prison=prison,
            on=day,
            name_nl=names["nl"][day],
            name_fr=names["fr"][day],
            name_en=names["en_US"][day],
        )
        for day in days
    )
    SoftBand.objects.bulk_create(_bands(prison, years))
    return set(days)


def _bands(prison: Prison, years: range) -> Iterable[SoftBand]:
    """School holidays of both communities, and Ramadan as far as it is known."""
    for kind, part, nl, fr, en in (
        (
            "school_nl",
            "Flemish",
            "Vlaamse schoolvakantie",
            "Vacances scolaires flamandes",
            "Flemish school holidays",
        ),
        (
            "school_fr",
            "French",
            "Franstalige schoolvakantie",
            "Vacances scolaires francophones",
            "French-speaking school holidays",
        ),
    ):
        days = sorted(holidays.country_holidays("BE", subdiv=part, categories=("school",), years=years))
        for first, last in _stretches(days):
            yield SoftBand(
                prison=prison, kind=kind, name_nl=nl, name_fr=fr, name_en=en, starts_on=first, ends_on=last
            )
    yield SoftBand(
        prison=prison,
        kind="ramadan",
        name_nl="Ramadan",
        name_fr="Ramadan",
        name_en="Ramadan",
        starts_on=dt.date(2027, 2, 8),
        ends_on=dt.date(2027, 3, 9),
    )


def _stretches(days: list[dt.date]) -> Iterable[tuple[dt.date, dt.date]]:
    """First and last day of every run of days without a gap."""
    for _key, run in groupby(enumerate(days), key=lambda pair: pair[1].toordinal() - pair[0]):
        rows = [day for _number, day in run]
        yield rows[0], rows[-1]


def announce_closures(places: DemoPlaces, week: Week, now: dt.datetime) -> list[Closure]:
    """A strike three weeks ago, one announced for next week from Tuesday evening on, and works in a room."""
    prison = places.prisons["haren"]
    past, coming = (week + -3).monday + dt.timedelta(days=2), (week + 1).monday + dt.timedelta(days=1)
    rows = [
        Closure(
            prison=prison,
            kind=Closure.Kind.STRIKE,
            state=state,
            starts_at=_at(first, 22),
            ends_at=_at(first + dt.timedelta(days=1), 22),
            decide_by=_at(first - dt.timedelta(days=1), 12),
            created_at=min(now, _at(first - dt.timedelta(days=6), 10)),
            decided_at=_at(first - dt.timedelta(days=1), 11) if state == Closure.State.CONFIRMED else None,
        )
        for first, state in ((past, Closure.State.CONFIRMED), (coming, Closure.State.ANNOUNCED))
    ]
    rows.append(
        Closure(
            prison=prison,
            room=places.rooms["haren"][7],
            kind=Closure.Kind.WORKS,
            state=Closure.State.CONFIRMED,
            reason="Schilderwerken / Peinture",
            starts_at=_at((week + 4).monday, 8),
            ends_at=_at((week + 4).monday + dt.timedelta(days=5), 18),
            created_at=now - dt.timedelta(days=9),
            decided_at=now - dt.timedelta(days=9),
        )
    )
    return Closure.objects.bulk_create(rows)


def _at(day: dt.date, hour: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), BRUSSELS)
