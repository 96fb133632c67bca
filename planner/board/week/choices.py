"""What the filters of the board offer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.words.folding import as_filed
from core.words.languages import by_name
from planner.board.week.filters import BoardFilter
from prisons import gate
from prisons.access import Access
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


def filter_choices(access: Access) -> FilterChoices:
    """Kept until a rule changes: the lists change seldom, the board is opened all day.

    What the reader may not ask for is not offered.
    """
    prison = access.prison
    every = _filter_choices(prison.pk, prison.rules_version, get_language() or "nl")
    if gate.may_ask(access, gate.Fact.SERVICE):
        return every
    return replace(every, services=[], domains=[], languages=[])


def in_words(chosen: BoardFilter, access: Access) -> list[str]:
    """What the filter leaves, for the head of a paper that shows only that; empty when it shows all."""
    offered = filter_choices(access)
    asked: list[tuple[Any, list[Any]]] = [
        (chosen.service, offered.services),
        (chosen.domain, offered.domains),
        (chosen.language, offered.languages),
        (chosen.unit, offered.units),
        (chosen.worker, offered.workers),
        (chosen.state, offered.states),
    ]
    told = [str(dict(choices).get(value, value)) for value, choices in asked if value]
    return [_("My service only"), *told] if chosen.mine else told


@lru_cache(maxsize=64)
def _filter_choices(prison_id: int, rules_version: int, language: str) -> FilterChoices:
    prison = Prison.objects.get(pk=prison_id)
    return FilterChoices(
        services=_by_name(Organisation.objects.filter(prisons=prison).values_list("pk", "short_name")),
        domains=[(code, str(label)) for code, label in Domain.choices],
        units=_by_name(
            (unit.unit_id, unit.label) for unit in rules_of(prison).units.values() if unit.is_active
        ),
        workers=_by_name(Worker.objects.in_prison(prison).active().values_list("pk", "name")),
        states=[(code, str(label)) for code, label in GroupSession.State.choices],
        languages=by_name(),
    )


def _by_name(rows: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    return sorted(rows, key=lambda row: as_filed(row[1]))
