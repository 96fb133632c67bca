"""What the filters of the board offer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from prisons.models import Organisation, Prison
from rooms.domain.facts import rules_of
from sessions.models import Domain, GroupSession, Worker


@dataclass(frozen=True)
class FilterChoices:
    """(value, label) pairs for each filter."""

    services: list[tuple[int, str]]
    domains: list[tuple[str, Any]]
    units: list[tuple[int, str]]
    workers: list[tuple[int, str]]
    states: list[tuple[str, Any]]
    languages: list[tuple[str, str]]


def filter_choices(prison: Prison) -> FilterChoices:
    """Two queries; units come from the rules that the board has loaded anyway."""
    return FilterChoices(
        services=list(Organisation.objects.filter(prisons=prison).values_list("pk", "short_name")),
        domains=list(Domain.choices),
        units=[(unit.unit_id, unit.label) for unit in rules_of(prison).units.values() if unit.is_active],
        workers=list(Worker.objects.in_prison(prison).active().values_list("pk", "name")),
        states=list(GroupSession.State.choices),
        languages=[
            ("nl", "Nederlands"),
            ("fr", "Français"),
            ("en", "English"),
            ("ar", "العربية"),
            ("es", "Español"),
        ],
    )
