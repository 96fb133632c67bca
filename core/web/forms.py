"""What every form shares: text fit to print, the browser's own pickers, refusals shown where they belong."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models.fields import BLANK_CHOICE_DASH
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.dates.weeks import YEARS
from core.errors import PlannerError
from core.web.form_choices import sort_for_reader
from core.words.text import one_line, printable

CONTROL_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
DONE = 302


class DateInput(forms.DateInput):
    """The browser's own calendar; it sends and wants ISO dates whatever the language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """The browser's own clock; hours and minutes."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%H:%M")


class DateTimeInput(forms.DateTimeInput):
    """Date and wall time in one picker."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%dT%H:%M")


PICKERS: dict[type[forms.Field], Any] = {
    forms.DateField: DateInput,
    forms.TimeField: TimeInput,
    forms.DateTimeField: DateTimeInput,
}

if TYPE_CHECKING:
    _AnyForm = forms.BaseForm
else:
    _AnyForm = object


BLANK = BLANK_CHOICE_DASH[0][1]


class PlainTexts(_AnyForm):
    """Any form whose texts are fit to be stored and printed, and that shows what a domain function refused.

    Control characters are refused in words, what else cannot be printed is left out; names have one line.
    `field_of` says at which field the refusal with a code is shown; without an entry it is shown on top.
    """

    field_of: Mapping[str, str] = {}
    refusal: PlannerError | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            _use_pickers(field)
            sort_for_reader(field)
            _name_the_blank(field)
            field.label = capfirst(field.label) if field.label else field.label
            if type(field) in (forms.CharField, forms.EmailField, forms.SlugField):
                field.validators = [*field.validators, refuse_control_characters]
            if type(field) in (forms.DateField, forms.DateTimeField):
                field.validators = [*field.validators, refuse_other_ages]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, value in data.items():
            if isinstance(value, str) and name in self.fields:
                has_lines = isinstance(self.fields[name].widget, forms.Textarea)
                data[name] = printable(value).strip() if has_lines else one_line(value)
        return data

    def attempt(self, act: Callable[[dict[str, Any]], object]) -> int:
        """Hands the values to a domain function; `DONE`, 422 for unusable input, or the refusal's status."""
        if not self.is_valid():
            return 422
        try:
            act(self.cleaned_data)
        except PlannerError as error:
            self.refuse(error)
            return error.status
        return DONE

    def refuse(self, error: PlannerError) -> None:
        """Shows the sentence at its field, and keeps the refusal for the page."""
        self.refusal = error
        field = self.field_of.get(error.code)
        self.add_error(field if field in self.fields else None, str(error))


class PlainForm(PlainTexts, forms.Form):
    """A form of its own, without a model behind it."""


def refuse_control_characters(text: str) -> None:
    if CONTROL_CHARACTERS.search(text):
        raise ValidationError(_("This has characters that cannot be printed. Please type it again."))


def refuse_other_ages(on: dt.date) -> None:
    """Of a date or a moment: counting on from 9999 ends nowhere."""
    if on.year not in YEARS:
        raise ValidationError(_("This year cannot be used. Please type the date again."))


def _name_the_blank(field: forms.Field) -> None:
    """A row of hyphens is Django's word for nothing chosen."""
    words = _("Choose") if field.required else "–"
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == BLANK:
            field.empty_label = words
            field.widget.choices = field.choices
    elif isinstance(field, forms.ChoiceField) and not callable(field.choices):
        field.choices = [(value, words if label == BLANK else label) for value, label in field.choices]


def _use_pickers(field: forms.Field) -> None:
    picker = PICKERS.get(type(field))
    if picker is not None and not isinstance(field.widget, (picker, forms.HiddenInput)):
        field.widget = picker(attrs=field.widget.attrs)
        field.widget.is_required = field.required
