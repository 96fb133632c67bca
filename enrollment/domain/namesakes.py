"""The same name elsewhere or before: proposed, never assumed. A person decides whether it is the same one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from core.folding import name_key
from enrollment.models import Participant, Stay
from prisons.models import Prison

MOST = 5


def of_names(prison: Prison, keys: Iterable[str]) -> dict[str, tuple[Participant, ...]]:
    """Key of a name (core.folding) -> people of that name who do not stay in this prison now, a few each."""
    here = Stay.objects.in_prison(prison).filter(ends_on__isnull=True)
    rows = Participant.objects.filter(anonymised_at__isnull=True).exclude(stays__in=here)
    wanted = sorted(set(keys) - {""})
    found: dict[str, list[Participant]] = defaultdict(list)
    for start in range(0, len(wanted), 500):  # a database takes so many parameters only
        for person in rows.filter(name_key__in=wanted[start : start + 500]).order_by("pk"):
            found[person.name_key].append(person)
    return {key: tuple(people[:MOST]) for key, people in found.items()}


@dataclass(frozen=True)
class Namesake:
    """Somebody of the same name; where else they stay is not said. `stay` is the last one in this prison."""

    person: Participant
    stay: Stay | None = None


def of_name(prison: Prison, last_name: str, first_name: str) -> list[Namesake]:
    """People of this name who do not stay here now, known here from before first."""
    key = name_key(last_name, first_name)
    people = of_names(prison, [key]).get(key, ())
    last = {
        stay.participant_id: stay
        for stay in Stay.objects.in_prison(prison).filter(participant__in=people).order_by("starts_on", "pk")
    }
    found = [Namesake(person, last.get(person.pk)) for person in people]
    return sorted(found, key=lambda each: each.stay is None)
