"""Facilitators pasted from a spreadsheet; whoever has an address is invited when that is ticked."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from rooms.forms import PasteForm
from rooms.views.pasting import PastePage, paste, take_back
from sessions.domain.pasted_workers import WorkerLines
from sessions.forms import own_services


@prison_view(Right.MANAGE_WORKERS)
def worker_paste(request: PrisonRequest, prison: Prison) -> HttpResponse:
    page = PastePage(
        _("Paste facilitators"),
        reverse("sessions:worker_list", args=[prison.slug]),
        _("Facilitators"),
        (
            (_("Name"), _("E-mail"), _("Works for"), _("Languages"), _("Permission until")),
            ("Els Cools", "els@example.org", "De Brug", "nl, fr", "30/06/2027"),
            ("Karim Yilmaz", "", "", "fr, ar", ""),
        ),
        "sessions:worker_paste_undo",
        asks={"invites": _invites()} if request.access.has(Right.MANAGE_PEOPLE) else {},
    )
    return paste(request, page, lambda form, _days: _lines(request, form))


def _invites() -> forms.Field:
    return forms.BooleanField(
        label=_("Invite everybody who has an e-mail address to sign in"),
        required=False,
        help_text=_("Each gets a letter with a link. Without the tick nobody is written to."),
    )


def _lines(request: PrisonRequest, form: PasteForm) -> WorkerLines:
    return WorkerLines(
        request.prison,
        request.user,
        request.user.language or "nl",
        tuple(own_services(request.access)),
        invites=bool(form.asked_value("invites")),
    )


@require_POST
@prison_view(Right.MANAGE_WORKERS)
def worker_paste_undo(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    back = reverse("sessions:worker_list", args=[prison.slug])
    return take_back(request, pk, ("paste_workers",), back)
