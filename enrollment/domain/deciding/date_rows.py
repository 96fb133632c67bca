"""The dates of a series as rows: when, where, who leads, how it stands; and what is still to be done about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from core.dates import clock
from core.dates.clock import today
from sessions.models import GroupSession, Series, SkippedDate

State = GroupSession.State
NO_TIME = "unplanned"


@dataclass(frozen=True)
class DateRow:
    """One session, or a date that the pattern leaves out (then `skipped` is set and `session` is not)."""

    on: dt.date
    session: GroupSession | None = None
    skipped: SkippedDate | None = None
    is_over: bool = False
    is_today: bool = False

    @property
    def state(self) -> str:
        """The code of its look (core/words/badges.py)."""
        return "skipped" if self.session is None else self.session.state

    @property
    def why(self) -> str:
        """Why it does not take place; empty where it does."""
        if self.skipped is not None:
            return str(self.skipped.get_reason_display())
        cancellation = getattr(self.session, "cancellation", None)
        return str(cancellation.get_reason_display()) if cancellation else ""

    @property
    def is_live(self) -> bool:
        return self.session is not None and self.session.state != State.CANCELLED

    @property
    def has_place(self) -> bool:
        return self.session is not None and bool(self.session.starts_at and self.session.room_id)

    @property
    def leaders(self) -> list[str]:
        return [str(each.worker) for each in self.session.session_workers.all()] if self.session else []


@dataclass(frozen=True)
class SeriesDates:
    """Those that lie ahead, today included, and those that are over, each in order of time."""

    ahead: Sequence[DateRow] = field(default_factory=list)
    over: Sequence[DateRow] = field(default_factory=list)

    @property
    def to_come(self) -> int:
        return sum(row.is_live for row in self.ahead)

    @property
    def held(self) -> int:
        return sum(row.is_live for row in self.over)

    @property
    def drafts(self) -> int:
        """Not published yet, with or without a place."""
        return sum(row.is_live and row.state == State.DRAFT for row in self.ahead)

    @property
    def without_place(self) -> int:
        """Wanting a room, or a time."""
        return sum(row.is_live and not row.has_place for row in self.ahead)

    @property
    def ready(self) -> int:
        """Drafts that have all that publishing asks of them but the rules."""
        return sum(row.is_live and row.has_place and row.state == State.DRAFT for row in self.ahead)


def dates_of(series: Series, *, known: Q | None = None, now: dt.datetime | None = None) -> SeriesDates:
    """A fixed number of queries. `known` says which sessions exist for the reader (`gate.sessions_for`)."""
    at = now or clock.now()
    sessions = (
        GroupSession.objects.filter(known or Q(), series=series)
        .select_related("room", "cancellation")
        .prefetch_related("session_workers__worker")
    )
    rows = [_of_session(series, row, at) for row in sessions]
    rows += [DateRow(one.on, skipped=one, is_over=one.on < today(at)) for one in series.skipped_dates.all()]
    rows.sort(key=_order)
    return SeriesDates([row for row in rows if not row.is_over], [row for row in rows if row.is_over])


def _of_session(series: Series, row: GroupSession, at: dt.datetime) -> DateRow:
    if row.starts_at is None:
        on = series.day_in(row.week_on)
        return DateRow(on, row, is_over=row.week_on + dt.timedelta(days=6) < today(at))
    on = today(row.starts_at)
    return DateRow(on, row, is_over=on < today(at), is_today=on == today(at))


def _order(row: DateRow) -> tuple[dt.date, float]:
    starts_at = row.session.starts_at if row.session else None
    return row.on, starts_at.timestamp() if starts_at else 0
