"""A number that no column can hold is the number of no row, in a list too.

Django knows this for one number (`pk=10**23` finds nothing); for a list SQLite and PostgreSQL break. Lists come
from forms with several choices, where anybody can send anything.
"""

from __future__ import annotations

from typing import Any

from django.db.models import ForeignObject, IntegerField
from django.db.models.fields.related_lookups import RelatedIn
from django.db.models.lookups import In

MOST = 2**63 - 1


def _holdable(values: Any) -> Any:
    """Without what fits no column; a query, which comes from the database, stays."""
    if hasattr(values, "resolve_expression") or not isinstance(values, (list, tuple, set, frozenset)):
        return values
    return [value for value in values if not isinstance(value, int) or -MOST <= value <= MOST]


class NumberIn(In):
    """`number__in`."""

    def get_prep_lookup(self) -> Any:
        return _holdable(super().get_prep_lookup())


class RelatedNumberIn(RelatedIn):
    """`relation__in`."""

    def get_prep_lookup(self) -> Any:
        return _holdable(super().get_prep_lookup())


def register() -> None:
    IntegerField.register_lookup(NumberIn)
    ForeignObject.register_lookup(RelatedNumberIn)
