"""Coming and going: the welcome list, another prison, and one person who stands here twice."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.dates import clock
from core.errors import PlannerError
from core.web.forms import PlainForm
from enrollment.domain.participants import finding, merge_image, merging, transfer, welcome
from enrollment.forms import posted
from enrollment.models import Merge, Participant, Stay
from enrollment.views.shared import find_person
from prisons import gate
from prisons.access import Access, PrisonRequest, Right, prison_view
from prisons.models import Prison
from prisons.signing_in.second_factor import fresh_second_factor


class TransferForm(PlainForm):
    """The other prison."""

    to = forms.ModelChoiceField(label=gettext_lazy("To which prison?"), queryset=Prison.objects.none())


@prison_view(Right.ENTER_REQUESTS)
def new_arrivals(request: PrisonRequest, prison: Prison) -> HttpResponse:
    context = {"arrivals": welcome.new_arrivals(prison), "days": welcome.DAYS}
    return render(request, "enrollment/new_arrivals.html", context)


@prison_view(Right.KEEP_ROSTER)
def person_transfer(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    participant = find_person(prison, pk)
    form, status = TransferForm(posted(request)), 200
    form.fields["to"].queryset = Prison.objects.exclude(pk=prison.pk)  # type: ignore[attr-defined]
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                done = transfer.transfer(participant, prison, form.cleaned_data["to"], by=request.user)
                messages.success(request, _told(done, request.access))
                return redirect("enrollment:person_detail", prison.slug, pk)
            except PlannerError as error:
                form.add_error(None, str(error))
                status = error.status
    context = {
        "form": form,
        "title": _("To another prison"),
        "submit": _("Transfer, from today"),
        "person": participant,
        "lead": _("Places here end. Requests go along for services that have the person's consent."),
    }
    return render(request, "enrollment/person_form.html", context, status=status)


def _told(done: transfer.Transferred, access: Access) -> str:
    """A service hears of its own requests only, the prison of none."""
    if not access.has(Right.ENTER_REQUESTS):
        return _("Transferred. What the person agreed to goes along; the services hand out their letters.")
    mine = set(gate.acts_for(access).values_list("pk", flat=True))
    carried, letters = (sum(pk in mine for pk in each) for each in (done.carried, done.to_ask))
    sentence = _("Your requests that go along: %(carried)s. Your letters to hand out: %(letters)s.")
    return sentence % {"carried": carried, "letters": letters}


class MergeForm(PlainForm):
    """The other entry of the same person."""

    other = forms.CharField(label=gettext_lazy("The same person as: the number, or the name"), max_length=200)


class SureForm(PlainForm):
    """Why the two are one; a tick more where they differ."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why is it the same person?"),
        choices=Merge.Reason.choices,
        widget=forms.RadioSelect,
    )
    is_sure = forms.BooleanField(
        label=gettext_lazy("Yes, I am sure: it is the same person although they differ"), required=False
    )

    def __init__(self, *args: Any, differs: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not differs:
            del self.fields["is_sure"]


@prison_view(Right.KEEP_ROSTER)
@fresh_second_factor
def person_merge(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """First which other entry, then both side by side; the one whose page this is stays."""
    participant = find_person(prison, pk)
    chosen = request.GET.get("with", "")
    if chosen.isdecimal() and len(chosen) < 19:
        return _merge_two(request, participant, find_person(prison, int(chosen)))
    form, status = MergeForm(posted(request)), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                typed = form.cleaned_data["other"]
                other = finding.the_one(prison, typed, day=clock.today(), besides=participant)
                return redirect(f"{request.path}?with={other.pk}")
            except PlannerError as error:
                form.add_error(None, str(error))
                status = error.status
    context = {
        "form": form,
        "title": _("The same person twice"),
        "submit": _("Compare the two"),
        "person": participant,
        "lead": _("Everything of the other becomes part of this person. First you see both side by side."),
    }
    return render(request, "enrollment/person_form.html", context, status=status)


def _merge_two(request: PrisonRequest, keep: Participant, gone: Participant) -> HttpResponse:
    prison = request.prison
    differs = merging.differences(keep, gone, prison)
    form, status = SureForm(posted(request), differs=bool(differs)), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                merging.merge(keep, gone, prison, merging.MergeDecision(**form.cleaned_data), by=request.user)
                told = _("The two are one now: %(name)s. For 30 days it can be taken apart on this page.")
                messages.success(request, told % {"name": keep})
                return redirect("enrollment:person_detail", prison.slug, keep.pk)
            except PlannerError as error:
                form.add_error(None, str(error))
                status = error.status
    context = {"form": form, "person": keep, "differs": differs, "both": _side_by_side(prison, keep, gone)}
    return render(request, "enrollment/person_merge.html", context, status=status)


def _side_by_side(prison: Prison, *both: Participant) -> list[dict[str, Any]]:
    """What this prison knows of each; places and requests are their services' own."""
    stays = Stay.objects.in_prison(prison).filter(participant__in=both).select_related("unit")
    return [
        {"person": one, "stays": [stay for stay in stays if stay.participant_id == one.pk]} for one in both
    ]


@prison_view(Right.KEEP_ROSTER)
@require_POST
@fresh_second_factor
def merge_undo(request: PrisonRequest, prison: Prison, pk: int, merge: int) -> HttpResponse:
    person = find_person(prison, pk)
    row = get_object_or_404(Merge.objects.in_prison(prison), pk=merge, kept_id=person.pk)
    merge_image.undo(row, by=request.user)
    messages.success(
        request,
        _("They are two people again. What was entered since stays with %(name)s.") % {"name": person},
    )
    return redirect("enrollment:person_detail", prison.slug, pk)
