"""What people type about a closure, one short form per preset; each makes a draft of closures."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from core.dates.clock import now, today
from core.web.forms import PlainForm
from planner.scheduling.closures.parts import ClosureDraft, ClosurePart, reduced_regime, strike
from prisons.models import Prison, Unit
from rooms.domain.facts import rules_of
from rooms.models import Closure, Room

Kind = Closure.Kind


class ClosureForm(PlainForm):
    """What every preset asks: a reason and until when the decision falls."""

    reason = forms.CharField(
        label=_("reason"),
        max_length=120,
        required=False,
        help_text=_("Everybody who sees the schedule reads this. Never anything about a person."),
    )
    decide_by = forms.DateTimeField(label=_("decision by"), required=False)

    field_of = {
        "ends_before_start": "ends_at",
        "decides_too_late": "decide_by",
        "dated_before_today": "starts_at",
    }

    def __init__(self, *args: Any, prison: Prison, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prison = prison
        self.order_fields([name for name in self.fields if name not in ("reason", "decide_by")])

    def draft(self) -> ClosureDraft:
        """The closure as it was typed. Only for a form that is valid."""
        data = self.cleaned_data
        return ClosureDraft(self.kind(), self.parts(), data["reason"], data["decide_by"])

    def kind(self) -> str:
        raise NotImplementedError

    def parts(self) -> tuple[ClosurePart, ...]:
        raise NotImplementedError


class StrikeForm(ClosureForm):
    """From 22:00 on the eve of the first day."""

    hours = 24
    field_of = ClosureForm.field_of | {"past": "day", "dated_before_today": "day", "ends_before_start": "day"}
    day = forms.DateField(
        label=_("first day without activities"),
        help_text=_("It runs from 22:00 on the evening before, or from now on when that is past."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = today() + dt.timedelta(days=1)

    def kind(self) -> str:
        return Kind.STRIKE

    def parts(self) -> tuple[ClosurePart, ...]:
        return (ClosurePart(None, None, *strike(self.cleaned_data["day"], self.hours, now=now())),)


class LongStrikeForm(StrikeForm):
    hours = 48


class ReducedForm(ClosureForm):
    """No evening, and only some units."""

    field_of = ClosureForm.field_of | {
        "past": "last",
        "dated_before_today": "first",
        "ends_before_start": "last",
    }
    first = forms.DateField(label=_("first day"))
    last = forms.DateField(label=_("last day"))
    evening_from = forms.TimeField(
        label=_("nothing in the evening from"),
        required=False,
        help_text=_("Empty: the evenings stay as they are."),
    )
    open_units = forms.ModelMultipleChoiceField(
        label=_("living units that can come"),
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelMultipleChoiceField, self.fields["open_units"])
        field.queryset = Unit.objects.in_prison(self.prison).filter(is_active=True)
        if not self.is_bound:
            self.initial.setdefault("open_units", field.queryset)
            self.initial.setdefault("evening_from", _last_slot(self.prison))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", _("The last day must not come before the first."))
        if data.get("first") and data.get("last") and (data["last"] - data["first"]).days > 60:
            self.add_error("last", _("A reduced regime lasts at most two months. Announce the rest later."))
        return data

    def kind(self) -> str:
        return Kind.REDUCED

    def parts(self) -> tuple[ClosurePart, ...]:
        data = self.cleaned_data
        units = Unit.objects.in_prison(self.prison).filter(is_active=True)
        closed = {unit.pk for unit in units} - {unit.pk for unit in data["open_units"]}
        return reduced_regime(
            data["first"], data["last"], evening_from=data["evening_from"], closed_units=closed
        )


def _last_slot(prison: Prison) -> dt.time | None:
    """When the last time slot of a day usually starts, if that is in the evening."""
    starts = [slots[-1].start for slots in rules_of(prison).slots.values() if slots]
    latest = max(starts, default=0)
    return dt.time(latest // 60, latest % 60) if latest >= 16 * 60 else None


class OwnForm(ClosureForm):
    """Any place, any span."""

    field_of = ClosureForm.field_of | {"past": "ends_at", "unknown_place": "place", "too_long": "ends_at"}
    closure_kind = forms.ChoiceField(label=_("kind"), choices=Kind.choices, initial=Kind.WORKS)
    place = forms.ChoiceField(label=_("what is closed"), initial="prison")
    starts_at = forms.DateTimeField(label=_("from"))
    ends_at = forms.DateTimeField(label=_("until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rooms = Room.objects.in_prison(self.prison).in_use()
        units = Unit.objects.in_prison(self.prison).filter(is_active=True)
        cast(forms.ChoiceField, self.fields["place"]).choices = [
            ("prison", _("The whole prison")),
            (_("Room"), [(f"room-{room.pk}", str(room)) for room in rooms]),
            (_("Living unit"), [(f"unit-{unit.pk}", str(unit)) for unit in units]),
        ]

    def kind(self) -> str:
        return str(self.cleaned_data["closure_kind"])

    def parts(self) -> tuple[ClosurePart, ...]:
        what, _dash, pk = str(self.cleaned_data["place"]).partition("-")
        span = self.cleaned_data["starts_at"], self.cleaned_data["ends_at"]
        room_id = int(pk) if what == "room" else None
        unit_id = int(pk) if what == "unit" else None
        return (ClosurePart(room_id, unit_id, *span),)


PRESETS: dict[str, tuple[Any, type[ClosureForm]]] = {
    "strike-24": (_("Strike of 24 hours"), StrikeForm),
    "strike-48": (_("Strike of 48 hours"), LongStrikeForm),
    "reduced": (_("Reduced regime"), ReducedForm),
    "other": (_("A room, a unit, or other hours"), OwnForm),
}


def form_of(preset: str, prison: Prison, data: Any = None) -> ClosureForm:
    """The form of a preset, with tomorrow filled in."""
    tomorrow = today() + dt.timedelta(days=1)
    initial = {"day": tomorrow, "first": tomorrow, "last": tomorrow}
    return PRESETS[preset][1](data, prison=prison, initial=initial)
