"""The shape of what people type about activities, terms, facilitators and what a series brings in."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from core.dates.clock import BRUSSELS
from core.errors import PlannerError
from core.web.forms import PlainForm
from core.words.languages import by_name
from prisons.access import Access
from prisons.models import Organisation, Prison
from rooms.forms import RuleForm
from rooms.models import WEEKDAYS
from sessions.models import Activity, Domain, Material, Term, Worker, WorkerAccess

MESSAGE_LANGUAGES = [("nl", "Nederlands"), ("fr", "Français"), ("en", "English")]
PERMISSIONS = [
    ("", _("Every permission")),
    ("urgent", _("Missing, expired or about to expire")),
    ("granted", _("Valid")),
]


class ActivityForm(RuleForm):
    field_of = {"title_taken": "title_nl"}

    class Meta:
        model = Activity
        fields = ["organisation", "domain", "title_nl", "title_fr", "title_en", "is_active"]
        labels = {"organisation": _("Service")}

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelChoiceField, self.fields["organisation"])
        field.queryset = own_services(access)
        if len(field.queryset) == 1 and not self.instance.pk:
            self.initial["organisation"] = field.queryset[0].pk

    def refuse(self, error: PlannerError) -> None:
        """A missing title is shown at the title of that language."""
        if "field" in error.facts:
            self.refusal = error
            self.add_error(error.facts["field"], str(error))
            return
        super().refuse(error)


def own_services(access: Access) -> Any:
    """The services of this prison for which the person may act."""
    here = Organisation.objects.filter(prisons=access.prison)
    return here.filter(pk__in=access.organisation_ids) | here.filter(authority__in=access.authorities)


class ActivityFilter(PlainForm):
    """Unusable values filter nothing."""

    organisation = forms.ModelChoiceField(
        label=_("service"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("Every service"),
    )
    domain = forms.ChoiceField(
        label=_("life domain"), required=False, choices=[("", _("Every life domain")), *Domain.choices]
    )

    def __init__(self, *args: Any, prison: Prison, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelChoiceField, self.fields["organisation"])
        field.queryset = Organisation.objects.filter(prisons=prison)


class TermForm(RuleForm):
    field_of = {"name_taken": "name", "ends_before_start": "ends_on"}

    class Meta:
        model = Term
        fields = ["name", "starts_on", "ends_on"]


class WorkerForm(RuleForm):
    """A facilitator, and how they enter this prison."""

    field_of = {"address_taken": "email", "works_here_already": "email"}

    languages = forms.MultipleChoiceField(
        label=_("languages spoken"), choices=by_name, required=False, widget=forms.CheckboxSelectMultiple
    )
    language = forms.ChoiceField(label=_("language of messages"), choices=MESSAGE_LANGUAGES)
    organisations = forms.ModelMultipleChoiceField(
        label=_("works for"),
        queryset=Organisation.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    needs_permission = forms.BooleanField(
        label=_("needs a permission of the prison"), required=False, initial=True
    )
    permitted_until = forms.DateField(
        label=_("permission until and including"), required=False, help_text=_("Empty: not yet received.")
    )

    class Meta:
        model = Worker
        fields = ["name", "email", "phone", "language", "languages", "is_interpreter"]

    def __init__(self, *args: Any, prison: Prison, entry: WorkerAccess | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        services = Organisation.objects.filter(prisons=prison)
        cast(forms.ModelMultipleChoiceField, self.fields["organisations"]).queryset = services
        if entry is not None:
            self.initial["needs_permission"] = entry.needs_permission
            self.initial["permitted_until"] = entry.permitted_until
            self.initial["organisations"] = [each.pk for each in entry.worker.organisations.all()]

    @property
    def entry(self) -> dict[str, Any]:
        """The fields of WorkerAccess."""
        return {name: self.cleaned_data[name] for name in ("needs_permission", "permitted_until")}


class WorkerFilter(PlainForm):
    q = forms.CharField(
        label=_("name"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": _("name"), "type": "search"}),
    )
    organisation = forms.ModelChoiceField(
        label=_("service"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("Every service"),
    )
    permission = forms.ChoiceField(label=_("permission"), required=False, choices=PERMISSIONS)
    language = forms.ChoiceField(
        label=_("language"), required=False, choices=lambda: [("", _("Every language")), *by_name()]
    )

    def __init__(self, *args: Any, prison: Prison, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelChoiceField, self.fields["organisation"])
        field.queryset = Organisation.objects.filter(prisons=prison)


class AbsenceForm(PlainForm):
    """Whole days, or hours of one day."""

    field_of = {"ends_before_start": "ends_on", "too_long": "ends_on", "absent_already": "starts_on"}

    starts_on = forms.DateField(label=_("first day"))
    ends_on = forms.DateField(label=_("last day"), required=False, help_text=_("Empty: that one day."))
    starts = forms.TimeField(label=_("from"), required=False, help_text=_("Empty: the whole day."))
    ends = forms.TimeField(label=_("until"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if bool(data.get("starts")) != bool(data.get("ends")):
            self.add_error("ends", _("Give both hours, or neither."))
        return data

    @property
    def span(self) -> tuple[dt.datetime, dt.datetime]:
        """As instants. Without hours from midnight to the midnight after the last day."""
        data = self.cleaned_data
        first, last = data["starts_on"], data["ends_on"] or data["starts_on"]
        if data["starts"]:
            return _instant(first, data["starts"]), _instant(last, data["ends"])
        return _instant(first, dt.time()), _instant(last + dt.timedelta(days=1), dt.time())


class WishForm(PlainForm):
    field_of = {"ends_before_start": "ends"}

    weekdays = forms.TypedMultipleChoiceField(
        label=_("days"), choices=WEEKDAYS, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    starts = forms.TimeField(label=_("from"))
    ends = forms.TimeField(label=_("until"))


class MaterialForm(PlainForm):
    name = forms.CharField(label=_("what"), max_length=80)
    count = forms.IntegerField(label=_("how many"), min_value=1, max_value=999, initial=1)


class MaterialAnswerForm(RuleForm):
    class Meta:
        model = Material
        fields = ["state", "granted_until"]


def _instant(day: dt.date, wall: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, wall, BRUSSELS).astimezone(dt.UTC)
