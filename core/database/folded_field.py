"""A column that keeps the folded words of other columns: written with every save and every bulk_create."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models

from core.words import folding, names

FOLDINGS = {"key": folding.name_key, "words": folding.searchable}


class FoldedField(models.CharField):
    """`of` names the columns that are folded, `how` is a name of FOLDINGS. Nobody sets it by hand."""

    def __init__(self, *args: Any, of: Iterable[str], how: str, **kwargs: Any) -> None:
        self.of, self.how = tuple(of), how
        kwargs |= {"max_length": folding.LONGEST, "editable": False, "blank": True, "default": ""}
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        for given in ("max_length", "editable", "blank", "default"):
            kwargs.pop(given, None)
        return name, path, args, kwargs | {"of": list(self.of), "how": self.how}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        return self.set_on(model_instance)

    def set_on(self, row: models.Model) -> str:
        value = FOLDINGS[self.how](*(getattr(row, name) for name in self.of))
        setattr(row, self.attname, value)
        return value


class FoldedNames(names.Noticed, FoldedField):
    """The same of names of people in detention: reading it is reading the name."""

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        """To the database it is a FoldedField."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "core.database.folded_field.FoldedField", args, kwargs


def folded_fields(model: type[models.Model]) -> list[FoldedField]:
    return [field for field in model._meta.get_fields() if isinstance(field, FoldedField)]


class KeepsFolded(models.Model):
    """A model with such columns: saving some fields only saves the words of those fields with them."""

    class Meta:
        abstract = True

    def save(self, *, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if update_fields is not None:
            names = set(update_fields)
            update_fields = names | {each.name for each in folded_fields(type(self)) if names & set(each.of)}
        super().save(update_fields=update_fields, **kwargs)


def fill(model: type[models.Model]) -> None:
    """For a migration: the words of all rows that were there before the column."""
    fields = folded_fields(model)
    rows = []
    for row in model._default_manager.iterator(chunk_size=1000):
        for field in fields:
            field.set_on(row)
        rows.append(row)
    model._default_manager.bulk_update(rows, [field.name for field in fields], batch_size=300)
