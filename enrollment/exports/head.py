"""What stands at the head and at the foot of every list: which list, of when, made when, how old its cells are."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from core.paper import Block, Heading, Leaf, Paper, PaperNote
from enrollment.domain.lists.day import Day, DayMeeting
from enrollment.wording import both, day_in_words, hour, joined, moment


def paper_of(day: Day, kind: str, version: int | None, leaves: Sequence[Leaf]) -> Paper:
    """A pile of lists of one day. `kind` names it: a word of enrollment/wording.py."""
    return Paper(
        language="nl",
        title=f"{both(kind)} {moment(day.on)}",
        made_at=day.made_at,
        leaves=tuple(leaves),
        product=settings.PRODUCT_NAME,
        footer=f"{joined(day.name_nl, day.name_fr)} {moment(day.on)} · {standing(day, version)}",
        page_words=both("page", page="%(page)s", pages="%(pages)s"),
        missing_words=both("letter_missing"),
        is_kept=version is not None,
    )


def head(day: Day, kind: str, version: int | None, *, with_cells: bool = True) -> list[Block]:
    blocks: list[Block] = [
        PaperNote(f"{both(kind)} · {joined(day.name_nl, day.name_fr)}"),
        PaperNote(day_in_words(day.on), is_bold=True),
        PaperNote(f"{standing(day, version)} · {both('destroy')}"),
    ]
    return [*blocks, cells_told(day)] if with_cells else blocks


def cells_told(day: Day) -> Block:
    """How old the cells are: in large letters when they may be wrong."""
    if day.cells_as_of is None:
        return Heading(both("cells_unknown"))
    if day.are_cells_old:
        return Heading(both("cells_old", when=moment(day.cells_as_of)))
    return PaperNote(both("cells_as_of", when=moment(day.cells_as_of)))


def standing(day: Day, version: int | None) -> str:
    """Which version it is, or that it may still change."""
    if version is None:
        return f"{both('provisional')} · {both('made_at', when=moment(day.made_at))}"
    return both("version", number=version, when=moment(day.made_at))


def hours(meeting: DayMeeting) -> str:
    return f"{hour(meeting.from_time)}–{hour(meeting.to_time)}"


def unit_words(day: Day) -> str:
    """The prison's word for a living unit, at the head of a column."""
    return joined(day.unit_nl, day.unit_fr).capitalize()


def unit_name(day: Day, unit: str) -> str:
    return f"{unit_words(day)} {unit or both('unknown')}"
