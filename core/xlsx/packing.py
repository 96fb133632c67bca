"""The archive, in which every sheet is what openpyxl writes around its rows, and the rows as they were pressed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from core.xlsx.sheet import Sheet

FIXED_TIME = (1980, 1, 1, 0, 0, 0)
NO_SIZE, NO_ROWS = '<dimension ref="A1:A1"/>', "<sheetData></sheetData>"


def packed(book: Workbook, sheets: Sequence[Sheet]) -> bytes:
    """The file: the worksheets of `book` with what was pressed into `sheets`, in the same order."""
    saved = io.BytesIO()
    with _Timeless(saved, "w", zipfile.ZIP_DEFLATED) as archive:
        _BookWriter(book, archive, sheets).save()
    return saved.getvalue()


class _Timeless(zipfile.ZipFile):
    """An archive with one fixed time on all its parts, so that equal workbooks are equal bytes."""

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_how: Any, **_ways: Any) -> None:
        part = zipfile.ZipInfo(getattr(zinfo_or_arcname, "filename", zinfo_or_arcname), FIXED_TIME)
        part.compress_type = zipfile.ZIP_DEFLATED
        super().writestr(part, data)


class _BookWriter(ExcelWriter):
    """openpyxl's own, but for the sheets."""

    def __init__(self, book: Workbook, archive: zipfile.ZipFile, sheets: Sequence[Sheet]) -> None:
        super().__init__(book, archive)
        self._pressed = dict(zip(book.worksheets, sheets, strict=True))
        self._frames: dict[tuple[Any, ...], tuple[str, str, str]] = {}

    def write_worksheet(self, ws: Worksheet) -> None:
        before, between, behind = self._frame(ws)
        sheet = self._pressed[ws]
        parts = [
            before, f'<dimension ref="{sheet.size}"/>', between, _columns(sheet.widths),
            "<sheetData>", *sheet.rows, "</sheetData>", _merged(sheet.merged), behind,
        ]  # fmt: skip
        self._archive.writestr(ws.path[1:], "".join(parts))
        self.manifest.append(ws)

    def _frame(self, ws: Worksheet) -> tuple[str, str, str]:
        """What stands before the size, between it and the columns, and behind the rows: most sheets share it."""
        shared = ws.page_setup.orientation, ws.oddFooter.left.text, ws.freeze_panes
        if shared not in self._frames:
            out = io.BytesIO()
            WorksheetWriter(ws, out).write()
            before, _size, rest = out.getvalue().decode().partition(NO_SIZE)
            between, _rows, behind = rest.partition(NO_ROWS)
            self._frames[shared] = before, between, behind
        return self._frames[shared]


def _columns(widths: Sequence[float]) -> str:
    told = [
        f'<col min="{number}" max="{number}" width="{round(width, 2)}" customWidth="1"/>'
        for number, width in enumerate(widths, start=1)
    ]
    return f"<cols>{''.join(told)}</cols>"


def _merged(ranges: Sequence[str]) -> str:
    """Without the empty cells and frames that openpyxl would make for each."""
    told = "".join(f'<mergeCell ref="{one}"/>' for one in ranges)
    return f'<mergeCells count="{len(ranges)}">{told}</mergeCells>' if ranges else ""
