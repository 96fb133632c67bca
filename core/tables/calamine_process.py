"""The process that reads one workbook: content on its input, JSON on its output. Started by `workbooks`.

Started bare (-I -S): it sees no Django, no setting and no address of the database.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import posixpath
import re
import resource
import sys
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any
from xml.etree import ElementTree  # the zip was searched for entities before it came here

Span = tuple[tuple[int, int], tuple[int, int]]
MEMORY = 700 * 1024 * 1024
SECONDS = 10


class Refused(Exception):
    pass


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    sys.path.append(sys.argv[1])
    content = sys.stdin.buffer.read()
    told: dict[str, Any]
    try:
        told = {"sheets": sheets(content, *map(int, sys.argv[2:5]))}
    except Refused as refused:
        told = {"refused": str(refused)}
    except BaseException as error:
        told = {"refused": "protected" if type(error).__name__ == "PasswordError" else "unreadable"}
    sys.stdout.write(json.dumps(told))


def sheets(content: bytes, most_sheets: int, most_rows: int, most_columns: int) -> list[dict[str, Any]]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    wanted = [each for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
    if len(wanted) > most_sheets:
        raise Refused("too_large")
    odd, spans = oddities(content), ods_spans(content)
    found, left = [], most_rows
    for each in wanted:
        sheet = book.get_sheet_by_name(each.name)
        if sheet.total_height > left:
            raise Refused("too_long")
        rows: list[list[Any]] = [
            row[:most_columns] for row in sheet.to_python(skip_empty_area=False, nrows=left)
        ]
        while rows and not any(value != "" for value in rows[-1]):
            rows.pop()
        left -= len(rows)
        for (row, column), kind in odd.get(each.name, {}).items():
            if row < len(rows) and column < len(rows[row]) and rows[row][column] == "":
                rows[row][column] = kind
        spread(rows, sheet.merged_cell_ranges or spans.get(each.name, []))
        hidden = each.visible != SheetVisibleEnum.Visible
        found.append({"title": each.name, "hidden": hidden, "rows": [list(map(plain, row)) for row in rows]})
    return found


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


CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*[^/>])>(.*?)</(?:\w+:)?c>", re.DOTALL)
REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')


def oddities(content: bytes) -> dict[str, dict[tuple[int, int], Odd]]:
    """Cells of an .xlsx that hold an error, or a formula without a value: the reader shows both as empty."""
    if not content.startswith(b"PK"):
        return {}
    found = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for title, part in parts(archive):
            body = archive.read(part)
            if b't="e"' in body or b"f>" in body or b"<f" in body:
                found[title] = dict(odd_cells(body))
    return found


def odd_cells(body: bytes) -> Iterator[tuple[tuple[int, int], Odd]]:
    for attributes, inner in CELL.findall(body):
        is_fault = b't="e"' in attributes
        is_formula = re.search(rb"<(?:\w+:)?f\b", inner) and not re.search(rb"<(?:\w+:)?v>[^<]", inner)
        place = REFERENCE.search(attributes)
        if place and (is_fault or is_formula):
            column = 0
            for letter in place[1]:
                column = column * 26 + letter - 64
            yield (int(place[2]) - 1, column - 1), Odd("fault" if is_fault else "formula")


def local(tag: str) -> str:
    return tag.rpartition("}")[2]


def parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    names = set(archive.namelist())
    if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
        return
    targets = {
        each.get("Id"): posixpath.normpath(posixpath.join("/xl", each.get("Target", ""))).lstrip("/")
        for each in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    }
    for each in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():  # noqa: S314
        if local(each.tag) == "sheet":
            key = next((value for name, value in each.attrib.items() if local(name) == "id"), "")
            if targets.get(key) in names:
                yield each.get("name", ""), targets[key]


def ods_spans(content: bytes) -> dict[str, list[Span]]:
    """Merged cells of an .ods, which the reader does not tell: title -> ((top, left), (bottom, right))."""
    if not content.startswith(b"PK"):
        return {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "content.xml" not in archive.namelist() or "mimetype" not in archive.namelist():
            return {}
        body = archive.read("content.xml")
    if b"number-rows-spanned" not in body:
        return {}
    found = {}
    for table in ElementTree.fromstring(body).iter():  # noqa: S314
        if local(table.tag) == "table":
            found[attribute(table, "name")] = list(table_spans(table))
    return found


def table_spans(table: ElementTree.Element) -> Iterator[Span]:
    number = 0
    for row in table.iter():
        if local(row.tag) != "table-row":
            continue
        column = 0
        for cell in row:
            down = int(attribute(cell, "number-rows-spanned") or 1)
            if down > 1:
                yield (number, column), (number + down - 1, column)
            column += int(attribute(cell, "number-columns-repeated") or 1)
        number += int(attribute(row, "number-rows-repeated") or 1)


def attribute(element: ElementTree.Element, name: str) -> str:
    return next((value for key, value in element.attrib.items() if local(key) == name), "")


if __name__ == "__main__":
    main()
