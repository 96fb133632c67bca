"""What is printed, said once: a `Paper` of `Leaf`s becomes a workbook (`to_xlsx`) or pages (`to_pdf`).

Both have the same texts, tables and widths in the same order; neither knows what the paper is about. Papers that
are no lists (slips, certificates, leaflets) have templates of their own, drawn by `printed`.
"""

from core.paper.content import PAGE_WORDS, Block, Cards, Column, Heading, Leaf, Paper, PaperNote, Table
from core.paper.letters import fit_facts, missing_letters, unprintable_names
from core.paper.pages import page_words, printed, to_pdf
from core.paper.workbook import to_xlsx

__all__ = [
    "PAGE_WORDS",
    "Block",
    "Cards",
    "Column",
    "Heading",
    "Leaf",
    "Paper",
    "PaperNote",
    "Table",
    "fit_facts",
    "missing_letters",
    "page_words",
    "printed",
    "to_pdf",
    "to_xlsx",
    "unprintable_names",
]
