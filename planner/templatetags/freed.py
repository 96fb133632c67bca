"""Template tag of the plan on pages of other apps: dates that were skipped for a holiday that is none any more."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from django import template

from planner.scheduling.series import gained_dates
from prisons import gate
from prisons.access import Access, Right
from sessions.models import Series, SkippedDate

register = template.Library()


@dataclass(frozen=True)
class Freed:
    """One series with its freed dates."""

    series: Series
    name: str
    dates: list[SkippedDate]
    may_change: bool


@register.simple_tag
def freed_dates(access: Access, series: Series | None = None) -> list[Freed]:
    """Series by series, of one or of the whole prison, under the names that this reader may know."""
    rows = gained_dates.freed_dates(access.prison, [series] if series else None)
    rows.sort(key=lambda row: row.series_id)
    return [
        Freed(
            group[0].series,
            gate.name_of(access, group[0].series),
            group,
            _may_change(access, group[0].series),
        )
        for _pk, found in groupby(rows, key=attrgetter("series_id"))
        for group in [list(found)]
    ]


def _may_change(access: Access, series: Series) -> bool:
    return access.has(Right.PLACE) and access.may_change(series.activity.organisation)
