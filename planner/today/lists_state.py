"""For whoever prints: how far the lists of today and of the next day are, and what has changed since."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from core.dates import clock
from enrollment.domain.lists import cut_off, day_lists, handing_over
from enrollment.models import ListVersion
from prisons.access import Access, Right


@dataclass(frozen=True)
class ListsOfDay:
    """`version` is None until the lists close, at `closes_at`. `untold` changes no post knows yet."""

    on: dt.date
    version: ListVersion | None
    closes_at: dt.datetime | None
    untold: int

    @property
    def state(self) -> str:
        """A code of core/words/badges.py, empty while the lists can still change."""
        if self.version is None:
            return ""
        if self.version.handed_over_at:
            return "handed_over"
        return "printed" if self.version.printed_at else "queued"


def lists_to_hand_over(access: Access, *, now: dt.datetime) -> list[ListsOfDay]:
    """Today, when something has changed since its lists closed; and the next day with sessions."""
    if not access.has(Right.DOWNLOAD_LISTS) or access.has(Right.ENTER_REQUESTS):
        return []
    today, coming = clock.today(now), day_lists.next_day(access.prison, now=now)
    rows = [_of_day(access, day, now) for day in dict.fromkeys((today, coming))]
    return [row for row in rows if row.on == coming or row.untold]


def _of_day(access: Access, on: dt.date, now: dt.datetime) -> ListsOfDay:
    version = cut_off.latest(access.prison, on, now=now)
    untold = 0
    if version is not None:
        current = day_lists.day_lists(access.prison, on, now=now)
        untold = handing_over.untold(handing_over.all_versions(access.prison, on), current, access) or 0
    return ListsOfDay(on, version, cut_off.cut_off_of(access.prison, on, now), untold)
