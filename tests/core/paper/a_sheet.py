"""A sheet to draw, for tests and for the bare process of one of them."""

import datetime as dt
from typing import Any

from core.paper import Column, Heading, Leaf, Paper, PaperNote, Table

MADE = dt.datetime(2026, 11, 23, 14, tzinfo=dt.UTC)
CODE = "2235-1"


def sheet(rows: int = 25, name: str = "Okafor, Zacharie", **fields: Any) -> Paper:
    columns = [Column("Naam"), Column("uit", is_tick=True), Column("waarom", width=16)]
    blocks = [Heading("Groep A17 · Code 2235"), PaperNote("09:00–10:30"), Table(columns, [[name]] * rows)]
    return Paper("nl", "Blad", MADE, [Leaf("A", blocks, code=CODE)], product="Tempo", **fields)
