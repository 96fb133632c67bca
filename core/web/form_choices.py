"""Choices among rows: what is stored stays to be chosen when it is out of use, and "all" is a choice of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.words.folding import as_filed

ALL = "all"


def choose_from(form: forms.BaseForm, name: str, rows: QuerySet[Any]) -> None:
    """Offers what is in use of these rows, and what the form came with, marked when it is out of use.

    A form that is saved without a touch so keeps what it had.
    """
    field = cast(forms.ModelChoiceField, form.fields[name])
    stored = _ids(form.initial.get(name))
    field.queryset = rows.filter(Q(is_active=True) | Q(pk__in=stored)).distinct()
    label_of = field.label_from_instance

    def label(row: Any) -> str:
        words = label_of(row)
        return words if row.is_active else gettext("%(name)s (out of use)") % {"name": words}

    field.label_from_instance = label  # type: ignore[assignment, method-assign]


def _ids(value: Any) -> list[Any]:
    if value is None or value == "":
        return []
    values: Iterable[Any] = value if isinstance(value, list | tuple | set | QuerySet) else [value]
    return [each.pk if isinstance(each, Model) else each for each in values]


def some_of(value: Any) -> list[Any]:
    """What was ticked; empty for "all". Raises ValidationError for nothing and for both."""
    ticked = list(value or ())
    if not ticked:
        raise ValidationError(_("Tick all, or those that you mean."), code="required")
    if ALL in ticked and len(ticked) > 1:
        raise ValidationError(_("Tick either all or some of them."), code="all_and_some")
    return [] if ALL in ticked else ticked


class InReadingOrder(ModelChoiceIterator):
    """By the words that the reader sees, where the rows are called otherwise in another language.

    Never by what is not shown: the order would tell it.
    """

    def __iter__(self) -> Iterator[Any]:
        choices = super().__iter__()
        if not hasattr(self.queryset.model, "reads_as"):
            return choices
        rows = list(choices)
        empty = [row for row in rows if row[0] == ""]
        return iter(empty + sorted(rows[len(empty) :], key=lambda row: as_filed(str(row[1]))))


def sort_for_reader(field: forms.Field) -> None:
    """Once for every form: a page sorts what it offers as its reader reads."""
    if isinstance(field, forms.ModelChoiceField) and field.iterator is ModelChoiceIterator:
        field.iterator = InReadingOrder
        field.widget.choices = field.choices


class _WithAll(InReadingOrder):
    field: AllOrSomeRows

    def __iter__(self) -> Iterator[Any]:
        yield ALL, self.field.all_label
        yield from super().__iter__()


class _AllOrSome(forms.Field):
    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> Any:
        """Nothing stored means all: that is what the page shows as ticked."""
        if field_name in form.initial:
            form.initial[field_name] = _ids(form.initial[field_name]) or [ALL]
        return super().get_bound_field(form, field_name)


class AllOrSomeRows(_AllOrSome, forms.ModelMultipleChoiceField):
    """Rows to tick, or "all". Nothing ticked is a slip of the hand and is asked again; it never means all."""

    iterator = _WithAll
    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, all_label: Any, **kwargs: Any) -> None:
        self.all_label = all_label
        super().__init__(**{"queryset": None, "required": True, "initial": [ALL], **kwargs})

    def clean(self, value: Any) -> Any:
        ticked = some_of(value)
        return super().clean(ticked) if ticked else cast(Any, self.queryset).none()


class AllOrSome(_AllOrSome, forms.MultipleChoiceField):
    """The same among fixed choices; the cleaned value is empty for "all"."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, all_label: Any, choices: Any, **kwargs: Any) -> None:
        super().__init__(choices=[(ALL, all_label), *choices], initial=[ALL], **kwargs)

    def clean(self, value: Any) -> Any:
        ticked = some_of(value)
        return super().clean(ticked) if ticked else []
