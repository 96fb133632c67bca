"""The shape of what people type about notes, requests and people."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.web.form_choices import choose_from
from core.web.forms import DateInput, PlainForm, PlainTexts
from core.words.languages import by_name
from core.words.text import one_line
from enrollment.domain.participants.namesakes import Namesake, of_name
from enrollment.domain.participants.people import CELL_LENGTH, NAME_LENGTH, NUMBER_LENGTH, PersonData
from enrollment.models import FixedBlock, LevelHeld, Note, Participant
from enrollment.models.people import SLIP_LANGUAGES, THIRD_LANGUAGES
from prisons.models import Prison, Unit
from rooms.forms import RuleForm
from sessions.models import Domain

MOST_WHATS = 3


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent with POST, be it empty; None (an unbound form) for any other request."""
    return request.POST if request.method == "POST" else None


SLIP_CODES, THIRD_CODES = tuple(dict(SLIP_LANGUAGES)), tuple(dict(THIRD_LANGUAGES))


class NoteForm(PlainForm):
    """One note. Who and what are typed as parts of names; the view finds whom and what they mean."""

    who = forms.CharField(label=_("Who: part of the name, or the number"), required=False, max_length=200)
    person = forms.CharField(required=False, widget=forms.HiddenInput, max_length=20)
    what = forms.CharField(
        label=_("Asks for: part of the title, or the code"), required=False, max_length=200
    )
    thing = forms.CharField(required=False, widget=forms.HiddenInput, max_length=20)
    what_2 = forms.CharField(label=_("Also asks for"), required=False, max_length=200)
    thing_2 = forms.CharField(required=False, widget=forms.HiddenInput, max_length=20)
    what_3 = forms.CharField(label=_("And for"), required=False, max_length=200)
    thing_3 = forms.CharField(required=False, widget=forms.HiddenInput, max_length=20)
    wish_domain = forms.ChoiceField(
        label=_("A wish: life domain"), choices=[("", "—"), *Domain.choices], required=False
    )
    wish_title = forms.CharField(label=_("What is wished for"), required=False, max_length=120)
    channel = forms.ChoiceField(label=_("How it came"), choices=Note.Channel.choices, initial="paper")
    received_on = forms.DateField(label=_("Received on"), widget=DateInput())
    entry_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    new_name = forms.CharField(label=_("Name, first name"), required=False, max_length=170)
    new_number = forms.CharField(label=_("Register number"), required=False, max_length=NUMBER_LENGTH)
    create = forms.BooleanField(required=False, widget=forms.HiddenInput)
    same_as = forms.CharField(required=False, max_length=12)
    parked = forms.IntegerField(required=False, widget=forms.HiddenInput)
    replaces = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def whats(self) -> list[tuple[str, str, str]]:
        """(field, text, key) of everything that the note asks for."""
        names = ["", "_2", "_3"]
        rows = [(f"what{n}", self.cleaned_data[f"what{n}"], self.cleaned_data[f"thing{n}"]) for n in names]
        return [row for row in rows if row[1] or row[2]]


def fresh_key() -> str:
    """A form sent twice makes one note: the key tells that it is the same form."""
    return str(uuid.uuid4())


_NUMBER = re.compile(r"\b\d[\d./-]{2,}\b")


def split_who(text: str) -> tuple[str, str]:
    """Name and number out of what was typed: "Janssens, Jan 12345" gives ("Janssens, Jan", "12345")."""
    number = _NUMBER.search(text)
    name = one_line(_NUMBER.sub(" ", text, count=1)).strip(" ,;")
    return name, number.group() if number else ""


def new_person(name: str, number: str) -> PersonData:
    """A person out of "Name, first name" (the comma may be missing) and a number."""
    last, _comma, first = one_line(name).partition(",")
    return PersonData(last_name=last.strip(), first_name=first.strip(), register_number=number)


class PersonForm(PlainForm):
    """A new person, or somebody who arrives."""

    last_name = forms.CharField(label=_("Name"), max_length=NAME_LENGTH)
    first_name = forms.CharField(label=_("First name"), max_length=NAME_LENGTH, required=False)
    register_number = forms.CharField(label=_("Register number"), max_length=NUMBER_LENGTH, required=False)
    unit = forms.ModelChoiceField(label=_("Living unit"), queryset=Unit.objects.none(), required=False)
    cell = forms.CharField(label=_("Cell"), max_length=CELL_LENGTH, required=False)
    language = forms.ChoiceField(label=_("Language of replies"), choices=lambda: by_name(SLIP_CODES))
    third_language = forms.ChoiceField(
        label=_("The same text also in"), choices=lambda: [("", "—"), *by_name(THIRD_CODES)], required=False
    )

    def __init__(self, *args: Any, prison: Prison, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "unit", Unit.objects.in_prison(prison))
        self.fields["register_number"].label = prison_number_label(prison)

    def data_of_person(self) -> PersonData:
        return PersonData(**self.cleaned_data)

    def namesakes(self, prison: Prison) -> list[Namesake]:
        """People of the typed name from before or from elsewhere."""
        return of_name(prison, self.cleaned_data["last_name"], self.cleaned_data["first_name"])


def prison_number_label(prison: Prison) -> Any:
    """The prison's own word for the register number, in the language of the page."""

    label = {"nl": prison.number_label_nl, "fr": prison.number_label_fr}.get((get_language() or "")[:2], "")
    return label.capitalize() if label else _("Register number")


class NameForm(RuleForm):
    """Corrects a name; changes the language of replies."""

    class Meta:
        model = Participant
        fields = ["last_name", "first_name", "language", "third_language"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = by_name(SLIP_CODES)  # type: ignore[attr-defined]
        self.fields["third_language"].choices = [("", "—"), *by_name(THIRD_CODES)]  # type: ignore[attr-defined]


class StayMoveForm(PlainForm):
    """Another unit or cell, from today."""

    unit = forms.ModelChoiceField(label=_("Living unit"), queryset=Unit.objects.none(), required=False)
    cell = forms.CharField(label=_("Cell"), max_length=CELL_LENGTH, required=False)
    walks_with_badge = forms.BooleanField(label=_("Walks with a badge"), required=False)

    def __init__(self, *args: Any, prison: Prison, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "unit", Unit.objects.in_prison(prison))


class LeaveForm(PlainForm):
    """The last day in this prison."""

    on = forms.DateField(label=_("Last day here"), widget=DateInput())
    is_correction = forms.BooleanField(
        label=_("This corrects the past"),
        required=False,
        help_text=_("Only then may the date lie before today. Lists that were handed over stay as they are."),
    )


class NumberForm(PlainForm):
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    register_number = forms.CharField(label=_("Register number"), max_length=NUMBER_LENGTH, required=False)


class BlockForm(PlainTexts, forms.ModelForm):
    """Hours of a weekday in which somebody has something fixed."""

    class Meta:
        model = FixedBlock
        fields = ["label", "weekday", "starts", "ends", "valid_from", "valid_to"]
        widgets = {
            "starts": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "ends": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "valid_from": DateInput(),
            "valid_to": DateInput(),
        }


class LevelForm(PlainTexts, forms.ModelForm):
    """The level of a language that a service found."""

    class Meta:
        model = LevelHeld
        fields = ["language", "level"]
