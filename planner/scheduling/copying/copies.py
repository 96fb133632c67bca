"""Copying series to another term: each group again, with new dates, as drafts; what cannot go along is named.

What is previewed is what is made: both ask `preview_copy`. Dates that would break a hard rule wait in the tray
of their week, with day and hour where only the room is refused. People are never copied. One act: it is undone
as one within the hour.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from core.secrets.digest import digest, require_seen
from planner.scheduling.copying.notes import CopyNote, ToldNote, in_words
from planner.scheduling.copying.plans import Plan, plans_of
from planner.scheduling.copying.trial import SeriesCopy, Trial
from planner.scheduling.placement.session_changes import Change, Outcome
from planner.scheduling.placement.writer import apply
from planner.scheduling.rules.sentences import when
from planner.scheduling.series.made_series import images_of_made
from planner.scheduling.series.making import TriedDate, next_list_codes, skip_reason
from planner.scheduling.series.row_writing import require_savable, save_all
from prisons.access import Access, access_for
from prisons.domain.locking import lock_prison
from prisons.domain.records.change_sets import remember
from prisons.models import ChangeSet, Prison, User
from sessions.domain.placing import Part
from sessions.domain.recurrence import Occurrence
from sessions.models import GroupSession, Material, Series, SkippedDate, Term


@dataclass(frozen=True)
class CopyPreview:
    """What copying would do, without having written anything."""

    prison: Prison
    term: Term
    copies: tuple[SeriesCopy, ...]
    notes: tuple[CopyNote, ...]
    rows: Mapping[int, tuple[Plan, Occurrence]]
    """The dates by the ids that they bear as long as they are not written."""

    @property
    def digest(self) -> str:
        """Of every series with what becomes of each of its dates, and of the kinds of things that are said."""
        notes = [(note.series_id, note.kind, note.dates) for note in self.notes]
        return digest("copy_series", self.term, [one.as_seen() for one in self.copies], notes)

    @property
    def copied(self) -> list[SeriesCopy]:
        return [one for one in self.copies if not one.is_refused]

    @property
    def refused(self) -> list[SeriesCopy]:
        return [one for one in self.copies if one.is_refused]

    def in_words(self, access: Access | None = None) -> list[ToldNote]:
        """Every note with its sentence and its way out, the worst first."""
        series = {one.source.pk: one.source for one in self.copies}
        unwritten = {
            number: (str(plan.source), when(occurrence.starts_at, occurrence.ends_at))
            for number, (plan, occurrence) in self.rows.items()
        }
        return in_words(self.notes, series, self.prison, access, unwritten)


@dataclass(frozen=True)
class CopyOutcome:
    """What was made. Without an act nothing was: everything is there already, or cannot be copied."""

    preview: CopyPreview
    created: tuple[tuple[Series, Series], ...]
    """Pairs of the old and the new series."""
    placed: tuple[int, ...]
    in_tray: tuple[int, ...]
    """Sessions made without a room; without a time too, unless only the room is missing or refused."""
    notes: tuple[CopyNote, ...]
    outcome: Outcome | None

    @property
    def change_set(self) -> ChangeSet | None:
        return self.outcome.change_set if self.outcome else None


def preview_copy(
    prison: Prison,
    *,
    series: Iterable[Series | int],
    target_term: Term,
    access: Access,
    now: dt.datetime | None = None,
    unplaced_when_in_conflict: bool = True,
) -> CopyPreview:
    """What copying these series would make, series by series and date by date, without writing.

    Raises PlannerError `term_over` (409) or `unknown_term` (404).
    """
    now = now or clock.now()
    _check_term(prison, target_term, now)
    ids = [one if isinstance(one, int) else one.pk for one in series]
    plans = plans_of(prison, ids, target_term, access, now=now)
    trial = Trial(prison, [plan for plan in plans if plan.draft is not None])
    copies, notes = [], []
    for plan in plans:
        copy, told = trial.copy_of(plan, unplaced_when_in_conflict)
        copies.append(copy)
        notes.extend(told)
    return CopyPreview(prison, target_term, tuple(copies), tuple(notes), trial.of_row)


def _check_term(prison: Prison, term: Term, now: dt.datetime) -> None:
    if term.prison_id != prison.pk:
        raise PlannerError("unknown_term", _("This term does not exist here."), status=404)
    if term.ends_on < clock.today(now):
        raise PlannerError("term_over", _("This term is over. Choose one that is still to come."))


def copy_series(
    prison: Prison,
    *,
    series: Iterable[Series | int],
    target_term: Term,
    by: User,
    now: dt.datetime | None = None,
    access: Access | None = None,
    unplaced_when_in_conflict: bool = True,
    seen: str | None = None,
) -> CopyOutcome:
    """Make the copies and all their sessions as drafts, as one act. Copied again, it finds them there.

    Dates in conflict wait in the tray, without a room, and without a time if that is refused; with
    `unplaced_when_in_conflict=False` they are skipped. `seen` is the digest of the preview that was shown. Raises
    NotAsShown (409), PlannerError `term_over` (409), `unknown_term` (404), `not_yours` (403).
    """
    now = now or clock.now()
    access = access or access_for(by, prison, now=now)
    if access is None:
        raise PlannerError("not_yours", _("You have no role in this prison."), status=403)
    tried = partial(
        _savable,
        series=list(series),
        target_term=target_term,
        access=access,
        now=now,
        unplaced_when_in_conflict=unplaced_when_in_conflict,
    )
    # Trying every date of a term takes longest. It is done before the lock, so that nobody else waits for it, and
    # once more under the lock only where somebody has changed the plan meanwhile.
    looked_at = Prison.objects.get(pk=prison.pk)
    preview = tried(looked_at)
    with transaction.atomic():
        prison = lock_prison(prison)
        if _version(prison) != _version(looked_at):
            preview = tried(prison)
        copies = [one for one in preview.copied if one.made]
        if not copies:
            return CopyOutcome(preview, (), (), (), preview.notes, None)
        require_seen(seen, preview.digest)
        return _make(prison, preview, copies, by, access, now)


def _savable(prison: Prison, **asked: Any) -> CopyPreview:
    """What `preview_copy` says, and every series of it looked at."""
    preview = preview_copy(prison, **asked)
    for one in preview.copied:
        require_savable(prison, one.plan.own_draft)
    return preview


def _version(prison: Prison) -> tuple[int, int]:
    return prison.plan_version, prison.rules_version


def copy_term(
    prison: Prison,
    *,
    source_term: Term,
    target_term: Term,
    by: User,
    now: dt.datetime | None = None,
    access: Access | None = None,
    unplaced_when_in_conflict: bool = True,
) -> CopyOutcome:
    """Every series of a term; those of other services are named as not copied."""
    ids = Series.objects.in_prison(prison).filter(term=source_term).values_list("pk", flat=True)
    return copy_series(
        prison,
        series=list(ids),
        target_term=target_term,
        by=by,
        now=now,
        access=access,
        unplaced_when_in_conflict=unplaced_when_in_conflict,
    )


def _make(
    prison: Prison, preview: CopyPreview, copies: list[SeriesCopy], by: User, access: Access, now: dt.datetime
) -> CopyOutcome:
    created = _save(prison, copies, by, now)
    dates = [
        (copy, made, one) for copy, (_source, made) in zip(copies, created, strict=True) for one in copy.made
    ]
    rows = GroupSession.objects.bulk_create(_session(made, one, by, now) for _copy, made, one in dates)
    sessions, changes, tray = {}, [], []
    for session, (copy, _made, one) in zip(rows, dates, strict=True):
        sessions[copy.source.pk, one.occurrence.on] = session.pk
        changes.append(_change(session.pk, copy, one))
        if copy.waits(one.occurrence.on):
            tray.append(session.pk)
    ids = tuple(sessions.values())
    notes = _with_sessions(preview, sessions)
    outcome = apply(
        prison,
        changes,
        by=by,
        verb="copy_series",
        now=now,
        accept_soft=True,
        access=access,
        created=frozenset(ids),
        facts={
            "term": preview.term.pk,
            "series": [[source.pk, made.pk] for source, made in created],
            "notes": [one.as_json() for one in notes],
        },
    )
    remember(outcome.change_set, images_of_made(made for _source, made in created))
    placed = tuple(pk for pk in ids if pk not in set(tray))
    return CopyOutcome(preview, tuple(created), placed, tuple(tray), notes, outcome)


def _save(
    prison: Prison, copies: list[SeriesCopy], by: User, now: dt.datetime
) -> list[tuple[Series, Series]]:
    """Every series with what hangs on it, but for its sessions: (source, copy)."""
    drafts = [copy.plan.own_draft for copy in copies]
    for draft, code in zip(drafts, next_list_codes(prison, len(copies)), strict=True):
        draft.series.list_code = code
    made = save_all(prison, drafts, by, now)
    SkippedDate.objects.bulk_create(
        SkippedDate(series=series, on=one.occurrence.on, reason=skip_reason(one.occurrence))
        for copy, series in zip(copies, made, strict=True)
        for one in copy.dates
        if one not in copy.made
    )
    Material.objects.bulk_create(
        Material(
            series=series, name=one.name, count=one.count, state=one.state, granted_until=one.granted_until
        )
        for copy, series in zip(copies, made, strict=True)
        for one in copy.plan.materials
    )
    return [(copy.source, series) for copy, series in zip(copies, made, strict=True)]


def _session(series: Series, one: TriedDate, by: User, now: dt.datetime) -> GroupSession:
    return GroupSession(
        prison_id=series.prison_id,
        series=series,
        week_on=one.occurrence.week_on,
        pattern_on=one.occurrence.pattern_on,
        changed_at=now,
        changed_by=by,
    )


def _change(session_id: int, copy: SeriesCopy, one: TriedDate) -> Change:
    occurrence = one.occurrence
    parts = tuple(Part(worker_id) for worker_id in copy.plan.worker_ids(occurrence.on))
    if copy.new is None or not one.keeps_time:
        return Change(session_id, workers=parts)
    room_id = None if occurrence.on in copy.in_tray else copy.new.default_room_id
    return Change(session_id, room_id, occurrence.starts_at, occurrence.ends_at, workers=parts)


def _with_sessions(preview: CopyPreview, sessions: Mapping[tuple[int, dt.date], int]) -> tuple[CopyNote, ...]:
    """The notes once the sessions are there: what was only previewed is named by its own id."""
    numbers = {
        number: sessions.get((plan.source.pk, occurrence.on), 0)
        for number, (plan, occurrence) in preview.rows.items()
    }

    def named(one: CopyNote) -> CopyNote:
        facts = tuple(
            (name, numbers.get(value, value) if name == "other" else value) for name, value in one.facts
        )
        return replace(one, facts=facts)

    return tuple(named(one) for one in preview.notes)
