"""The table of the board, drawn once for everybody who sees the same of it.

After each change every open board asks for its table anew. What the table is made of stands in a `Sight`, and
nothing else is at hand while it is drawn: no request, no person. So whoever has the same sight gets the same bytes, and
what is a person's own (marks, tokens, undo) stands beside the table, never in it.

Each process keeps its own, and with Redis they hand them to each other (passed_on.py): the version of the plan is a
part of the sight, so another machine that wrote cannot be overheard. What raises no version, as the hours of a
facilitator in another prison, is at most `KEPT_SECONDS` old, on a page that somebody opens `OPENED_SECONDS`.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

from django.db import connection
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from core.dates.clock import now, today
from core.words import names
from planner.board.drawing.day import draw_day
from planner.board.drawing.passed_on import KEPT_SECONDS, Handing
from planner.board.drawing.week import draw
from planner.board.week.board_state import BoardState, steps
from planner.board.week.day import day_board
from planner.board.week.table import week_board
from prisons.access import Access, Right
from prisons.models import Prison, User

OPENED_SECONDS = 2
MOST_BYTES = 20_000_000


@dataclass(frozen=True)
class Sight:
    """All that a table depends on."""

    prison_id: int
    plan_version: int
    rules_version: int
    at: dt.date | dt.datetime
    """Today; for a day, where a line shows the time, the minute."""
    language: str | None
    shown: BoardState
    rights: frozenset[Right]
    roles: frozenset[str]
    organisation_ids: frozenset[int]
    authorities: frozenset[str]


def sight_of(access: Access, shown: BoardState) -> Sight:
    """Of the prison as it was read with this access: what is read after that is as new, or newer."""
    prison = access.prison
    return Sight(
        prison_id=prison.pk,
        plan_version=prison.plan_version,
        rules_version=prison.rules_version,
        at=now().replace(second=0, microsecond=0) if shown.is_day else today(),
        language=get_language(),
        shown=shown,
        rights=access.rights,
        roles=access.roles,
        organisation_ids=access.organisation_ids,
        authorities=access.authorities,
    )


def board_of(access: Access, prison: Prison, shown: BoardState) -> dict[str, Any]:
    """The context of the board's table, of a week or of a day."""
    context = {"shown": shown, "steps": steps(shown, prison), "prison": prison, "access": access}
    if shown.is_day:
        day = day_board(prison, shown.on, access, shown.filter)
        return context | {"board": day, "drawn": draw_day(day, access, shown.is_selecting)}
    week = week_board(prison, shown.week, access, shown.filter)
    return context | {"board": week, "drawn": draw(week, access, shown.is_selecting)}


def table(access: Access, shown: BoardState, seconds: float = KEPT_SECONDS) -> SafeString:
    """The table as this reader may see it now, drawn at most once at a time for all who see the same."""
    drawing = partial(_drawn, access, shown)
    return _KEPT.get(sight_of(access, shown), drawing, seconds) if _may_be_kept(access) else drawing()


def _may_be_kept(access: Access) -> bool:
    """Neither what is not yet written for good, nor a look that masks names."""
    look = names.current()
    is_masked = access.is_masked or (look is not None and look.is_masked)
    return not is_masked and not connection.in_atomic_block


def _drawn(access: Access, shown: BoardState) -> SafeString:
    """Without the person: who asks for one while drawing finds nobody."""
    nobody = replace(access, user=User(), memberships=())
    context = board_of(nobody, access.prison, shown)
    return render_to_string("planner/board/_grid.html", context)


class _Drawn(NamedTuple):
    table: SafeString
    at: float


class KeptTables:
    """The tables that this process drew last; several threads that want the same one draw it once."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._lock = threading.Lock()
        self._tables: OrderedDict[Sight, _Drawn] = OrderedDict()
        self._drawing: dict[Sight, threading.Lock] = {}

    def get(self, sight: Sight, draw: Callable[[], SafeString], seconds: float = KEPT_SECONDS) -> SafeString:
        """Drawn at most `seconds` ago, as old as its beginning."""
        if found := self._fresh(sight, seconds):
            return found
        with self._lock:
            turn = self._drawing.setdefault(sight, threading.Lock())
        with turn:
            try:
                return self._fresh(sight, seconds) or self._new(sight, draw, Handing(sight, seconds))
            finally:
                with self._lock:
                    self._drawing.pop(sight, None)

    def clear(self) -> None:
        with self._lock:
            self._tables.clear()

    def _fresh(self, sight: Sight, seconds: float) -> SafeString | None:
        with self._lock:
            found = self._tables.get(sight)
        return found.table if found and time.monotonic() - found.at < seconds else None

    def _new(self, sight: Sight, draw: Callable[[], SafeString], handing: Handing) -> SafeString:
        """Of another process, or drawn here. Whoever fails leaves the turn to the next."""
        if passed := handing.fetch():
            self._keep(sight, _Drawn(passed.table, time.monotonic() - passed.age))
            return passed.table
        try:
            return self._draw(sight, draw, handing)
        finally:
            handing.leave_turn()

    def _draw(self, sight: Sight, draw: Callable[[], SafeString], handing: Handing) -> SafeString:
        """What shows a name is kept nowhere: each look at it is noted."""
        begun, at = time.monotonic(), now().timestamp()
        with names.beside() as look:
            drawn = draw()
        if not (look.has_names or look.was_asked or look.people):
            self._keep(sight, _Drawn(drawn, begun))
            handing.hand_on(drawn, at)
        return drawn

    def _keep(self, sight: Sight, drawn: _Drawn) -> None:
        """What is too old goes, then the oldest up to the size that is kept."""
        with self._lock:
            self._tables.pop(sight, None)
            self._tables[sight] = drawn
            size = sum(len(one.table) for one in self._tables.values())
            while size > self._most or self._is_old():
                size -= len(self._tables.popitem(last=False)[1].table)

    def _is_old(self) -> bool:
        first = next(iter(self._tables.values()), None)
        return first is not None and time.monotonic() - first.at >= KEPT_SECONDS


_KEPT = KeptTables()
forget = _KEPT.clear
