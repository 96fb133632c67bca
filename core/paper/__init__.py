"""What is printed, said once: a `Paper` of `Leaf`s becomes a workbook (`to_xlsx`) or pages (`to_pdf`).

Both have the same texts, tables and widths in the same order; neither knows what the paper is about.
"""

from core.paper.content import Block, Cards, Column, Heading, Leaf, Note, Paper, Table
from core.paper.pages import to_pdf
from core.paper.workbook import to_xlsx

__all__ = [
    "Block",
    "Cards",
    "Column",
    "Heading",
    "Leaf",
    "Note",
    "Paper",
    "Table",
    "to_pdf",
    "to_xlsx",
]
