"""A paper as pages of one PDF, drawn leaf by leaf so that long work can say how far it is.

The widths of the columns are those of the workbook. What draws pages is loaded when the first one is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.html import escape
from django.utils.translation import override

from core.paper.content import Block, Cards, Heading, Leaf, Note, Paper, Table
from core.pdf import Pages
from core.text import one_line
from core.xlsx.sheet import PAGE_WIDTHS, Cell, column_widths, read_value, shown_value

STYLES = "css/paper.css"


def to_pdf(paper: Paper, *, on_leaf: Callable[[int], object] | None = None, passphrase: str = "") -> bytes:
    """The file, in AES-256 under `passphrase` if there is one.

    `on_leaf` hears how many leaves are drawn; what it raises ends the work.
    Raises PlannerError `no_pdf` (503) where the machine lacks what draws the pages.
    """
    with override(paper.language):
        pages = Pages([STYLES], _page_rules(str(paper.page_words)))
        for number, leaf in enumerate(paper.leaves, start=1):
            pages.draw(_leaf_html(paper, leaf), copies=leaf.copies)
            if on_leaf is not None:
                on_leaf(number)
    return pages.to_bytes(passphrase=passphrase)


def _page_rules(words: str) -> str:
    """`Page %(page)s of %(pages)s` as the content of a margin box."""
    told = words % {"page": "\0page\0", "pages": "\0pages\0"}
    parts = [
        f"counter({part})" if number % 2 else f'"{_css_text(part)}"'
        for number, part in enumerate(told.split("\0"))
        if part
    ]
    return f"@page {{ @bottom-right {{ content: {' '.join(parts)} }} }}"


def _css_text(text: str) -> str:
    return "".join(sign if sign.isalnum() or sign == " " else f"\\{ord(sign):x} " for sign in text)


def _leaf_html(paper: Paper, leaf: Leaf) -> str:
    made_at = paper.made_at.isoformat()
    foot = escape(one_line(str(leaf.footer or paper.footer), 150))
    body = "".join(_block_html(block, PAGE_WIDTHS[leaf.orientation]) for block in leaf.blocks)
    return (
        f'<!doctype html><html lang="{escape(paper.language)}"><head>'
        f"<title>{escape(one_line(str(paper.title)))}</title>"
        f'<meta name="author" content="{escape(paper.product)}">'
        f'<meta name="dcterms.created" content="{made_at}"><meta name="dcterms.modified" content="{made_at}">'
        f'</head><body class="{leaf.orientation}"><p class="foot">{foot}</p>{body}</body></html>'
    )


def _block_html(block: Block, room: float) -> str:
    match block:
        case Heading():
            return f"<h1>{_text(block.text)}</h1>"
        case Note():
            return f"<p{' class=strong' if block.is_bold else ''}>{_text(block.text) or '&nbsp;'}</p>"
        case Table():
            return _table_html(block, room)
        case Cards():
            return _cards_html(block)


def _table_html(table: Table, room: float) -> str:
    rows = [[read_value(value) for value in row] for row in table.rows]
    widths = column_widths(table.columns, rows, room)
    total = max(sum(widths), room)
    columns = "".join(f'<col style="width:{width / total:.4%}">' for width in widths)
    kinds = [
        " class=tick" if one.is_tick else " class=mid" if one.is_centred else "" for one in table.columns
    ]
    head = "".join(
        f"<th{kind}>{_text(column.title)}</th>" for kind, column in zip(kinds, table.columns, strict=True)
    )
    empty = [f"<td{kind}></td>" for kind in kinds]
    body = "".join(f"<tr>{_cells(row, kinds)}{''.join(empty[len(row) :])}</tr>" for row in rows)
    width = f"{sum(widths) / total:.4%}"
    return (
        f'<table style="width:{width}"><colgroup>{columns}</colgroup>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _cells(row: Sequence[Cell], kinds: Sequence[str]) -> str:
    return "".join(
        f"<td{kind}>{_lines(shown_value(value))}</td>" for value, kind in zip(row, kinds, strict=False)
    )


def _cards_html(block: Cards) -> str:
    cards = [
        f"<article><h2>{_text(title)}</h2>{''.join(f'<p>{_text(line)}</p>' for line in lines)}</article>"
        for title, lines in block.cards
    ]
    rows = "".join(
        f'<div class="pair">{"".join(cards[place : place + 2])}</div>' for place in range(0, len(cards), 2)
    )
    return f'<section class="cards">{rows}</section>'


def _text(text: object) -> str:
    return _lines(str(read_value(str(text))))


def _lines(text: str) -> str:
    return str(escape(text)).replace("\n", "<br>")
