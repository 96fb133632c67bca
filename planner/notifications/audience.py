"""Whom an act concerns: the one rule, for what is said before and for what is written with the act.

Of a group those who are expected on the old date and those who are expected on the new one; of facilitators
those who led it and those who lead it. What nobody could see concerns nobody.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from core.dates.clock import today
from enrollment.domain.slips.reply_slips import who_must_hear_of_return
from enrollment.domain.taking_part import people_there
from enrollment.models import Slip
from planner.notifications.session_change import SessionChange
from planner.notifications.unsaid import Unsaid
from prisons.models import Prison

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Audience:
    """Facilitators with what to say to them, people of the groups with the slip that says it."""

    changes: tuple[SessionChange, ...] = ()
    """Those that somebody could see before or can see after."""
    workers: tuple[tuple[int, int, str], ...] = ()
    """(session, facilitator, what happened)."""
    slips: Mapping[tuple[int, int], Slip.Kind] = field(default_factory=dict)
    """(session, person) -> what the slip says."""

    def __bool__(self) -> bool:
        return bool(self.changes)


def audience_of(prison: Prison, changes: Iterable[SessionChange], unsaid: Unsaid | None = None) -> Audience:
    """Asked before anything is written. `unsaid` is what the act that is undone has not told yet.

    Asks nothing of the database when no published session is touched.
    """
    return audiences_of(prison, {0: list(changes)}, unsaid)[0]


def audiences_of(
    prison: Prison, acts: Mapping[Key, Iterable[SessionChange]], unsaid: Unsaid | None = None
) -> dict[Key, Audience]:
    """The same for several acts, each by itself, in a fixed number of queries."""
    seen = {key: [one for one in changes if one.was_shown or one.is_shown] for key, changes in acts.items()}
    there = _expected(prison, [one for changes in seen.values() for one in changes])
    returned = {one.session_id for changes in seen.values() for one in changes if one.returns}
    corrections = who_must_hear_of_return(prison, {pk: there.get(pk, frozenset()) for pk in returned})
    unsaid = unsaid or Unsaid()
    return {
        key: Audience(
            tuple(changes),
            tuple(entry for entry in _workers(changes) if entry[:2] not in unsaid.workers),
            {
                about: kind
                for about, kind in _slips(changes, there, corrections)
                if about not in unsaid.people and not (unsaid.is_fresh and kind == Slip.Kind.CANCELLED)
            },
        )
        for key, changes in seen.items()
    }


def _workers(changes: list[SessionChange]) -> Iterable[tuple[int, int, str]]:
    return ((one.session_id, worker, kind) for one in changes for worker, kind in one.kinds())


def _slips(
    changes: list[SessionChange],
    there: Mapping[int, frozenset[int]],
    corrections: Mapping[tuple[int, int], Slip.Kind],
) -> Iterable[tuple[tuple[int, int], Slip.Kind]]:
    for one in changes:
        if one.returns:
            yield from (entry for entry in corrections.items() if entry[0][0] == one.session_id)
        elif (kind := one.slip) is not None:
            yield from (((one.session_id, person), kind) for person in there.get(one.session_id, ()))


def _expected(prison: Prison, changes: list[SessionChange]) -> dict[int, frozenset[int]]:
    """Session -> who is expected on its old date or on its new one."""
    wanted = [one for one in changes if one.slip]
    before = {
        one.session_id: (one.series_id, today(one.before.starts_at)) for one in wanted if one.before.starts_at
    }
    after = {
        one.session_id: (one.series_id, today(one.after.starts_at)) for one in wanted if one.after.starts_at
    }
    other = {pk: where for pk, where in after.items() if before.get(pk) != where}
    there = _there(prison, before)
    for pk, people in _there(prison, other).items():
        there[pk] = there.get(pk, frozenset()) | people
    return there


def _there(prison: Prison, wanted: Mapping[int, tuple[int, dt.date]]) -> dict[int, frozenset[int]]:
    rows = [(pk, series, day) for pk, (series, day) in wanted.items()]
    return people_there(prison.pk, rows, with_awaiting=False)
