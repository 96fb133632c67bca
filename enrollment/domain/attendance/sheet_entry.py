"""A sheet that came back: everybody was there, but for the exceptions that are keyed in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from core.words.folding import as_filed
from core.words.text import as_counted
from enrollment.domain.attendance import marking
from enrollment.domain.attendance.sheet_lines import KEYS
from enrollment.domain.lists.day import Person
from enrollment.domain.lists.day_lists import people_on
from enrollment.models import Attendance, Enrollment, Headcount, Participant
from prisons.access import Access, Right
from prisons.models import User
from sessions.models import GroupSession

Mark = Attendance.Mark
_EXCEPTION = re.compile(r"([0-9]+)\s*([a-z])", re.ASCII)
TYPED_IN_WITHIN = dt.timedelta(days=marking.CORRECTED_FOR_DAYS)
MOST_BLANK = 10_000
"""More sessions than a prison has in that time."""


@dataclass(frozen=True)
class EntryRow:
    """One person on the page of a session, in the order of the sheet."""

    participant: Participant
    mark: str
    skips: bool
    adults: int | None
    children: int | None
    number: str = ""
    unit: str = ""
    cell: str = ""

    @property
    def mark_label(self) -> str:
        return str(Mark(self.mark).label) if self.mark else ""

    @property
    def short_name(self) -> str:
        """First name and initial, for a facilitator."""
        return Person(0, self.participant.last_name, self.participant.first_name, "", "", "").short_name


def rows(session: GroupSession) -> list[EntryRow]:
    """Everybody of this session with number, unit and cell on its day."""
    lines = marking.lines(session)
    day = clock.today(session.starts_at)
    places = people_on(session.prison, day, {line.participant.pk for line in lines})
    found = [_row(line, places.get(line.participant.pk)) for line in lines]
    return sorted(
        found, key=lambda row: (as_counted(row.unit), as_counted(row.cell), as_filed(str(row.participant)))
    )


def _row(line: marking.AttendanceLine, person: Person | None) -> EntryRow:
    place = (person.number, person.unit, person.cell) if person else ("", "", "")
    return EntryRow(line.participant, line.mark, line.skips, line.adults, line.children, *place)


def read_exceptions(text: str, numbers: Mapping[int, str]) -> dict[int, Mark]:
    """`99n 317e` -> the person whose number ends in 99 was not brought, that of 317 was excused.

    `numbers` holds the register number of each person of the group. Raises PlannerError 422 naming the first
    part that nobody or more than one person fits, that has no known letter, or that comes twice.
    """
    found: dict[int, Mark] = {}
    rest = _EXCEPTION.sub(" ", text.lower()).replace(",", " ").strip()
    if rest:
        raise _refusal("exception_unreadable", _("“%(part)s” cannot be read. Write 99n, 317e."), rest)
    for match in _EXCEPTION.finditer(text.lower()):
        ending, letter = match.groups()
        people = [person for person, number in numbers.items() if number.endswith(ending)]
        if letter not in KEYS:
            raise _refusal("exception_letter", _("“%(part)s”: this letter means no mark."), match[0])
        if len(people) != 1:
            raise _refusal("exception_who", _("“%(part)s” fits nobody, or more than one person."), match[0])
        if people[0] in found:
            raise _refusal("exception_twice", _("“%(part)s”: this person was keyed in twice."), match[0])
        found[people[0]] = KEYS[letter]
    return found


def _refusal(code: str, message: Any, part: str) -> PlannerError:
    return PlannerError(code, message, status=422, part=part)


def enter_sheet(session: GroupSession, exceptions: str, *, by: User, now: dt.datetime | None = None) -> int:
    """Marks the exceptions, and everybody who has no mark yet as present; returns how many were present.

    All or nothing. Raises PlannerError as `read_exceptions` and `attendance.mark` do.
    """
    group = {row.participant.pk: row for row in rows(session)}
    marks = read_exceptions(exceptions, {pk: row.number for pk, row in group.items() if row.number})
    with transaction.atomic():
        for person, mark in marks.items():
            marking.mark(session, group[person].participant, mark, by=by, now=now)
        return marking.mark_rest_present(session, by=by, now=now)


def to_type_in(access: Access, *, now: dt.datetime | None = None) -> QuerySet[GroupSession]:
    """Own sessions that have been, with people and without a single mark: the newest last; one query."""
    at = now or clock.now()
    counted = Headcount.objects.filter(session=OuterRef("pk"))
    placed = Enrollment.objects.filter(series=OuterRef("series"), placed_from__isnull=False)
    sessions = GroupSession.objects.in_prison(access.prison).published()
    lately = sessions.filter(ends_at__lt=at, starts_at__gt=at - TYPED_IN_WITHIN)
    # Counted off first: else PostgreSQL reads the series of all years to tell which of these few are drop-in.
    blank = lately.exclude(has_marks()).exclude(Exists(counted)).order_by("-starts_at")[:MOST_BLANK]
    return (
        sessions.filter(_own(access), pk__in=blank.values("pk"))
        .filter(Q(series__is_drop_in=True) | Exists(placed))
        .select_related("series__activity", "room")
        .distinct()
        .order_by("starts_at", "pk")
    )


def typed_in_lately(access: Access, *, now: dt.datetime | None = None) -> QuerySet[GroupSession]:
    """Own sessions of the last days that have marks or a count, the newest first: to look at or correct."""
    at = now or clock.now()
    sessions = GroupSession.objects.in_prison(access.prison).published()
    counted = Headcount.objects.filter(session=OuterRef("pk"))
    rows = sessions.filter(_own(access), starts_at__lt=at, starts_at__gt=at - TYPED_IN_WITHIN)
    rows = rows.filter(has_marks() | Exists(counted)).select_related("series__activity", "room").distinct()
    return rows.order_by("-starts_at", "-pk")[:10]


def neighbours(session: GroupSession) -> tuple[GroupSession | None, GroupSession | None]:
    """The session of the same series before and after this one. Two queries."""
    rows = GroupSession.objects.published().filter(series=session.series_id)
    before = rows.filter(starts_at__lt=session.starts_at).order_by("-starts_at").first()
    after = rows.filter(starts_at__gt=session.starts_at).order_by("starts_at").first()
    return before, after


def has_marks() -> Exists:
    """Of a queryset of sessions: whether somebody said who came. Excused beforehand says nothing of that."""
    ahead = Q(mark=Mark.EXCUSED, at__lt=OuterRef("starts_at"))
    return Exists(Attendance.objects.filter(session=OuterRef("pk")).exclude(ahead))


def _own(access: Access) -> Q:
    """Sessions of the own service or authority, and those that the person leads."""
    own = Q(series__activity__organisation__in=access.organisation_ids)
    own |= Q(series__activity__organisation__authority__in=access.authorities)
    if access.has(Right.SEE_OWN_SESSIONS):
        own |= Q(session_workers__worker__user=access.user)
    return own


def names_of(found: Iterable[EntryRow], access: Access) -> dict[int, str]:
    """How each person is named to this reader: facilitators know first names and initials only."""
    sees_names = access.has(Right.SEE_NAMES)
    return {row.participant.pk: str(row.participant) if sees_names else row.short_name for row in found}
