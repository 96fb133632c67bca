"""Services and partners of a prison."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import PlannerError
from prisons.access import PrisonRequest, Right, prison_view
from prisons.domain.people import organisations
from prisons.forms import KnownOrganisationForm, OrganisationForm, add_refusal, posted
from prisons.models import Organisation, Prison
from prisons.seen_forms import sees


@prison_view(Right.MANAGE_PEOPLE, Right.PLACE)
def organisation_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    here = list(prison.organisations.all())
    kept = organisations.kept_ids(request.access, here)
    rows = [(row, row.pk in kept) for row in here]
    known = KnownOrganisationForm(access=request.access)
    return render(request, "prisons/organisation_list.html", {"rows": rows, "known": known})


@prison_view(Right.MANAGE_PEOPLE)
def organisation_add(request: PrisonRequest, prison: Prison) -> HttpResponse:
    return _edit(request, prison, Organisation())


@prison_view(Right.MANAGE_PEOPLE, Right.PLACE)
def organisation_detail(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    return _edit(request, prison, get_object_or_404(prison.organisations, pk=pk))


@prison_view(Right.MANAGE_PEOPLE)
@require_POST
def organisation_known(request: PrisonRequest, prison: Prison) -> HttpResponse:
    form = KnownOrganisationForm(request.POST, access=request.access)
    if form.is_valid():
        organisations.let_work_here(prison, form.cleaned_data["organisation"], by=request.user)
        messages.success(request, _("This organisation now works here too."))
        return redirect("prisons:organisation_list", prison.slug)
    raise PlannerError("unknown_organisation", _("This organisation cannot be chosen (any more)."), 422)


def _edit(request: PrisonRequest, prison: Prison, organisation: Organisation) -> HttpResponse:
    form = OrganisationForm(posted(request), instance=organisation, access=request.access)
    sees(form, organisation)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                organisations.save_organisation(
                    prison, form.instance, by=request.user, seen=form.cleaned_data.get("seen", "")
                )
            except PlannerError as error:
                add_refusal(form, error)
                status = error.status
            else:
                messages.success(request, _("Saved."))
                return redirect("prisons:organisation_list", prison.slug)
    return render(request, "prisons/organisation_detail.html", {"form": form}, status=status)
