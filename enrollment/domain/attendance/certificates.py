"""Participation certificates: who took part in what, from when until when. Never the prison's name."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from core.dates.clock import BRUSSELS
from core.words.languages import localized
from enrollment.models import Attendance, Enrollment
from sessions.models import Series


@dataclass(frozen=True)
class Certificate:
    """One language's text is made from these."""

    enrollment: Enrollment
    times: int
    of: int
    first_on: dt.date
    last_on: dt.date
    hours: float

    @property
    def name(self) -> str:
        person = self.enrollment.participant
        return f"{person.first_name} {person.last_name}".strip()

    def title(self, language: str) -> str:
        """What was followed; the group's label is no part of it."""
        return localized(self.enrollment.series.activity, "title", language)

    @property
    def service(self) -> str:
        return self.enrollment.series.activity.organisation.name


def of_series(series: Series) -> list[Certificate]:
    """Everybody who was present at least once, by name. Two queries."""
    rows = Attendance.objects.filter(session__series=series).exclude(mark=Attendance.Mark.CANCELLED)
    marks: dict[int, list[tuple[str, dt.datetime, dt.datetime]]] = {}
    for person, mark, starts_at, ends_at in rows.order_by("session__starts_at").values_list(
        "participant_id", "mark", "session__starts_at", "session__ends_at"
    ):
        if starts_at and ends_at:
            marks.setdefault(person, []).append((mark, starts_at, ends_at))
    places = Enrollment.objects.filter(series=series, placed_from__isnull=False).exclude(
        state=Enrollment.State.AWAITING
    )
    found = [
        _certificate(each, marks[each.participant_id])
        for each in places.select_related("participant", "series__activity__organisation").order_by(
            "participant__last_name", "participant__first_name", "-pk"
        )
        if any(mark == Attendance.Mark.PRESENT for mark, *_times in marks.get(each.participant_id, ()))
    ]
    return list({each.enrollment.participant_id: each for each in reversed(found)}.values())[::-1]


def _certificate(enrollment: Enrollment, marks: list[tuple[str, dt.datetime, dt.datetime]]) -> Certificate:
    present = [(start, end) for mark, start, end in marks if mark == Attendance.Mark.PRESENT]
    seconds = sum((end - start).total_seconds() for start, end in present)
    days = [start.astimezone(BRUSSELS).date() for start, _end in present]
    return Certificate(enrollment, len(present), len(marks), days[0], days[-1], round(seconds / 3600, 1))
