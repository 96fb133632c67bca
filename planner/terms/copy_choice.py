"""What shall be copied, as the address says it: from which term, which series, to which term."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from core.dates import clock
from core.web import address
from prisons.access import Access, Right
from prisons.models import Prison
from sessions.models import Series, Term

NO_TERM = "none"


@dataclass(frozen=True)
class CopyChoice:
    """Everything has a sensible beginning: this term, the next one, all series of one's own."""

    source: Term | None
    target: Term | None
    sources: tuple[Term, ...]
    targets: tuple[Term, ...]
    offered: tuple[Series, ...]
    """The series of the term (or the one series asked for) that this person may copy."""
    chosen: frozenset[int]
    others: int
    """How many series of the term belong to other services."""
    into_tray: bool
    and_mend: bool = False
    """Then the planner looks for places for what stands nowhere, in the same act."""

    @property
    def conflicts(self) -> str:
        """What shall become of dates that cannot stand, as the address says it."""
        return ("mend" if self.and_mend else "tray") if self.into_tray else "skip"

    @property
    def source_value(self) -> str:
        return str(self.source.pk) if self.source else NO_TERM

    @property
    def picked(self) -> list[Series]:
        return [one for one in self.offered if one.pk in self.chosen]


def read(query: QueryDict, access: Access, *, now: dt.datetime | None = None) -> CopyChoice:
    prison, today = access.prison, clock.today(now)
    terms = list(Term.objects.in_prison(prison).order_by("starts_on", "pk"))
    wanted = frozenset(address.numbers(query.getlist("series")))
    source = _source(query, terms, wanted, prison, today)
    targets = tuple(term for term in terms if term.ends_on >= today and term != source)
    later = [term for term in targets if source is None or term.starts_on > source.starts_on]
    target = _by_pk(query.get("to", ""), list(targets)) or (later[0] if later else None)
    rows = Series.objects.in_prison(prison).filter(term=source) if source else _without_term(prison, wanted)
    found = list(rows.select_related("activity__organisation", "term", "default_room"))
    offered = tuple(one for one in found if access.may_change(one.activity.organisation))
    is_fresh = query.get("was", "") != (str(source.pk) if source else NO_TERM)
    mine = frozenset(one.pk for one in offered)
    chosen = (wanted & mine or mine) if is_fresh else wanted & mine
    return CopyChoice(
        source=source,
        target=target,
        sources=tuple(terms),
        targets=targets,
        offered=offered,
        chosen=chosen,
        others=len(found) - len(offered),
        into_tray=query.get("conflicts") != "skip",
        and_mend=query.get("conflicts") == "mend",
    )


def _source(
    query: QueryDict, terms: list[Term], wanted: frozenset[int], prison: Prison, today: dt.date
) -> Term | None:
    """The term asked for; else that of the series; else the one that runs or ran last before the other."""
    asked = query.get("from", "")
    if asked == NO_TERM:
        return None
    if term := _by_pk(asked, terms):
        return term
    if wanted:
        of_series = Series.objects.in_prison(prison).filter(pk__in=wanted).values_list("term", flat=True)
        ids = set(of_series)
        return next((term for term in terms if term.pk in ids), None)
    target = _by_pk(query.get("to", ""), terms)
    before = min(today, target.starts_on - dt.timedelta(days=1)) if target else today
    begun = [term for term in terms if term.starts_on <= before]
    return begun[-1] if begun else next((term for term in terms if term != target), None)


def _by_pk(text: str, terms: list[Term]) -> Term | None:
    return next((term for term in terms if str(term.pk) == text), None)


def _without_term(prison: Prison, wanted: frozenset[int]) -> QuerySet[Series]:
    return Series.objects.in_prison(prison).filter(term=None, pk__in=wanted)


def new_term_url(access: Access) -> str:
    """Where a term is made; empty for who may not."""
    if not access.has(Right.MANAGE_RULES):
        return ""
    return reverse("sessions:term_add", args=[access.prison.slug])


def no_target_text(access: Access) -> str:
    if access.has(Right.MANAGE_RULES):
        return _("There is no later term yet to copy to. Make it first, then come back.")
    return _("There is no later term yet to copy to. Ask a community coordinator to make it.")
