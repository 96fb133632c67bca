"""One paper, two files: the workbook and the pages say the same in the same order."""

import datetime as dt
import io
import re

import openpyxl
import pypdfium2
import pypdfium2.raw as raw
import pytest

from core.paper import Cards, Column, Heading, Leaf, Paper, PaperNote, Table, to_pdf, to_xlsx

MADE = dt.datetime(2026, 11, 23, 14, tzinfo=dt.UTC)
HOSTILE = [
    '=HYPERLINK("x")',
    "Zoë <b>& Co</b>",
    "Nguyễn, Thị Hồng Đào",
    "bel\x00\x07len",
    "a" * 60,
    "{{ 1 }} </td></table>",
]


def paper_of(*leaves: Leaf) -> Paper:
    words = "Pagina %(page)s van %(pages)s / Page %(page)s sur %(pages)s"
    return Paper(
        "nl", "Lijst & co", MADE, leaves, product="Tempo", footer='"Haren" \\ 24-11', page_words=words
    )


def pages_of(paper: Paper) -> list[str]:
    with pypdfium2.PdfDocument(to_pdf(paper)) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def squeezed(text: str) -> str:
    return re.sub(r"\s|\u200b|\ufffe", "", text)


def hostile_table(rows: int = 6) -> Table:
    columns = [Column("Nr", is_centred=True), Column("Naam"), Column("uit", is_tick=True), Column("waarom")]
    return Table(columns, [(str(number), HOSTILE[number % len(HOSTILE)]) for number in range(rows)])


def test_workbook_and_pages_say_the_same_in_the_same_order():
    paper = paper_of(Leaf("A1", [Heading("Kop"), PaperNote("Noot", is_bold=True), hostile_table()]))
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx(paper))).active
    told = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
    page = squeezed(pages_of(paper)[0])
    place = 0
    for text in told:
        found = page.find(squeezed(text), place)
        assert found >= 0, text
        place = found + len(squeezed(text))


def test_pages_are_a4_black_and_large_enough():
    leaves = (Leaf("A", [hostile_table(80)]), Leaf("B", [PaperNote("x")], "landscape"))
    with pypdfium2.PdfDocument(to_pdf(paper_of(*leaves))) as document:
        sizes = [tuple(round(side) for side in page.get_size()) for page in document]
        assert set(sizes[:-1]) == {(595, 842)}
        assert sizes[-1] == (842, 595)
        for page in document:
            letters = page.get_textpage()
            points = [raw.FPDFText_GetFontSize(letters, place) for place in range(letters.count_chars())]
            assert min(size for size in points if size > 1) >= 10.9
            dots = page.render(scale=1).to_numpy()
            assert (dots.min(axis=2) == dots.max(axis=2)).all()


def test_each_list_counts_its_own_pages_and_says_on_each_what_it_is():
    told = pages_of(
        paper_of(Leaf("A", [Heading("Kop"), hostile_table(80)]), Leaf("B", [PaperNote("alleen")]))
    )
    first, last = told[:-1], told[-1]
    assert len(first) > 1
    for number, page in enumerate(first, start=1):
        assert f"Pagina {number} van {len(first)} / Page {number} sur {len(first)}" in page
        assert "waarom" in page
        assert '"Haren" \\ 24-11' in page
    assert "Pagina 1 van 1" in last
    assert [page.count("Kop") for page in first] == [1] * len(first)


def test_copies_come_in_both_files():
    paper = paper_of(Leaf("A", [PaperNote("een")], copies=3), Leaf("B", [PaperNote("twee")]))
    assert [page.count("een") for page in pages_of(paper)] == [1, 1, 1, 0]
    assert openpyxl.load_workbook(io.BytesIO(to_xlsx(paper))).sheetnames == ["A", "A (2)", "A (3)", "B"]


def test_cards_stand_two_by_two_and_eight_to_a_page():
    cards = Cards(
        [(f"Naam{number}", ["09:00", "Klas 1", "A1", "x", "y", "z", "einde"]) for number in range(17)]
    )
    told = pages_of(paper_of(Leaf("Briefjes", [cards])))
    assert [len(re.findall(r"Naam\d+", page)) for page in told] == [8, 8, 1]
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx(paper_of(Leaf("B", [cards]))))).active
    assert [sheet["A2"].value.split("\n")[0], sheet["B2"].value.split("\n")[0]] == ["Naam0", "Naam1"]


def test_work_can_be_stopped_between_two_lists():
    class Enough(Exception):
        pass

    seen = []

    def stop(number: int) -> None:
        seen.append(number)
        if number == 2:
            raise Enough

    with pytest.raises(Enough):
        to_pdf(paper_of(*[Leaf("A", [PaperNote("x")])] * 5), on_leaf=stop)
    assert seen == [1, 2]


def test_the_same_paper_gives_the_same_bytes():
    paper = paper_of(Leaf("A", [hostile_table()]))
    assert to_pdf(paper) == to_pdf(paper)
    assert to_xlsx(paper) == to_xlsx(paper)
