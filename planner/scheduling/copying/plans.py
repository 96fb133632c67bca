"""What a copy of each series would be, before its dates are tried: the new series, its dates, what is lost."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count

from core.dates import clock
from enrollment.models import Enrollment
from planner.scheduling.copying.dates import Fitted, Habit, HeldDate, fit, habit_of, held
from planner.scheduling.copying.notes import CopyNote, note
from planner.scheduling.series.making import SeriesDraft
from prisons.access import Access
from prisons.models import Organisation, Prison
from rooms.models import Holiday, Room
from sessions.domain import recurrence
from sessions.domain.recurrence import Occurrence
from sessions.models import GroupSession, Material, Series, SessionWorker, Term, Worker, WorkerAccess

PLAIN = ["activity", "label", "list_name", "places", "is_drop_in", "languages", "min_level"]
PLAIN += ["level_language", "needs_intake", "needs_followed", "waiting_order", "every_weeks"]
PLAIN += ["runs_on_holidays", "counts_as_work"]


@dataclass
class Plan:
    """The copy of one series. Without a draft it is refused, and the first note says why."""

    source: Series
    notes: list[CopyNote] = field(default_factory=list)
    draft: SeriesDraft | None = None
    materials: list[Material] = field(default_factory=list)
    dates: tuple[Occurrence, ...] = ()
    needs_room: bool = False
    """Its room is out of use: every date goes to the tray, with its hour."""
    absent: dict[int, dt.date | None] = field(default_factory=dict)
    """Facilitator -> the last day on which they may enter, None for never."""

    @property
    def own_draft(self) -> SeriesDraft:
        """Ask only a plan that is not refused."""
        if self.draft is None:
            raise LookupError(f"series {self.source.pk} is not copied")
        return self.draft

    @property
    def taking_place(self) -> list[Occurrence]:
        return [date for date in self.dates if date.takes_place]

    def worker_ids(self, on: dt.date) -> tuple[int, ...]:
        """Who leads on that date: those who may enter then."""
        workers = self.draft.workers if self.draft else ()
        return tuple(worker.pk for worker in workers if self._may_enter(worker.pk, on))

    def _may_enter(self, worker_id: int, on: dt.date) -> bool:
        if worker_id not in self.absent:
            return True
        until = self.absent[worker_id]
        return until is not None and on <= until


def plans_of(
    prison: Prison, series_ids: Iterable[int], term: Term, access: Access, *, now: dt.datetime
) -> list[Plan]:
    """In the order of their first date, in a fixed number of queries."""
    sources = list(
        Series.objects.in_prison(prison)
        .filter(pk__in=list(series_ids))
        .select_related("activity__organisation", "term", "default_room")
        .prefetch_related("units", "needs_features", "usual_workers__worker", "materials")
        .order_by("starts_on", "start_time", "pk")
    )
    facts = _CopyFacts(prison, sources, term, clock.today(now))
    return [_plan(source, term, access, facts) for source in sources]


class _CopyFacts:
    """Everything that the plans ask of the database."""

    def __init__(self, prison: Prison, sources: Sequence[Series], term: Term, today: dt.date) -> None:
        self.today = today
        self.sessions: dict[int, list[HeldDate]] = defaultdict(list)
        self.extra: dict[int, list[dt.date]] = defaultdict(list)
        self._read_sessions(sources)
        self.workers = {
            worker.pk: worker for worker in Worker.objects.filter(pk__in=self._worker_ids(sources))
        }
        self.accesses = {
            row.worker_id: row
            for row in WorkerAccess.objects.in_prison(prison).filter(worker__in=self.workers)
        }
        self.rooms = {room.pk: room for room in Room.objects.in_prison(prison)}
        self.holidays = set(Holiday.objects.in_prison(prison).values_list("on", flat=True))
        self.services_here = set(Organisation.objects.filter(prisons=prison).values_list("pk", flat=True))
        self.there = list(Series.objects.in_prison(prison).filter(term=term))
        people = Enrollment.objects.live().filter(series__in=sources)
        self.people: Mapping[int, int] = dict(
            people.order_by().values_list("series").annotate(Count("pk")).values_list("series", "pk__count")
        )

    def _read_sessions(self, sources: Sequence[Series]) -> None:
        sessions = GroupSession.objects.live().filter(series__in=sources)
        leaders: dict[int, list[int]] = defaultdict(list)
        parts = SessionWorker.objects.filter(session__in=sessions.values("pk"), part="leader")
        for session_id, worker_id in parts.values_list("session_id", "worker_id"):
            leaders[session_id].append(worker_id)
        rows = sessions.exclude(starts_at=None).order_by("starts_at")
        for pk, series_id, starts_at, ends_at, room_id, pattern_on in rows.values_list(
            "pk", "series_id", "starts_at", "ends_at", "room_id", "pattern_on"
        ):
            if starts_at is not None and ends_at is not None:
                self.sessions[series_id].append(held(starts_at, ends_at, room_id, leaders[pk]))
                if pattern_on is None:
                    self.extra[series_id].append(clock.today(starts_at))

    def _worker_ids(self, sources: Sequence[Series]) -> set[int]:
        usual = {one.worker_id for source in sources for one in source.usual_workers.all()}
        return usual | {pk for rows in self.sessions.values() for one in rows for pk in one.worker_ids}

    def habit(self, source: Series) -> Habit:
        usual = [one.worker_id for one in source.usual_workers.all()]
        return habit_of(source, usual, self.sessions[source.pk])


def _plan(source: Series, term: Term, access: Access, facts: _CopyFacts) -> Plan:
    plan = Plan(source)
    habit = facts.habit(source)
    if refusal := _refusal(source, term, access, habit, facts):
        plan.notes.append(refusal)
        return plan
    fitted = fit(source, habit, term, today=facts.today)
    if fitted.first_on is not None:
        plan.dates = _dates(source, habit, fitted, fitted.first_on, facts)
    if fitted.first_on is None or not plan.taking_place:
        plan.notes.append(note("no_dates", source, fitted.after))
        return plan
    _draft(plan, habit, fitted, fitted.first_on, term, facts)
    return plan


def _refusal(source: Series, term: Term, access: Access, habit: Habit, facts: _CopyFacts) -> CopyNote | None:
    owner = source.activity.organisation
    if not access.may_change(owner):
        return note("not_yours", source, service=owner.pk)
    if (there := _there(source, term, habit, facts)) is not None:
        return note("there_already", source, there=there)
    if owner.pk not in facts.services_here:
        return note("service_gone", source, service=owner.pk)
    if not source.activity.is_active:
        return note("activity_gone", source)
    last_on = source.starts_on + dt.timedelta(weeks=source.weeks - source.every_weeks)
    if source.ended_on is not None and source.ended_on < last_on:
        return note("ended_early", source, on=source.ended_on)
    units = list(source.units.all())
    if units and not any(unit.is_active for unit in units):
        return note("units_gone", source)
    return None


def _there(source: Series, term: Term, habit: Habit, facts: _CopyFacts) -> int | None:
    """The series of the term that is this one, its copy, or one made by hand for the same group and hour."""
    if source.term_id == term.pk:
        return source.pk
    for one in facts.there:
        if one.copied_from_id == source.pk:
            return one.pk
        if (one.activity_id, one.label, one.start_time, one.weekday) == (
            source.activity_id,
            source.label,
            habit.starts,
            habit.weekday,
        ):
            return one.pk
    return None


def _dates(
    source: Series, habit: Habit, fitted: Fitted, first_on: dt.date, facts: _CopyFacts
) -> tuple[Occurrence, ...]:
    pattern = recurrence.Pattern(
        first_on=first_on,
        starts=habit.starts,
        duration_minutes=habit.minutes,
        weeks=fitted.weeks,
        interval_weeks=source.every_weeks,
        runs_on_holidays=source.runs_on_holidays,
    )
    return recurrence.occurrences(pattern, holidays=facts.holidays)


def _draft(
    plan: Plan, habit: Habit, fitted: Fitted, first_on: dt.date, term: Term, facts: _CopyFacts
) -> None:
    source = plan.source
    room = facts.rooms.get(habit.room_id) if habit.room_id else None
    plan.needs_room = room is not None and not room.is_active
    series = Series(
        term=term,
        copied_from=source,
        starts_on=first_on,
        start_time=habit.starts,
        duration_minutes=habit.minutes,
        weeks=fitted.weeks,
        default_room=None if plan.needs_room else room,
        **{name: getattr(source, name) for name in PLAIN},
    )
    plan.draft = SeriesDraft(
        series,
        units=[unit for unit in source.units.all() if unit.is_active],
        features=list(source.needs_features.all()),
        workers=_workers(plan, habit, facts),
    )
    _note_losses(plan, fitted, room, facts)


def _workers(plan: Plan, habit: Habit, facts: _CopyFacts) -> list[Worker]:
    """Who no longer works here is left out; whose permission ends keeps the series and loses the dates after."""
    stay, dates = [], [date.on for date in plan.taking_place]
    for worker in (facts.workers[pk] for pk in habit.worker_ids):
        access = facts.accesses.get(worker.pk)
        if access is None or not worker.is_active:
            plan.notes.append(note("worker_gone", plan.source, worker=worker.pk))
            continue
        stay.append(worker)
        late = [on for on in dates if not access.is_permitted_on(on)]
        if late and access.permitted_until is None:
            plan.notes.append(note("permission_none", plan.source, late, worker=worker.pk))
        elif late:
            until = access.permitted_until
            plan.notes.append(note("permission_over", plan.source, late, worker=worker.pk, until=until))
        if late:
            plan.absent[worker.pk] = access.permitted_until
    return stay


def _note_losses(plan: Plan, fitted: Fitted, room: Room | None, facts: _CopyFacts) -> None:
    source, notes = plan.source, plan.notes
    if plan.needs_room and room is not None:
        notes.append(note("room_gone", source, [date.on for date in plan.taking_place], room=room.pk))
    elif room is None:
        notes.append(note("no_room", source, [date.on for date in plan.taking_place]))
    for code, dates in (
        ("on_holiday", [date.on for date in plan.dates if not date.takes_place]),
        ("past", fitted.past),
        ("after_term", fitted.after),
        ("extra_dates", facts.extra[source.pk]),
    ):
        if dates:
            notes.append(note(code, source, dates))
    notes.extend(note("unit_gone", source, unit=unit.pk) for unit in source.units.all() if not unit.is_active)
    last_on = plan.taking_place[-1].on
    for material in source.materials.all():
        if material.state == Material.State.GRANTED and (material.granted_until or last_on) >= last_on:
            plan.materials.append(material)
        else:
            notes.append(note("material", source, material=material.pk))
    if count := facts.people.get(source.pk):
        notes.append(note("people", source, count=count))
