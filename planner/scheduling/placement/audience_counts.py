"""Whom a change of published sessions tells, said before it is done: counts only, no names.

The rule itself is `planner/notifications/audience.py`, for this and for what is written with the act. A change
that names nothing yet is taken for a move.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.dates.clock import today
from enrollment.models import ListVersion
from planner.notifications.audience import Audience, audiences_of
from planner.notifications.session_change import SessionChange
from planner.notifications.unsaid import Unsaid
from planner.scheduling.placement.foreseen import at_least, standing
from planner.scheduling.placement.session_changes import Change
from prisons.models import Prison
from sessions.models import GroupSession

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class AudienceCounts:
    """Facilitators and people who learn of it, and where it stands at once."""

    workers: int = 0
    people_count: int = 0
    liaison: bool = False
    """It stands on the lists of the prison."""
    feeds: bool = False
    """It stands in calendars."""
    after_cut_off: bool = False
    """The lists of that day are closed: it goes on the page of changes."""

    def __bool__(self) -> bool:
        return self.feeds

    @property
    def sentences(self) -> list[str]:
        """Whole sentences in the reader's language; one only when nobody is told."""
        if not self:
            return [_("Nobody is told: it is not published yet.")]
        said = []
        if self.workers:
            said.append(
                ngettext(
                    "This tells %(count)s facilitator.", "This tells %(count)s facilitators.", self.workers
                )
                % {"count": self.workers}
            )
        if self.people_count:
            said.append(
                ngettext(
                    "%(count)s person of the group gets a slip.",
                    "%(count)s people of the group get a slip.",
                    self.people_count,
                )
                % {"count": self.people_count}
            )
        if self.after_cut_off:
            said.append(_("The lists of that day are closed: it stands on the page of changes."))
        elif self.liaison:
            said.append(_("It stands on the lists and in the calendars at once."))
        else:
            said.append(_("It stands in the calendars at once."))
        return said


def told_by(
    prison: Prison,
    changes: Iterable[Change],
    unsaid: Unsaid | None = None,
    known: Mapping[int, GroupSession] | None = None,
) -> AudienceCounts:
    """Whom these changes, done as one act, would tell. Nothing is written.

    `unsaid` belongs to the act that they take back; sessions that are `known` are not read again.
    """
    return told_by_each(prison, {0: list(changes)}, unsaid, known)[0]


def told_by_each(
    prison: Prison,
    acts: Mapping[Key, Iterable[Change]],
    unsaid: Unsaid | None = None,
    known: Mapping[int, GroupSession] | None = None,
) -> dict[Key, AudienceCounts]:
    """The same for several acts, each by itself, in a fixed number of queries."""
    changes = {key: list(some) for key, some in acts.items()}
    foreseen = _foreseen(prison, changes, known)
    found = audiences_of(prison, foreseen, unsaid)
    closed = _closed_days(prison, found.values())
    return {key: _counted(audience, closed) for key, audience in found.items()}


def _foreseen(
    prison: Prison, acts: Mapping[Key, list[Change]], known: Mapping[int, GroupSession] | None
) -> dict[Key, list[SessionChange]]:
    """Each act by itself: two of them may speak of the same session."""
    known = standing(prison, {change.session_id for changes in acts.values() for change in changes}, known)
    return {
        key: [at_least(known[one.session_id], one) for one in changes if one.session_id in known]
        for key, changes in acts.items()
    }


def _counted(audience: Audience, closed: set[dt.date]) -> AudienceCounts:
    return AudienceCounts(
        workers=len({worker for _session, worker, _kind in audience.workers}),
        people_count=len({person for _session, person in audience.slips}),
        liaison=any(one.moments for one in audience.changes),
        feeds=bool(audience),
        after_cut_off=any(today(at) in closed for one in audience.changes for at in one.moments),
    )


def _closed_days(prison: Prison, found: Iterable[Audience]) -> set[dt.date]:
    days = {today(at) for audience in found for one in audience.changes for at in one.moments}
    if not days:
        return set()
    return set(ListVersion.objects.in_prison(prison).filter(on__in=days).values_list("on", flat=True))
