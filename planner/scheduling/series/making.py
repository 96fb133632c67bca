"""Making a series: its dates, each tried against the rules, placed where it may be, else left in the tray.

What is previewed is what is made: both ask `tried_dates`. What a series gains later is in gained_dates.py.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from core.secrets.digest import digest, require_seen
from planner.scheduling.choices.candidates import OF_THE_ROOM
from planner.scheduling.placement.session_changes import Change, Outcome
from planner.scheduling.placement.writer import apply
from planner.scheduling.rules import conflicts, snapshot
from planner.scheduling.rules.codes import Conflict
from planner.scheduling.series.made_series import images_of_made
from planner.scheduling.series.row_writing import require_savable, save_all
from prisons.access import Access, access_for
from prisons.domain.locking import lock_prison
from prisons.domain.records.change_sets import remember
from prisons.models import Prison, Unit, User
from rooms.domain.facts import rules_of
from rooms.models import Feature, Holiday
from sessions.domain import recurrence
from sessions.domain.placing import Part
from sessions.domain.recurrence import DateMove, Extra, LeftOutDate, Occurrence
from sessions.models import GroupSession, Series, SkippedDate, Worker

VERB = "create_series"
NOT_YET = -1
"""The id of a series that is only previewed."""

Exceptions = Iterable[LeftOutDate | DateMove | Extra]


@dataclass(frozen=True)
class SeriesDraft:
    """A series as the form describes it; `series` is not saved yet."""

    series: Series
    units: Sequence[Unit] = ()
    features: Sequence[Feature] = ()
    workers: Sequence[Worker] = ()
    exceptions: tuple[LeftOutDate | DateMove | Extra, ...] = ()
    makes_up_skipped: bool = False


@dataclass(frozen=True)
class TriedDate:
    """One date of a series and what would become of it."""

    occurrence: Occurrence
    conflicts: tuple[Conflict, ...] = ()
    has_room: bool = True

    @property
    def is_placed(self) -> bool:
        """Placed in its room. Otherwise it is skipped, or goes to the tray: its conflicts say why, or no room."""
        return self.occurrence.takes_place and self.has_room and not self._hard

    @property
    def keeps_time(self) -> bool:
        """In the tray it keeps day and hour, unless they are what a rule forbids."""
        return self.occurrence.takes_place and all(one.code in OF_THE_ROOM for one in self._hard)

    @property
    def _hard(self) -> list[Conflict]:
        return [conflict for conflict in self.conflicts if conflict.is_hard]


@dataclass(frozen=True)
class SeriesOutcome:
    series: Series
    dates: tuple[TriedDate, ...]
    outcome: Outcome

    @property
    def placed(self) -> list[TriedDate]:
        return [tried for tried in self.dates if tried.is_placed]

    @property
    def in_tray(self) -> list[TriedDate]:
        return [tried for tried in self.dates if tried.occurrence.takes_place and not tried.is_placed]

    @property
    def skipped(self) -> list[TriedDate]:
        return [tried for tried in self.dates if not tried.occurrence.takes_place]


def preview_series(prison: Prison, draft: SeriesDraft) -> tuple[TriedDate, ...]:
    """What `create_series` would do with each date, without writing. Raises PlannerError 422 as it does."""
    return tried_dates(prison, draft, _dates(prison, draft))


def create_series(
    prison: Prison,
    draft: SeriesDraft,
    *,
    by: User,
    seen: str | None = None,
    now: dt.datetime | None = None,
    access: Access | None = None,
) -> SeriesOutcome:
    """Save the series and all its sessions as drafts, as one act that can be undone.

    Dates that would break a hard rule wait in the tray of their week. `seen` is the digest of the dates that were
    shown. Raises NotAsShown (409), PlannerError `not_yours` (403),
    `dates_past` (409), or what recurrence raises (422).
    """
    now = now or clock.now()
    with transaction.atomic():
        prison = lock_prison(prison)
        _refuse_others(draft, access or access_for(by, prison, now=now))
        dates = _dates(prison, draft)
        if any(date.on < clock.today(now) for date in dates if date.takes_place):
            raise PlannerError("dates_past", _("The first date lies in the past. Choose a later one."))
        tried = tried_dates(prison, draft, dates)
        require_seen(seen, digest_of(draft, tried))
        series = save_series(prison, draft, by, now)
        outcome = place_dates(prison, series, draft, tried, by=by, verb=VERB, now=now)
        remember(outcome.change_set, images_of_made([series]))
    return SeriesOutcome(series, tried, outcome)


def _refuse_others(draft: SeriesDraft, access: Access | None) -> None:
    owner = draft.series.activity.organisation
    if access is None or not access.may_change(owner):
        raise PlannerError("not_yours", _("This activity belongs to %(owner)s."), status=403, owner=owner)


def planned_dates(prison: Prison, draft: SeriesDraft) -> list[Occurrence]:
    """Those on which it takes place. Raises PlannerError 422 for a pattern that makes none."""
    return [date for date in _dates(prison, draft) if date.takes_place]


def _dates(prison: Prison, draft: SeriesDraft) -> tuple[Occurrence, ...]:
    series = draft.series
    pattern = recurrence.Pattern(
        first_on=series.starts_on,
        starts=series.start_time,
        duration_minutes=series.duration_minutes,
        weeks=series.weeks,
        interval_weeks=series.every_weeks,
        runs_on_holidays=series.runs_on_holidays,
        make_up=draft.makes_up_skipped,
    )
    holidays: Collection[dt.date] = set(Holiday.objects.in_prison(prison).values_list("on", flat=True))
    return recurrence.occurrences(pattern, holidays=holidays, exceptions=draft.exceptions)


def tried_dates(prison: Prison, draft: SeriesDraft, dates: Sequence[Occurrence]) -> tuple[TriedDate, ...]:
    """Every date against everything that stands: as if it were placed, under an id that no session has."""
    series = draft.series
    worker_ids = tuple(worker.pk for worker in draft.workers)
    series_id = series.pk or NOT_YET
    taking_place = [date for date in dates if date.takes_place]
    loaded = snapshot.load(
        prison,
        [date.on for date in taking_place],
        extra_workers=worker_ids,
        expected={-1 - number: (series_id, date.on) for number, date in enumerate(taking_place)},
    )
    loaded = replace(loaded, series={**loaded.series, series_id: _facts(draft)})
    rows = [
        snapshot.SnapshotRow(
            -1 - number, series_id, series.default_room_id, date.starts_at, date.ends_at, worker_ids
        )
        for number, date in enumerate(taking_place)
    ]
    found = conflicts.by_session(conflicts.added(loaded, loaded.with_rows(rows), rules_of(prison)))
    by_date = {
        date: (*found.get(-1 - number, ()), *_done_to_others(found, -1 - number))
        for number, date in enumerate(taking_place)
    }
    has_room = series.default_room_id is not None
    return tuple(TriedDate(date, by_date.get(date, ()), has_room) for date in dates)


def _facts(draft: SeriesDraft) -> snapshot.SeriesFacts:
    series = draft.series
    return snapshot.SeriesFacts(
        series.pk or NOT_YET,
        series.activity.organisation_id,
        series.places,
        frozenset(_pks(draft.units)),
        frozenset(_pks(draft.features)),
        series.default_room_id,
        series.runs_on_holidays,
    )


def digest_of(draft: SeriesDraft, tried: Sequence[TriedDate]) -> str:
    """Of the dates as the page shows them, with all of the form that they depend on."""
    series = draft.series
    pattern = series.default_room_id, series.start_time, series.duration_minutes, series.places
    rows = [sorted(_pks(rows)) for rows in (draft.units, draft.features, draft.workers)]
    return digest("create_series", pattern, rows, tried)


def _done_to_others(found: dict[int, list[Conflict]], session_id: int) -> list[Conflict]:
    """What a new date does to a session that stood there already, where the date itself is not blamed."""
    return [
        conflict
        for other_id, others in found.items()
        if other_id > 0
        for conflict in others
        if dict(conflict.facts).get("other") == session_id
        and not any(own.code == conflict.code for own in found.get(session_id, ()))
    ]


def save_series(prison: Prison, draft: SeriesDraft, by: User, now: dt.datetime) -> Series:
    """The series itself, without its dates; under the prison's lock."""
    draft.series.list_code = draft.series.list_code or next_list_code(prison)
    require_savable(prison, draft)
    return save_all(prison, [draft], by, now)[0]


def _pks(rows: Sequence[Model]) -> list[int]:
    return [row.pk for row in rows]


LATEST = 200


def next_list_code(prison: Prison) -> str:
    """The next neutral code on lists: A-01, A-02, ... It says nothing about the activity."""
    return next_list_codes(prison, 1)[0]


def next_list_codes(prison: Prison, count: int) -> list[str]:
    """So many codes that nobody has yet: they rise, so the latest series tell which is next."""
    here = Series.objects.in_prison(prison)
    rising = here.order_by("-starts_on").values_list("list_code", flat=True)
    codes = _codes_after(rising[:LATEST], count)
    if here.filter(list_code__in=codes).exists():  # somebody chose a higher one by hand
        codes = _codes_after(rising, count)
    return codes


def _codes_after(known: Iterable[str], count: int) -> list[str]:
    last = max((int(code[2:]) for code in known if code[:2] == "A-" and code[2:].isdigit()), default=0)
    return [f"A-{number:02d}" for number in range(last + 1, last + count + 1)]


def place_dates(
    prison: Prison,
    series: Series,
    draft: SeriesDraft,
    tried: Sequence[TriedDate],
    *,
    by: User,
    verb: str,
    now: dt.datetime,
) -> Outcome:
    """Writes these dates as drafts of a saved series, as one act; the skipped ones with their reason."""
    SkippedDate.objects.bulk_create(
        [
            SkippedDate(series=series, on=one.occurrence.on, reason=skip_reason(one.occurrence))
            for one in tried
            if not one.occurrence.takes_place
        ]
    )
    taking_place = [one for one in tried if one.occurrence.takes_place]
    sessions = GroupSession.objects.bulk_create(
        [
            GroupSession(
                prison=prison,
                series=series,
                week_on=one.occurrence.week_on,
                pattern_on=one.occurrence.pattern_on,
                changed_at=now,
                changed_by=by,
            )
            for one in taking_place
        ]
    )
    parts = tuple(Part(worker.pk) for worker in draft.workers)
    changes = [
        _change(session.pk, draft.series, one, parts)
        for session, one in zip(sessions, taking_place, strict=True)
    ]
    return apply(
        prison,
        changes,
        by=by,
        verb=verb,
        now=now,
        accept_soft=True,
        created=frozenset(session.pk for session in sessions),
        facts={"series": series.pk},
    )


def _change(session_id: int, series: Series, one: TriedDate, parts: tuple[Part, ...]) -> Change:
    if not one.keeps_time:
        return Change(session_id, workers=parts)
    room_id = series.default_room_id if one.is_placed else None
    return Change(session_id, room_id, one.occurrence.starts_at, one.occurrence.ends_at, workers=parts)


def skip_reason(occurrence: Occurrence) -> str:
    """What is kept of why a date is skipped."""
    known = SkippedDate.Reason.values
    return (
        occurrence.skipped_reason
        if occurrence.skipped_reason in known
        else SkippedDate.Reason.ORGANISER.value
    )
