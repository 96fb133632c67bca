"""The pile of requests that wait for a decision, one after another in the order of asking."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from enrollment.models import Enrollment, Request


@dataclass(frozen=True)
class Pile:
    """Ids of enrolments, oldest request first."""

    enrollment_ids: tuple[int, ...]
    for_any_group: int = 0
    """How many more wait in the list: their group is to be named first."""

    @classmethod
    def of(cls, requests: Iterable[Request]) -> Pile:
        """Of these requests what has a group to decide on; one for any group is decided by naming a group."""
        requested, rows = Enrollment.State.REQUESTED, list(requests)
        named = [row for row in rows if row.series_id]
        return cls(
            tuple(
                row.enrollment.pk
                for row in named
                if getattr(row, "enrollment", None) and row.enrollment.state == requested
            ),
            len(rows) - len(named),
        )

    def place_of(self, pk: int) -> int:
        """Which of the pile it is, from 1; 0 for one that has been decided."""
        return self.enrollment_ids.index(pk) + 1 if pk in self.enrollment_ids else 0

    def after(self, pk: int) -> int | None:
        """The next to look at; from the last one back to the first, None when no other is left."""
        return self._beside(pk, 1)

    def before(self, pk: int) -> int | None:
        return self._beside(pk, -1)

    def _beside(self, pk: int, step: int) -> int | None:
        place = self.place_of(pk)
        if not place:
            return self.enrollment_ids[0] if self.enrollment_ids else None
        beside = self.enrollment_ids[(place - 1 + step) % len(self.enrollment_ids)]
        return None if beside == pk else beside
