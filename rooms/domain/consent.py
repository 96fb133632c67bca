"""A change of a rule shows which coming sessions it hits, and is done only once exactly that was accepted.

The change is tried in a transaction and looked at from above: what the rules forbid then and did not before. The
engine that knows lives higher on the ladder (`settings.RULE_HITS`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Sequence, Set
from importlib import import_module
from typing import Any, Protocol, TypeVar

from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import ngettext

from core.errors import PlannerError
from core.secrets.digest import digest
from prisons.domain.locking import lock_prison
from prisons.models import Prison

Result = TypeVar("Result")
FIELD = "accepted"


class Hit(Protocol):
    """One coming session that a rule would forbid, or that it touches."""

    session_id: int

    @property
    def key(self) -> Hashable:
        """The same for the same session and cause, however much of it there is."""


class Engine(Protocol):
    def hits_ahead(self, prison: Prison, *, now: dt.datetime | None = None) -> Sequence[Hit]: ...

    def known_ahead(self, prison: Prison, *, now: dt.datetime | None = None) -> Set[Hashable]: ...

    def keep(self, prison: Prison, keys: Iterable[Hashable]) -> None: ...

    def in_words(self, hits: Sequence[Any], access: Any) -> Sequence[Any]: ...


def engine() -> Engine:
    return import_module(settings.RULE_HITS)


class RuleHits(PlannerError):
    """Nothing was changed: these sessions would be hit. `digest` stands for exactly them."""

    def __init__(self, hits: Sequence[Hit]) -> None:
        count = len({hit.session_id for hit in hits})
        message = ngettext(
            "This hits %(count)s coming session. Accept it to save.",
            "This hits %(count)s coming sessions. Accept it to save.",
            count,
        )
        super().__init__("rule_hits", message, count=count)
        self.hits = hits
        self.digest = digest("rule_hits", sorted(repr(hit.key) for hit in hits))


def consented(
    prison: Prison, act: Callable[[], Result], *, accepted: str = "", now: dt.datetime | None = None
) -> Result:
    """Does `act`. Raises RuleHits (409) while it hits sessions and `accepted` is not the digest of just those."""
    found, known = engine(), set[Hashable]()
    try:
        with transaction.atomic():
            known |= found.known_ahead(lock_prison(prison), now=now)
            result = act()
            after = Prison.objects.get(pk=prison.pk)
            standing = found.hits_ahead(after, now=now)
            found.keep(after, {hit.key for hit in standing})
            if hits := [hit for hit in standing if hit.key not in known]:
                refusal = RuleHits(hits)
                if not constant_time_compare(accepted, refusal.digest):
                    raise refusal
    except RuleHits:
        prison.refresh_from_db()  # it bears what was tried
        found.keep(prison, known)
        raise
    return result
