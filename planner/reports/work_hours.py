"""Hours per participant and month of series that count as work, on paper with lines to sign.

It is handed in at the prison: neutral names only, in Dutch and in French.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from core.dates import clock
from core.paper import Block, Column, Heading, Leaf, Paper, PaperNote, Table
from core.words.folding import as_filed
from enrollment.domain.attendance.sheet_entry import has_marks
from enrollment.models import Attendance, Stay
from enrollment.wording import both, joined, moment
from planner.reports.periods import Month
from prisons.access import Access
from prisons.models import Prison
from sessions.models import GroupSession, Series


@dataclass
class Worked:
    """What one person did in one series in one month."""

    participant_id: int
    name: str
    number: str = ""
    minutes: int = 0
    days: list[dt.date] = field(default_factory=list)

    @property
    def hours(self) -> float:
        return round(self.minutes / 60, 2)


@dataclass(frozen=True)
class MonthOfWork:
    """Series with the people who were present, each in order of name."""

    prison: Prison
    month: Month
    series: tuple[tuple[Series, tuple[Worked, ...]], ...]

    def people(self) -> list[Worked]:
        """Each person once, with the hours of all series together."""
        found: dict[int, Worked] = {}
        for one in (one for _series, rows in self.series for one in rows):
            all_of = found.setdefault(one.participant_id, Worked(one.participant_id, one.name, one.number))
            all_of.minutes += one.minutes
            all_of.days = sorted({*all_of.days, *one.days})
        return sorted(found.values(), key=lambda row: as_filed(row.name))


def sessions_of(access: Access, month: Month, *, now: dt.datetime | None = None) -> QuerySet[GroupSession]:
    """Sessions held this month of own series that count as work."""
    own = Q(series__activity__organisation__in=access.organisation_ids)
    own |= Q(series__activity__organisation__authority__in=access.authorities)
    rows = GroupSession.objects.in_prison(access.prison).published().filter(own, series__counts_as_work=True)
    return rows.filter(
        starts_at__gte=month.starts_at, starts_at__lt=month.ends_at, ends_at__lte=now or clock.now()
    )


def without_marks(access: Access, month: Month, *, now: dt.datetime | None = None) -> QuerySet[GroupSession]:
    """Those of them whose paper has not been typed in: their hours are missing."""
    return sessions_of(access, month, now=now).exclude(has_marks())


def month_of_work(access: Access, month: Month, *, now: dt.datetime | None = None) -> MonthOfWork:
    """Who was present how long. Four queries."""
    marks = (
        Attendance.objects.filter(
            session__in=sessions_of(access, month, now=now).order_by().values("pk"),
            mark=Attendance.Mark.PRESENT,
        )
        .select_related("session__series", "participant")
        .order_by("session__starts_at")
    )
    numbers = _numbers(access.prison, month)
    found: dict[Series, dict[int, Worked]] = defaultdict(dict)
    for mark in marks:
        person, session = mark.participant, mark.session
        row = found[session.series].setdefault(
            person.pk, Worked(person.pk, str(person), numbers.get(person.pk, ""))
        )
        if session.starts_at and session.ends_at:
            row.minutes += int((session.ends_at - session.starts_at).total_seconds() // 60)
            row.days.append(clock.today(session.starts_at))
    series = sorted(found, key=lambda one: one.neutral_name)
    rows = tuple(
        (one, tuple(sorted(found[one].values(), key=lambda row: as_filed(row.name)))) for one in series
    )
    return MonthOfWork(access.prison, month, rows)


def _numbers(prison: Prison, month: Month) -> dict[int, str]:
    """The register number that somebody had last in this month."""
    stays = Stay.objects.in_prison(prison).touching(month.first, month.last).order_by("starts_on", "pk")
    return dict(stays.values_list("participant_id", "register_number"))


def paper_of_hours(work: MonthOfWork, *, now: dt.datetime) -> Paper:
    """One list with the totals, then one per series with its dates. It is signed and kept."""
    title = f"{both('hours_done')} {work.month.first:%m/%Y}"
    prison = joined(work.prison.name_nl, work.prison.name_fr)
    return Paper(
        language="nl",
        title=title,
        made_at=now,
        leaves=[
            Leaf(both("total"), _blocks(work, both("total"), work.people())),
            *(
                Leaf(series.list_code, _blocks(work, series.neutral_name, rows))
                for series, rows in work.series
            ),
        ],
        product=settings.PRODUCT_NAME,
        footer=f"{title} · {prison} · {moment(now)}",
        page_words=both("page", page="%(page)s", pages="%(pages)s"),
        missing_words=both("letter_missing"),
        is_kept=True,
    )


def _blocks(work: MonthOfWork, title: str, rows: Iterable[Worked]) -> list[Block]:
    people = list(rows)
    blocks: list[Block] = [
        Heading(f"{both('hours_done')} · {work.month.first:%m/%Y}"),
        PaperNote(f"{title} · {joined(work.prison.name_nl, work.prison.name_fr)}", is_bold=True),
    ]
    if not people:
        return [*blocks, PaperNote(both("nobody"))]
    total = ("", both("total"), "", sum(row.minutes for row in people) / 60)
    table = Table(_columns(), [*(_cells(row) for row in people), total])
    return [*blocks, table, PaperNote(), PaperNote(f"{both('signed_for_service')}: {'_' * 40}")]


def _columns() -> list[Column]:
    return [
        Column(both("number"), is_centred=True),
        Column(both("name")),
        Column(both("hours_of_date")),
        Column(both("hours"), is_centred=True),
        Column(both("signature"), is_tick=True, width=24),
    ]


def _cells(row: Worked) -> tuple[Any, ...]:
    return row.number, row.name, ", ".join(f"{day:%d/%m}" for day in row.days), row.hours
