"""Whom a change of published sessions tells, said before it is done: counts only, no names.

The same rules as in planner/telling/notices.py, which does the telling. A change that names nothing yet is
taken for a move.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.clock import today
from enrollment.domain.slips import who_must_hear_of_return
from enrollment.domain.taking_part import occupancy
from enrollment.models import ListVersion
from planner.plan.changes import Change, Keep
from prisons.models import Prison
from sessions.models import GroupSession

State = GroupSession.State
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Told:
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


def told_by(prison: Prison, changes: Iterable[Change]) -> Told:
    """Whom these changes, done as one act, would tell. Nothing is written."""
    return told_by_each(prison, {0: list(changes)})[0]


def told_by_each(prison: Prison, acts: Mapping[Key, Iterable[Change]]) -> dict[Key, Told]:
    """The same for several acts, each by itself, in a fixed number of queries."""
    lists = {key: list(changes) for key, changes in acts.items()}
    sessions = (
        GroupSession.objects.in_prison(prison)
        .filter(pk__in={change.session_id for changes in lists.values() for change in changes})
        .prefetch_related("session_workers")
        .in_bulk()
    )
    people = dict(occupancy(prison, set(sessions), with_awaiting=False)) if sessions else {}
    people |= _who_was_told_otherwise(prison, sessions.values())
    closed = _closed_days(prison, [change for changes in lists.values() for change in changes], sessions)
    told = {}
    for key, changes in lists.items():
        seen = [c for c in changes if c.session_id in sessions and _is_seen(sessions[c.session_id], c)]
        told[key] = Told(
            workers=len({pk for c in seen for pk in _workers(sessions[c.session_id], c)}),
            people_count=len({pk for c in seen for pk in _people(people, sessions[c.session_id], c)}),
            liaison=any(_moments(sessions[c.session_id], c) for c in seen),
            feeds=bool(seen),
            after_cut_off=any(
                today(at) in closed for c in seen for at in _moments(sessions[c.session_id], c)
            ),
        )  # fmt: skip
    return told


def _who_was_told_otherwise(prison: Prison, sessions: Iterable[GroupSession]) -> dict[int, frozenset[int]]:
    """Of cancelled sessions: only whoever holds a slip that says something else hears of their return."""
    cancelled = [session.pk for session in sessions if session.state == State.CANCELLED]
    found: dict[int, set[int]] = {pk: set() for pk in cancelled}
    if cancelled:
        for session, person in who_must_hear_of_return(prison, cancelled):
            found[session].add(person)
    return {pk: frozenset(group) for pk, group in found.items()}


def _is_seen(session: GroupSession, change: Change) -> bool:
    """Published before or after: drafts are nobody's business yet."""
    return State.PUBLISHED in (session.state, change.state)


def _workers(session: GroupSession, change: Change) -> set[int]:
    """Whoever learns of it: all of them, or those who come and go where only they change."""
    present = {one.worker_id for one in session.session_workers.all()}
    chosen = present if isinstance(change.workers, Keep) else {part.worker_id for part in change.workers}
    was = present if _was_seen(session) else set()
    after = chosen if _stays_seen(session, change) else set()
    return was ^ after if _is_about_workers(change) else was | after


def _people(people: Mapping[int, frozenset[int]], session: GroupSession, change: Change) -> frozenset[int]:
    """The group that saw the session and must come elsewhere, at another time, not at all, or after all."""
    is_unplaced = change.starts_at is None and _stays_seen(session, change)
    was_told = _was_seen(session) or session.state == State.CANCELLED
    if not was_told or _is_about_workers(change) or is_unplaced:
        return frozenset()
    return people.get(change.session_id, frozenset())


def _was_seen(session: GroupSession) -> bool:
    return session.state == State.PUBLISHED


def _stays_seen(session: GroupSession, change: Change) -> bool:
    return (session.state if isinstance(change.state, Keep) else change.state) == State.PUBLISHED


def _is_about_workers(change: Change) -> bool:
    """Who leads it changes nothing in when and where the group is brought."""
    place = (change.room_id, change.starts_at, change.ends_at, change.state)
    return not isinstance(change.workers, Keep) and all(isinstance(one, Keep) for one in place)


def _moments(session: GroupSession, change: Change) -> list[dt.datetime]:
    """Old and new start, as far as there are any."""
    after = session.starts_at if isinstance(change.starts_at, Keep) else change.starts_at
    return [at for at in (session.starts_at, after) if at is not None]


def _closed_days(prison: Prison, changes: list[Change], sessions: Mapping[int, GroupSession]) -> set[dt.date]:
    days = {
        today(at)
        for change in changes
        if change.session_id in sessions
        for at in _moments(sessions[change.session_id], change)
    }
    if not days:
        return set()
    return set(ListVersion.objects.in_prison(prison).filter(on__in=days).values_list("on", flat=True))
