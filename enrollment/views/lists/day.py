"""The page of lists: the day, what lies at the posts and what changed since, and the files to print."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.dates import clock
from core.paper import unprintable_names
from core.web import address
from enrollment.domain.lists import cut_off, day_lists, family_visits, handing_over, list_changes, list_rules
from enrollment.domain.lists.day import Day, slots_of
from enrollment.exports.requested import plans_of_day
from enrollment.models import Handout, ListVersion
from enrollment.templatetags.lists import told_line
from prisons import gate
from prisons.access import Access, PrisonRequest, Right, prison_view
from prisons.models import Prison
from sessions.models import Domain, GroupSession


@prison_view(Right.DOWNLOAD_LISTS)
@never_cache
def list_day(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """The lists of one day; without a day, of the next one on which people come together."""
    now = clock.now()
    on = _day_asked(request) or day_lists.next_day(prison, now=now)
    version = cut_off.latest(prison, on, now=now)
    current = day_lists.scoped(day_lists.day_lists(prison, on, now=now), request.access)
    frozen = _frozen(version, request)
    shown = frozen or current
    posts = plans_of_day(prison, shown) if day_lists.sees_whole_day(request.access) else []
    context = {
        "day": shown,
        "counts": _table_of_counts(shown),
        "version": version,
        "cut_off": cut_off.cut_off_of(prison, on, now),
        "is_past": on < clock.today(now),
        "previous": on - dt.timedelta(days=1),
        "next": on + dt.timedelta(days=1),
        "visitors": sum(len(meeting.visitors) for meeting in shown.taking_place),
        "movements": len(shown.movements()),
        "titles": day_lists.titles(prison, shown) if gate.may_ask(request.access, gate.Fact.TITLE) else {},
        "unprintable": unprintable_names(shown.words()),
        "wants_slips": list_rules.wants_slips(prison),
        "posts": posts,
        "forgotten": " · ".join(told_line(line) for post in posts if not post.pk for line in post.lines),
        "changes_by_post": any(line.sheet == Handout.Sheet.CHANGES for post in posts for line in post.lines),
        "sees_whole_day": day_lists.sees_whole_day(request.access),
        **_since(frozen, current),
        **_told(request.access, on, current),
        **_families(request, prison, current),
    }
    return render(request, "enrollment/lists.html", context)


def _since(frozen: Day | None, current: Day) -> dict[str, Any]:
    """What the page of changes holds."""
    if frozen is None:
        return {"changes": [], "gate_changes": []}
    return {
        "changes": list_changes.changes(frozen, current),
        "gate_changes": list_changes.gate_changes(frozen, current),
    }


def _told(access: Access, on: dt.date, current: Day) -> dict[str, Any]:
    """The versions, and how many changes the posts do not know yet."""
    known = handing_over.all_versions(access.prison, on)
    return {"versions": known, "untold": handing_over.untold(known, current, access)}


def _families(request: PrisonRequest, prison: Prison, day: Day) -> dict[str, Any]:
    """Sessions of the day for which this reader may announce visitors."""
    if not request.access.has(Right.PLACE):
        return {"family_sessions": set()}
    rows = GroupSession.objects.in_prison(prison).filter(
        pk__in=[meeting.id for meeting in day.taking_place], series__activity__domain=Domain.FAMILY
    )
    rows = rows.select_related("series__activity__organisation")
    return {"family_sessions": {row.pk for row in rows if family_visits.may_announce(row, request.access)}}


@prison_view(Right.DISTRIBUTE)
@require_POST
def list_confirm(request: PrisonRequest, prison: Prison, pk: int, what: str) -> HttpResponse:
    """Printed, or handed over: said once per version."""
    verbs = {"printed": cut_off.confirm_printed, "handed-over": cut_off.confirm_handed_over}
    if what not in verbs:
        raise Http404
    version = get_object_or_404(ListVersion.objects.in_prison(prison), pk=pk)
    verbs[what](version, by=request.user)
    return _noted(request, prison, version.on)


@prison_view(Right.DISTRIBUTE)
@require_POST
def list_changes_handed_over(request: PrisonRequest, prison: Prison, on: dt.date) -> HttpResponse:
    """The page of changes lies at the posts."""
    handing_over.hand_over_changes(prison, on, by=request.user)
    return _noted(request, prison, on)


def _noted(request: PrisonRequest, prison: Prison, on: dt.date) -> HttpResponse:
    messages.success(request, _("Noted. The services can see it."))
    return redirect(f"{reverse('enrollment:lists', args=[prison.slug])}?day={on}")


def _day_asked(request: PrisonRequest) -> dt.date | None:
    return address.day(request.GET.get("day"))


def _frozen(version: ListVersion | None, request: PrisonRequest) -> Day | None:
    day = cut_off.day_of(version) if version else None
    return day_lists.scoped(day, request.access) if day else None


def _table_of_counts(day: Day) -> dict[str, Any]:
    """Units down, time slots across."""
    counts = day.counts()
    slots = slots_of(counts)
    found = {(count.unit, count.starts, count.ends): count.people for count in counts}
    rows = [(unit, [found.get((unit, *slot), 0) for slot in slots]) for unit in day.units()]
    return {
        "slots": slots,
        "rows": rows,
        "totals": [sum(column) for column in zip(*(row for _unit, row in rows), strict=True)],
    }
