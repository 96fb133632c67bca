"""Pages of a list, and of one that only ever grows."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

ON_A_PAGE = 50
MOST = 1000
"""Rows that are counted and can be leafed through: nobody leafs further, a filter finds what is older."""


def asked_page(request: HttpRequest, rows: Any, most: int = ON_A_PAGE) -> Page[Any]:
    """The part of the rows that the address asks for; the first or the last one for a number that is none."""
    return Paginator(rows, most).get_page(request.GET.get("page"))


def newest_of(*parts: QuerySet[Any]) -> list[int]:
    """Numbers of what stands in any of these sets of one table, in its own order: each is read from its newest end
    alone."""
    by = [str(name).lstrip("-") for name in parts[0].model._meta.ordering]
    newest = {row for part in parts for row in part.values_list(*by, "pk")[: MOST + 1]}
    return [row[-1] for row in sorted(newest, reverse=True)][: MOST + 1]


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


class NumberedPages(NewestPages):
    """The same of rows whose numbers are known: those of one page are read, by number."""

    def __init__(self, rows: QuerySet[Any], numbers: list[int], per_page: int) -> None:
        super().__init__(numbers, per_page)
        self.rows = rows

    @cached_property
    def _found(self) -> int:
        return len(self.object_list)

    def page(self, number: Any) -> Page[Any]:
        page = super().page(number)
        found = self.rows.order_by().in_bulk(list(page.object_list))
        page.object_list = [found[each] for each in page.object_list if each in found]
        return page
