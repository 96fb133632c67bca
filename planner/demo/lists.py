"""Which post of the demo gets which list, and who is visited on the next family afternoon."""

from __future__ import annotations

import datetime as dt
from random import Random

from enrollment.domain.taking_part import occupancy
from enrollment.models import FamilyVisit, Handout, Post
from prisons.models import Prison, Unit
from sessions.models import Domain, GroupSession

Sheet = Handout.Sheet


def build(random: Random, slug: str, now: dt.datetime) -> None:
    prison = Prison.objects.get(slug=slug)
    for unit in Unit.objects.in_prison(prison).filter(is_active=True):
        post = Post.objects.create(prison=prison, name=unit.code)
        for sheet in (Sheet.MOVEMENTS, Sheet.CHANGES):
            _hand_out(post, sheet).units.add(unit)
    centre = Post.objects.create(prison=prison, name="Centrum / Centre")
    for sheet, copies in ((Sheet.OVERVIEW, 2), (Sheet.CANCELLED, 1), (Sheet.CHANGES, 2)):
        _hand_out(centre, sheet, copies)
    gate = Post.objects.create(prison=prison, name="Poort / Porte")
    for sheet in (Sheet.GATE, Sheet.CHANGES):
        _hand_out(gate, sheet)
    classes = Post.objects.create(prison=prison, name="Klassen / Classes")
    _hand_out(classes, Sheet.SHEETS)
    _announce(random, prison, now)


def _hand_out(post: Post, sheet: str, copies: int = 1) -> Handout:
    return Handout.objects.create(post=post, sheet=sheet, copies=copies)


def _announce(random: Random, prison: Prison, now: dt.datetime) -> None:
    """Two weeks of family afternoons: one or two adults, up to three children each."""
    coming = GroupSession.objects.in_prison(prison).published()
    coming = coming.filter(series__activity__domain=Domain.FAMILY, starts_at__gt=now)
    coming = coming.filter(starts_at__lt=now + dt.timedelta(days=14))
    there = occupancy(prison, list(coming.values_list("pk", flat=True)), with_awaiting=False)
    FamilyVisit.objects.bulk_create(
        [
            FamilyVisit(
                session_id=session,
                participant_id=person,
                adults=random.randint(1, 2),
                children=random.randint(0, 3),
            )
            for session in sorted(there)
            for person in sorted(there[session])
        ]
    )
