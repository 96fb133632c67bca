"""The process that reads one workbook: content on its input, JSON on its output. Started by `workbooks`.

Started bare (-I -S): it sees no Django, no setting and no address of the database.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import resource
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Span = tuple[tuple[int, int], tuple[int, int]]
MOST_LETTERS = 8_000_000
"""Of all cells together; the file itself has five megabytes, but one text may stand in every cell."""
MEMORY = 700 * 1024 * 1024
SECONDS = 10


class FileRefused(Exception):
    pass


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    sys.path += [sys.argv[1], str(Path(__file__).parents[2])]
    content = sys.stdin.buffer.read()
    told: dict[str, Any]
    try:
        told = {"sheets": sheets(content, *map(int, sys.argv[2:5]))}
    except FileRefused as refused:
        told = {"refused": str(refused)}
    except BaseException as error:
        told = {"refused": "protected" if type(error).__name__ == "PasswordError" else "unreadable"}
    sys.stdout.write(json.dumps(told))


def sheets(content: bytes, most_sheets: int, most_rows: int, most_columns: int) -> list[dict[str, Any]]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    from core.tables.cell_marks import Marks, of_workbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    wanted = [each for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
    if len(wanted) > most_sheets:
        raise FileRefused("too_large")
    known = of_workbook(content)
    found, left, letters = [], most_rows, MOST_LETTERS
    for each in wanted:
        sheet, marks = book.get_sheet_by_name(each.name), known.get(each.name, Marks())
        if sheet.total_height > left:
            raise FileRefused("too_long")
        rows: list[list[Any]] = [
            row[:most_columns] for row in sheet.to_python(skip_empty_area=False, nrows=left)
        ]
        mark(rows, marks.faults, Odd("fault"))
        mark(rows, marks.formulas, Odd("formula"))
        write(rows, marks.texts)
        while rows and not any(value != "" for value in rows[-1]):
            rows.pop()
        left -= len(rows)
        letters -= sum(len(value) for row in rows for value in row if isinstance(value, str))
        if letters < 0:
            raise FileRefused("too_large")
        spread(rows, sheet.merged_cell_ranges or marks.merged)
        found.append(
            {
                "title": each.name,
                "hidden": each.visible != SheetVisibleEnum.Visible,
                "rows": [list(map(plain, row)) for row in rows],
                "hidden_rows": sorted(row for row in marks.hidden_rows if row < len(rows)),
                "hidden_columns": sorted(marks.hidden_columns),
            }
        )
    return found


def mark(rows: list[list[Any]], places: Iterable[tuple[int, int]], odd: Odd) -> None:
    """The reader shows an error, and a formula without a value, as empty."""
    for row, column in places:
        if row < len(rows) and column < len(rows[row]) and rows[row][column] == "":
            rows[row][column] = odd


def write(rows: list[list[Any]], texts: dict[tuple[int, int], str]) -> None:
    """What a formula says in so many words, whatever the file keeps as its value."""
    for (row, column), text in texts.items():
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = text


def plain(value: Any) -> Any:
    if isinstance(value, Odd):
        return [value.kind, ""]
    if value == "":
        return None
    if isinstance(value, dt.datetime):
        return ["moment", value.isoformat()]
    if isinstance(value, dt.date):
        return ["date", value.isoformat()]
    if isinstance(value, dt.time):
        return ["time", value.isoformat()]
    if isinstance(value, (bool, int, float, str)):
        return value if value == value and value not in (float("inf"), float("-inf")) else ["fault", ""]
    return str(value)


class Odd:
    def __init__(self, kind: str) -> None:
        self.kind = kind


def spread(rows: list[list[Any]], ranges: Iterable[Span]) -> None:
    """The value of cells merged downwards counts for each row below."""
    for (top, left), (bottom, _right) in ranges:
        if bottom > top and top < len(rows) and left < len(rows[top]):
            for row in rows[top + 1 : bottom + 1]:
                if left < len(row) and row[left] == "":
                    row[left] = rows[top][left]


if __name__ == "__main__":
    main()
