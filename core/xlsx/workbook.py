"""The file: its sheets, what it says of itself, its pages and its bytes."""

import datetime as dt
import itertools
import re
from collections.abc import Iterable

from django.utils.translation import gettext_lazy, override
from openpyxl import Workbook
from openpyxl.packaging.core import DocumentProperties
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.indexed_list import IndexedList
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from core.words.text import one_line
from core.xlsx.packing import packed
from core.xlsx.sheet import PAGE_WIDTHS, Orientation, Sheet, Text
from core.xlsx.typeset import FONT, POINTS, Dresser

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
A4 = 9
MAX_FOOTER = 150  # letters: with its codes a footer may have 255
MAX_TAB = 31
FORBIDDEN_IN_TABS = re.compile(r"[\[\]:*?/\\]")
_PAGE_WORDS = gettext_lazy("Page %(page)s of %(pages)s")


class PrintedWorkbook:
    """A workbook for the printer, in one `language` ("nl", "fr", "en"), in which its lazy texts are read.

    `footer` stands at the foot of every page, after "Page 1 of 2" (or other `page_words`). `made_at`
    is the only time that the file tells about itself, and `product` the only name.
    """

    def __init__(
        self,
        *,
        language: str,
        title: Text,
        made_at: dt.datetime,
        product: str = "",
        footer: Text = "",
        page_words: Text = _PAGE_WORDS,
    ) -> None:
        self.language = language
        self.footer = footer
        self.page_words = page_words
        self._sheets: list[Sheet] = []
        self._book = Workbook()
        self._dresser = Dresser(self._book)
        self._book.remove(self._book.worksheets[0])
        # The first font of a workbook is the measure of all its column widths.
        self._book._fonts = IndexedList([Font(name=FONT, size=POINTS)])
        made_at = made_at.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
        self._book.properties = DocumentProperties(
            title=self._line(title), creator=product, language=language, created=made_at, modified=made_at
        )

    def sheet(self, title: Text, orientation: Orientation = "portrait", footer: Text = "") -> Sheet:
        """A new sheet at the end. Its tab carries `title` as far as a tab can, numbered if it is taken."""
        worksheet = self._book.create_sheet(_tab_name(self._line(title), self._book.sheetnames))
        _set_page(worksheet, orientation)
        self._set_footer(worksheet, footer or self.footer)
        sheet = Sheet(room=PAGE_WIDTHS[orientation], dresser=self._dresser)
        self._sheets.append(sheet)
        return sheet

    def to_bytes(self) -> bytes:
        """The file. To be called once; raises ValueError for a workbook without a sheet."""
        if not self._sheets:
            raise ValueError("a workbook needs a sheet")
        with override(self.language):
            for worksheet, sheet in zip(self._book.worksheets, self._sheets, strict=True):
                sheet.press()
                _set_print(worksheet, sheet)
        return packed(self._book, self._sheets)

    def _line(self, text: Text, max_length: int | None = None) -> str:
        with override(self.language):
            return one_line(str(text), max_length)

    def _set_footer(self, worksheet: Worksheet, footer: Text) -> None:
        with override(self.language):
            page = str(self.page_words) % {"page": "&P", "pages": "&N"}
        told = self._line(footer, MAX_FOOTER).replace("&", "&&")
        # One part and one line: LibreOffice prints left and right across the same room, and a new line as its code.
        left = worksheet.oddFooter.left
        left.text, left.font, left.size = f"{page} · {told}" if told else page, f"{FONT},Regular", POINTS


def _set_page(worksheet: Worksheet, orientation: Orientation) -> None:
    worksheet.page_setup.paperSize = A4
    worksheet.page_setup.orientation = orientation
    worksheet.page_setup.blackAndWhite = True
    worksheet.page_setup.fitToWidth, worksheet.page_setup.fitToHeight = 1, 0
    worksheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    worksheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.4, bottom=0.8, header=0.3, footer=0.3)


def _set_print(worksheet: Worksheet, sheet: Sheet) -> None:
    """What is printed of it, and which row comes back on every page."""
    worksheet.print_area = f"A1:{get_column_letter(len(sheet.widths))}{max(len(sheet.rows), 1)}"
    if sheet.head:
        worksheet.print_title_rows = f"{sheet.head}:{sheet.head}"
        worksheet.freeze_panes = f"A{sheet.head + 1}"


def _tab_name(title: str, taken: Iterable[str]) -> str:
    r"""A name for a tab: 31 letters, none of []:*?/\, no quote at an end, not "History", none twice."""
    used = {name.casefold() for name in taken} | {"history"}
    name = " ".join(FORBIDDEN_IN_TABS.sub(" ", title).split())
    for number in itertools.count(1):
        suffix = f" ({number})" if number > 1 else ""
        found = (_cut(name.strip("' "), MAX_TAB - len(suffix)).strip("' ") + suffix).strip() or str(number)
        if found.casefold() not in used:
            break
    return found


def _cut(text: str, length: int) -> str:
    """The first letters, counted as spreadsheets do: an emoji is two."""
    return text.encode("utf-16-le")[: length * 2].decode("utf-16-le", "ignore")
