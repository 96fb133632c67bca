"""The numbers of enrolment. Each is the length of the very list it links to.

One query function serves both.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q, QuerySet

from core.dates.clock import today
from enrollment.domain.notes import note_intake
from enrollment.domain.participants.visibility import own_requests
from enrollment.models import Note, Request, Slip
from enrollment.models.requests import SlipQuerySet
from prisons import gate
from prisons.access import Access, Right


def undecided(access: Access) -> QuerySet[Request]:
    """Requests for a series or an activity that wait for a decision, oldest first."""
    return own_requests(access).undecided().filter(wish_title="").order_by("received_on", "pk")


def overdue(access: Access, *, now: dt.datetime | None = None) -> QuerySet[Request]:
    """Undecided for longer than the prison promises: the alarm list. Wishes too: they also get an answer."""
    rows = own_requests(access).undecided().filter(received_on__lt=_promised_since(access, now))
    return rows.order_by("received_on", "pk")


def _promised_since(access: Access, now: dt.datetime | None) -> dt.date:
    """What came in on this day or later is still in time."""
    return today(now) - dt.timedelta(days=access.prison.promise_days)


class OpenRequest(NamedTuple):
    """One that waits, as far as it is counted."""

    organisation_id: int
    received_on: dt.date
    is_wish: bool
    is_overdue: bool


def open_requests(access: Access, *, now: dt.datetime | None = None) -> list[OpenRequest]:
    """What the lists of undecided, of overdue and of wishes hold together, oldest first: to be counted by service.

    Counted by the reader: to group them, SQLite would read every request there ever was in the order of services.
    """
    since = _promised_since(access, now)
    rows = own_requests(access).undecided().order_by("received_on", "pk")
    return [
        OpenRequest(service, received_on, bool(wish), received_on < since)
        for service, received_on, wish in rows.values_list("organisation", "received_on", "wish_title")
    ]


def wishes(access: Access) -> QuerySet[Request]:
    """Wishes that have no slip "noted" yet."""
    return own_requests(access).undecided().exclude(wish_title="").order_by("received_on", "pk")


def own_slips(access: Access) -> SlipQuerySet:
    """Every slip that the user's services have written, whatever became of it."""
    rows = Slip.objects.in_prison(access.prison)
    if not access.has(Right.ENTER_REQUESTS):
        return rows.none()
    by_request = gate.own(access, "request__organisation")
    by_series = gate.own(access, "enrollment__series__activity__organisation")
    services = list(gate.acts_for(access).values_list("pk", flat=True))
    card = Q(kind=Slip.Kind.CARD)  # of a note that nobody could read: it says nothing of any service
    letter = Q(kind=Slip.Kind.ASK_THERE, facts__organisation__in=services)
    return rows.filter(by_request | by_series | Q(card | letter, request=None, enrollment=None))


def to_hand_out(access: Access) -> SlipQuerySet:
    """Those of them that are on the desk."""
    return own_slips(access).on_the_desk()


def not_handed_out(access: Access) -> QuerySet[Request]:
    """Decided requests whose answer still lies on the desk."""
    # Begun at the desk, which stays small; what was ever decided does not.
    desk = Slip.objects.in_prison(access.prison).on_the_desk().filter(request__isnull=False)
    rows = own_requests(access).filter(pk__in=desk.order_by().values("request")).not_handed_out()
    return rows.order_by("decided_at", "pk")


def parked(access: Access) -> QuerySet[Note]:
    rows = note_intake.parked(access.prison)
    return rows if access.has(Right.ENTER_REQUESTS) else rows.none()


APART_DAYS = 366
"""How far back what ended without an answer is counted and listed."""


def unreadable_notes(access: Access, *, now: dt.datetime | None = None) -> QuerySet[Note]:
    """Notes of the past year that nobody could read, newest first."""
    rows = Note.objects.in_prison(access.prison).filter(
        state=Note.State.UNREADABLE, received_on__gte=_a_year_ago(now)
    )
    return rows.select_related("participant") if access.has(Right.ENTER_REQUESTS) else rows.none()


def ended_unanswered(access: Access, *, now: dt.datetime | None = None) -> QuerySet[Request]:
    """Requests of the past year that ended because the person left, or could not be read; newest first."""
    states = (Request.State.LEFT, Request.State.UNREADABLE)
    rows = own_requests(access).filter(state__in=states, received_on__gte=_a_year_ago(now))
    return rows.order_by("-received_on", "-pk")


def _a_year_ago(now: dt.datetime | None) -> dt.date:
    return today(now) - dt.timedelta(days=APART_DAYS)


@dataclass(frozen=True)
class CountedApart:
    """What ended without an answer: never hidden."""

    unreadable: int
    left: int

    @property
    def all(self) -> int:
        return self.unreadable + self.left


def counted_apart(access: Access, *, now: dt.datetime | None = None) -> CountedApart:
    """The lengths of the two lists above, sorted by why."""
    rows = ended_unanswered(access, now=now)
    left = rows.filter(state=Request.State.LEFT).count()
    unread = rows.filter(state=Request.State.UNREADABLE).count()
    return CountedApart(unread + unreadable_notes(access, now=now).count(), left)


@dataclass(frozen=True)
class Counts:
    """For tabs and first pages. Unanswered is what is undecided (wishes too) and what is not handed out."""

    undecided: int
    overdue: int
    wishes: int
    to_hand_out: int
    not_handed_out: int
    parked: int

    @property
    def unanswered(self) -> int:
        return self.undecided + self.wishes + self.not_handed_out


def of(access: Access, *, now: dt.datetime | None = None) -> Counts:
    """Six counts, six queries."""
    return Counts(
        undecided=undecided(access).count(),
        overdue=overdue(access, now=now).count(),
        wishes=wishes(access).count(),
        to_hand_out=to_hand_out(access).count(),
        not_handed_out=not_handed_out(access).count(),
        parked=parked(access).count(),
    )
