"""The shape of what people type about rooms, slots, units and the calendar of a prison."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.dates.clock import today
from core.errors import PlannerError
from core.tables import pasted
from core.tables.cells import items
from core.tables.values import MOST_BYTES
from core.web.form_choices import AllOrSomeRows, choose_from
from core.web.forms import PlainForm, PlainTexts
from core.words.text import printable
from prisons.domain.unchanged import fingerprint
from prisons.models import Building, Prison, Unit
from prisons.seen_forms import stored_beside
from rooms.models import WEEKDAYS, Feature, Holiday, Room, SoftBand, TimeSlot, UnitHours

WORKING_DAYS = ["1", "2", "3", "4", "5"]


class RuleForm(PlainTexts, forms.ModelForm):
    """A row of the rules. `seen` says what the row was like when the page was made.

    Whether the row may be written is for the domain to say, so no constraint of the database is asked here.
    """

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and not self.is_bound:
            self.initial["seen"] = fingerprint(self.instance)

    def validate_unique(self) -> None:
        """Left to the domain function, which refuses in words."""

    def validate_constraints(self) -> None:
        """Left to the domain function too."""

    def refuse(self, error: PlannerError) -> None:
        super().refuse(error)
        if error.code == "changed_meanwhile":
            self.show_what_is_stored()

    @property
    def values(self) -> dict[str, Any]:
        """What the domain function takes: every field but the mark of what was seen."""
        return {name: self.cleaned_data[name] for name in self._row_fields}

    def show_what_is_stored(self) -> None:
        """After somebody was faster: the next save is over what is stored now, which the page shows."""
        stored = type(self.instance)._default_manager.get(pk=self.instance.pk)
        data = cast(QueryDict, self.data).copy()
        data["seen"] = fingerprint(stored)
        self.data = data
        self.stored_now = stored_beside(self, stored)

    @property
    def _row_fields(self) -> list[str]:
        return [name for name in self._meta.fields or () if name in self.fields]


_OTHER_NAME = _("Only where it differs from the name on the door.")
_DOOR_NAMES = {
    "name": _("As it stands on the door."),
    "name_nl": _OTHER_NAME,
    "name_fr": _OTHER_NAME,
    "name_en": _OTHER_NAME,
}


class BuildingForm(RuleForm):
    field_of = {"name_taken": "name"}

    class Meta:
        model = Building
        fields = ["name", "name_nl", "name_fr", "name_en"]
        help_texts = _DOOR_NAMES


class FeatureForm(RuleForm):
    class Meta:
        model = Feature
        fields = ["name_nl", "name_fr", "name_en"]


class RoomForm(RuleForm):
    field_of = {"name_taken": "name", "capacity_too_small": "capacity"}

    reachable_from = AllOrSomeRows(label=_("units that can reach it"), all_label=_("All living units"))

    class Meta:
        model = Room
        fields = [
            "name",
            "name_nl",
            "name_fr",
            "name_en",
            "building",
            "capacity",
            "features",
            "inside_unit",
            "reachable_from",
        ]
        labels = {"building": _("Building")}
        widgets = {"features": forms.CheckboxSelectMultiple}
        help_texts = {
            **_DOOR_NAMES,
            "capacity": _("How many people may be in it, the facilitator not counted."),
        }

    def __init__(self, *args: Any, prison: Prison, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose_from(self, "building", Building.objects.in_prison(prison))
        choose_from(self, "inside_unit", Unit.objects.in_prison(prison))
        choose_from(self, "reachable_from", Unit.objects.in_prison(prison))
        cast(forms.ModelChoiceField, self.fields["inside_unit"]).empty_label = _("In no living unit")
        self.fields["capacity"] = forms.IntegerField(
            label=self.fields["capacity"].label,
            help_text=self.fields["capacity"].help_text,
            min_value=1,
            max_value=2000,
        )


class HoursForm(PlainForm):
    """The same hours on several weekdays."""

    field_of = {"ends_before_start": "ends", "hours_overlap": "starts", "slots_overlap": "starts"}

    weekdays = forms.TypedMultipleChoiceField(
        label=_("days"),
        choices=WEEKDAYS,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        initial=WORKING_DAYS,
    )
    starts = forms.TimeField(label=_("from"))
    ends = forms.TimeField(label=_("until"))


class UnitHoursForm(HoursForm):
    kind = forms.ChoiceField(label=_("what"), choices=UnitHours.Kind.choices)


class SlotsForm(HoursForm):
    """A new slot, on several weekdays at once."""

    field_of = {**HoursForm.field_of, "bad_validity": "valid_to"}

    valid_from = forms.DateField(label=_("in force from"))
    valid_to = forms.DateField(
        label=_("in force until and including"), required=False, help_text=_("Empty: until further notice.")
    )
    max_people = forms.IntegerField(
        label=_("people who can be brought"),
        required=False,
        min_value=0,
        max_value=100_000,
        help_text=_("Counted in places of the groups that start in the slot. Empty: no limit."),
    )
    max_movements = forms.IntegerField(
        label=_("movements"),
        required=False,
        min_value=0,
        max_value=100_000,
        help_text=_("One for each group and living unit it draws from. Empty: no limit."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_from"].initial = today()

    @property
    def values(self) -> dict[str, Any]:
        names = ["starts", "ends", "valid_from", "valid_to", "max_people", "max_movements"]
        return {name: self.cleaned_data[name] for name in names}


class SlotForm(RuleForm):
    field_of = SlotsForm.field_of

    class Meta:
        model = TimeSlot
        fields = ["weekday", "starts", "ends", "valid_from", "valid_to", "max_people", "max_movements"]
        help_texts = {
            "valid_to": _("Empty: until further notice."),
            "max_people": _("Counted in places of the groups that start in the slot. Empty: no limit."),
            "max_movements": _("One for each group and living unit it draws from. Empty: no limit."),
        }


class UnitForm(RuleForm):
    field_of = {"name_taken": "code"}

    class Meta:
        model = Unit
        fields = ["code", "name", "building", "regime", "population", "target_group", "is_active"]
        labels = {"building": _("Building")}
        help_texts = {"code": _("Short, as it stands on lists: A1, 3B.")}

    def __init__(self, *args: Any, prison: Prison, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose_from(self, "building", Building.objects.in_prison(prison), empty=_("In no building"))


class PasteForm(PlainForm):
    """Lines of a spreadsheet, pasted or as a file; `seen` is the digest of the look that is accepted."""

    field_of = dict.fromkeys(("column_missing", "nothing_pasted", "too_many_lines"), "pasted")

    pasted = forms.CharField(
        label=_("The lines, copied from the spreadsheet"),
        required=False,
        max_length=300_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "wrap": "off", "spellcheck": "false", "class": "pasted"}),
    )
    file = forms.FileField(
        label=_("Or the file: .xlsx, .xls, .ods or .csv"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.xlsb,.ods,.csv,.txt,.tsv"}),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, asks: Mapping[str, forms.Field], **kwargs: Any) -> None:
        """`asks` is what this kind of lines asks besides: whether to invite, which term."""
        super().__init__(*args, **kwargs)
        for name in ("pasted", "file"):  # one of the two
            self.fields[name].says_optional = False  # type: ignore[attr-defined]
        self.fields |= asks
        self.asked = tuple(asks)

    @property
    def others(self) -> list[forms.BoundField]:
        return [self[name] for name in self.asked]

    def asked_value(self, name: str) -> Any:
        return getattr(self, "cleaned_data", {}).get(name)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB. Check the file."))
        return file

    def clean(self) -> dict[str, Any]:
        """Blanks at the ends are cells: they stay."""
        pasted = self.cleaned_data.get("pasted", "")
        return super().clean() | {"pasted": printable(pasted).strip("\n")}

    def take_file(self) -> None:
        """What stands in the file is in the field from now on, to be read and mended there."""
        file = self.cleaned_data.get("file")
        if file:
            self.cleaned_data["pasted"] = pasted.text_of(file.read()).strip("\n")
            self.put(pasted=self.cleaned_data["pasted"])

    def put(self, **values: str) -> None:
        """The page shows these values instead of those that were sent."""
        data = cast(QueryDict, self.data).copy()
        for name, value in values.items():
            data[name] = value
        self.data = data


class NamesForm(PlainForm):
    """The other names under which the same is added: B, C, D."""

    names = forms.CharField(
        label=_("Names, separated by commas"),
        max_length=600,
        help_text=_("“B, C, D” adds three. Each gets the same values and hours."),
    )

    @property
    def values(self) -> list[str]:
        return items(self.cleaned_data["names"])


class HolidayForm(RuleForm):
    field_of = {"date_taken": "on"}

    class Meta:
        model = Holiday
        fields = ["on", "name_nl", "name_fr", "name_en"]


class BandForm(RuleForm):
    field_of = {"date_taken": "starts_on", "ends_before_start": "ends_on"}

    class Meta:
        model = SoftBand
        fields = ["kind", "name_nl", "name_fr", "name_en", "starts_on", "ends_on"]


class HouseForm(RuleForm):
    """Rules and words of the whole prison."""

    class Meta:
        model = Prison
        fields = [
            "name_nl",
            "name_fr",
            "unit_label_nl",
            "unit_label_fr",
            "number_label_nl",
            "number_label_fr",
            "separates_populations",
            "badge_walkers_apart",
            "asks_agreement",
            "promise_days",
            "turnaround_minutes",
        ]
        help_texts = {
            "badge_walkers_apart": _("People of a living unit with an open regime walk with a badge.")
        }


def _choose_from(form: forms.BaseForm, name: str, queryset: Any, *, empty: Any = None) -> None:
    field = cast(forms.ModelChoiceField, form.fields[name])
    field.queryset = queryset
    if empty is not None:
        field.empty_label = empty
