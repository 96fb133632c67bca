"""Cells of an .xlsb: records of a kind, a length and a body."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator

from core.tables.cell_marks import MOST_COLUMNS, MOST_ROWS, Marks
from core.tables.cell_marks.parts import targets

_ROW, _CELL_ERROR, _FORMULA_ERROR, _COLUMN, _SHEET, _MERGED = 0, 3, 11, 60, 156, 176


def marks(archive: zipfile.ZipFile) -> dict[str, Marks]:
    names, parts = set(archive.namelist()), targets(archive, "xl/_rels/workbook.bin.rels")
    found = {}
    for kind, body in _records(archive.read("xl/workbook.bin")):
        if kind == _SHEET and len(body) >= 12:
            key, rest = _text(body, 8)
            title, _rest = _text(body, rest)
            if parts.get(key) in names:
                found[title] = _of_sheet(archive.read(parts[key]))
    return found


def _of_sheet(content: bytes) -> Marks:
    found, row = Marks(), 0
    for kind, body in _records(content):
        if kind == _ROW and len(body) >= 12:
            (row,) = struct.unpack_from("<I", body)
            if body[11] & 0x10:
                found.hide_rows(row, 1)
        elif kind in (_CELL_ERROR, _FORMULA_ERROR) and len(body) >= 4:
            (column,) = struct.unpack_from("<I", body)
            if row < MOST_ROWS and column < MOST_COLUMNS:
                found.faults.add((row, column))
        elif kind == _COLUMN and len(body) >= 18:
            first, last = struct.unpack_from("<II", body)
            if body[16] & 1:
                found.hide_columns(first, last - first + 1)
        elif kind == _MERGED and len(body) >= 16:
            top, bottom, left, right = struct.unpack_from("<IIII", body)
            found.merge((top, left), (bottom, right))
    return found


def _records(content: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place + 1 < len(content):
        kind = content[place]
        place += 1
        if kind & 0x80:
            kind = kind & 0x7F | (content[place] & 0x7F) << 7
            place += 1
        size = shift = 0
        while place < len(content) and shift < 28:
            byte = content[place]
            place += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        yield kind, content[place : place + size]
        place += size


def _text(body: bytes, place: int) -> tuple[str, int]:
    (length,) = struct.unpack_from("<I", body, place)
    end = place + 4 + 2 * length
    return body[place + 4 : end].decode("utf-16-le", errors="replace"), end
