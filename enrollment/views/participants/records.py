"""Who did what: for whoever reads the audit, by person, act, day, and by whom it was about."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from core.dates.clock import within
from core.web.pages import NewestPages
from enrollment.domain.participants.acts import about
from enrollment.reading_forms import ActFilter
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import AuditEntry, Prison
from prisons.words.fields import name_of_field
from prisons.words.verbs import name_of_model, words_for

ROWS = 50


@prison_view(Right.READ_AUDIT)
def audit_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    form = ActFilter(request.GET or None, access=request.access)
    entries = AuditEntry.objects.in_prison(prison).select_related("by")
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data
        chosen = {"by": asked["by"], "verb": asked["verb"]}
        chosen |= within("at", asked["on"]) if asked["on"] else {}
        entries = entries.filter(**{name: value for name, value in chosen.items() if value})
        entries = entries.filter(about(asked["person"], request.access)) if asked["person"] else entries
    page = NewestPages(entries, ROWS).get_page(request.GET.get("page"))
    rows = [(entry, words_for(entry.verb), name_of_model(entry.model), _fields(entry)) for entry in page]
    context = {"form": form, "page": page, "rows": rows}
    return render(request, "enrollment/audit_list.html", context, status=422 if form.errors else 200)


def _fields(entry: AuditEntry) -> str:
    """Each once: two names of the program can be one word."""
    return ", ".join(dict.fromkeys(name_of_field(entry.model, name) for name in entry.fields))
