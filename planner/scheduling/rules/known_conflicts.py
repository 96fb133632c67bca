"""Which conflicts a reader is told of, where they come from people: somebody of a group is elsewhere at that time, or
must not meet somebody else.

Of an own group as yes or no, because the rule decides: neither how many nor with which other group. Of the group of
another service not at all; where nothing else is told about an act that the rule refuses, only that it cannot be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from planner.scheduling.rules.codes import Conflict
from prisons import gate
from prisons.access import Access
from sessions.models import GroupSession

OF_PEOPLE = frozenset({"person_in_two_places", "keep_apart"})
CANNOT = "keep_apart"
"""The code whose words tell neither why nor because of whom."""


def told(access: Access | None, found: Iterable[Conflict], *, refuses: bool = False) -> list[Conflict]:
    """What this reader is told of these; `refuses` when they are why something cannot be done."""
    return told_each(access, [list(found)], refuses=refuses)[0]


def told_each(
    access: Access | None, lists: Sequence[Sequence[Conflict]], *, refuses: bool = False
) -> list[list[Conflict]]:
    """The same of several lists; one query at most, and none where nothing comes from people."""
    known = _own_sessions(access, (one for found in lists for one in found))
    return [_told(list(found), known, refuses) for found in lists]


def without_people(access: Access | None, found: Iterable[Conflict]) -> list[Conflict]:
    """One for one, as they may be put in words: how many and who else left out."""
    found = list(found)
    known = _own_sessions(access, found)
    return [_yes_or_no(one, known) or _cannot(one) for one in found]


def _told(found: list[Conflict], known: set[int], refuses: bool) -> list[Conflict]:
    """In their order; that somebody of a group is elsewhere stands once."""
    said = list(dict.fromkeys(filter(None, (_yes_or_no(one, known) for one in found))))
    hidden = [one for one in found if one.code in OF_PEOPLE]
    if refuses and hidden and not any(one.code in OF_PEOPLE for one in said):
        return [*said, _cannot(hidden[0])]
    return said


def _yes_or_no(one: Conflict, known: set[int]) -> Conflict | None:
    if one.code not in OF_PEOPLE:
        return one
    return replace(one, facts=()) if one.session_id in known else None


def _cannot(one: Conflict) -> Conflict:
    return replace(one, code=CANNOT, facts=())


def _own_sessions(access: Access | None, found: Iterable[Conflict]) -> set[int]:
    """Of those that conflicts of people speak of. What nobody has saved yet is the reader's; the prison knows all."""
    ids = {one.session_id for one in found if one.code in OF_PEOPLE}
    if not ids or access is None:
        return set()
    if gate.knows_places(access):
        return ids
    own = gate.own(access, "series__activity__organisation")
    rows = GroupSession.objects.filter(own, pk__in=ids).values_list("pk", flat=True)
    return {pk for pk in ids if pk <= 0} | set(rows)
