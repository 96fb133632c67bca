"""The shape of what people type about lists: closing times, who gets what, announced visitors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.web.form_choices import AllOrSomeRows, choose_from
from core.web.forms import PlainForm
from enrollment.domain.lists.family_visits import MOST, Announced
from enrollment.models import Handout, Post
from prisons.models import Prison, Unit
from rooms.forms import RuleForm
from rooms.models import WEEKDAYS, Room


class ClosingTimesForm(PlainForm):
    """Until when the lists may change, per working day; and whether everybody gets a slip."""

    def __init__(self, *args: Any, times: dict[int, dt.time], slips: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict(WEEKDAYS)
        for day, at in times.items():
            self.fields[f"day_{day}"] = forms.TimeField(
                label=capfirst(names[day]),
                initial=at,
                widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            )
        self.fields["movement_slips"] = forms.BooleanField(
            label=_("A movement slip for each person"),
            help_text=_(
                "Small papers to cut apart, sorted by living unit and cell; they come after the lists."
            ),
            initial=slips,
            required=False,
        )
        self._days = tuple(times)

    @property
    def times(self) -> dict[int, dt.time]:
        return {day: self.cleaned_data[f"day_{day}"] for day in self._days}


class PostForm(RuleForm):
    """A post or desk of the prison."""

    field_of = {"name_taken": "name"}

    class Meta:
        model = Post
        fields = ("name",)


class HandoutForm(RuleForm):
    """One line of the distribution table."""

    units = AllOrSomeRows(label=_("of these living units"), all_label=_("All living units"))
    rooms = AllOrSomeRows(label=_("of these rooms"), all_label=_("All rooms"))

    class Meta:
        model = Handout
        fields = ("sheet", "copies", "units", "rooms")

    def __init__(self, *args: Any, prison: Prison, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "units", Unit.objects.in_prison(prison))
        choose_from(self, "rooms", Room.objects.in_prison(prison))


class VisitorsForm(PlainForm):
    """Adults and children for each person of the group."""

    def __init__(self, *args: Any, lines: Sequence[Announced], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._announced = lines
        for line in lines:
            for what, label, number in (
                ("adults", _("adults"), line.adults),
                ("children", _("children"), line.children),
            ):
                title = f"{line.person}: {label}"
                self.fields[f"{what}_{line.person.pk}"] = forms.IntegerField(
                    label=title,
                    initial=number,
                    min_value=0,
                    max_value=MOST,
                    required=False,
                    widget=forms.NumberInput(attrs={"aria-label": title}),
                )

    def lines(self) -> Iterator[tuple[Announced, BoundField, BoundField]]:
        for line in self._announced:
            yield line, self[f"adults_{line.person.pk}"], self[f"children_{line.person.pk}"]

    @property
    def numbers(self) -> dict[int, tuple[int, int]]:
        """Nothing typed is nobody."""
        return {
            line.person.pk: (
                self.cleaned_data.get(f"adults_{line.person.pk}") or 0,
                self.cleaned_data.get(f"children_{line.person.pk}") or 0,
            )
            for line in self._announced
        }
