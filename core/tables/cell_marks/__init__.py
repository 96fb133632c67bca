"""What the library that reads workbooks does not tell of their cells: errors, formulas without a value, merged
cells of some kinds, hidden rows and columns. Runs in the process that reads one workbook; imports no Django.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from io import BytesIO

MOST_ROWS = 20_000
MOST_COLUMNS = 60
Place = tuple[int, int]
"""Row and column, counted from 0."""


@dataclass
class Marks:
    """Of one sheet."""

    faults: set[Place] = field(default_factory=set)
    formulas: set[Place] = field(default_factory=set)
    """Formulas of which the file keeps no value."""
    texts: dict[Place, str] = field(default_factory=dict)
    """Formulas that are one text, as ="2169": programs that work nothing out keep 0 as their value."""
    merged: list[tuple[Place, Place]] = field(default_factory=list)
    """First and last cell of each area."""
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)

    def merge(self, first: Place, last: Place) -> None:
        if last[0] > first[0] and first[0] < MOST_ROWS and first[1] < MOST_COLUMNS:
            self.merged.append((first, last))

    def hide_rows(self, first: int, count: int) -> None:
        self.hidden_rows.update(range(first, min(first + count, MOST_ROWS)))

    def hide_columns(self, first: int, count: int) -> None:
        self.hidden_columns.update(range(first, min(first + count, MOST_COLUMNS)))


def of_workbook(content: bytes) -> dict[str, Marks]:
    """Title of the sheet -> what is to be known of its cells."""
    from core.tables.cell_marks import ods, xls, xlsb, xlsx

    if not content.startswith(b"PK"):
        return xls.marks(content)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = set(archive.namelist())
        if "content.xml" in names:
            return ods.marks(archive.read("content.xml"))
        if "xl/workbook.bin" in names:
            return xlsb.marks(archive)
        return xlsx.marks(archive) if "xl/workbook.xml" in names else {}
