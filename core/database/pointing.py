"""Which columns of other tables point to the rows of a model: what would go, or lose its way, with such a row."""

from __future__ import annotations

from typing import Any

from django.db.models import Model


def pointing_to(model: type[Model]) -> list[Any]:
    """Relations from other models, also those without a name for the way back (`related_name="+"`).

    `_meta.related_objects` leaves those out, and a row that hangs on one of them would be lost unseen. A table that
    only joins two others is told by the relation that it stands for.
    """
    fields: list[Any] = model._meta.get_fields(include_hidden=True)
    return [
        field
        for field in fields
        if field.auto_created
        and not field.concrete
        and field.is_relation
        and (field.many_to_many or not field.related_model._meta.auto_created)
    ]
