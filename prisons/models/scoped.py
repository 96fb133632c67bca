"""One verb that every list of rows starts with: only this prison's rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models

if TYPE_CHECKING:
    from prisons.models.places import Prison

Row = TypeVar("Row", bound=models.Model, covariant=True)


class PrisonScoped(models.QuerySet[Row]):
    """A queryset that can be narrowed to one prison; `prison_path` is the way from the row to it."""

    prison_path = "prison"

    def in_prison(self, prison: Prison | int) -> Self:
        """Keep only rows of this prison: the wall between prisons is in the query, never in the page."""
        lookup: dict[str, Any] = {self.prison_path: prison}
        return self.filter(**lookup)
