"""What the rules forbid about sessions to come: compared before and after a rule changes (rooms/domain/consent.py)."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Hashable, Iterable, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.dates import clock
from planner.scheduling.rules import conflicts, snapshot
from planner.scheduling.rules.codes import HARD, Conflict
from planner.scheduling.rules.sentences import speak, when
from prisons import gate
from prisons.access import Access
from prisons.models import Prison
from rooms.domain.facts import rules_of
from sessions.models import GroupSession

ASKED_FOR = HARD | {"holiday", "unit_out_of_use"}
"""Beside what is forbidden: on a holiday nobody may be there, and from a unit out of use nobody comes."""
DEGREES = frozenset({"capacity", "places", "count", "minutes", "until"})
"""How much of it: a room that is too small already is nothing new when it becomes smaller still."""

OUTSIDE_TERM = "outside_term"
MADE_IN_THE_TRIAL = frozenset({"holiday"})
"""Rows that a change makes: PostgreSQL gives them another number each time they are tried."""


@dataclass(frozen=True)
class RuleHit:
    """One session and one cause; without a conflict it lies outside of its term."""

    session_id: int
    conflict: Conflict | None = None

    @property
    def key(self) -> Hashable:
        if self.conflict is None:
            return self.session_id, OUTSIDE_TERM
        facts = tuple(fact for fact in self.conflict.facts if fact[0] not in DEGREES | MADE_IN_THE_TRIAL)
        return self.session_id, self.conflict.code, facts


class HitLine(NamedTuple):
    """A hit in words."""

    session_id: int
    when: str
    name: str
    sentence: str


class KeptHits:
    """What stood in each prison when it was looked at last, under the versions of plan and rules it had then."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: dict[int, tuple[tuple[int, int], frozenset[Hashable]]] = {}

    def get(self, prison: Prison) -> frozenset[Hashable] | None:
        with self._lock:
            versions, keys = self._keys.get(prison.pk, ((-1, -1), frozenset[Hashable]()))
        return keys if versions == _versions(prison) else None

    def clear(self) -> None:
        """As another process, which has looked at nothing yet."""
        with self._lock:
            self._keys.clear()

    def keep(self, prison: Prison, keys: Iterable[Hashable]) -> None:
        """From the moment on at which the transaction has come to stay: after a roll back, versions come again."""
        versions, conflicts_alone = _versions(prison), frozenset(key for key in keys if not _is_of_term(key))

        def kept() -> None:
            with self._lock:
                self._keys[prison.pk] = versions, conflicts_alone

        transaction.on_commit(kept)


def _is_of_term(key: Hashable) -> bool:
    """Terms raise no version: which sessions lie outside of theirs is asked each time, one query."""
    return isinstance(key, tuple) and key[-1] == OUTSIDE_TERM


def _versions(prison: Prison) -> tuple[int, int]:
    return prison.plan_version, prison.rules_version


_KEPT = KeptHits()
keep, forget = _KEPT.keep, _KEPT.clear


def known_ahead(prison: Prison, *, now: dt.datetime | None = None) -> Set[Hashable]:
    """The keys of all that stands, without looking again while neither plan nor rules have changed."""
    kept = _KEPT.get(prison)
    if kept is None:
        return {hit.key for hit in hits_ahead(prison, now=now)}
    return kept | {RuleHit(pk).key for pk in _outside_their_term(_coming(prison, now))}


def _coming(prison: Prison, now: dt.datetime | None) -> QuerySet[GroupSession]:
    coming = GroupSession.objects.in_prison(prison).live().filter(starts_at__gte=now or clock.now())
    return coming.order_by("starts_at", "pk")


def hits_ahead(prison: Prison, *, now: dt.datetime | None = None) -> list[RuleHit]:
    """All that stands now, in order of time; a fixed number of queries."""
    coming = _coming(prison, now)
    starts = dict(coming.values_list("pk", "starts_at"))
    days = {clock.today(at) for at in starts.values() if at}
    if not days:
        return []
    found = conflicts.find(snapshot.load(prison, days), rules_of(prison))
    standing = [one for one in found if one.code in ASKED_FOR and not one.is_waived]
    hits = [RuleHit(one.session_id, one) for one in standing if one.session_id in starts]
    hits += [RuleHit(pk) for pk in _outside_their_term(coming)]
    return sorted(hits, key=lambda hit: (str(starts[hit.session_id]), hit.session_id, str(hit.key)))


def _outside_their_term(coming: QuerySet[GroupSession]) -> list[int]:
    of_terms = coming.filter(series__term__isnull=False)
    spans = of_terms.values_list("pk", "starts_at", "series__term__starts_on", "series__term__ends_on")
    return [pk for pk, at, first, last in spans if at and not first <= clock.today(at) <= last]


def in_words(hits: Sequence[RuleHit], access: Access) -> list[HitLine]:
    """Each with its session under the name that this reader may know."""
    sessions = GroupSession.objects.select_related("series__activity", "series__term").in_bulk(
        {hit.session_id for hit in hits}
    )
    spoken = iter(speak([hit.conflict for hit in hits if hit.conflict], access.prison, access))
    lines = []
    for hit in hits:
        session = sessions[hit.session_id]
        sentence = next(spoken).sentence if hit.conflict else _outside_words(session)
        name = gate.name_of(access, session.series)
        lines.append(HitLine(session.pk, when(session.starts_at, session.ends_at), name, sentence))
    return lines


def _outside_words(session: GroupSession) -> str:
    return _("It would lie outside of %(term)s.") % {"term": session.series.term}
