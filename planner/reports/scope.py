"""Of what a figure is counted: a prison or several, some services or all, from a day to a day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, NullIf

from enrollment.domain.attendance.sheet_entry import has_marks
from enrollment.models import Attendance, Enrollment, Headcount, Request, Stay
from planner.reports.periods import Period
from prisons.models import Organisation, Prison
from sessions.models import GroupSession, Series

_State = GroupSession.State


@dataclass(frozen=True)
class ReportScope:
    """Each query below is both a number and the list behind it: the number is its length."""

    prison_ids: tuple[int, ...]
    period: Period
    now: dt.datetime
    organisation_ids: frozenset[int] | None = None
    """None: all services."""
    people_of: Q = field(default_factory=Q)
    """Requests whose person may be told by where he lives or by what was answered: whoever moves takes them along,
    and whoever noted what another service is asked would read its answer from a day with one request."""
    waiting_of: Q = field(default_factory=Q)
    """The same, of who waits for a place."""

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

    def brought(self) -> QuerySet[Attendance]:
        """Marks of those whom the prison did not keep back."""
        return self.marks().exclude(mark=Attendance.Mark.NOT_BROUGHT)

    def without_marks(self) -> QuerySet[GroupSession]:
        """Held, with people or as drop-in hours, and nobody has said yet who came."""
        return self.held().filter(self.is_unmarked())

    @staticmethod
    def is_unmarked() -> Q:
        """Of a queryset of sessions: with people or as drop-in hour, and without a mark or a number."""
        placed = Enrollment.objects.filter(series=OuterRef("series"), placed_from__isnull=False)
        return Q(Q(series__is_drop_in=True) | Q(Exists(placed)), ~Q(has_marks()), headcount__isnull=True)

    @staticmethod
    def is_counted() -> Exists:
        return Exists(Headcount.objects.filter(session=OuterRef("pk")))

    def drop_ins(self) -> QuerySet[GroupSession]:
        """Held without enrolment, with a number of people."""
        return self.held().filter(self.is_counted())

    def first_times(self) -> QuerySet[Attendance]:
        """The first session at which somebody was present at all, as far as it lies in the period."""
        return self.marks(Attendance.Mark.PRESENT).exclude(Exists(self.earlier_times()))

    @staticmethod
    def earlier_times() -> QuerySet[Attendance]:
        """Of a queryset of marks: sessions before, at which the same person was present."""
        return Attendance.objects.filter(
            participant=OuterRef("participant"),
            mark=Attendance.Mark.PRESENT,
            session__starts_at__lt=OuterRef("session__starts_at"),
        )

    def requests(self) -> QuerySet[Request]:
        """Requests that came in during the period; wishes belong to no service."""
        return Request.objects.filter(
            self._of("organisation"),
            prison__in=self.prison_ids,
            received_on__gte=self.period.first,
            received_on__lte=self.period.last,
        )

    def answered_to_reader(self) -> QuerySet[Request]:
        """Those of which the reader may know what became of them."""
        return self.requests().filter(self.people_of)

    def undecided(self) -> QuerySet[Request]:
        return self.answered_to_reader().filter(state=Request.State.OPEN)

    def not_handed_out(self) -> QuerySet[Request]:
        """Decided, with a slip that nobody has handed out."""
        return self.answered_to_reader().filter(self.lies_on_the_desk())

    def unanswered(self) -> QuerySet[Request]:
        return self.answered_to_reader().filter(Q(state=Request.State.OPEN) | Q(self.lies_on_the_desk()))

    def decided(self) -> QuerySet[Request]:
        return self.answered_to_reader().filter(decided_at__isnull=False)

    def ended(self, state: str) -> QuerySet[Request]:
        return self.answered_to_reader().filter(state=state)

    def is_answered_to_reader(self) -> Case:
        """Of a queryset of requests: whether it is one of those."""
        return Case(When(self.people_of, then=True), default=False) if self.people_of else Case(default=True)

    def readable(self) -> QuerySet[Request]:
        """Of these demand is counted."""
        return self.requests().exclude(state=Request.State.UNREADABLE)

    def asked_of_domain(self, domain: str) -> QuerySet[Request]:
        return self.readable().annotate(domain=self.domain_of_request()).filter(domain=domain)

    def asked_by_unit(self, code: str) -> QuerySet[Request]:
        """Of people who live in this unit today."""
        return self.readable().annotate(unit=self.unit_of_request()).filter(unit=code)

    def unit_of_request(self) -> Case:
        """Of a queryset of requests: the living unit of today of whoever asked, where the reader may know of it."""
        homes = Stay.objects.filter(
            participant=OuterRef("participant"), prison__in=self.prison_ids, ends_on=None, unit__isnull=False
        )
        home = Subquery(homes.order_by("-starts_on", "-pk").values("unit__code")[:1])
        return Case(When(self.people_of, then=home)) if self.people_of else Case(default=home)

    @staticmethod
    def domain_of_request() -> Coalesce:
        wished = NullIf(F("wish_domain"), Value(""))
        return Coalesce(F("series__activity__domain"), F("activity__domain"), wished)

    @staticmethod
    def lies_on_the_desk() -> Exists:
        """Of a queryset of requests: decided, and its slip still has to be handed out."""
        return Exists(Request.objects.not_handed_out().filter(pk=OuterRef("pk")))

    def waiting(self) -> QuerySet[Enrollment]:
        """Who waits for a place now, whenever it was asked."""
        rows = Enrollment.objects.filter(
            self._of("series__activity__organisation"),
            self.waiting_of,
            series__prison__in=self.prison_ids,
            state=Enrollment.State.WAITING,
        )
        return rows.order_by("waiting_since", "pk")

    def series(self) -> QuerySet[Series]:
        """Series with a session planned in the period."""
        return Series.objects.filter(pk__in=self.planned().values("series"))


def services_of(prison: Prison) -> QuerySet[Organisation]:
    return Organisation.objects.filter(prisons=prison)
