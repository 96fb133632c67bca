"""A paper as a workbook: a sheet for each leaf, as often as there are copies of it."""

from __future__ import annotations

from collections.abc import Sequence

from core.paper.content import Block, Cards, Column, Heading, Paper, PaperNote, Table
from core.xlsx import PrintedWorkbook, Sheet


def to_xlsx(paper: Paper) -> bytes:
    """The file. Raises ValueError for a paper without leaves."""
    workbook = PrintedWorkbook(
        language=paper.language,
        title=paper.title,
        made_at=paper.made_at,
        product=paper.product,
        footer=paper.footer,
        page_words=paper.page_words,
    )
    for leaf in paper.leaves:
        for _copy in range(leaf.copies):
            _fill(workbook.sheet(leaf.name, leaf.orientation, leaf.footer), leaf.blocks)
    return workbook.to_bytes()


def _fill(sheet: Sheet, blocks: Sequence[Block]) -> None:
    for block in blocks:
        match block:
            case Heading():
                sheet.heading(block.text)
            case PaperNote():
                sheet.note(block.text, is_bold=block.is_bold)
            case Table():
                sheet.table(block.columns, block.rows)
            case Cards():
                _press_cards(sheet, block)


def _press_cards(sheet: Sheet, block: Cards) -> None:
    """Two columns of frames, each with all the lines of one card."""
    told = ["\n".join((title, *lines)) for title, lines in block.cards]
    sheet.table([Column(""), Column("")], [told[place : place + 2] for place in range(0, len(told), 2)])
