"""Which lists make up which pile: one list, the whole day, or what one post gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from core.paper import Block, Column, Heading, Leaf, Paper, PaperNote, Table
from enrollment.domain.lists.day import Day
from enrollment.domain.lists.distribution import DistributionLine, PostPlan
from enrollment.exports.changed import changed
from enrollment.exports.gate_list import gate
from enrollment.exports.head import head, paper_of
from enrollment.exports.movement_slips import movement_slips as slips_leaf
from enrollment.exports.movements import cancellations, overview, unit_lists
from enrollment.exports.sheets import sheets
from enrollment.models import Handout
from enrollment.wording import both

Sheet = Handout.Sheet


def movement_list(day: Day, version: int | None = None) -> Paper:
    """First how many leave each unit when, and what does not take place; then a sheet for each unit."""
    return paper_of(day, "movement_list", version, [overview(day, version), *unit_lists(day, version)])


def attendance_sheets(day: Day, version: int | None = None) -> Paper:
    return paper_of(day, "attendance_sheet", version, sheets(day, version))


def gate_list(day: Day, version: int | None = None) -> Paper:
    return paper_of(day, "gate_list", version, [gate(day, version)])


def cancelled(day: Day, version: int | None = None) -> Paper:
    return paper_of(day, "cancellations", version, [cancellations(day, version)])


def movement_slips(day: Day, version: int | None = None) -> Paper:
    return paper_of(day, "movement_slip", version, [slips_leaf(day, version)])


def changes_page(frozen: Day, current: Day, version: int) -> Paper:
    return paper_of(current, "changes", version, changed(frozen, current, version))


def day_lists(day: Day, version: int | None = None, *, with_slips: bool = False) -> Paper:
    """Everything of the day in one pile: counts, movements, sheets, gate, cancellations, slips."""
    leaves = [
        overview(day, version),
        *unit_lists(day, version),
        *sheets(day, version),
        gate(day, version),
        cancellations(day, version),
    ]
    if with_slips:
        leaves.append(slips_leaf(day, version))
    return paper_of(day, "day_lists", version, leaves)


@dataclass(frozen=True)
class Source:
    """What the lists of a post are made from: the day as handed over, and as it is now."""

    day: Day
    version: int | None
    current: Day | None = None
    """Only once there is a version: what its page of changes compares with."""


def for_post(plan: PostPlan, source: Source) -> Paper:
    """A cover that says what is in it, then each list of the post in as many copies as it gets.

    The page of changes is not among them: it follows in the morning, by `changes_for_posts`.
    """
    leaves = [leaf for line in plan.lines for leaf in leaves_of(line, source)]
    cover = _cover(plan, source, leaves)
    paper = paper_of(source.day, "day_lists", source.version, [cover, *leaves])
    return replace(paper, footer=f"{_called(plan)} · {paper.footer}")


def for_posts(plans: list[PostPlan], source: Source) -> Paper:
    """All posts behind each other, to be printed at once and split at the covers."""
    papers = [for_post(plan, source) for plan in plans]
    leaves = [replace(leaf, footer=leaf.footer or paper.footer) for paper in papers for leaf in paper.leaves]
    return paper_of(source.day, "day_lists", source.version, leaves)


def leaves_of(line: DistributionLine, source: Source) -> list[Leaf]:
    """The lists of one line of the distribution table, of that day; none for the page of changes."""
    day = line.of_day(source.day)
    makers: dict[str, Callable[[], list[Leaf]]] = {
        Sheet.OVERVIEW: lambda: [overview(source.day, source.version)],
        Sheet.MOVEMENTS: lambda: unit_lists(day, source.version),
        Sheet.SHEETS: lambda: sheets(day, source.version),
        Sheet.GATE: lambda: [gate(source.day, source.version)],
        Sheet.CANCELLED: lambda: [cancellations(source.day, source.version)],
        Sheet.SLIPS: lambda: [slips_leaf(day, source.version)] if day.movements() else [],
    }
    if line.sheet not in makers:
        return []
    return [replace(leaf, copies=line.copies) for leaf in makers[line.sheet]()]


def changes_for_posts(plans: list[PostPlan], source: Source) -> Paper | None:
    """The page of the morning for each post that gets it; None before there is a version."""
    if source.current is None or source.version is None:
        return None
    leaves = []
    for plan in plans:
        for line in plan.lines:
            if line.sheet == Sheet.CHANGES:
                for leaf in changed(source.day, source.current, source.version, line.units):
                    footer = f"{_called(plan)} · {leaf.footer}"
                    leaves.append(replace(leaf, copies=line.copies, footer=footer))
    return paper_of(source.current, "changes", source.version, leaves) if leaves else None


def _cover(plan: PostPlan, source: Source, leaves: list[Leaf]) -> Leaf:
    columns = [Column(both("list")), Column(both("copies"), is_centred=True)]
    rows = [(str(leaf.subject or leaf.name), leaf.copies) for leaf in leaves]
    blocks: list[Block] = [
        Heading(f"{both('for_post')}: {_called(plan)}" if plan.pk else _called(plan)),
        *head(source.day, "day_lists", source.version, with_cells=False),
        Table(columns, rows) if rows else Heading(both("nothing_for_post")),
        PaperNote(),
        PaperNote(both("received")),
    ]
    return Leaf(_called(plan), blocks)


def _called(plan: PostPlan) -> str:
    return plan.name if plan.pk else both("for_nobody")
