"""The sheet that a school fills in on a computer and sends back. Not for the prison: title, first name, initial.

Made with openpyxl itself: it has lists to choose from and cells that cannot be typed in, which no printed
list needs.
"""

from __future__ import annotations

import datetime as dt
import io

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl import Workbook
from openpyxl.packaging.core import DocumentProperties
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.worksheet import Worksheet

from core.dates.clock import BRUSSELS
from core.words.text import one_line
from enrollment.domain.attendance.sheet_lines import HEADINGS, MARKS, FillSheet
from enrollment.models import Attendance

_FONT = "Liberation Sans"
_WIDTHS = {"key": 9, "name": 34, "mark": 44, "adults": 12, "children": 12}
_EDGE = Side("thin", "000000")
_FRAME = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)
_OPEN = {"mark", "adults", "children"}


def fill_in_sheet(sheet: FillSheet, *, language: str, made_at: dt.datetime) -> bytes:
    """The workbook, with the marks that are known already."""
    with override(language):
        book = Workbook()
        page = book.worksheets[0]
        page.title = _("Attendance")[:31]
        stamp = made_at.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
        book.properties = DocumentProperties(
            title=one_line(str(sheet.session.series)),
            creator=settings.PRODUCT_NAME,
            created=stamp,
            modified=stamp,
        )
        _head(page, sheet, made_at)
        first = page.max_row + 1
        _table(page, sheet)
        _choices(page, sheet, first + 1)
        _print_settings(page, first)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def _head(page: Worksheet, sheet: FillSheet, made_at: dt.datetime) -> None:
    session = sheet.session
    starts, ends = (at.astimezone(BRUSSELS) if at else made_at for at in (session.starts_at, session.ends_at))
    when = f"{date_format(starts, 'l j F Y')}, {starts:%H:%M}–{ends:%H:%M}"
    _text(page, 1, one_line(str(session.series)), size=15, bold=True)
    _text(page, 2, " · ".join(filter(None, [when, str(session.room or "")])), bold=True)
    _text(page, 3, _("Code: %(marker)s (leave it as it is)") % {"marker": sheet.marker})
    _text(
        page, 4, _("Choose a mark for each person, save as .xlsx and send the file back. Empty: not known.")
    )
    _text(page, 5, _("Not for the prison. Destroy the file after use."))


def _text(page: Worksheet, row: int, text: str, *, size: int = 11, bold: bool = False) -> None:
    cell = page.cell(row, 1, text)
    cell.data_type = "s"
    cell.font = Font(name=_FONT, size=size, bold=bold)
    page.row_dimensions[row].height = size * 1.5


def _table(page: Worksheet, sheet: FillSheet) -> None:
    columns, top = sheet.columns(), page.max_row + 1
    labels = {mark.value: str(mark.label) for mark in Attendance.Mark}
    for number, name in enumerate(columns, start=1):
        page.column_dimensions[chr(64 + number)].width = _WIDTHS[name]
        _cell(page, top, number, str(HEADINGS[name]), is_head=True)
    for row, line in enumerate(sheet.lines, start=top + 1):
        values = {
            "key": line.key,
            "name": line.name,
            "mark": labels.get(line.mark),
            "adults": line.adults,
            "children": line.children,
        }
        for number, name in enumerate(columns, start=1):
            _cell(page, row, number, values[name], is_open=name in _OPEN)
        page.row_dimensions[row].height = 20


def _cell(
    page: Worksheet,
    row: int,
    column: int,
    value: str | int | None,
    *,
    is_head: bool = False,
    is_open: bool = False,
) -> None:
    cell = page.cell(row, column, value)
    if isinstance(value, str):
        cell.data_type = "s"  # a name that begins with "=" is no formula
    cell.font = Font(name=_FONT, size=11, bold=is_head)
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    cell.border = _FRAME
    cell.protection = Protection(locked=not is_open)
    if is_head:
        cell.fill = PatternFill("solid", fgColor="DDDDDD")


def _choices(page: Worksheet, sheet: FillSheet, first: int) -> None:
    """A list in each cell for a mark; the words stand on a sheet of their own, since a list in a cell is short."""
    if not sheet.lines:
        return
    words = page.parent.create_sheet(_("Marks")[:31])
    for number, mark in enumerate(MARKS, start=1):
        words.cell(number, 1, str(mark.label)).font = Font(name=_FONT, size=11)
    words.sheet_state = "hidden"
    last = first + len(sheet.lines) - 1
    marks = DataValidation(
        "list", formula1=f"'{words.title}'!$A$1:$A${len(MARKS)}", allow_blank=True, showErrorMessage=True
    )
    marks.error, marks.errorTitle = _("Choose one of the marks from the list."), _("No mark")
    marks.add(f"C{first}:C{last}")
    page.add_data_validation(marks)
    if sheet.is_family:
        guests = DataValidation("whole", operator="between", formula1="0", formula2="50", allow_blank=True)
        guests.add(f"D{first}:E{last}")
        page.add_data_validation(guests)
    page.protection.sheet = True
    page.protection.formatColumns = page.protection.formatRows = False


def _print_settings(page: Worksheet, head: int) -> None:
    page.page_setup.paperSize, page.page_setup.orientation = 9, "portrait"
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.page_margins = PageMargins(left=0.4, right=0.4, top=0.4, bottom=0.7)
    page.print_title_rows = f"{head}:{head}"
    page.freeze_panes = f"A{head + 1}"
