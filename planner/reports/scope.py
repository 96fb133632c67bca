"""Of what a figure is counted: a prison or several, some services or all, from a day to a day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.formats import date_format

from core.clock import BRUSSELS
from enrollment.models import Attendance, Request
from prisons.models import Organisation, Prison
from sessions.models import GroupSession, Series

_State = GroupSession.State


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both included."""

    first: dt.date
    last: dt.date

    @property
    def starts_at(self) -> dt.datetime:
        return dt.datetime.combine(self.first, dt.time(), BRUSSELS)

    @property
    def ends_at(self) -> dt.datetime:
        return dt.datetime.combine(self.last + dt.timedelta(days=1), dt.time(), BRUSSELS)


@dataclass(frozen=True)
class Month(Period):
    """A month of the calendar: `2026-11` in addresses and forms."""

    @classmethod
    def read(cls, text: str) -> Month:
        """Raises ValueError for what is no month."""
        first = dt.date.fromisoformat(f"{text}-01")
        return cls.of(first)

    @classmethod
    def of(cls, day: dt.date) -> Month:
        first = day.replace(day=1)
        following = (first + dt.timedelta(days=31)).replace(day=1)
        return cls(first, following - dt.timedelta(days=1))

    @property
    def key(self) -> str:
        return f"{self.first:%Y-%m}"

    def __str__(self) -> str:
        return date_format(self.first, "F Y")


class MonthConverter:
    """For `register_converter`: `<month:month>` in an address; a month that is none gives 404."""

    regex = r"\d{4}-\d{2}"

    def to_python(self, value: str) -> Month:
        return Month.read(value)

    def to_url(self, value: Month | str) -> str:
        return value.key if isinstance(value, Month) else value


def calendar_year(year: int) -> Period:
    return Period(dt.date(year, 1, 1), dt.date(year, 12, 31))


def school_year(year: int) -> Period:
    """The one that begins in September of this year."""
    return Period(dt.date(year, 9, 1), dt.date(year + 1, 8, 31))


@dataclass(frozen=True)
class Scope:
    """Each query below is both a number and the list behind it: the number is its length."""

    prison_ids: tuple[int, ...]
    period: Period
    now: dt.datetime
    organisation_ids: frozenset[int] | None = None
    """None: all services."""

    def _of(self, path: str) -> Q:
        return Q() if self.organisation_ids is None else Q(**{f"{path}__in": self.organisation_ids})

    def planned(self) -> QuerySet[GroupSession]:
        """Sessions that were published for a day of the period, whatever became of them."""
        was_published = Q(state=_State.PUBLISHED) | Q(
            state=_State.CANCELLED, cancellation__was_state=_State.PUBLISHED
        )
        return GroupSession.objects.filter(
            was_published,
            self._of("series__activity__organisation"),
            prison__in=self.prison_ids,
            starts_at__gte=self.period.starts_at,
            starts_at__lt=self.period.ends_at,
        )

    def held(self) -> QuerySet[GroupSession]:
        """Published and over."""
        return self.planned().filter(state=_State.PUBLISHED, ends_at__lte=self.now)

    def to_come(self) -> QuerySet[GroupSession]:
        return self.planned().filter(state=_State.PUBLISHED, ends_at__gt=self.now)

    def cancelled(self, reason: str = "") -> QuerySet[GroupSession]:
        rows = self.planned().filter(state=_State.CANCELLED)
        return rows.filter(cancellation__reason=reason) if reason else rows

    def marks(self, mark: str = "") -> QuerySet[Attendance]:
        """Marks at sessions of the period that were held."""
        rows = Attendance.objects.filter(
            self._of("session__series__activity__organisation"),
            session__prison__in=self.prison_ids,
            session__state=_State.PUBLISHED,
            session__starts_at__gte=self.period.starts_at,
            session__starts_at__lt=min(self.period.ends_at, self.now),
        )
        return rows.filter(mark=mark) if mark else rows

    def first_times(self) -> QuerySet[Attendance]:
        """The first session at which somebody was present at all, as far as it lies in the period."""
        earlier = Attendance.objects.filter(
            participant=OuterRef("participant"),
            mark=Attendance.Mark.PRESENT,
            session__starts_at__lt=OuterRef("session__starts_at"),
        )
        return self.marks(Attendance.Mark.PRESENT).exclude(Exists(earlier))

    def requests(self) -> QuerySet[Request]:
        """Requests that came in during the period; wishes belong to no service."""
        return Request.objects.filter(
            self._of("organisation"),
            prison__in=self.prison_ids,
            received_on__gte=self.period.first,
            received_on__lte=self.period.last,
        )

    def unanswered(self) -> QuerySet[Request]:
        """Undecided, or decided with a slip that nobody has handed out."""
        undecided = Q(state=Request.State.OPEN)
        on_the_desk = Q(
            state=Request.State.DECIDED, slips__handed_out_at__isnull=True, slips__replaced_at__isnull=True
        )
        on_the_desk &= Q(slips__isnull=False)
        return self.requests().filter(undecided | on_the_desk).distinct()

    def series(self) -> QuerySet[Series]:
        """Series with a session planned in the period."""
        return Series.objects.filter(pk__in=self.planned().values("series"))


def services_of(prison: Prison) -> QuerySet[Organisation]:
    return Organisation.objects.filter(prisons=prison)
