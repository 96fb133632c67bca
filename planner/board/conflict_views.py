"""The page of open conflicts: what is wrong, since what, and whose it is."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core import address
from planner.plan import waivers
from planner.plan.codes import CODES
from planner.plan.open_conflicts import OpenConflict, ahead, open_conflicts
from planner.plan.sentences import speak
from prisons import gate
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Organisation, Prison
from sessions.models import Waiver


@require_GET
@prison_view(Right.SEE_BOARD)
def conflict_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """By owner; of a week when the address names one, else of today and six weeks."""
    week = address.week(request.GET.get("week"))
    first, last = (week.monday, week.sunday) if week else ahead(prison)
    with_soft = request.GET.get("kind") == "soft"
    rows = open_conflicts(
        prison, first, last, with_soft=with_soft, with_drafts=gate.may_ask(request.access, gate.Fact.DRAFT)
    )
    spoken = speak([row.conflict for row in rows], prison, request.access)
    owners = _by_owner(list(zip(rows, spoken, strict=True)), request)
    context = {
        "owners": owners,
        "own": sum(len(rows) for _owner, is_own, rows in owners if is_own),
        "total": len(rows),
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


Rows = list[tuple[OpenConflict, Any]]


def _by_owner(rows: Rows, request: PrisonRequest) -> list[tuple[Organisation | None, bool, Rows]]:
    """(service, whether it is the reader's to solve, rows): the own first.

    For whoever may not know the service, all under none.
    """
    if not gate.may_ask(request.access, gate.Fact.SERVICE):
        return [(None, False, rows)] if rows else []
    groups: dict[Organisation, Rows] = {}
    for row in rows:
        groups.setdefault(row[0].session.series.activity.organisation, []).append(row)
    may_act = request.access.has(Right.PLACE)
    sorted_by_owner: list[tuple[Organisation | None, bool, Rows]] = [
        (owner, may_act and request.access.may_change(owner), found) for owner, found in groups.items()
    ]
    return sorted(sorted_by_owner, key=lambda group: (not group[1], str(group[0])))
