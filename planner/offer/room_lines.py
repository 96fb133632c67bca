"""Rooms to choose from in words: on how many of the dates each is free, and why not on the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from planner.scheduling.choices.room_fits import OneDate, RoomFit
from planner.scheduling.rules.sentences import reasons_of_each, when
from prisons.access import Access

MOST_REASONS = 2


@dataclass(frozen=True)
class RoomLine:
    """Each date that is refused, or to be watched, with its reasons."""

    fit: RoomFit
    refused: list[tuple[str, list[str]]] = field(default_factory=list)
    to_watch: list[tuple[str, list[str]]] = field(default_factory=list)


def room_lines(fits: Sequence[RoomFit], access: Access) -> list[RoomLine]:
    """In the same order; names are looked up once for all of them."""
    shown = [one for fit in fits for one in (*fit.refused, *fit.to_watch)]
    reasons = reasons_of_each(access, [one.reasons for one in shown], most=MOST_REASONS)
    words = {id(one): [each.sentence for each in said] for one, said in zip(shown, reasons, strict=True)}
    return [RoomLine(fit, _lines(fit.refused, words), _lines(fit.to_watch, words)) for fit in fits]


def room_options(lines: Sequence[RoomLine]) -> list[tuple[int, str]]:
    """The same as options of a list: on how many dates each is free, and the first reason against the rest."""
    return [(line.fit.room.room_id, _option(line)) for line in lines]


def _option(line: RoomLine) -> str:
    facts = {"room": line.fit.room.name, "free": len(line.fit.free), "all": len(line.fit.dates)}
    why = next((said[0] for _at, said in (*line.refused, *line.to_watch) if said), "")
    if not why:
        return _("%(room)s: %(free)s of %(all)s free") % facts
    return _("%(room)s: %(free)s of %(all)s free. %(why)s") % (facts | {"why": why})


def _lines(dates: list[OneDate], words: dict[int, list[str]]) -> list[tuple[str, list[str]]]:
    return [(when(one.wanted.starts_at, one.wanted.ends_at), words[id(one)]) for one in dates]
