"""Forms about single sessions: shape of input only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.web.forms import PlainForm
from core.words.languages import SPOKEN
from planner.scheduling.rules.codes import CODES
from sessions.models import Cancellation, GroupSession, SessionWorker


class AskToCancelForm(PlainForm):
    """Why it should not take place."""

    reason = forms.ChoiceField(
        label=_("Why should it not take place?"),
        choices=[choice for choice in Cancellation.Reason.choices if choice[0] != "closure"],
    )


class AskToSwapForm(PlainForm):
    """Which own session is offered."""

    own = forms.ModelChoiceField(
        label=_("Your session"), queryset=GroupSession.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, own: list[tuple[int, str]], prison: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["own"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        rows = GroupSession.objects.in_prison(prison).select_related("series__activity__organisation", "room")
        field.queryset = rows
        field.choices = own


class AskedWorkerForm(PlainForm):
    """One click in the list of who could come, or on somebody who is there."""

    worker = forms.IntegerField(min_value=1)
    part = forms.ChoiceField(choices=SessionWorker.Part.choices, required=False)
    language = forms.ChoiceField(choices=[("", "–"), *SPOKEN], required=False)
    instead_of = forms.IntegerField(min_value=1, required=False)
    off = forms.BooleanField(required=False)
    version = forms.IntegerField()
    accept_soft = forms.BooleanField(required=False)


class WaiverForm(PlainForm):
    """Which of the rules that are broken may be broken this once, and why."""

    allow = forms.MultipleChoiceField(label=_("What to allow"), widget=forms.CheckboxSelectMultiple)
    why = forms.CharField(
        label=_("Why"),
        max_length=200,
        help_text=_("About the place and the hour, never about a person."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, codes: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["allow"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101
        field.choices = [(code, CODES[code].title) for code in codes]
