"""The shape of an announcement as it is typed."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from core.dates.clock import today
from core.web.form_choices import AllOrSome, AllOrSomeRows
from core.web.forms import PlainForm
from prisons.access import Access
from prisons.models import Organisation, Role

WORDS = {"rows": 3, "maxlength": 600}


class AnnouncementForm(PlainForm):
    """Dutch and French are both needed: everybody reads one of them."""

    field_of = {"ends_before_start": "ends_on", "over_already": "ends_on"}

    text_nl = forms.CharField(label=_("In Dutch"), max_length=600, widget=forms.Textarea(attrs=WORDS))
    text_fr = forms.CharField(label=_("In French"), max_length=600, widget=forms.Textarea(attrs=WORDS))
    text_en = forms.CharField(
        label=_("In English"), max_length=600, required=False, widget=forms.Textarea(attrs=WORDS)
    )
    starts_on = forms.DateField(label=_("from"))
    ends_on = forms.DateField(
        label=_("until and including"), required=False, help_text=_("Empty: until you end it.")
    )
    roles = AllOrSome(label=_("for these roles"), all_label=_("Everybody"), choices=Role.choices)
    organisations = AllOrSomeRows(
        label=_("for people of these services"), all_label=_("All, and the prison's own people")
    )

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelMultipleChoiceField, self.fields["organisations"])
        field.queryset = Organisation.objects.filter(prisons=access.prison)
        if not self.is_bound:
            self.initial.setdefault("starts_on", today())
