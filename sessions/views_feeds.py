"""Calendar addresses: reading one without signing in, and the page on which they are made and ended."""

from __future__ import annotations

from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.ical import CONTENT_TYPE
from prisons import gate
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from sessions import feeds
from sessions.domain import feeds as domain
from sessions.domain.feed_rules import change_rules
from sessions.feed_answers import answer
from sessions.feed_forms import FeedRulesForm, NewFeedForm
from sessions.models import Feed, FeedRules, GroupSession

_OWN = (Right.PLACE, Right.SEE_OWN_SESSIONS, Right.MANAGE_WORKERS)


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar itself. An address that is unknown, ended or renewed is simply not there."""
    response = answer(request, secret)
    if response is None:
        raise Http404
    return response


@prison_view(*_OWN)
@never_cache
def feed_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """The calendar addresses that this person keeps, and a new one, shown once."""
    form = NewFeedForm(request.POST or None, access=request.access)
    context: dict[str, Any] = {"form": form}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            made, secret = domain.create(
                form.subject, access=request.access, language=form.cleaned_data["language"]
            )
            context |= _shown_once(made, secret) | {"form": NewFeedForm(access=request.access)}
            status = 201
    return _render_list(request, context, status)


@prison_view(*_OWN)
@never_cache
def feed_renew(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """Asks first: the calendars that have the old address show nothing new from then on."""
    row = _kept(request, pk)
    if request.method != "POST":
        return render(request, "sessions/feed_end.html", {"subject": domain.subject_of(row), "renews": True})
    made, secret = domain.renew(row, access=request.access)
    context = _shown_once(made, secret) | {"form": NewFeedForm(access=request.access)}
    return _render_list(request, context, 201)


@prison_view(*_OWN)
def feed_revoke(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    row = _kept(request, pk)
    if request.method != "POST":
        return render(request, "sessions/feed_end.html", {"subject": domain.subject_of(row), "renews": False})
    domain.revoke(row, access=request.access)
    messages.success(request, _("This calendar address no longer works."))
    return redirect("sessions:feed_list", prison.slug)


@prison_view(Right.MANAGE_RULES)
def feed_rules(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """What the feeds of this prison tell beside the hours."""
    rules = FeedRules.objects.in_prison(prison).first() or FeedRules(prison=prison)
    form = FeedRulesForm(request.POST or None, instance=rules)
    if request.method == "POST" and form.is_valid():
        change_rules(prison, form.cleaned_data, by=request.user)
        messages.success(request, _("The calendars follow within a day, most of them within an hour."))
        return redirect("sessions:feed_list", prison.slug)
    status = 422 if form.is_bound else 200
    return render(request, "sessions/feed_rules.html", {"form": form}, status=status)


@prison_view(Right.SEE_BOARD, Right.SEE_OWN_SESSIONS)
def session_calendar(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """One published session as a file, for those without a feed."""
    rows = GroupSession.objects.in_prison(prison).published().filter(starts_at__isnull=False)
    if not request.access.has(Right.SEE_BOARD):
        rows = rows.filter(session_workers__worker__user=request.user)
    reading = feeds.read_session(
        get_object_or_404(rows, pk=pk), shows_title=gate.may_ask(request.access, gate.Fact.TITLE)
    )
    response = HttpResponse(reading.body, content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{pk}.ics"'
    return response


def _kept(request: PrisonRequest, pk: int) -> Feed:
    """One of those that the list shows; anything else is not there."""
    for row in domain.kept_by(request.access):
        if row.pk == pk:
            return row
    raise Http404


def _shown_once(made: Feed, secret: str) -> dict[str, Any]:
    address = settings.BASE_URL + reverse("feed", args=[secret])
    webcal = "webcal:" + address.split(":", 1)[1]
    return {"made": made, "address": address, "webcal": webcal, "qr": qr_path(webcal)}


def qr_path(text: str) -> dict[str, Any]:
    """The dark squares of a QR code as one path of an SVG, and how many squares a side has."""
    rows = segno.make(text, error="m", micro=False).matrix
    squares = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    return {"path": "".join(squares), "side": len(rows)}


def _render_list(request: PrisonRequest, context: dict[str, Any], status: int) -> HttpResponse:
    context["feeds"] = [(row, domain.subject_of(row)) for row in domain.kept_by(request.access)]
    return render(request, "sessions/feed_list.html", context, status=status)
