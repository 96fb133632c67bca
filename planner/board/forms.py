"""Forms of the board: shape of input only."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.web.form_choices import choose_from
from core.web.forms import PlainForm
from prisons.models import Prison
from rooms.models import Room
from sessions.models import Cancellation


class MoveForm(PlainForm):
    """Room, day, and from when until when; a program may say `minutes` instead of `until`."""

    room = forms.ModelChoiceField(
        label=_("Room"), queryset=Room.objects.none(), required=False, empty_label=_("no room yet (tray)")
    )
    day = forms.DateField(label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    start = forms.TimeField(
        label=_("Starts at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    until = forms.TimeField(
        label=pgettext_lazy("time", "Until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    minutes = forms.IntegerField(required=False, min_value=5, max_value=720, widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)
    accept_soft = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, prison: Prison, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "room", Room.objects.in_prison(prison).select_related("building"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, until = data.get("start"), data.get("until")
        if until and start:
            data["minutes"] = (minutes_of(until) - minutes_of(start)) % (24 * 60)
            if not 5 <= data["minutes"] <= 12 * 60:
                self.add_error("until", _("A session lasts from five minutes to twelve hours."))
        elif not data.get("minutes") and not self.errors:
            self.add_error("until", _("Say until when."))
        return data


def minutes_of(at: dt.time) -> int:
    """Minutes since midnight."""
    return at.hour * 60 + at.minute


class DropForm(PlainForm):
    """A card dropped in a cell, or put back in the tray (then without a room)."""

    room = forms.IntegerField(required=False, min_value=1)
    day = forms.DateField(required=False, input_formats=["%Y%m%d", "%Y-%m-%d"])
    slot = forms.IntegerField(required=False, min_value=0)
    version = forms.IntegerField()
    accept_soft = forms.BooleanField(required=False)
    week = forms.CharField(required=False, max_length=8)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("room") and not (data.get("day") and data.get("slot")):
            raise forms.ValidationError(_("Choose a room, a day and a time slot."))
        return data


class CancelForm(PlainForm):
    """Why a session does not take place."""

    reason = forms.ChoiceField(
        label=_("Why does it not take place?"),
        choices=[choice for choice in Cancellation.Reason.choices if choice[0] != "closure"],
        widget=forms.RadioSelect,
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
