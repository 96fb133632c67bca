"""What a scanner will look for, which letters can be printed, and what an archive asks of a file."""

import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from fontTools.ttLib import TTFont

from core.paper import Column, Heading, Leaf, Paper, Table, to_pdf
from core.paper.drawing import FONTS, draw
from core.paper.letters import fit_to_print, has_letter, missing_letters
from core.paper.marks import corners
from core.paper.pages import AT_ONCE
from core.paper.widths import DIGIT, text_width
from tests.core.paper.a_sheet import CODE, MADE, sheet
from tests.printed import pages_of


def squares_of(page: np.ndarray, place: str) -> np.ndarray:
    """The inner four by four squares of a corner, true where white, at 12 dots a millimetre."""
    mm, side = page.shape[0] / 297, 9
    left = 8 if "l" in place else 210 - 8 - side
    top = 8 if "t" in place else 297 - 8 - side
    cell = side / 6
    spots = [
        [
            page[int((top + (row + 0.5) * cell) * mm), int((left + (column + 0.5) * cell) * mm)]
            for column in range(6)
        ]
        for row in range(6)
    ]
    return np.array(spots) > 128


@pytest.mark.parametrize("rows", [3, 60])
def test_each_page_of_a_sheet_says_which_it_is(rows):
    with pypdfium2.PdfDocument(to_pdf(sheet(rows))) as document:
        assert len(document) == (1 if rows == 3 else 2)
        for number, page in enumerate(document):
            dots = page.render(scale=3, grayscale=True).to_numpy().squeeze()
            assert [found.text for found in zxingcpp.read_barcodes(dots)] == [CODE]
            for place, runs in zip(("tl", "tr", "br", "bl"), corners()[number], strict=True):
                dark = np.zeros((6, 6), dtype=bool)
                for row, column, length in runs:
                    dark[row, column : column + length] = True
                assert (squares_of(dots, place) == ~dark).all(), place


def test_the_corners_differ_however_they_are_turned():
    seen = set()
    for runs in (one for page in corners() for one in page):
        grid = np.zeros((6, 6), dtype=int)
        for row, column, length in runs:
            grid[row, column : column + length] = 1
        turned = {np.rot90(grid, turn).tobytes() for turn in range(4)}
        assert not turned & seen
        seen |= turned


def test_the_list_of_letters_is_that_of_the_fonts():
    def letters(name: str) -> set[int]:
        return set.intersection(
            *(set(TTFont(FONTS / f"{name}-{weight}.ttf").getBestCmap()) for weight in ("Regular", "Bold"))
        )

    told = {number for number in letters("NotoSans") | letters("NotoSansArabic") if number >= 32}
    assert {number for number in range(32, 0x20000) if has_letter(chr(number))} >= told
    assert not [number for number in range(0x3000, 0x20000) if has_letter(chr(number)) and number not in told
                and number not in range(0xFE00, 0xFE10) and number not in (0xFEFF, *range(0xFFF9, 0xFFFC))
                and number < 0x11000]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        "Şahin, Ğülşen",
        "Țurcanu, Ștefan",
        "Łukasiewicz",
        "Nguyễn, Thị Hồng Đào",
        "Ђорђевић",
        "Παπαδόπουλος",
        "محمد الأمين",
    ],
)
def test_names_of_europe_and_beyond_are_printed_as_they_are(name):
    assert missing_letters(name) == ""
    assert to_pdf(sheet(1, name, is_kept=True))  # this standard refuses a letter without a drawing


def test_a_letter_that_no_font_has_is_a_question_mark_with_a_note():
    assert (fit_to_print("王, Li 😀"), missing_letters("王, Li 😀")) == ("?, Li ?", "王😀")
    with pypdfium2.PdfDocument(to_pdf(sheet(1, "王, Li", is_kept=True))) as document:
        told = document[0].get_textpage().get_text_bounded()
    assert "?, Li" in told and "staat voor een letter die niet gedrukt kan worden" in told


def test_what_is_kept_is_for_archives_and_is_read_aloud():
    with pikepdf.open(io.BytesIO(to_pdf(sheet(30, is_kept=True)))) as pdf:
        with pdf.open_metadata() as facts:
            told = [facts[name] for name in ("pdfaid:part", "pdfaid:conformance", "pdfuaid:part", "dc:title")]
        assert told == ["2", "A", "1", "Blad"]
        assert pdf.Root.Lang == "nl" and pdf.Root.MarkInfo.Marked
        assert pdf.Root.OutputIntents and pdf.Root.StructTreeRoot
        assert pdf.trailer.ID and "/Encrypt" not in pdf.trailer
        kinds = {str(one.get("/S")) for one in pdf.objects if isinstance(one, pikepdf.Dictionary)}
        assert {"/H1", "/Table", "/TH", "/TD"} <= kinds


def test_nothing_that_is_typed_is_read_as_source():
    hostile = '#panic("x") $1/0$ `raw` @label <label> \\ */ "] #read("/common.typ")'
    with pypdfium2.PdfDocument(to_pdf(sheet(1, hostile))) as document:
        told = document[0].get_textpage().get_text_bounded()
    assert '#panic("x")' in told and "$1/0$" in told


def test_a_paper_without_template_is_a_mistake():
    with pytest.raises(ValueError, match="no paper"):
        draw("../secret", {}, made_at=MADE)


def test_pages_need_no_program_and_no_font_of_the_machine(tmp_path):
    """In a process that finds no font, no library of the system by name and none of the former drawing programs."""
    body = to_pdf(sheet(3))
    code = (
        "import sys, ctypes.util\n"
        "ctypes.util.find_library = lambda name: None\n"
        "for name in ('weasyprint', 'cairocffi', 'pangocffi', 'fontTools'): sys.modules[name] = None\n"
        "import django; django.setup()\n"
        "from core.paper import to_pdf\n"
        "from tests.core.paper.a_sheet import sheet\n"
        "sys.stdout.buffer.write(to_pdf(sheet(3)))\n"
    )
    (tmp_path / "fonts.conf").write_text("<fontconfig></fontconfig>")
    found = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        cwd=Path(__file__).resolve().parents[3],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "planner.settings",
            "FONTCONFIG_FILE": str(tmp_path / "fonts.conf"),
            "HOME": str(tmp_path),
        },
    )
    assert found.stdout == body


def test_a_large_pile_that_is_kept_is_for_the_archive_too():
    body = to_pdf(sheet(AT_ONCE * 2, is_kept=True))
    with pikepdf.open(io.BytesIO(body)) as pdf, pdf.open_metadata() as facts:
        assert facts["pdfaid:conformance"] == "A" and pdf.Root.StructTreeRoot
    assert to_pdf(sheet(AT_ONCE * 2, is_kept=True)) == body


def test_a_fault_in_the_process_apart_is_told():
    with pytest.raises(RuntimeError, match="not drawn"):
        draw("list", {}, made_at=MADE, is_apart=True)


@pytest.mark.parametrize("is_bold", [False, True])
def test_widths_are_those_of_the_fonts(is_bold):
    font = TTFont(FONTS / f"NotoSans-{'Bold' if is_bold else 'Regular'}.ttf")
    letters, advances = font.getBestCmap(), font["hmtx"]
    for letter in "aWij0 –ŁéțЖΩ":
        drawn = advances[letters[ord(letter)]][0] * 11 / font["head"].unitsPerEm
        assert abs(text_width(letter, is_bold=is_bold) * DIGIT - drawn) < 0.02, letter


def test_a_number_is_copied_whole_however_narrow_its_column():
    number = "1000612345678901234567890"
    columns = [
        Column("Nr.", is_centred=True),
        *[Column(f"Een nogal lange kop {place}") for place in range(9)],
    ]
    table = Table(columns, [[number, *["Vandenberghe-Vandeputte"] * 9]] * 3)
    body = to_pdf(Paper("nl", "Blad", MADE, [Leaf("A", [Heading("x"), table])]))
    assert pages_of(body)[0].count(number) == 3


def test_no_break_is_hidden_in_a_column_that_is_wide_enough():
    body = to_pdf(sheet(25, name="Vandenberghe-Castelein, Jean-Pierre Alphonse"))
    assert all("\u200b" not in page and "\ufffe" not in page for page in pages_of(body))
