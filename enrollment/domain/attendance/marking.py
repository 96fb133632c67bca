"""Who may mark attendance, until when, with which marks. Marks take no lock: many people tick at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.dates.clock import BRUSSELS
from core.errors import PlannerError
from enrollment.domain.locking import lock_facts
from enrollment.domain.taking_part import occupancy
from enrollment.models import Attendance, Enrollment, Headcount, Participant, Skip
from prisons.access import Access, Right
from prisons.domain.records import audit
from prisons.models import User
from sessions.models import GroupSession

Mark = Attendance.Mark
OPENS_BEFORE = dt.timedelta(minutes=30)
"""Marks may be set from half an hour before the session begins."""
CORRECTED_FOR_DAYS = 31
EXCUSED_AHEAD_DAYS = 14
"""So long before a session somebody can be excused; the lists leave the person out then."""

ABSENT_BY_CHOICE = (Mark.DECLINED_SELF,)
NOT_COUNTED = (Mark.EXCUSED, Mark.DECLINED_STAFF, Mark.NOT_BROUGHT, Mark.ELSEWHERE, Mark.CANCELLED, Mark.LEFT)
"""Excused, said by staff, or caused by the prison: these never feed the drop-out signal."""


@dataclass(frozen=True)
class AttendanceLine:
    """One person on the attendance page of a session."""

    participant: Participant
    mark: str
    adults: int | None = None
    children: int | None = None
    skips: bool = False


def may_mark(session: GroupSession, access: Access) -> bool:
    """A service marks its own sessions; a facilitator only the sessions that he or she leads."""
    if not access.has(Right.MARK):
        return False
    if access.may_change(session.series.activity.organisation):
        return True
    return session.session_workers.filter(worker__user=access.user).exists()


class Window(StrEnum):
    """What can be marked now."""

    NEVER = "never"
    """Cancelled, or without a time."""
    LATER = "later"
    EXCUSE = "excuse"
    """Excused only: it has not begun."""
    OPEN = "open"
    CLOSED = "closed"
    """More than a month ago: the marks stand."""


def window(session: GroupSession, now: dt.datetime | None = None) -> Window:
    at = now or clock.now()
    if session.starts_at is None or session.state == GroupSession.State.CANCELLED:
        return Window.NEVER
    if at < session.starts_at - OPENS_BEFORE:
        is_near = session.starts_at - at <= dt.timedelta(days=EXCUSED_AHEAD_DAYS)
        return Window.EXCUSE if is_near else Window.LATER
    return Window.CLOSED if at - session.starts_at > dt.timedelta(days=CORRECTED_FOR_DAYS) else Window.OPEN


def last_day_to_mark(session: GroupSession) -> dt.date:
    """Until when marks can be set and corrected."""
    return clock.today(session.starts_at) + dt.timedelta(days=CORRECTED_FOR_DAYS)


def refuse_closed(session: GroupSession, now: dt.datetime) -> None:
    """Raises PlannerError 409: not begun, cancelled, without a time, or too long ago."""
    found = window(session, now)
    if found == Window.NEVER:
        raise PlannerError("no_session", _("This session does not take place: there is nothing to mark."))
    if found in (Window.LATER, Window.EXCUSE):
        raise PlannerError(
            "too_early",
            _(
                "Attendance can be marked from half an hour before the session. Until then somebody can only "
                "be excused, from fourteen days before."
            ),
        )
    if found == Window.CLOSED:
        raise PlannerError("too_late", _("This session is more than a month ago: its marks stand."))


def lines(session: GroupSession) -> list[AttendanceLine]:
    """Everybody who takes part on this date, and whoever has a mark, by name.

    Those who skip it are shown so.
    """
    there = occupancy(session.prison_id, [session.pk], with_awaiting=False).get(session.pk, frozenset())
    marks = {row.participant_id: row for row in Attendance.objects.filter(session=session)}
    skipping = set(Skip.objects.filter(session=session).values_list("enrollment__participant_id", flat=True))
    people = Participant.objects.filter(pk__in={*there, *marks, *skipping})
    return [
        AttendanceLine(
            person,
            marks[person.pk].mark if person.pk in marks else "",
            marks[person.pk].adults if person.pk in marks else None,
            marks[person.pk].children if person.pk in marks else None,
            person.pk in skipping,
        )
        for person in people.order_by("last_name", "first_name", "pk")
    ]


def mark(
    session: GroupSession,
    participant: Participant,
    value: str,
    *,
    by: User,
    adults: int | None = None,
    children: int | None = None,
    now: dt.datetime | None = None,
) -> Attendance | None:
    """Sets one mark, or takes it away with an empty one. The last tap wins; who and when are kept."""
    at = now or clock.now()
    if value and value not in Mark.values:
        raise PlannerError("mark_unknown", _("Choose one of the marks."), status=422)
    if value in ("", Mark.EXCUSED) and window(session, at) == Window.EXCUSE:
        return _excuse_ahead(session, participant, is_excused=bool(value), by=by, at=at)
    refuse_closed(session, at)
    for number in (adults, children):
        if number is not None and not 0 <= number <= 50:
            raise PlannerError("how_many", _("A number between 0 and 50 is needed."), status=422)
    _refuse_outsider(session, participant)
    with transaction.atomic():
        if not value:
            Attendance.objects.filter(session=session, participant=participant).delete()
            audit.record(session.prison, by, "unmark", session, fields=["mark"], now=at)
            return None
        row, _made = Attendance.objects.update_or_create(
            session=session,
            participant=participant,
            defaults={"mark": value, "adults": adults, "children": children, "by": by, "at": at},
        )
        audit.record(session.prison, by, "mark", row, fields=["mark"], now=at)
    return row


def _excuse_ahead(
    session: GroupSession, participant: Participant, *, is_excused: bool, by: User, at: dt.datetime
) -> Attendance | None:
    """Excused before the session, or not after all: the person leaves its lists, or comes back on them."""
    with transaction.atomic():
        lock_facts(session.prison_id, now=at)
        place = Enrollment.objects.filter(
            series=session.series_id, participant=participant, state=Enrollment.State.PLACED
        ).first()
        if place is None:
            raise PlannerError("not_placed", _("Only who has a place can be excused."), status=404)
        marks = Attendance.objects.filter(session=session, participant=participant)
        if not is_excused:
            marks.delete()
            Skip.objects.filter(enrollment=place, session=session).delete()
            audit.record(session.prison, by, "unmark", session, fields=["mark"], now=at)
            return None
        Skip.objects.get_or_create(enrollment=place, session=session, defaults={"by": by, "at": at})
        row, _made = marks.update_or_create(
            session=session, participant=participant, defaults={"mark": Mark.EXCUSED, "by": by, "at": at}
        )
        audit.record(session.prison, by, "excuse_ahead", row, fields=["mark"], now=at)
    return row


def mark_many(
    session: GroupSession,
    people: Iterable[Participant],
    value: str,
    *,
    by: User,
    now: dt.datetime | None = None,
) -> int:
    """The same mark for several people, for all or for none of them; returns how many."""
    chosen = list(people)
    if not chosen:
        raise PlannerError("nobody_chosen", _("Choose at least one person."), status=422)
    with transaction.atomic():
        for person in chosen:
            mark(session, person, value, by=by, now=now)
    return len(chosen)


def mark_rest_present(session: GroupSession, *, by: User, now: dt.datetime | None = None) -> int:
    """Everybody without a mark was there; returns how many."""
    at = now or clock.now()
    refuse_closed(session, at)
    unmarked = [line.participant for line in lines(session) if not line.mark and not line.skips]
    with transaction.atomic():
        Attendance.objects.bulk_create(
            [Attendance(session=session, participant=p, mark=Mark.PRESENT, by=by, at=at) for p in unmarked],
            ignore_conflicts=True,
        )
        audit.record(session.prison, by, "mark_all", session, fields=["mark"], now=at)
    return len(unmarked)


def count_heads(session: GroupSession, people: int, *, by: User, now: dt.datetime | None = None) -> Headcount:
    """How many came to a drop-in session."""
    at = now or clock.now()
    if not session.series.is_drop_in:
        raise PlannerError("not_drop_in", _("Here the people are marked one by one."))
    refuse_closed(session, at)
    if not 0 <= people <= 500:
        raise PlannerError("how_many", _("A number between 0 and 500 is needed."), status=422)
    with transaction.atomic():
        row, _made = Headcount.objects.update_or_create(
            session=session, defaults={"people": people, "by": by, "at": at}
        )
        audit.record(session.prison, by, "count", row, fields=["people"], now=at)
    return row


def group_of(session: GroupSession) -> QuerySet[Participant]:
    """Whoever had a place in the series on or before the date. Nobody else exists for who marks this session."""
    day = session.starts_at.astimezone(BRUSSELS).date() if session.starts_at else None
    placed = Enrollment.objects.filter(
        series=session.series_id, placed_from__isnull=False, placed_from__lte=day
    )
    return Participant.objects.filter(pk__in=placed.values("participant"))


def _refuse_outsider(session: GroupSession, participant: Participant) -> None:
    """Without a name: whether it is anybody's would be an answer too."""
    if not group_of(session).filter(pk=participant.pk).exists():
        raise PlannerError("not_in_group", _("This person is not in this group."), status=404)


def attended(participant_ids: Collection[int], series_id: int) -> dict[int, tuple[int, int]]:
    """Person -> (times present, times marked) in a series; one query. Cancelled sessions do not count."""
    rows = Attendance.objects.filter(session__series=series_id, participant__in=list(participant_ids))
    totals: dict[int, tuple[int, int]] = {}
    for person, value in rows.exclude(mark=Mark.CANCELLED).values_list("participant_id", "mark").order_by():
        present, marked = totals.get(person, (0, 0))
        totals[person] = (present + (value == Mark.PRESENT), marked + 1)
    return totals


def dropping_out(series_id: int) -> set[int]:
    """People of a series who were absent by choice at their last two counted sessions, running; one query.

    Excused, said by staff, not brought and the like are skipped over: they neither count nor break the row.
    """
    rows = (
        Attendance.objects.filter(session__series=series_id)
        .exclude(mark__in=NOT_COUNTED)
        .order_by("session__starts_at")
    )
    running: dict[int, int] = {}
    for person, value in rows.values_list("participant_id", "mark"):
        running[person] = running.get(person, 0) + 1 if value in ABSENT_BY_CHOICE else 0
    return {person for person, times in running.items() if times >= 2}
