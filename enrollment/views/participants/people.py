"""People: found by name or number, added, moved, away, gone; and the page of one person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core.dates import clock
from core.errors import PlannerError
from core.web import address
from core.web.forms import PlainTexts
from core.web.htmx import render_part
from core.web.pages import asked_page
from enrollment.domain.participants import continuity, finding, merge_image, people, person
from enrollment.forms import (
    BlockForm,
    LeaveForm,
    LevelForm,
    NameForm,
    NumberForm,
    PersonForm,
    StayMoveForm,
    posted,
)
from enrollment.models import Participant
from enrollment.views.participants.readings import ReadingRow, row_of
from enrollment.views.shared import find_person
from prisons.access import Access, PrisonRequest, Right, prison_view
from prisons.domain.records import readings
from prisons.domain.unchanged import fingerprint
from prisons.gate import looks_known_to
from prisons.models import Prison, Unit
from prisons.seen_forms import look_again, sees

PER_PAGE = 60


@prison_view(Right.SEE_NAMES)
def person_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """Everybody who stays here, by name; filters by part of a name or number and by living unit."""
    text, unit = request.GET.get("q", ""), request.GET.get("unit", "")
    day, unit_pk = clock.today(), address.number(unit)
    if text.strip():
        found: Any = finding.find_people(prison, text, day=day, most=200)
        if unit_pk is not None:
            found = [each for each in found if any(stay.unit_id == unit_pk for stay in each.current)]
    else:
        found = people.numbers_by_name(prison, day, unit=unit_pk)
    page = asked_page(request, found, PER_PAGE)
    if not text.strip():
        page.object_list = people.here(prison, day).filter(pk__in=page.object_list)
    context = {
        "page": page,
        "q": text,
        "unit": unit,
        "units": Unit.objects.in_prison(prison),
        "as_of": prison.roster_as_of,
    }
    return render_part(request, "enrollment/person_list.html", "enrollment/_people.html", context)


@prison_view(Right.SEE_NAMES)
def person_detail(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    return render(request, "enrollment/person_detail.html", detail_context(request, find_person(prison, pk)))


def _looks(access: Access, participant: Participant) -> list[ReadingRow]:
    looks = readings.latest_of(participant.pk, access.prison, looks_known_to(access))
    return [row_of(each) for each in looks]


def detail_context(request: PrisonRequest, participant: Participant) -> dict[str, Any]:
    """The page of a person as this user may see it."""
    access = request.access
    may_audit = access.has(Right.READ_AUDIT)
    return {
        "may_audit": may_audit,
        "looks": _looks(access, participant) if may_audit else [],
        "person": participant,
        "shown": person.page_of(access, participant),
        "may_keep": access.has(Right.KEEP_ROSTER),
        "merges": merge_image.can_be_undone(access.prison, participant.pk)
        if access.has(Right.KEEP_ROSTER)
        else [],
        "may_ask": access.has(Right.ENTER_REQUESTS),
        "services": [each.organisation for each in access.memberships if each.organisation],
        "block_form": BlockForm(initial={"valid_from": clock.today()}),
        "level_form": LevelForm(),
    }


@prison_view(Right.KEEP_ROSTER)
def person_add(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """Somebody new; where the name is known from before or elsewhere, first the question whether it is one."""
    form = PersonForm(posted(request), prison=prison)
    same = form.namesakes(prison) if request.method == "POST" and form.is_valid() else []
    chosen = request.POST.get("same_as", "")
    if same and chosen not in {"new", *(str(each.person.pk) for each in same)}:
        context = {"form": form, "namesakes": same, "title": _("Somebody new"), "submit": _("Add")}
        return render(request, "enrollment/person_form.html", context, status=409)
    namesake = next((each for each in same if str(each.person.pk) == chosen), None)
    if namesake and namesake.is_here:
        messages.info(request, _("%(name)s stays here already.") % {"name": namesake.person})
        return redirect("enrollment:person_detail", prison.slug, namesake.person.pk)
    known = namesake.person if namesake else None

    def save() -> Participant:
        return people.create(prison, replace(form.data_of_person(), same_as=known), by=request.user)

    return _form_page(request, form, save, _("Somebody new"), _("Add"))


@prison_view(Right.KEEP_ROSTER)
def person_change(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    participant = find_person(prison, pk)
    form = NameForm(posted(request), instance=find_person(prison, pk))

    def save() -> Participant:
        return people.change(participant, prison, **form.cleaned_data, by=request.user)

    return _form_page(request, form, save, _("Correct the name or the language"), _("Save"), participant)


@prison_view(Right.KEEP_ROSTER)
def person_number(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    participant = find_person(prison, pk)
    stay = people.stay_of(participant, prison, clock.today())
    initial = {"register_number": stay.register_number, "seen": fingerprint(stay)} if stay else {}
    form = NumberForm(posted(request), initial=initial)

    def save() -> Participant:
        current = people.open_stay(participant, prison)
        sent = form.cleaned_data
        people.correct_number(current, sent["register_number"], by=request.user, seen=sent["seen"])
        return participant

    return _form_page(request, form, save, _("Correct the number"), _("Save"), participant)


@prison_view(Right.KEEP_ROSTER)
def person_move(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    participant = find_person(prison, pk)
    stay = people.stay_of(participant, prison, clock.today())
    initial = (
        {"unit": stay.unit, "cell": stay.cell, "walks_with_badge": stay.walks_with_badge} if stay else {}
    )
    form = StayMoveForm(posted(request), prison=prison, initial=initial)
    sees(form, stay)

    def save() -> Participant:
        people.move(participant, prison, **form.cleaned_data, by=request.user)
        return participant

    return _form_page(request, form, save, _("Another unit or cell, from today"), _("Move"), participant)


@prison_view(Right.KEEP_ROSTER)
def person_leave(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    participant = find_person(prison, pk)
    form = LeaveForm(posted(request), initial={"on": clock.today()})
    sees(form, people.stay_of(participant, prison, clock.today()))

    def save() -> Participant:
        continuity.leave(participant, prison, **form.cleaned_data, by=request.user)
        sentence = ngettext("%(number)s place has ended.", "%(number)s places have ended.", number)
        messages.info(request, sentence % {"number": number})
        return participant

    number = person.leaves_with(request.access, participant)
    words = ngettext(
        "%(number)s place or request ends with it.", "%(number)s places or requests end with it.", number
    )
    lead = words % {"number": number}
    return _form_page(request, form, save, _("Leaves the prison"), _("Leaves"), participant, lead=lead)


def _refuse(form: forms.BaseForm, error: PlannerError) -> None:
    """Says it in place; a form that knows what is stored now shows that beside what was typed."""
    if isinstance(form, PlainTexts):
        form.refuse(error)
    else:
        form.add_error(None, str(error))
    look_again(form, error)


def _form_page(
    request: PrisonRequest,
    form: forms.BaseForm,
    save: Callable[[], Participant],
    title: str,
    submit: str,
    participant: Participant | None = None,
    *,
    lead: str = "",
) -> HttpResponse:
    """One form on one page: saved, it goes to the person; refused, it says why and keeps what was typed."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                saved = save()
            except PlannerError as error:
                _refuse(form, error)
                status = error.status
            else:
                messages.success(request, _("Saved: %(name)s.") % {"name": saved})
                return redirect("enrollment:person_detail", request.prison.slug, saved.pk)
    context = {"form": form, "title": title, "submit": submit, "person": participant, "lead": lead}
    return render(request, "enrollment/person_form.html", context, status=status)


@prison_view(Right.KEEP_ROSTER)
@require_POST
def person_away(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """Away for a while, from today."""
    return _fact(request, pk, lambda who: continuity.go_away(who, prison, by=request.user))


@prison_view(Right.KEEP_ROSTER)
@require_POST
def person_back(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """Back, from today."""
    return _fact(request, pk, lambda who: continuity.come_back(who, prison, by=request.user))


def _fact(request: PrisonRequest, pk: int, act: Callable[[Participant], object]) -> HttpResponse:
    """One click about one person; a refusal is said on the person's page."""
    participant = find_person(request.prison, pk)
    try:
        act(participant)
    except PlannerError as error:
        messages.error(request, str(error))
        context = detail_context(request, participant)
        return render(request, "enrollment/person_detail.html", context, status=error.status)
    messages.success(request, _("Saved: %(name)s.") % {"name": participant})
    return redirect("enrollment:person_detail", request.prison.slug, pk)
