"""Any form over one stored row: it carries what the row was like, and shows what is stored by now when that differs."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.db.models import Model

from core.errors import PlannerError
from prisons.domain.unchanged import fingerprint


def sees(form: Any, row: Model | None, fields: Collection[str] | None = None) -> None:
    """The form carries `seen`. Call it before anything is asked of the form; nothing for a row that is not there."""
    if row is None or row.pk is None:
        return
    form.fields["seen"] = forms.CharField(required=False, widget=forms.HiddenInput)
    form.seen_row, form.seen_fields = row, fields
    if not form.is_bound:
        form.initial["seen"] = fingerprint(row, fields)


def look_again(form: Any, error: PlannerError) -> None:
    """After somebody was faster: the next save is over what is stored now, which the page shows."""
    row = getattr(form, "seen_row", None)
    if row is None or error.code != "changed_meanwhile":
        return
    stored = row._meta.model._default_manager.get(pk=row.pk)
    data = form.data.copy()
    data[form.add_prefix("seen")] = fingerprint(stored, form.seen_fields)
    form.data = data
    form.stored_now = stored_beside(form, stored)


def stored_beside(form: Any, stored: Model) -> list[tuple[Any, str]]:
    """Label and stored value of each field that is stored otherwise than it was typed."""
    return [
        (field.label, _shown(stored, name))
        for name, field in form.fields.items()
        if name != "seen" and hasattr(stored, name) and _differs(stored, name, form.cleaned_data.get(name))
    ]


def _differs(stored: Model, name: str, value: Any) -> bool:
    now = getattr(stored, name)
    if hasattr(now, "all"):
        return {each.pk for each in now.all()} != {each.pk for each in value or ()}
    return bool(now != value)


def _shown(stored: Model, name: str) -> str:
    display = getattr(stored, f"get_{name}_display", None)
    now = display() if display else getattr(stored, name)
    if isinstance(now, list):
        return ", ".join(map(str, now))
    return ", ".join(str(each) for each in now.all()) if hasattr(now, "all") else str(now)
