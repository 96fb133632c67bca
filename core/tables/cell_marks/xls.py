"""Cells of an old .xls: records in a stream, which lies in sectors of a container (a small file system)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from core.tables.cell_marks import MOST_COLUMNS, MOST_ROWS, Marks

_SHEET, _END, _ROW, _COLUMNS, _FORMULA, _ERROR = 0x85, 0x0A, 0x208, 0x7D, 0x06, 0x205
_NO_SECTOR = 0xFFFFFFFA
"""This number and those above it name no sector."""


def marks(content: bytes) -> dict[str, Marks]:
    """Title -> marks; nothing for what is no such container, or of a time before Excel 97."""
    try:
        book = _stream(content, ("Workbook", "Book"))
    except (struct.error, IndexError, ValueError):
        return {}
    found = {}
    for kind, body, _place in _records(book, 0):
        if kind == _SHEET and len(body) > 8:
            (start,) = struct.unpack_from("<I", body)
            found[_title(body[6:])] = _of_sheet(book, start)
        elif kind == _END:
            break
    return found


def _title(body: bytes) -> str:
    text = body[2:]
    return text.decode("utf-16-le" if body[1] & 1 else "latin-1", errors="replace")


def _of_sheet(book: bytes, start: int) -> Marks:
    found, depth = Marks(), 0
    for kind, body, _place in _records(book, start):
        depth += (kind == 0x809) - (kind == _END)
        if depth < 1:
            break
        if kind == _ROW and len(body) >= 14 and body[12] & 0x20:
            found.hide_rows(struct.unpack_from("<H", body)[0], 1)
        elif kind == _COLUMNS and len(body) >= 10 and body[8] & 1:
            first, last = struct.unpack_from("<HH", body)
            found.hide_columns(first, last - first + 1)
        elif (kind == _ERROR and len(body) >= 8 and body[7]) or (
            kind == _FORMULA and len(body) >= 14 and body[12:14] == b"\xff\xff" and body[6] == 2
        ):
            _add(found, body)
    return found


def _add(found: Marks, body: bytes) -> None:
    row, column = struct.unpack_from("<HH", body)
    if row < MOST_ROWS and column < MOST_COLUMNS:
        found.faults.add((row, column))


def _records(book: bytes, place: int) -> Iterator[tuple[int, bytes, int]]:
    while place + 4 <= len(book):
        kind, size = struct.unpack_from("<HH", book, place)
        yield kind, book[place + 4 : place + 4 + size], place
        place += 4 + size


def _stream(content: bytes, names: tuple[str, ...]) -> bytes:
    """The bytes of a stream of the container, by its name."""
    shift, small_shift = struct.unpack_from("<HH", content, 30)
    first_of_folder, _signature, least, first_small = struct.unpack_from("<IIII", content, 48)
    if shift not in (9, 12) or small_shift != 6:
        raise ValueError("no such container")
    size = 1 << shift
    table = _table(content, size)
    folder = _chain(content, table, first_of_folder, size, offset=size)
    entries = [folder[place : place + 128] for place in range(0, len(folder) - 127, 128)]
    for entry in entries:
        length = struct.unpack_from("<H", entry, 64)[0]
        if entry[: max(length - 2, 0)].decode("utf-16-le", errors="replace") in names:
            start, total = struct.unpack_from("<II", entry, 116)
            if total >= least:
                return _chain(content, table, start, size, offset=size)[:total]
            small = _chain(content, table, first_small, size, offset=size)
            numbers = list(struct.unpack(f"<{len(small) // 4}I", small[: len(small) // 4 * 4]))
            inner = _chain(content, table, struct.unpack_from("<I", entries[0], 116)[0], size, offset=size)
            return _chain(inner, numbers, start, 64, offset=0)[:total]
    raise ValueError("no workbook in it")


def _table(content: bytes, size: int) -> list[int]:
    """Sector -> the sector that follows."""
    count = struct.unpack_from("<I", content, 44)[0]
    lists = list(struct.unpack_from("<109I", content, 76))
    following = struct.unpack_from("<I", content, 68)[0]
    seen: set[int] = set()
    while following < _NO_SECTOR and following not in seen:
        seen.add(following)
        more = struct.unpack_from(f"<{size // 4}I", content, (following + 1) * size)
        lists += more[:-1]
        following = more[-1]
    table: list[int] = []
    for sector in lists[: min(count, len(content) // size + 1)]:
        if sector < _NO_SECTOR:
            table += struct.unpack_from(f"<{size // 4}I", content, (sector + 1) * size)
    return table


def _chain(content: bytes, table: list[int], sector: int, size: int, *, offset: int) -> bytes:
    """The sectors from this one on, one behind the other; a chain that bites its tail ends there."""
    found, seen = [], set()
    while sector < len(table) and sector not in seen:
        seen.add(sector)
        found.append(content[sector * size + offset : (sector + 1) * size + offset])
        sector = table[sector]
    return b"".join(found)
