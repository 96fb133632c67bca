"""Pages that are known before they are drawn, and heads that stay within their column."""

import datetime as dt
import re

import pytest

from core.paper import Column, Heading, Leaf, Paper, PaperNote, Table, pages, to_pdf
from core.paper.page_tables import HEAD_PADDING, Setting, setting_of, table_facts
from core.paper.widths import text_width
from tests.printed import pages_of

MADE = dt.datetime(2026, 11, 23, 14, tzinfo=dt.UTC)
HEADS = [
    Column("Nr. / N°", is_centred=True),
    Column("Naam / Nom"),
    Column("Leefeenheid / unité de vie", is_centred=True),
    Column("Cel / Cellule", is_centred=True),
    Column("uit / sorti", is_tick=True),
    Column("terug / retour", is_tick=True),
    Column("niet gebracht / non amené", is_tick=True),
    Column("waarom / motif", width=16.0),
]
NAMES = {
    "short": "Aerts, Jan",
    "long": "Vandenberghe1499, Jean-Pierre",
    "broken": "van den Broucke-Vandenberghe, Jean-Pierre Emmanuel Marie",
    "endless": "Vandenberghe" * 6,
}


def paper_of(rows: int, name: str, orientation="portrait", code: str = "", more: int = 0) -> Paper:
    table = Table(HEADS, [("101499", name, "A10", "38")] * rows)
    notes = [PaperNote("Nog iets dat boven de tabel staat.")] * (3 + more)
    leaf = Leaf(
        "A", [Heading("Groep"), PaperNote("09:00", is_bold=True), *notes, table], orientation, code=code
    )
    words = "blad %(page)s van %(pages)s"
    return Paper("nl", "Lijst", MADE, [leaf, Leaf("B", [PaperNote("alleen")])], page_words=words)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("orientation", ["portrait", "landscape"])
def test_no_line_of_a_head_is_wider_than_its_column(orientation, name):
    for size in (11, 14, 16):
        facts = table_facts(Table(HEADS, [("101499", NAMES[name], "A10", "38")]), orientation, Setting(size))
        for head, width in zip(facts["head"], facts["widths"], strict=True):
            for line in head.split("\n"):
                assert text_width(line, is_bold=True) <= width - HEAD_PADDING + 0.02, (line, width)
            assert not re.search(r"^/|/$", head, re.MULTILINE)


def test_a_group_of_25_with_long_names_stays_on_one_page():
    told = pages_of(to_pdf(paper_of(25, NAMES["long"], code="2235-1")))
    assert len(told) == 2 and "blad 1 van 1" in told[0]


@pytest.mark.parametrize("code", ["", "2235-1"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("rows", "orientation", "more"),
    [
        (0, "portrait", 0),
        (1, "landscape", 0),
        (26, "landscape", 2),
        (31, "portrait", 60),
        (80, "portrait", 0),
    ],
)
def test_every_page_says_which_of_how_many_it_is(monkeypatch, rows, orientation, more, name, code):
    asked = []
    monkeypatch.setattr(
        pages, "draw", lambda *args, draw=pages.draw, **how: asked.append(1) or draw(*args, **how)
    )
    told = pages_of(to_pdf(paper_of(rows, NAMES[name], orientation, code, more)))
    assert [re.search(r"blad (\d+) van (\d+)", page).groups() for page in told] == [
        *((str(number), str(len(told) - 1)) for number in range(1, len(told))),
        ("1", "1"),
    ]
    assert sum(page.count("101499") for page in told) == rows
    assert len(asked) == 1, "what was worked out was not what was drawn"


def test_what_is_worked_out_wrongly_is_counted_by_the_compiler(monkeypatch):
    right = pages_of(to_pdf(paper_of(80, NAMES["short"])))
    monkeypatch.setattr(pages, "paged", lambda leaf, blocks, setting: [blocks])
    wrong = pages_of(to_pdf(paper_of(80, NAMES["short"])))
    assert len(right) > 2
    assert [re.search(r"blad (\d+) van (\d+)", page).groups() for page in wrong[:-1]] == [
        (str(number), str(len(wrong) - 1)) for number in range(1, len(wrong))
    ]


def test_a_title_goes_along_with_its_table():
    tables = []
    for number in range(9):
        tables += [Heading(f"Titel {number}"), Table([Column("A")], [("x",)] * 5)]
    told = pages_of(to_pdf(Paper("nl", "Jaar", MADE, [Leaf("A", tables)])))
    assert len(told) > 1
    assert not any(re.search(r"Titel \d\s*(Pagina|Page)", page) for page in told)


def test_a_fraction_has_the_comma_of_its_language():
    table = Table([Column("uren")], [(1.5,), (18.0,), (2 / 3,)])
    for language, told in (("nl", ["1,5", "18", "0,67"]), ("en", ["1.5", "18", "0.67"])):
        page = pages_of(to_pdf(Paper(language, "Uren", MADE, [Leaf("A", [table])])))[0]
        assert page.split()[1:4] == told


def test_a_short_list_is_set_larger_than_a_full_one():
    short, full = (setting_of(paper_of(rows, NAMES["short"]).leaves[0]).size for rows in (4, 60))
    assert short > full == 11
