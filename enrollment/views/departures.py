"""Coming and going: the welcome list, another prison, and one person who stands here twice."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.errors import PlannerError
from enrollment.domain import finding, merging, transfer, welcome
from enrollment.forms import posted
from enrollment.views.shared import find_person
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from prisons.second_factor import fresh_second_factor


class TransferForm(forms.Form):
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
                messages.success(request, _told(done))
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


def _told(done: transfer.Transferred) -> str:
    sentence = _("Requests that go along: %(carried)s. Services named in the letter: %(to_ask)s.")
    return sentence % {"carried": done.carried, "to_ask": done.to_ask}


class MergeForm(forms.Form):
    """The other entry of the same person."""

    other = forms.CharField(label=gettext_lazy("The same person as: the number, or the name"), max_length=200)


@prison_view(Right.KEEP_ROSTER)
@fresh_second_factor
def person_merge(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """Two entries of one person become one; the one whose page this is stays."""
    participant = find_person(prison, pk)
    form, status = MergeForm(posted(request)), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                other = finding.the_one(prison, form.cleaned_data["other"], day=clock.today())
                merging.merge(participant, other, prison, by=request.user)
                messages.success(request, _("The two are one now: %(name)s.") % {"name": participant})
                return redirect("enrollment:person_detail", prison.slug, pk)
            except PlannerError as error:
                form.add_error(None, str(error))
                status = error.status
    context = {
        "form": form,
        "title": _("The same person twice"),
        "submit": _("Make them one"),
        "person": participant,
        "lead": _("Everything of the other becomes part of this person. It cannot be taken back."),
    }
    return render(request, "enrollment/person_form.html", context, status=status)
