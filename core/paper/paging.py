"""Which blocks of a list stand on which page, worked out before it is drawn, so that "page 1 of 2" is known beforehand.

The compiler can count pages itself, but draws the whole list twice for it. What is worked out here is held against
what was drawn (core/paper/pages.py): where they differ, the compiler counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.paper.content import Leaf
from core.paper.page_tables import HEAD, HEIGHTS, MARKS, Setting, head_height, row_height, text_height

CARDS = 8
"""To a page, where there is nothing else on it."""
HAIR = 0.5
"""Points by which what fills the page may seem too high, for heights are rounded."""
Block = dict[str, Any]


def paged(leaf: Leaf, blocks: Sequence[Block], setting: Setting) -> list[list[Block]] | None:
    """The blocks of each page; None where that cannot be told."""
    if any(block["kind"] == "cards" for block in blocks):
        return _pages_of_cards(blocks[0]) if len(blocks) == 1 else None
    pages = _Pages(leaf, setting)
    in_margin = HEAD if leaf.code else 0
    pages.done[0] += blocks[:in_margin]
    for block in blocks[in_margin:]:
        if block["kind"] == "table":
            pages.add_table(block)
        else:
            pages.add_text(block)
    return pages.done


def _pages_of_cards(block: Mapping[str, Any]) -> list[list[Block]]:
    cards = block["cards"]
    return [[{**block, "cards": cards[start : start + CARDS]}] for start in range(0, len(cards), CARDS)] or [
        []
    ]


class _Pages:
    """Pages that are filled from the top."""

    def __init__(self, leaf: Leaf, setting: Setting) -> None:
        self.done: list[list[Block]] = [[]]
        self._orientation = leaf.orientation
        self._setting = setting
        self._room = HEIGHTS[leaf.orientation] - (MARKS if leaf.code else 0) + HAIR
        self._filled = 0.0

    def add_text(self, block: Block) -> None:
        height = text_height(block["text"], self._orientation, is_heading=block["kind"] == "heading")
        if self._filled + height > self._room:
            self._turn()
        self.done[-1].append(block)
        self._filled += height

    def add_table(self, block: Block) -> None:
        """On as many pages as it takes, its head on each; what stands right above it stays with it."""
        head = head_height(block["head_lines"])
        heights = [row_height(self._setting, lines) for lines in block["lines"]]
        if self._filled + head + sum(heights[:1]) > self._room:
            self._turn()
        first, self._filled = 0, self._filled + head
        for place, height in enumerate(heights):
            if self._filled + height > self._room and place > first:
                self.done[-1].append(_rows(block, first, place))
                self._turn()
                first, self._filled = place, head
            self._filled += height
        self.done[-1].append(_rows(block, first, len(heights)))

    def _turn(self) -> None:
        """A new page; a title at the foot of the one before goes along."""
        page = self.done[-1]
        stay = len(page)
        while stay and _is_title(page[stay - 1]):
            stay -= 1
        along = page[stay:] if stay else []
        self.done[-1] = page[:stay] if stay else page
        self.done.append([])
        self._filled = 0.0
        for block in along:
            self.add_text(block)


def _is_title(block: Block) -> bool:
    return block["kind"] == "heading" or (block["kind"] == "note" and bool(block["bold"]))


def _rows(block: Block, first: int, end: int) -> Block:
    return {**block, "rows": block["rows"][first:end], "lines": block["lines"][first:end]}


__all__ = ["paged"]
