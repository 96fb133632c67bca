"""Plain values of rows that a process keeps: of each prison under one version, and never from inside a transaction.

The version must be read before the rows, so that what is kept is as new as its number, or newer; whatever is kept must
raise that number when it is written (enrollment/plan_version.py).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import partial
from typing import Generic, TypeVar

from django.db import transaction

T = TypeVar("T")
MOST_PRISONS = 64


class KeptRows(Generic[T]):
    _all: list[KeptRows[object]] = []

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: OrderedDict[int, tuple[int, Mapping[int, T]]] = OrderedDict()
        self._all.append(self)  # type: ignore[arg-type]

    def of(
        self,
        prison_id: int,
        version: int | None,
        wanted: set[int],
        read: Callable[[set[int]], Mapping[int, T]],
    ) -> dict[int, T]:
        """Those that there are, by number; what is not kept is read. Without a version nothing is kept."""
        if version is None:
            return dict(read(wanted)) if wanted else {}
        kept = self._kept(prison_id, version)
        found = {pk: kept[pk] for pk in wanted if pk in kept}
        if len(found) < len(wanted):
            new = read(wanted - found.keys())
            transaction.on_commit(partial(self._keep, prison_id, version, new))
            found |= new
        return found

    def clear(self) -> None:
        with self._lock:
            self._rows.clear()

    def _kept(self, prison_id: int, version: int) -> Mapping[int, T]:
        with self._lock:
            under, rows = self._rows.get(prison_id, (version, {}))
            if prison_id in self._rows:
                self._rows.move_to_end(prison_id)
        return rows if under == version else {}

    def _keep(self, prison_id: int, version: int, new: Mapping[int, T]) -> None:
        rows = self._kept(prison_id, version)
        with self._lock:
            self._rows[prison_id] = version, {**rows, **new}  # another one: somebody may be reading the old
            while len(self._rows) > MOST_PRISONS:
                self._rows.popitem(last=False)


def forget() -> None:
    """As another process, which has kept nothing."""
    for one in KeptRows._all:
        one.clear()
