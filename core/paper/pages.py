"""A paper as pages of one PDF: how wide and how large is worked out here, templates/papers/list.typ draws it.

The widths of columns are those of the workbook. A list that is short is set in larger letters.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import override

from core.paper.binding import BoundPart, bind, count_pages
from core.paper.content import MISSING_WORDS, Block, Cards, Heading, Leaf, Paper, PaperNote, Table
from core.paper.drawing import draw
from core.paper.letters import fit_facts
from core.paper.marks import corner_paths, marks_of
from core.paper.page_tables import HEAD, Setting, setting_of, table_facts
from core.paper.paging import paged
from core.words.text import one_line
from core.xlsx.sheet import Text, read_value

AT_ONCE = 100
"""Rows drawn in one go of what is not kept: memory is given back between two of them."""


def to_pdf(paper: Paper, *, on_leaf: Callable[[int], object] | None = None, passphrase: str = "") -> bytes:
    """The file, in AES-256 under `passphrase` if there is one.

    `on_leaf` hears how many lists are drawn; what it raises ends the work.
    """
    parts, done = [], 0
    with override(paper.language):
        for leaves in _runs(paper):
            parts.append(_part(paper, leaves))
            for _leaf in leaves:
                done += 1
                if on_leaf is not None:
                    on_leaf(done)
    return bind(parts, passphrase=passphrase)


def _runs(paper: Paper) -> Iterator[Sequence[Leaf]]:
    """Lists that are drawn together: all that is kept, for a file has one structure.

    One that is wanted more than once stands alone.
    """
    if paper.is_kept and all(leaf.copies == 1 for leaf in paper.leaves):
        yield paper.leaves
        return
    run: list[Leaf] = []
    rows = 0
    for leaf in paper.leaves:
        more = _rows(leaf)
        if run and (leaf.copies != 1 or run[-1].copies != 1 or rows + more > AT_ONCE):
            yield run
            run, rows = [], 0
        run.append(leaf)
        rows += more
    if run:
        yield run


def _rows(leaf: Leaf) -> int:
    return sum(len(block.rows) for block in leaf.blocks if isinstance(block, Table))


def printed(
    template: str,
    facts: Mapping[str, Any],
    *,
    made_at: dt.datetime,
    is_kept: bool = False,
    missing_words: Text = MISSING_WORDS,
) -> bytes:
    """A paper that has a template of its own. `facts` are plain: texts, numbers, lists, dictionaries.

    `missing_words` say on it that a letter could not be printed.
    """
    told, has_lost = fit_facts(dict(facts))
    told["letters"] = str(missing_words) if has_lost else ""
    return bind([BoundPart(draw(template, told, made_at=made_at, is_kept=is_kept))])


def _part(paper: Paper, leaves: Sequence[Leaf]) -> BoundPart:
    copies = leaves[0].copies
    is_whole = len(leaves) == len(paper.leaves) and copies == 1
    told = [leaf_facts(paper, leaf) for leaf in leaves]
    facts = {
        "language": paper.language,
        "title": one_line(str(paper.title)),
        "product": paper.product,
        "page_words": page_words(str(paper.page_words)),
        "corners": corner_paths() if any(leaf.code for leaf in leaves) else [],
        "leaves": told,
    }

    def drawn() -> bytes:
        return draw(
            "list",
            facts,
            made_at=paper.made_at,
            is_kept=paper.is_kept and is_whole,
            has_tags=is_whole,
            is_apart=sum(map(_rows, leaves)) > AT_ONCE,
        )

    body = drawn()
    if all(leaf["counted"] for leaf in told) and count_pages(body) != sum(
        len(leaf["pages"]) for leaf in told
    ):
        for leaf in told:
            leaf["counted"] = False
        body = drawn()
    return BoundPart(body, copies)


def page_words(words: str) -> list[str | int]:
    """`Page %(page)s of %(pages)s` in pieces; 1 and 2 stand for the numbers."""
    marked = words % {"page": "\x001\x00", "pages": "\x002\x00"}
    return [int(piece) if place % 2 else piece for place, piece in enumerate(marked.split("\0")) if piece]


def leaf_facts(paper: Paper, leaf: Leaf) -> dict[str, Any]:
    setting = setting_of(leaf)
    blocks, has_lost = fit_facts([_block_facts(leaf, block, setting) for block in leaf.blocks])
    if has_lost:
        blocks.append({"kind": "note", "text": str(paper.missing_words), "bold": False})
    facts = {
        "flipped": leaf.orientation == "landscape",
        "size": setting.size,
        "foot": one_line(str(leaf.footer or paper.footer), 150),
        "running": one_line(str(leaf.running) or _first_heading(leaf), 120),
    }
    marks = {**marks_of(leaf.code), "head": min(HEAD, len(blocks))} if leaf.code else {}
    pages = paged(leaf, blocks, setting)
    facts["has_table"] = any(block["kind"] == "table" for block in blocks)
    return {**fit_facts(facts)[0], **marks, "pages": pages or [blocks], "counted": pages is not None}


def _first_heading(leaf: Leaf) -> str:
    return next((str(block.text) for block in leaf.blocks if isinstance(block, Heading)), str(leaf.name))


def _block_facts(leaf: Leaf, block: Block, setting: Setting) -> dict[str, Any]:
    match block:
        case Heading():
            return {"kind": "heading", "text": _told(block.text)}
        case PaperNote():
            return {"kind": "note", "text": _told(block.text), "bold": block.is_bold}
        case Cards():
            cards = [
                {"title": _told(title), "lines": [_told(one) for one in lines]}
                for title, lines in block.cards
            ]
            return {"kind": "cards", "cards": cards}
        case _:
            return {"kind": "table", **table_facts(block, leaf.orientation, setting)}


def _told(text: Text) -> str:
    return str(read_value(str(text)))
