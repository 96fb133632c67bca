import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from django.utils.translation import gettext_lazy as _
from hypothesis import given
from hypothesis import strategies as st

from core.xlsx import Column, PrintedWorkbook
from core.xlsx.sheet import PAGE_WIDTHS
from core.xlsx.typeset import fit_widths, line_count, text_width

MADE = dt.datetime(2026, 11, 23, 14, 30, 12, 345678, tzinfo=dt.UTC)
NAME_AND_CELL = [Column("Naam"), Column("Cel", is_centred=True), Column("Weg", is_tick=True)]


def new_workbook(**facts) -> PrintedWorkbook:
    return PrintedWorkbook(
        **{"language": "en", "title": "Lists", "made_at": MADE, "product": "Tempo"} | facts
    )


def reopen(workbook: PrintedWorkbook):
    return openpyxl.load_workbook(io.BytesIO(workbook.to_bytes()))


def one_table(columns, rows, orientation="portrait"):
    workbook = new_workbook()
    workbook.sheet("A1", orientation).table(columns, rows)
    return reopen(workbook).active


# what a person may be called, what stands in the cell
HOSTILE = [
    ("=1+1", "=1+1"),
    ('=HYPERLINK("https://a.be")', '=HYPERLINK("https://a.be")'),
    ("+32 2 123", "+32 2 123"),
    ("@SUM(A1)", "@SUM(A1)"),
    ("#N/A", "#N/A"),
    ("0012", "0012"),
    ("2026-11-24", "2026-11-24"),
    ("bel\x00\x07\x1blen", "bellen"),
    ("Zoë 🎭 محمد", "Zoë 🎭 محمد"),
    ("x" * 10_000, "x" * 499 + "…"),
]


@pytest.mark.parametrize(("called", "stands"), HOSTILE)
def test_a_text_stays_a_text(called, stands):
    cell = one_table([Column("Naam")], [[called]])["A2"]
    assert (cell.value, cell.data_type) == (stands, "s")


def test_hostile_names_do_no_harm_outside_tables_either():
    workbook = new_workbook(title="=1\x00", footer="&Z\x07", product="Tempo")
    sheet = workbook.sheet("=1+1")
    sheet.heading("=1+1")
    sheet.note("=2\x0b")
    read = reopen(workbook)["=1+1"]
    assert [(cell.value, cell.data_type) for cell in read["A"]] == [("=1+1", "s"), ("=2", "s")]
    assert read.oddFooter.left.text == "Page &P of &N · &&Z"


def test_numbers_dates_and_times_keep_their_kind_and_show_the_clock_of_brussels():
    row = one_table([Column(str(n)) for n in range(4)], [[12, dt.date(2026, 11, 24), dt.time(13, 30), MADE]])[
        2
    ]
    assert [cell.value for cell in row] == [
        12,
        dt.datetime(2026, 11, 24),
        dt.time(13, 30),
        dt.datetime(2026, 11, 23, 15, 30, 12, 346000),
    ]
    assert [cell.number_format for cell in row] == ["General", "dd/mm/yyyy", "hh:mm", "dd/mm/yyyy hh:mm"]


@pytest.mark.parametrize("orientation", ["portrait", "landscape"])
def test_every_sheet_prints_on_a4_as_wide_as_the_page(orientation):
    sheet = one_table(NAME_AND_CELL, [["Peter", "1.02"]], orientation)
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, orientation)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.blackAndWhite
    assert sheet.print_area == "'A1'!$A$1:$D$2"  # with a last column of nothing, up to the edge
    widths = [sheet.column_dimensions[letter].width for letter in "ABCD"]
    assert sum(widths) == pytest.approx(PAGE_WIDTHS[orientation], abs=0.1)


def test_the_head_of_the_table_is_frozen_and_repeated():
    workbook = new_workbook()
    sheet = workbook.sheet("A1")
    sheet.heading("Bewegingslijst")
    sheet.note()
    sheet.table(NAME_AND_CELL, [["Peter", "1.02"]] * 60)
    read = reopen(workbook).active
    assert (read.print_title_rows, read.freeze_panes) == ("$3:$3", "A4")


def test_no_head_is_repeated_over_a_second_table():
    workbook = new_workbook()
    sheet = workbook.sheet("A1")
    sheet.table(NAME_AND_CELL, [["Peter", "1.02"]])
    sheet.table([Column("Post")], [])
    read = reopen(workbook).active
    assert (read.print_title_rows, read.freeze_panes) == (None, None)


def test_tick_columns_stay_empty_within_thick_lines():
    sheet = one_table(NAME_AND_CELL, [["Peter", "1.02"]])
    assert sheet["C2"].value is None
    assert {sheet["C2"].border.left.style, sheet["C2"].border.bottom.style} == {"medium"}
    assert sheet["B2"].border.left.style == "thin"
    assert sheet.column_dimensions["C"].width >= 8


def test_black_on_white_in_letters_of_11_points_or_more():
    workbook = new_workbook()
    sheet = workbook.sheet("A1")
    sheet.heading("Kop")
    sheet.note("Noot", is_bold=True)
    sheet.table(NAME_AND_CELL, [["Peter", "1.02"]])
    cells = [cell for row in reopen(workbook).active.iter_rows() for cell in row if cell.value]
    assert {cell.font.name for cell in cells} == {"Liberation Sans"}
    assert min(cell.font.size for cell in cells) == 11
    assert {cell.fill.fill_type for cell in cells} == {None}
    assert {cell.font.color for cell in cells} == {None}


def test_columns_are_measured_in_the_printed_font():
    with zipfile.ZipFile(io.BytesIO(new_with_sheet().to_bytes())) as archive:
        styles = archive.read("xl/styles.xml").decode()
    assert styles.index("Liberation Sans") < styles.index("</font>")


def new_with_sheet(**facts) -> PrintedWorkbook:
    workbook = new_workbook(**facts)
    workbook.sheet("A1").note("Niets")
    return workbook


def test_a_row_with_more_values_than_columns_is_a_mistake():
    with pytest.raises(ValueError, match="more values"):
        one_table([Column("Naam")], [["Peter", "1.02"]])


def test_a_workbook_without_a_sheet_is_a_mistake():
    with pytest.raises(ValueError, match="needs a sheet"):
        new_workbook().to_bytes()


def test_a_sheet_without_anything_is_a_white_page():
    workbook = new_workbook()
    workbook.sheet("A1")
    assert reopen(workbook).active.print_area == "'A1'!$A$1"


def test_the_footer_says_which_version_and_which_page():
    footer = reopen(new_with_sheet(footer="Versie 3 & laatste")).active.oddFooter
    assert footer.left.text == "Page &P of &N · Versie 3 && laatste"
    assert not footer.right.text and not footer.center.text  # LibreOffice would print one over the other
    assert (footer.left.size, footer.left.font) == (11, "Liberation Sans,Regular")


def test_a_footer_that_begins_with_a_digit_keeps_it():
    footer = reopen(new_with_sheet(footer="23/11/2026")).active.oddFooter.left
    assert footer.text.split(" · ")[1] == "23/11/2026" and footer.size == 11


def test_a_sheet_may_have_a_footer_of_its_own_and_no_footer_is_too_long():
    workbook = new_workbook(footer="all")
    workbook.sheet("A1", footer="x" * 1000).note("a")
    footer = reopen(workbook).active.oddFooter.left.text
    page, told = footer.split(" · ")
    assert page == "Page &P of &N" and told.startswith("xxx") and len(told) == 150


# titles given, tabs
TABS = [
    (["Haren A1"], ["Haren A1"]),
    (["A", "a", "A"], ["A", "a (2)", "A (3)"]),  # tabs are the same whatever their case
    (["Post [1]: A/B\\C?*"], ["Post 1 A B C"]),
    (["'t Atelier'"], ["t Atelier"]),
    (["x" * 40, "x" * 40], ["x" * 31, "x" * 27 + " (2)"]),
    (["🎭" * 20], ["🎭" * 15]),  # two of the 31 each
    (["", "***", "\x00"], ["1", "(2)", "(3)"]),
    (["History"], ["History (2)"]),  # no tab may be called that
]


@pytest.mark.parametrize(("titles", "tabs"), TABS)
def test_tabs(titles, tabs):
    workbook = new_workbook()
    for title in titles:
        workbook.sheet(title).note("a")
    assert reopen(workbook).sheetnames == tabs


def test_the_same_content_gives_the_same_bytes():
    assert new_with_sheet().to_bytes() == new_with_sheet().to_bytes()
    assert new_with_sheet().to_bytes() != new_with_sheet(title="Other").to_bytes()


def test_the_file_names_the_product_and_nobody():
    told = reopen(new_with_sheet()).properties
    assert (told.title, told.creator, told.lastModifiedBy) == ("Lists", "Tempo", None)
    assert told.created == told.modified == MADE.replace(tzinfo=None, microsecond=0)


def test_lazy_texts_are_read_in_the_language_of_the_workbook():
    workbook = new_workbook(language="nl")
    workbook.sheet(_("Monday")).heading(_("Tuesday"))  # names of days are in Django's own catalogues
    read = reopen(workbook)
    assert (read.sheetnames, read.active["A1"].value) == (["maandag"], "dinsdag")


def test_columns_share_the_page_so_that_letters_are_not_made_smaller():
    columns = [Column("Naam"), Column("Activiteit"), Column("Waarom", width=20), Column("Weg", is_tick=True)]
    sheet = one_table(columns, [["Jean-Baptiste " * 8, "Nederlands niveau 1 " * 4]])
    widths = [sheet.column_dimensions[letter].width for letter in "ABCD"]
    assert sum(widths) <= PAGE_WIDTHS["portrait"] + 0.1
    assert sheet.row_dimensions[2].height > 40  # the long text takes several lines


def test_a_row_is_high_enough_for_a_pen_and_never_higher_than_a_program_takes():
    sheet = one_table([Column("Naam"), *[Column("Weg", is_tick=True)] * 8], [["Peter"], ["woord " * 80]])
    assert sheet.row_dimensions[2].height >= 20
    assert sheet.row_dimensions[3].height <= 409


# wanted, least, room, given
FITS = [
    ([10, 20], [5, 5], 30, [10, 20]),  # just fits
    ([10, 50], [5, 5], 40, [10, 30]),  # the widest gives
    ([30, 50], [5, 5], 40, [20, 20]),  # then both
    ([10, 50], [5, 45], 40, [5, 45]),  # down to what it needs
    ([50, 50], [50, 50], 40, [50, 50]),  # nothing to give
    ([10, 20], [5, 5], 33, [11, 22]),  # room to grow
    ([3, 3], [3, 3], 80, [4, 4]),  # by a third at most
    ([], [], 80, []),
]


@pytest.mark.parametrize(("wanted", "least", "room", "given_widths"), FITS)
def test_fit_widths(wanted, least, room, given_widths):
    assert fit_widths(wanted, least, room) == pytest.approx(given_widths, abs=0.01)


# text, width, lines
LINES = [
    ("", 10, 1),
    ("een twee", 10, 1),
    ("een twee drie", 8, 2),
    ("een\ntwee", 10, 2),
    ("x" * 25, 10, 3),  # a word that is too long is broken
    ("kort " + "x" * 18, 10, 3),
]


@pytest.mark.parametrize(("text", "width", "lines"), LINES)
def test_line_count(text, width, lines):
    assert line_count(text, width) == lines


def test_letters_differ_in_width():
    assert text_width("illi") < text_width("0000") == 4 < text_width("WWWW")
    assert text_width("naam") < text_width("naam", is_bold=True) < text_width("naam", points=15)
    assert text_width("kort\nveel langer") == text_width("veel langer")


@given(st.text(max_size=80), st.text(max_size=40))
def test_whatever_people_are_called_the_workbook_opens(name, title):
    workbook = new_workbook(title=title, footer=name)
    sheet = workbook.sheet(title)
    sheet.heading(title)
    sheet.table([Column(title), Column("Weg", is_tick=True)], [[name], [name]])
    assert len(reopen(workbook).worksheets) == 1


def test_rows_that_are_written_as_text_are_read_back_letter_by_letter():
    told = [["<b>&amp;\"'", "a\n b\nc"], ["]]>&", "ë 🎭"], [None, ""]]
    workbook = new_workbook()
    workbook.sheet("A1").table([Column("Eén"), Column("Twee")], told)
    book = openpyxl.load_workbook(io.BytesIO(workbook.to_bytes()), read_only=True)
    rows = [list(row) for row in book["A1"].iter_rows(values_only=True)]
    assert rows == [["Eén", "Twee"], *told[:2], [None, None]]


def test_each_sheet_keeps_its_own_footer_size_columns_and_head():
    """Sheets that look alike share what is written around their rows."""
    workbook = new_workbook(footer="all")
    for number, (orientation, footer) in enumerate(
        [("portrait", ""), ("landscape", ""), ("portrait", "own"), ("portrait", "")], start=1
    ):
        sheet = workbook.sheet(f"S{number}", orientation, footer)
        for _line in range(number):
            sheet.note("Noot")
        sheet.table([Column("x" * number), *[Column("Weg", is_tick=True)] * number], [["a"]] * number)
    book = reopen(workbook)
    assert [sheet.page_setup.orientation for sheet in book] == [
        "portrait",
        "landscape",
        "portrait",
        "portrait",
    ]
    assert [sheet.oddFooter.left.text.split(" · ")[1] for sheet in book] == ["all", "all", "own", "all"]
    assert [sheet.freeze_panes for sheet in book] == ["A3", "A4", "A5", "A6"]
    assert [sheet.dimensions for sheet in book] == ["A1:C3", "A1:D5", "A1:E7", "A1:F9"]
    assert [len(sheet.merged_cells.ranges) for sheet in book] == [1, 2, 3, 4]
    assert all(
        sum(one.width for one in sheet.column_dimensions.values())
        == pytest.approx(PAGE_WIDTHS[sheet.page_setup.orientation], abs=0.1)
        for sheet in book
    )
