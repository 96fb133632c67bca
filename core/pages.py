"""Pages of a list that only ever grows."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

MOST = 1000
"""Rows that are counted and can be leafed through: nobody leafs further, a filter finds what is older."""


def newest_of(*parts: QuerySet[Any]) -> QuerySet[Any]:
    """What stands in any of these sets of one table, in its own order: each is read from its newest end alone."""
    model = parts[0].model
    by = [str(name).lstrip("-") for name in model._meta.ordering]
    newest = {row for part in parts for row in part.values_list(*by, "pk")[: MOST + 1]}
    numbers = [row[-1] for row in sorted(newest, reverse=True)]
    return model._default_manager.filter(pk__in=numbers[: MOST + 1])


class NewestPages(Paginator):
    """The newest of the rows, a page at a time; costs the same however many there are.

    `is_cut` tells the page that there are more than it lists.
    """

    @cached_property
    def _found(self) -> int:
        rows: Any = self.object_list
        return int(rows.values("pk")[: MOST + 1].count())

    @cached_property
    def count(self) -> int:
        return min(self._found, MOST)

    @property
    def is_cut(self) -> bool:
        return self._found > MOST
