"""Records of a prison: the audit, the letters."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from prisons.access import PrisonRequest, Right, prison_view
from prisons.domain import outbox
from prisons.field_words import name_of_field
from prisons.forms import AuditFilter
from prisons.models import AuditEntry, Message, Prison
from prisons.verbs import name_of_model, words_for

ROWS = 50


@prison_view(Right.READ_AUDIT)
def audit_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    form = AuditFilter(request.GET or None, access=request.access)
    entries = AuditEntry.objects.in_prison(prison).select_related("by")
    if form.is_bound and form.is_valid():
        chosen = {
            "by": form.cleaned_data["by"],
            "verb": form.cleaned_data["verb"],
            "at__date": form.cleaned_data["on"],
        }
        entries = entries.filter(**{name: value for name, value in chosen.items() if value})
    page = Paginator(entries, ROWS).get_page(request.GET.get("page"))
    rows = [(entry, words_for(entry.verb), name_of_model(entry.model), _fields(entry)) for entry in page]
    status = 422 if form.errors else 200
    return render(
        request, "prisons/audit_list.html", {"form": form, "page": page, "rows": rows}, status=status
    )


def _fields(entry: AuditEntry) -> str:
    """Each once: two names of the program can be one word."""
    return ", ".join(dict.fromkeys(name_of_field(entry.model, name) for name in entry.fields))


LOOKS: dict[str, tuple[str, str]] = {
    Message.State.WAITING: ("quiet", "hourglass-split"),
    Message.State.CLAIMED: ("info", "send"),
    Message.State.SENT: ("ok", "check-circle"),
    Message.State.FAILED: ("stop", "x-octagon"),
    Message.State.UNKNOWN: ("warn", "question-circle"),
}
"""Tone and icon of a letter's state."""


@prison_view(Right.READ_OUTBOX)
def outbox_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """Letters that went wrong stand first: those are what somebody comes here for."""
    letters = Message.objects.in_prison(prison).defer("body_html")
    state = request.GET.get("state", "")
    if state in Message.State.values:
        letters = letters.filter(state=state)
    page = Paginator(letters, ROWS).get_page(request.GET.get("page"))
    rows = [
        (
            letter,
            *LOOKS[letter.state],
            outbox.FAILURES.get(letter.failure, letter.failure),
            outbox.is_resendable(letter),
        )
        for letter in page
    ]
    context = {"page": page, "rows": rows, "chips": _chips(prison, state)}
    return render(request, "prisons/outbox_list.html", context)


def _chips(prison: Prison, chosen: str) -> list[dict[str, Any]]:
    states = list(Message.objects.in_prison(prison).order_by().values_list("state", flat=True))
    chips = [{"url": "?", "label": _("All"), "number": len(states), "is_on": not chosen}]
    for value, label in Message.State.choices:
        chips.append(
            {
                "url": f"?state={value}",
                "label": label,
                "number": states.count(value),
                "is_on": value == chosen,
            }
        )
    return chips


@prison_view(Right.READ_OUTBOX)
@require_POST
def outbox_resend(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    letter = get_object_or_404(Message.objects.in_prison(prison), pk=pk)
    outbox.resend(letter, by=request.user)
    messages.success(request, _("The letter to %(email)s is being sent again.") % {"email": letter.to_email})
    return redirect("prisons:outbox_list", prison.slug)
