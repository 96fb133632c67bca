"""Services, activities, facilitators and series, each series with an hour, a room and people that fit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from itertools import count
from random import Random

from core.dates.weeks import Week
from planner.demo.catalogue import INTERPRETERS, OFFERS, ORGANISATIONS, WORKERS, Offer
from planner.demo.places import AFTERNOON, EVENING, MORNING, DemoPlaces
from prisons.models import Organisation, Unit
from rooms.models import Feature, Room
from sessions.models import (
    Activity,
    Material,
    Series,
    SeriesWorker,
    Term,
    Worker,
    WorkerAbsence,
    WorkerAccess,
    WorkerWish,
)

TERM_WEEKS, WEEKS_BEFORE_TODAY = 12, 5
_SPECIAL = {"computers", "stage", "sport", "music", "books", "play"}


@dataclass
class DemoGroup:
    """A series with what the next steps ask of it."""

    series: Series
    offer: Offer
    weekday: int
    room: Room
    workers: list[Worker]
    units: list[Unit]

    @property
    def hours(self) -> tuple[dt.time, dt.time]:
        starts = dt.datetime.combine(dt.date(2026, 1, 1), self.series.start_time)
        return self.series.start_time, (starts + dt.timedelta(minutes=self.series.duration_minutes)).time()


@dataclass
class Offering:
    organisations: dict[str, Organisation]
    workers: dict[str, Worker]
    groups: list[DemoGroup]


@dataclass
class Timetable:
    """Which weekly hours are taken already; a weekday and an hour of one series block all its weeks."""

    rooms: set[tuple[int, int, dt.time]] = field(default_factory=set)
    workers: set[tuple[int, int, dt.time]] = field(default_factory=set)
    people: dict[tuple[int, int, dt.time], int] = field(default_factory=dict)


def term_of(today: dt.date) -> tuple[dt.date, dt.date]:
    """Twelve weeks with today in the sixth."""
    first = Week.from_date(today) + -WEEKS_BEFORE_TODAY
    return first.monday, (first + (TERM_WEEKS - 1)).sunday


def _build_terms(places: DemoPlaces, starts_on: dt.date, ends_on: dt.date) -> dict[str, Term]:
    """The same term in every prison. The next one stands empty, to be copied to."""
    name = f"{starts_on:%Y} · {Week.from_date(starts_on).number}-{Week.from_date(ends_on).number}"
    return {
        slug: Term.objects.create(prison=prison, name=name, starts_on=starts_on, ends_on=ends_on)
        for slug, prison in places.prisons.items()
    }


def build(random: Random, places: DemoPlaces, today: dt.date) -> Offering:
    starts_on, ends_on = term_of(today)
    organisations = _build_organisations(places)
    workers = _build_workers(random, places, organisations, today)
    terms = _build_terms(places, starts_on, ends_on)
    _build_terms(places, *term_of(ends_on + dt.timedelta(weeks=WEEKS_BEFORE_TODAY + 2)))
    timetable, codes, groups = Timetable(), count(101), []
    for offer in OFFERS:
        activity = Activity.objects.create(
            organisation=organisations[offer.organisation],
            domain=offer.domain,
            title_nl=offer.nl,
            title_fr=offer.fr,
            title_en=offer.en,
        )
        for word in offer.groups.split():
            slug, letters, label = (*word.split(":"), "", "")[:3]
            group = _place(random, places, timetable, offer, slug, letters, workers)
            group.series = Series(
                prison=places.prisons[slug],
                activity=activity,
                term=terms[slug],
                label=label,
                list_code=f"A{next(codes)}",
                places=offer.places,
                is_drop_in=offer.drop_in,
                counts_as_work=offer.domain == "work" and not offer.drop_in,
                languages=list(offer.languages),
                min_level=offer.level,
                level_language=offer.languages[0] if offer.level else "",
                needs_intake=offer.intake,
                waiting_order=random.choice(Series.WaitingOrder.values),
                starts_on=starts_on + dt.timedelta(days=group.weekday - 1),
                start_time=group.series.start_time,
                duration_minutes=offer.minutes,
                weeks=TERM_WEEKS,
                default_room=group.room,
            )
            groups.append(group)
    _save(groups)
    return Offering(organisations, workers, groups)


def _build_organisations(places: DemoPlaces) -> dict[str, Organisation]:
    brussels = [places.prisons["haren"], places.prisons["saint-gilles"]]
    found = {}
    for key, (name, short_name, kind, authority, language) in ORGANISATIONS.items():
        found[key] = Organisation.objects.create(
            name=name, short_name=short_name, kind=kind, authority=authority, language=language
        )
        found[key].prisons.set([places.prisons["antwerpen"]] if key == "antwerp" else brussels)
    return found


def _build_workers(
    random: Random, places: DemoPlaces, organisations: dict[str, Organisation], today: dt.date
) -> dict[str, Worker]:
    found, accesses = {}, []
    for name, key, languages, slugs, days in WORKERS:
        worker = Worker.objects.create(
            name=name,
            email=f"{name.split()[0].lower()}.{key}@demo.example".replace("é", "e").replace("è", "e"),
            phone=f"+32 470 00 {random.randint(10, 99)} {random.randint(10, 99)}",
            language=languages.split()[0] if languages.split()[0] in ("nl", "fr") else "fr",
            languages=languages.split(),
            is_interpreter=name in INTERPRETERS,
        )
        worker.organisations.set([organisations[key]])
        found[name] = worker
        accesses += [
            WorkerAccess(
                worker=worker,
                prison=places.prisons[slug],
                needs_permission=days is not None,
                permitted_until=None if days is None else today + dt.timedelta(days=days),
            )
            for slug in slugs.split()
        ]
    WorkerAccess.objects.bulk_create(accesses)
    WorkerWish.objects.create(worker=found["Leen Baert"], weekday=5, starts=dt.time(12), ends=dt.time(18))
    WorkerAbsence.objects.create(
        worker=found["Yusuf Kaya"],
        starts_at=_noon(today + dt.timedelta(days=60)),
        ends_at=_noon(today + dt.timedelta(days=74)),
    )
    return found


def _noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), dt.UTC)


def _place(
    random: Random,
    places: DemoPlaces,
    timetable: Timetable,
    offer: Offer,
    slug: str,
    letters: str,
    workers: dict[str, Worker],
) -> DemoGroup:
    """The first weekly hour, in an order mixed by chance, at which room, facilitator and units fit."""
    spans = {"day": (MORNING, AFTERNOON), "evening": (EVENING,), "saturday": (AFTERNOON,)}[offer.slot]
    days = [6] if offer.slot == "saturday" else list(range(1, 5 if offer.slot == "evening" else 6))
    choices = [(day, span) for day in days for span in spans]
    random.shuffle(choices)
    at_hand = [
        workers[name]
        for name, key, _languages, slugs, days_left in WORKERS
        if key == offer.organisation and slug in slugs.split() and (days_left is None or days_left > 0)
    ]
    prison = places.prisons[slug]
    most = 120 if slug == "haren" else 40
    for weekday, (opens, closes) in choices:
        starts = _start(opens, closes, offer.minutes, random)
        ends = _plus(starts, offer.minutes)
        units = [
            unit
            for unit in places.units[slug]
            if unit.code[0] in letters and _is_free(places, unit, weekday, starts, ends)
        ]
        taken = timetable.people.get((prison.pk, weekday, opens), 0)
        free = [worker for worker in at_hand if (worker.pk, weekday, opens) not in timetable.workers]
        if len(units) < min(2, len(letters)) or not free or taken + offer.places > most:
            continue
        rooms = [
            room
            for room in places.rooms[slug]
            if _fits(places, room, offer, units) and (room.pk, weekday, opens) not in timetable.rooms
        ]
        if not rooms:
            continue
        room, worker = rooms[0], random.choice(free)
        timetable.rooms.add((room.pk, weekday, opens))
        timetable.workers.add((worker.pk, weekday, opens))
        timetable.people[(prison.pk, weekday, opens)] = taken + offer.places
        return DemoGroup(
            Series(start_time=starts, duration_minutes=offer.minutes), offer, weekday, room, [worker], units
        )
    raise RuntimeError(f"The demo has no free hour for {offer.en} in {slug}.")


def _start(opens: dt.time, closes: dt.time, minutes: int, random: Random) -> dt.time:
    """At the opening, or a quarter or half an hour later where that still fits."""
    later = [shift for shift in (0, 15, 30) if _plus(_plus(opens, shift), minutes) <= closes]
    return _plus(opens, random.choice(later))


def _plus(time: dt.time, minutes: int) -> dt.time:
    return (dt.datetime.combine(dt.date(2026, 1, 1), time) + dt.timedelta(minutes=minutes)).time()


def _is_free(places: DemoPlaces, unit: Unit, weekday: int, starts: dt.time, ends: dt.time) -> bool:
    return not any(
        row.weekday == weekday and row.starts < ends and row.ends > starts for row in places.hours[unit.pk]
    )


def _fits(places: DemoPlaces, room: Room, offer: Offer, units: list[Unit]) -> bool:
    """Large enough, not far too large, with what is needed, within reach of all the units."""
    reach = places.reach.get(room.pk)
    wanted = {unit.pk for unit in units}
    inside = room.inside_unit_id is None or wanted == {room.inside_unit_id}
    return (
        room.capacity >= offer.places
        and set(offer.needs.split()) <= places.features[room.pk]
        and (reach is None or wanted <= reach)
        and inside
        and (bool(offer.needs) or not _SPECIAL & places.features[room.pk])
    )


def _save(groups: list[DemoGroup]) -> None:
    Series.objects.bulk_create(group.series for group in groups)
    features = {feature.code: feature for feature in Feature.objects.all()}
    for group in groups:
        group.series.units.set(group.units)
        group.series.needs_features.set(features[code] for code in group.offer.needs.split())
    SeriesWorker.objects.bulk_create(
        SeriesWorker(series=group.series, worker=worker) for group in groups for worker in group.workers
    )
    Material.objects.bulk_create(
        Material(series=group.series, name=name, count=number, state=state)
        for group in groups
        for name, number, state in group.offer.materials
    )
