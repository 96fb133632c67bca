"""Deciding one request a screen: the pile knows which comes next, the page is that of a decision."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from enrollment.domain.requests import counts
from enrollment.domain.requests.pile import Pile
from enrollment.views.requests.undecided import filtered
from prisons.access import Access, PrisonRequest, Right, prison_view
from prisons.models import Prison

FILTERS = ("series", "unit")


@dataclass(frozen=True)
class PileSteps:
    """Where this request lies in the pile, and the ways to its neighbours."""

    filters: list[tuple[str, str]]
    place: int
    all: int
    before: str
    after: str
    for_any_group: int
    list_url: str


def pile_of(access: Access, query: QueryDict) -> Pile:
    """What waits for this user, with the filter of the list that it was opened from."""
    return Pile.of(filtered(counts.undecided(access), query, access))


def query_of(query: QueryDict) -> str:
    return urlencode({name: query[name] for name in FILTERS if query.get(name)})


def steps(access: Access, query: QueryDict, pk: int) -> PileSteps:
    pile, kept = pile_of(access, query), query_of(query)
    before, after = pile.before(pk), pile.after(pk)
    return PileSteps(
        filters=[(name, str(query[name])) for name in FILTERS if query.get(name)],
        place=pile.place_of(pk),
        all=len(pile.enrollment_ids),
        before=address(access.prison, before, kept) if before else "",
        after=address(access.prison, after, kept) if after else "",
        for_any_group=pile.for_any_group,
        list_url=go_on(access, query, None),
    )


def address(prison: Prison, pk: int, query: str) -> str:
    """The page of one request of the pile; `query` keeps the filter of the list."""
    return f"{reverse('enrollment:enrollment_detail', args=[prison.slug, pk])}?pile=1&{query}".rstrip("&")


def go_on(access: Access, query: QueryDict, pk: int | None) -> str:
    """The address of what is to be decided next; that of the list when nothing is left."""
    if pk is None:
        return f"{reverse('enrollment:request_list', args=[access.prison.slug])}?{query_of(query)}"
    return address(access.prison, pk, query_of(query))


@prison_view(Right.DECIDE)
def pile_start(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """To the oldest request of the pile."""
    pile = pile_of(request.access, request.GET)
    first = next(iter(pile.enrollment_ids), None)
    if first is None:
        left = _("What is left asks for any group: choose one in the list first.")
        messages.info(request, left if pile.for_any_group else _("There is nothing to decide here."))
    return redirect(go_on(request.access, request.GET, first))
