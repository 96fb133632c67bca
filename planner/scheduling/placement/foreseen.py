"""How sessions would stand after a change that nobody has written: for whoever shows it before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from core.errors import PlannerError
from planner.notifications.session_change import SessionChange
from planner.scheduling.placement.session_changes import Change, after_of
from prisons.models import Prison
from sessions.domain.placing import placing_of
from sessions.models import GroupSession


def foresee(
    prison: Prison, changes: Iterable[Change], known: Mapping[int, GroupSession] | None = None
) -> dict[int, SessionChange]:
    """Session -> how it stands and how it would stand, in a fixed number of queries. Asks no rule.

    Raises PlannerError as `changes.after_of` does; a session that is there no more is left out.
    """
    wanted = {change.session_id: change for change in changes}
    return {pk: foreseen(session, wanted[pk]) for pk, session in standing(prison, wanted, known).items()}


def standing(
    prison: Prison, session_ids: Collection[int], known: Mapping[int, GroupSession] | None = None
) -> dict[int, GroupSession]:
    """The sessions with all that a placing is read from; those that are `known` are not read."""
    if known and known.keys() >= set(session_ids):
        return {pk: known[pk] for pk in session_ids}
    rows = GroupSession.objects.in_prison(prison).select_related("cancellation")
    return (
        rows.prefetch_related("session_workers", "waivers").in_bulk(list(session_ids)) if session_ids else {}
    )


def foreseen(session: GroupSession, change: Change) -> SessionChange:
    """A change that names nothing yet is taken for a move."""
    before = placing_of(session)
    is_open = change == Change(session.pk)
    return SessionChange(session.pk, session.series_id, before, after_of(before, change), is_open)


def at_least(session: GroupSession, change: Change) -> SessionChange:
    """The same for what may not be possible any more: as a move of which nobody knows where to."""
    try:
        return foreseen(session, change)
    except PlannerError:
        return foreseen(session, Change(session.pk))
