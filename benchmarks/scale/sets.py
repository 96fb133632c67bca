"""The two sets: a country (38 prisons, two years) and a century (one prison, a hundred times its first term).

Both grow from the demo's first prison, made as busy as a large one: `thicken`. Its first term is then copied into
the past, and the prison with all its years into other prisons. The same numbers come out on every machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from django.db import transaction

from benchmarks.scale.beside import OF_A_PRISON, add_prison
from benchmarks.scale.copying import count_on, without_indexes, without_triggers
from benchmarks.scale.first_term import Size, thicken
from benchmarks.scale.past import add_terms
from planner.demo.loading import load
from prisons.models import AuditEntry, Prison, Reading
from rooms.domain.facts import bump_rules

SIZES = {
    "national": Size(prisons=38, terms=9, series=290, people=1190),
    "history": Size(prisons=1, terms=100, series=290, people=1190),
    "term": Size(prisons=1, terms=1, series=290, people=1190),
}
SMALL = {
    "national": Size(prisons=4, terms=2, series=24, people=120),
    "history": Size(prisons=1, terms=8, series=24, people=120),
    "term": Size(prisons=1, terms=1, series=24, people=120),
}


def build(size: Size, *, say: Callable[[str], None] = lambda _text: None) -> None:
    """Fills an empty demo database."""
    begun = time.monotonic()

    def done(what: str) -> None:
        say(f"{time.monotonic() - begun:7.0f} s  {what}")

    load()
    prison = Prison.objects.get(slug="haren")
    with transaction.atomic():
        thicken(prison, size)
    done("the first prison in its first term")
    grow(prison, size, done)


def grow(prison: Prison, size: Size, done: Callable[[str], None] = lambda _text: None) -> None:
    """Copies what there is of the prison into the past, then into other prisons."""
    grown = [*OF_A_PRISON, AuditEntry, Reading]
    with without_triggers(), without_indexes(grown):
        add_terms(prison, range(1, size.terms))
        done(f"{size.terms} terms")
        for number in range(1, size.prisons):
            add_prison(prison, number)
        done(f"{size.prisons} prisons")
    bump_rules(prison)
    count_on(grown)
    done("counted")
