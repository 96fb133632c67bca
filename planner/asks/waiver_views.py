"""Allowing once what a rule refuses, and allowing it no longer: a coordinator's panel."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import PlannerError
from core.web.htmx import render_part
from planner.asks.forms import WaiverForm
from planner.asks.session_views import session_of, week_of
from planner.board.answers import board_url, done, refused
from planner.scheduling.rules import waivers
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from sessions.models import Waiver


@require_http_methods(["GET", "POST"])
@prison_view(Right.PLACE)
def session_waivers(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """What stands in conflict and may be allowed, each rule to tick, with one reason."""
    session = session_of(prison, pk)
    codes = waivers.standing_codes(session)
    form = WaiverForm(request.POST or None, codes=codes, initial={"version": session.version})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            outcome = waivers.waive(
                session, data["allow"], data["why"], by=request.user, access=request.access,
                seen={session.pk: data["version"]},
            )  # fmt: skip
        except PlannerError as error:
            back = {
                "url": request.path,
                "fields": [],
                "back_url": board_url(prison, week_of(session), request),
            }
            return refused(request, prison, error, form=back)
        return done(request, prison, week_of(session), _("Allowed this once."), outcome)
    status = 422 if request.method == "POST" else 200
    context = {
        "form": form,
        "session": session,
        "week": week_of(session),
        "codes": codes,
        "may_waive": waivers.may_waive(session.series.activity.organisation, request.access),
    }
    page, part = "planner/asks/session_waivers.html", "planner/asks/_session_waivers.html"
    return render_part(request, page, part, context, status=status)


@require_POST
@prison_view(Right.PLACE)
def waiver_withdraw(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """What the rule says stands in conflict again."""
    waiver = get_object_or_404(
        Waiver.objects.filter(session__prison=prison).select_related("session__prison"), pk=pk
    )
    week = week_of(waiver.session)
    try:
        outcome = waivers.withdraw(waiver, by=request.user, access=request.access)
    except PlannerError as error:
        form = {"url": request.path, "fields": [], "back_url": board_url(prison, week, request)}
        return refused(request, prison, error, form=form)
    return done(request, prison, week, _("This is allowed no longer."), outcome)
