"""Sheets come out of a real office program as they must: A4, readable, black on white, headed."""

import datetime as dt

import pytest

from core.xlsx import Column, PrintedWorkbook
from tests.proof.office import PrintedPage, print_pages

pytestmark = pytest.mark.proof

A4 = (595, 842)
MOVEMENTS = [
    Column("Nr"),
    Column("Naam"),
    Column("Cel", is_centred=True),
    Column("Activiteit"),
    Column("Waar"),
    Column("Van", is_centred=True),
    Column("Tot", is_centred=True),
    Column("Weg", is_tick=True),
    Column("Terug", is_tick=True),
    Column("Niet gebracht", is_tick=True),
    Column("Waarom", width=18),
]
NAMES = [
    "Peter Janssens",
    "Jean-Baptiste Vandenbroucke-Ndiaye El Khattabi",
    '=HYPERLINK("x")',
    "Zoë Đặng",
    "محمد",
]


def movement_list(people: int) -> bytes:
    made_at = dt.datetime(2026, 11, 23, 14, tzinfo=dt.UTC)
    footer = "23/11/2026 15:00 & code K7Q2"
    workbook = PrintedWorkbook(language="en", title="Bewegingslijst", made_at=made_at, footer=footer)
    sheet = workbook.sheet("Post A1", "landscape")
    sheet.heading("Bewegingslijst van dinsdag 24 november 2026")
    sheet.note("Vink aan: weg als de persoon vertrekt, terug als die terug is. " * 3)
    sheet.table(MOVEMENTS, [person(number) for number in range(people)])
    return workbook.to_bytes()


def person(number: int) -> list:
    where = "Polyvalente zaal, gang B" if number % 4 else "Sporthal"
    name = NAMES[number % len(NAMES)]
    return [
        f"H{number}",
        name,
        f"1.{number:02d}",
        "Activiteit / Activité 4B",
        where,
        dt.time(13, 30),
        dt.time(16),
    ]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[PrintedPage]:
    return print_pages(movement_list(people=60), tmp_path_factory.mktemp("office"))


def test_pages_are_a4_on_their_side_and_one_page_wide(pages):
    assert {(round(page.height), round(page.width)) for page in pages} == {A4}
    assert all("H" in page.text and "Waarom" in page.text for page in pages)  # first and last column
    assert 4 <= len(pages) <= 7


def test_letters_are_of_11_points_or_more(pages):
    assert min(page.smallest_letters for page in pages) >= 10.9


def test_sheets_need_no_colour(pages):
    assert all(page.is_black_and_white for page in pages)


def test_the_head_is_on_every_page_and_the_heading_on_the_first(pages):
    assert all("Terug" in page.text for page in pages)
    assert [page.text.count("Bewegingslijst van") for page in pages] == [1] + [0] * (len(pages) - 1)


def test_every_page_says_which_version_and_which_page(pages):
    for number, page in enumerate(pages, start=1):
        assert "23/11/2026 15:00 & code K7Q2" in page.text
        assert f"Page {number} of {len(pages)}" in page.text


def test_everybody_is_printed_under_the_name_given(pages):
    printed = " ".join(page.text for page in pages)
    assert all(f"1.{number:02d}" in printed for number in range(60))
    assert '=HYPERLINK("x")' in printed
    assert "Zoë" in printed


def test_no_letter_of_a_long_text_is_cut_off(tmp_path):
    workbook = PrintedWorkbook(language="en", title="Lang", made_at=dt.datetime(2026, 11, 23, tzinfo=dt.UTC))
    sheet = workbook.sheet("A1")
    words = [f"woord{number}" for number in range(50)]
    sheet.note(" ".join(words) + " einde")
    sheet.table(
        [Column("Naam"), Column("Activiteit"), Column("Weg", is_tick=True)],
        [[" ".join(words), "x" * 60 + "SLOT"]],
    )
    text = print_pages(workbook.to_bytes(), tmp_path)[0].text
    assert all(text.count(f"{word} ") + text.count(f"{word}\r") >= 2 for word in words[:-1])
    assert "einde" in text


def test_sixty_sheets_are_printed_in_order(tmp_path):
    workbook = PrintedWorkbook(language="nl", title="Dag", made_at=dt.datetime(2026, 11, 23, tzinfo=dt.UTC))
    for number in range(60):
        sheet = workbook.sheet("Post [A/1]")
        sheet.heading(f"Blad {number}.")
        sheet.table([Column("Naam")], [["Peter"]] * 20)
    pages = print_pages(workbook.to_bytes(), tmp_path)
    assert [f"Blad {number}." in page.text for number, page in enumerate(pages)] == [True] * 60
