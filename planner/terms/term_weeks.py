"""The head of a term: its weeks with holidays and closures, and the periods to plan around."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from core.dates.clock import today as today_of
from core.dates.weeks import Week
from prisons.models import Prison
from rooms.models import Closure, Holiday, SoftBand
from sessions.models import Term


@dataclass(frozen=True)
class WeekHead:
    week: Week
    is_now: bool
    is_past: bool
    holidays: tuple[Holiday, ...]
    closures: tuple[Closure, ...]


@dataclass(frozen=True)
class BandPart:
    """So many weeks in a row, of one period or of none."""

    weeks: int
    band: SoftBand | None = None


@dataclass(frozen=True)
class BandRow:
    """One kind of period, such as the Flemish school holidays, over the weeks of the term."""

    label: str
    parts: tuple[BandPart, ...]


def week_heads(prison: Prison, weeks: Sequence[Week], today: dt.date) -> tuple[WeekHead, ...]:
    holidays: dict[Week, list[Holiday]] = defaultdict(list)
    for holiday in Holiday.objects.in_prison(prison).filter(on__range=(weeks[0].monday, weeks[-1].sunday)):
        holidays[Week.from_date(holiday.on)].append(holiday)
    closures: dict[Week, list[Closure]] = defaultdict(list)
    rows = Closure.objects.in_prison(prison).exclude(state=Closure.State.LIFTED)
    for closure in rows.touching(weeks[0].starts_at, weeks[-1].ends_at).select_related("room", "unit"):
        for week in weeks:
            if closure.starts_at < week.ends_at and week.starts_at < closure.ends_at:
                closures[week].append(closure)
    return tuple(
        WeekHead(week, today in week, week.sunday < today, tuple(holidays[week]), tuple(closures[week]))
        for week in weeks
    )


def band_rows(prison: Prison, weeks: Sequence[Week]) -> tuple[BandRow, ...]:
    """A row for each kind that there is; of two of one kind in a week the earlier one is named."""
    bands = SoftBand.objects.in_prison(prison).filter(
        starts_on__lte=weeks[-1].sunday, ends_on__gte=weeks[0].monday
    )
    by_kind: dict[str, list[SoftBand]] = defaultdict(list)
    for band in bands:
        by_kind[band.kind].append(band)
    return tuple(
        BandRow(str(SoftBand.Kind(kind).label), _parts(of_kind, weeks))
        for kind, of_kind in sorted(by_kind.items())
    )


def _parts(bands: Sequence[SoftBand], weeks: Sequence[Week]) -> tuple[BandPart, ...]:
    parts: list[BandPart] = []
    for week in weeks:
        band = next(
            (one for one in bands if one.starts_on <= week.sunday and week.monday <= one.ends_on), None
        )
        if parts and parts[-1].band == band:
            parts[-1] = BandPart(parts[-1].weeks + 1, band)
        else:
            parts.append(BandPart(1, band))
    return tuple(parts)


def term_of_day(terms: Sequence[Term], day: dt.date | None = None) -> Term | None:
    """The term that runs on that day, else the next one, else the last."""
    day = day or today_of()
    running = [term for term in terms if term.starts_on <= day <= term.ends_on]
    later = [term for term in terms if term.starts_on > day]
    return next(iter(running or later or terms[-1:]), None)
