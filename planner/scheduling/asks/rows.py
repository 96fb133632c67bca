"""Asks as the page shows them, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from planner.models import Ask
from planner.scheduling.asks.ask_acts import digest_of
from planner.scheduling.asks.wanted_changes import changes_of, is_outdated
from planner.scheduling.asks.words import kind_of, rooms_of, wish_in_words
from planner.scheduling.placement.audience_counts import AudienceCounts, told_by_each
from planner.scheduling.rules.sentences import when
from prisons import gate
from prisons.access import Access


@dataclass(frozen=True)
class AskRow:
    ask: Ask
    kind: str
    name: str
    when: str
    wish: str
    is_outdated: bool
    may_answer: bool
    may_take_back: bool
    told: AudienceCounts | None

    @property
    def digest(self) -> str:
        """Of what is shown beside the button that accepts it."""
        return digest_of(self.ask, self.told) if self.told is not None else ""

    @property
    def is_open(self) -> bool:
        return self.ask.state == Ask.State.OPEN


def rows_of(asks: Iterable[Ask], access: Access, *, with_told: bool = False) -> list[AskRow]:
    """In the order given; `with_told` says whom accepting would tell."""
    asks = list(asks)
    rooms = rooms_of(asks)
    told = told_by_each(access.prison, {ask.pk: changes_of(ask) for ask in asks}) if with_told else {}
    return [
        AskRow(
            ask,
            kind_of(ask),
            gate.name_of(access, ask.session.series),
            when(ask.session.starts_at, ask.session.ends_at),
            wish_in_words(ask, access, rooms),
            ask.state == Ask.State.OPEN and is_outdated(ask),
            access.may_change(ask.to_organisation),
            access.may_change(ask.from_organisation),
            told.get(ask.pk),
        )
        for ask in asks
    ]
