"""Listed values about a person: level, intake, fixed hours, consent; each one click or one short form."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from core.errors import PlannerError
from core.web import address
from enrollment.domain.participants import known_facts
from enrollment.forms import BlockForm, LevelForm
from enrollment.models import FixedBlock
from enrollment.views.participants.people import detail_context
from enrollment.views.shared import find_person
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Organisation, Prison


def _service(request: PrisonRequest) -> Organisation:
    """The service named in the form; it must be the user's own, else 404."""
    pk = address.number(request.POST.get("service"))
    rows = Organisation.objects.filter(pk__in=request.access.organisation_ids)
    return get_object_or_404(rows, pk=pk)


@prison_view(Right.ENTER_REQUESTS)
@require_POST
def level_set(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    person = find_person(prison, pk)
    language, level = request.POST.get("language", ""), request.POST.get("level", "")
    try:
        known_facts.set_level(person, prison, language, level, by=request.user)
    except PlannerError as error:
        form = LevelForm(request.POST)
        form.add_error(None, str(error))
        context = detail_context(request, person) | {"level_form": form}
        return render(request, "enrollment/person_detail.html", context, status=error.status)
    return redirect("enrollment:person_detail", prison.slug, pk)


@prison_view(Right.ENTER_REQUESTS)
@require_POST
def intake_note(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    known_facts.note_intake(find_person(prison, pk), prison, _service(request), by=request.user)
    return redirect("enrollment:person_detail", prison.slug, pk)


@prison_view(Right.ENTER_REQUESTS)
@require_POST
def consent_set(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    is_given = request.POST.get("is_given") == "yes"
    known_facts.set_consent(
        find_person(prison, pk), prison, _service(request), is_given=is_given, by=request.user
    )
    return redirect("enrollment:person_detail", prison.slug, pk)


@prison_view(Right.KEEP_ROSTER)
@require_POST
def block_add(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    person = find_person(prison, pk)
    form, status = BlockForm(request.POST), 422
    if form.is_valid():
        try:
            known_facts.add_block(person, prison, form.save(commit=False), by=request.user)
            return redirect("enrollment:person_detail", prison.slug, pk)
        except PlannerError as error:
            form.add_error(None, str(error))
            status = error.status
    context = detail_context(request, person) | {"block_form": form}
    return render(request, "enrollment/person_detail.html", context, status=status)


@prison_view(Right.KEEP_ROSTER)
@require_POST
def block_end(request: PrisonRequest, prison: Prison, pk: int, block: int) -> HttpResponse:
    row = get_object_or_404(
        FixedBlock.objects.in_prison(prison), pk=block, participant=find_person(prison, pk)
    )
    known_facts.end_block(row, by=request.user)
    return redirect("enrollment:person_detail", prison.slug, pk)
