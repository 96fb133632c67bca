"""The page of open conflicts: what is wrong, since what, and whose it is."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.web import address
from core.web.pages import asked_page
from planner.scheduling.rules import waivers
from planner.scheduling.rules.codes import CODES
from planner.scheduling.rules.open_conflicts import OpenConflict, ahead, open_for
from planner.scheduling.rules.sentences import speak
from prisons import gate
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Organisation, Prison
from sessions.models import Waiver

ROWS = 100


@require_GET
@prison_view(Right.SEE_BOARD)
def conflict_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """By owner; of a week when the address names one, else of today and six weeks."""
    week = address.week(request.GET.get("week"))
    first, last = (week.monday, week.sunday) if week else ahead(prison)
    with_soft = request.GET.get("kind") == "soft"
    rows = open_for(request.access, first, last, with_soft=with_soft)
    owners = _owners(rows, request)
    page = asked_page(request, _by_owner(rows, owners), ROWS)
    context = {
        "owners": _shown(page, owners, request),
        "own": sum(owner.number for owner in owners if owner.is_own),
        "page": page,
        "first": first,
        "last": last,
        "with_soft": with_soft,
        "allowed": _allowed(request, prison, first, last),
    }
    return render(request, "planner/board/conflicts.html", context)


def _allowed(
    request: PrisonRequest, prison: Prison, first: dt.date, last: dt.date
) -> list[tuple[Waiver, Any]]:
    """What may stand this once, with the rule's name. Reasons can betray a title: not for the prison."""
    if not gate.may_ask(request.access, gate.Fact.TITLE):
        return []
    return [(waiver, CODES[waiver.code].title) for waiver in waivers.between(prison, first, last)]


@dataclass(frozen=True)
class Owner:
    """Whose conflicts: how many on all pages, and whether they are the reader's to solve."""

    organisation: Organisation | None
    is_own: bool
    number: int


def _owners(rows: list[OpenConflict], request: PrisonRequest) -> list[Owner]:
    """The own first; whoever may not know the service finds all under none."""
    if not gate.may_ask(request.access, gate.Fact.SERVICE):
        return [Owner(None, False, len(rows))] if rows else []
    may_act = request.access.has(Right.PLACE)
    first = {_organisation_id(row): row for row in rows}
    owners = [
        Owner(one := _organisation(first[pk]), may_act and request.access.may_change(one), number)
        for pk, number in Counter(map(_organisation_id, rows)).items()
    ]
    return sorted(owners, key=lambda owner: (not owner.is_own, str(owner.organisation)))


def _organisation(row: OpenConflict) -> Organisation:
    return row.session.series.activity.organisation


def _organisation_id(row: OpenConflict) -> int:
    return row.session.series.activity.organisation_id


def _by_owner(rows: list[OpenConflict], owners: list[Owner]) -> list[OpenConflict]:
    place = {owner.organisation.pk: number for number, owner in enumerate(owners) if owner.organisation}
    return sorted(rows, key=lambda row: place[_organisation_id(row)]) if place else rows


def _shown(
    page: Page, owners: list[Owner], request: PrisonRequest
) -> list[tuple[Owner, list[tuple[OpenConflict, Any]]]]:
    """What this page tells of each owner, in words."""
    rows = list(page)
    spoken = list(
        zip(rows, speak([row.conflict for row in rows], request.prison, request.access), strict=True)
    )
    shown = [
        (owner, [each for each in spoken if owner.organisation in (None, _organisation(each[0]))])
        for owner in owners
    ]
    return [(owner, found) for owner, found in shown if found]
