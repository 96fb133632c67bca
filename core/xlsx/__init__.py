"""Workbooks that are printed: A4, black and white, large enough to read and to tick by hand.

A `PrintedWorkbook` is filled from top to bottom and saved once. Texts stay texts (a name that begins with "="
is no formula), widths follow what stands in the columns, and the same content gives the same bytes.

    workbook = PrintedWorkbook(language="nl", title=_("Movement list"), made_at=now, footer=_("Version 3"))
    sheet = workbook.sheet("Haren A", "landscape")
    sheet.heading(_("Movement list of Tuesday 24 November 2026"))
    sheet.note(_("Cells as of 23 November 2026, 15:00"))
    sheet.table([Column(_("Name")), Column(_("Cell"), is_centred=True), Column(_("Out"), is_tick=True)], rows)
    body = workbook.to_bytes()
"""

from core.xlsx.sheet import Column, Sheet
from core.xlsx.workbook import CONTENT_TYPE, PrintedWorkbook

__all__ = ["CONTENT_TYPE", "Column", "PrintedWorkbook", "Sheet"]
