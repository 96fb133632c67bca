"""The content of a paper, before anybody asks for a workbook or for pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from django.utils.translation import gettext_lazy

from core.xlsx.sheet import Column, Orientation, Text, Value

PAGE_WORDS = gettext_lazy("Page %(page)s of %(pages)s")
MISSING_WORDS = gettext_lazy("“?” stands for a letter that cannot be printed.")


@dataclass(frozen=True)
class Heading:
    """Large letters over the whole width."""

    text: Text


@dataclass(frozen=True)
class PaperNote:
    """A line of plain text over the whole width; without text a gap."""

    text: Text = ""
    is_bold: bool = False


@dataclass(frozen=True)
class Table:
    """A table whose head comes back on every page. A row may leave out its last cells: they stay empty."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]


@dataclass(frozen=True)
class Cards:
    """Small papers to cut apart, two beside each other: each has a title and lines below it."""

    cards: Sequence[tuple[str, Sequence[str]]]


Block = Heading | PaperNote | Table | Cards


@dataclass(frozen=True)
class Leaf:
    """One list: a sheet of the workbook, one or more pages on paper.

    `name` is its tab, `subject` what a cover calls it, `footer` stands at the foot of each page, `running` at
    the head of each but the first (without it: the heading). With a `code` each page carries marks for a
    scanner, beside its first heading and the line below.
    """

    name: Text
    blocks: Sequence[Block]
    orientation: Orientation = "portrait"
    footer: Text = ""
    subject: Text = ""
    copies: int = 1
    running: Text = ""
    code: str = ""

    @property
    def cells(self) -> int:
        """About how much work it is to draw."""
        return sum(
            len(block.columns) * (len(block.rows) + 1)
            if isinstance(block, Table)
            else 4 * len(block.cards)
            if isinstance(block, Cards)
            else 1
            for block in self.blocks
        )


@dataclass(frozen=True)
class Paper:
    """What leaves the printer as one pile, in one `language`, in which its lazy texts are read.

    `made_at` is the only time that the file tells about itself, `product` the only name. `is_kept` asks for a
    file that an archive takes and that is read aloud (PDF/A-2a and PDF/UA-1).
    """

    language: str
    title: Text
    made_at: dt.datetime
    leaves: Sequence[Leaf]
    product: str = ""
    footer: Text = ""
    page_words: Text = PAGE_WORDS
    missing_words: Text = MISSING_WORDS
    is_kept: bool = False

    @property
    def cells(self) -> int:
        return sum(leaf.cells for leaf in self.leaves)

    def with_leaves(self, leaves: Sequence[Leaf]) -> Self:
        return replace(self, leaves=tuple(leaves))
