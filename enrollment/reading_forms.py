"""Whose looks, at whom, on which day."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.web.forms import DateInput, PlainForm
from core.words import names
from enrollment.models import Stay
from prisons.access import Access
from prisons.domain.records import readings
from prisons.forms import AuditFilter, offer
from prisons.models import Prison, User

NAMES, ENTRANCE, REFUSED = "names", "entrance", "refused"
VERBS: dict[str, tuple[str, ...]] = {
    NAMES: ("see", "see_file", "search_names"),
    REFUSED: ("refused",),
}


class AsksForPerson(PlainForm):
    """Whom it was about. Unusable values filter nothing and say so."""

    person = forms.CharField(
        label=_("Register number, or number of the participant"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("register number")}),
    )

    prison: Prison

    def clean_person(self) -> list[int]:
        """The participants meant: who has or had this number here, or the one whom the record calls so."""
        text = self.cleaned_data["person"].strip().removeprefix("#")
        if not text:
            return []
        stays = Stay.objects.in_prison(self.prison)
        found = list(stays.filter(register_number=text).values_list("participant", flat=True).distinct())
        if not found and text.isascii() and text.isdecimal() and len(text) < 19:
            found = list(stays.filter(participant=int(text)).values_list("participant", flat=True).distinct())
        if not found:
            raise forms.ValidationError(_("Nobody has, or had, this number here."))
        _note(text, found)
        return found


def _note(number: str, people: list[int]) -> None:
    """Asking for one person is a look at that person, and is on record as any other."""
    names.noticed(number)
    for pk in people:
        names.saw(pk)


class ActFilter(AsksForPerson, AuditFilter):
    """Whose acts, which act, on which day, about whom."""

    field_order = ["by", "person", "verb", "on"]

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        self.prison = access.prison
        super().__init__(*args, access=access, **kwargs)


class ReadingFilter(AsksForPerson):
    by = forms.ModelChoiceField(
        label=_("Who looked"), queryset=User.objects.none(), required=False, empty_label=_("Everybody")
    )
    on = forms.DateField(label=_("Day"), required=False, widget=DateInput())
    what = forms.ChoiceField(
        label=_("What"),
        required=False,
        choices=[
            ("", _("Everything")),
            (NAMES, _("Names seen")),
            (ENTRANCE, _("Signing in")),
            (REFUSED, _("Refused")),
        ],
    )

    field_order = ["by", "person", "on", "what"]

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        self.prison = access.prison
        super().__init__(*args, **kwargs)
        offer(self, "by", readings.readers_in(access.prison))
