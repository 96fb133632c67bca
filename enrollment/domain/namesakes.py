"""The same name elsewhere or before: proposed, never assumed. A person decides whether it is the same one."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from enrollment.models import Participant, Stay
from prisons.models import Prison

MOST = 5
Name = tuple[str, str]


def plain_name(last_name: str, first_name: str = "") -> Name:
    """For comparing names: no accents, no signs, no capitals; every script keeps its letters."""
    return _plain(last_name), _plain(first_name)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def of_names(prison: Prison, names: Iterable[Name]) -> dict[Name, tuple[Participant, ...]]:
    """(name, first name) -> people of that name who do not stay in this prison now. One query for all."""
    wanted = set(names)
    if not wanted:
        return {}
    here = Stay.objects.in_prison(prison).filter(ends_on__isnull=True)
    rows = Participant.objects.filter(anonymised_at__isnull=True).exclude(stays__in=here)
    found: dict[Name, list[int]] = defaultdict(list)
    for pk, last, first in rows.order_by("pk").values_list("pk", "last_name", "first_name"):
        if (name := plain_name(last, first)) in wanted:
            found[name].append(pk)
    people = rows.in_bulk([pk for pks in found.values() for pk in pks[:MOST]])
    return {name: tuple(people[pk] for pk in pks[:MOST]) for name, pks in found.items()}


@dataclass(frozen=True)
class Namesake:
    """Somebody of the same name; where else they stay is not said. `stay` is the last one in this prison."""

    person: Participant
    stay: Stay | None = None


def of_name(prison: Prison, last_name: str, first_name: str) -> list[Namesake]:
    """People of this name who do not stay here now, known here from before first."""
    name = plain_name(last_name, first_name)
    if not name[0]:
        return []
    people = of_names(prison, [name]).get(name, ())
    last = {
        stay.participant_id: stay
        for stay in Stay.objects.in_prison(prison).filter(participant__in=people).order_by("starts_on", "pk")
    }
    found = [Namesake(person, last.get(person.pk)) for person in people]
    return sorted(found, key=lambda each: each.stay is None)
