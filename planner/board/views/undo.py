"""Taking an act of this hour back: what that does is named first, unless the button stood beside what was just done."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.dates.clock import today
from core.dates.weeks import Week
from core.errors import PlannerError
from core.secrets.digest import FIELD, NotAsShown
from core.web import address
from core.web.htmx import is_partial
from core.web.htmx import redirect as htmx_redirect
from planner.board.answers import board_url, done, refused
from planner.scheduling.placement.act_words import title_of
from planner.scheduling.placement.session_changes import Change, Keep
from planner.scheduling.placement.undo import require_right
from planner.scheduling.placement.undo import undo as undo_act
from planner.scheduling.placement.undo_effects import UndoEffect, effect_of
from planner.scheduling.rules.sentences import when
from prisons import gate
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import ChangeSet, Prison
from rooms.models import Closure
from sessions.models import GroupSession

MOST_SHOWN = 60


@require_http_methods(["GET", "POST"])
@prison_view(Right.PLACE, Right.CLOSE)
def undo(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """Asks, with all that it takes; posted with the digest of what was shown, does it."""
    act = get_object_or_404(ChangeSet.objects.in_prison(prison).select_related("by", "prison"), pk=pk)
    week = _week_of(act)
    try:
        require_right(act, request.access)
        effect = effect_of(act)
        seen = request.POST.get(FIELD) or request.GET.get(FIELD, "")
        if request.method != "POST" or not seen:
            return _ask(request, act, effect, week)
        undo_act(act, by=request.user, seen=seen, access=request.access)
    except NotAsShown as error:
        return _ask(request, act, effect_of(act), week, error)
    except PlannerError as error:
        form = {"url": request.path, "fields": [], "back_url": board_url(prison, week, request)}
        return refused(request, prison, error, form=form)
    if _led_to_what_is_gone(request, effect):
        messages.success(request, _("Undone: everything is as it was."))
        return redirect("planner:series_list", prison.slug)
    return done(request, prison, week, _("Undone: everything is as it was."), None)


def _led_to_what_is_gone(request: PrisonRequest, effect: UndoEffect) -> bool:
    """Whether the page that somebody would go back to is that of a series which the undoing has taken away."""
    wanted = urlsplit(address.of_this_site(request.POST.get("next"), request)).path
    slug = effect.act.prison.slug
    return any(wanted == reverse("enrollment:series_detail", args=[slug, row.pk]) for row in effect.series)


def _week_of(act: ChangeSet) -> Week:
    """The week in which its first session stood, or its closure; this week where there is neither."""
    touched = act.images.filter(model=GroupSession._meta.label_lower).values("object_id")
    session = GroupSession.objects.filter(pk__in=touched).order_by("starts_at", "week_on").first()
    if session is not None:
        return Week.from_date(today(session.starts_at) if session.starts_at else session.week_on)
    closed = act.images.filter(model=Closure._meta.label_lower).values("object_id")
    closure = Closure.objects.filter(pk__in=closed).order_by("starts_at").first()
    return Week.from_date(today(closure.starts_at) if closure else today())


def _ask(
    request: PrisonRequest, act: ChangeSet, effect: UndoEffect, week: Week, error: NotAsShown | None = None
) -> HttpResponse:
    if is_partial(request):
        return htmx_redirect(request.path)
    effect = effect.known_to(request.access)
    context = {
        "act": act,
        "effect": effect,
        "name": effect.name(request.access),
        "groups": _groups(request, effect),
        "series": [_series_title(request, one) for one in effect.series],
        "closures": [_place_of(one) for one in _closures(effect)],
        "error": error,
        "next": address.of_this_site(request.GET.get("next"), request)
        or board_url(act.prison, week, request),
    }
    return render(request, "planner/board/undo.html", context, status=error.status if error else 200)


def _closures(effect: UndoEffect) -> list[Closure]:
    ids = [image.object_id for image in effect.closures]
    return list(Closure.objects.filter(pk__in=ids).select_related("room", "unit").order_by("pk"))


def _place_of(closure: Closure) -> str:
    return str(closure.room or closure.unit or _("The whole prison"))


def _groups(request: PrisonRequest, effect: UndoEffect) -> list[dict[str, Any]]:
    """What becomes of the sessions, each kind with its list."""
    kinds = [
        (_("Back as they were"), effect.back),
        (_("Cancelled: they were published"), effect.cancelled),
        (_("Removed"), effect.removed),
    ]
    return [
        {"title": title, "count": len(rows), "rows": _rows(request, effect, rows[:MOST_SHOWN])}
        for title, rows in kinds
        if rows
    ]


def _rows(
    request: PrisonRequest, effect: UndoEffect, sessions: tuple[GroupSession, ...]
) -> list[tuple[str, str, str]]:
    """Its name, when it stands now, and when it stood before where that differs."""
    before = {change.session_id: _when_of(change) for change in effect.changes}
    now = {one.pk: when(one.starts_at, one.ends_at) for one in sessions}
    then = {pk: before.get(pk, "") if before.get(pk) != now[pk] else "" for pk in now}
    return [(title_of(one, request.access), now[one.pk], then[one.pk]) for one in sessions]


def _when_of(change: Change) -> str:
    """Empty where the time stays."""
    if isinstance(change.starts_at, Keep) or isinstance(change.ends_at, Keep):
        return ""
    return when(change.starts_at, change.ends_at)


def _series_title(request: PrisonRequest, series: Any) -> str:
    return gate.name_of(request.access, series)
