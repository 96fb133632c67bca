"""The prison's list of 410 people, written as real programs write it: workbooks, web pages and text of every kind."""

from __future__ import annotations

import csv
import datetime as dt
import functools
import html
import io
import re
import shutil
import struct
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pandas  # type: ignore[import-untyped]
import pyexcelerate  # type: ignore[import-untyped]
import xlsxwriter  # type: ignore[import-untyped]

from core.dates import clock
from enrollment.models import Participant, Stay
from prisons.models import Prison, Unit

FILES = Path(__file__).parent / "data" / "rosters"
HEAD = ["Opsluitingsnummer", "Naam", "Voornaam", "Leefeenheid", "Cel", "Datum aankomst"]
Row = Sequence[Any]
Sheets = dict[str, list[Row]]


@functools.cache
def base() -> tuple[tuple[Any, ...], ...]:
    """Number, name, first name, unit, cell and day of arrival of everybody, as another library reads them."""
    book = openpyxl.load_workbook(FILES / "00-baseline.xlsx")
    return tuple(tuple(row) for row in book.worksheets[0].iter_rows(min_row=5, values_only=True))


def listed() -> list[Row]:
    return [HEAD, *base()]


def saved(save: Callable[[io.BytesIO], object]) -> bytes:
    out = io.BytesIO()
    save(out)
    return out.getvalue()


def by_openpyxl(rows: Iterable[Row], change: Callable[[Any], object] = lambda sheet: None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    change(book.active)
    return saved(book.save)


def by_xlsxwriter(
    sheets: Sheets, change: Callable[[Any], object] = lambda book: None, **options: Any
) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"default_date_format": "dd/mm/yyyy", **options})
    for title, rows in sheets.items():
        sheet = book.add_worksheet(title)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    change(book)
    book.close()
    return out.getvalue()


def by_pyexcelerate(rows: Iterable[Row]) -> bytes:
    book = pyexcelerate.Workbook()
    book.new_sheet("Lijst", data=[["" if value is None else value for value in row] for row in rows])
    return saved(book.save)


def by_pandas(rows: Sequence[Row], engine: str) -> bytes:
    frame = pandas.DataFrame(list(rows[1:]), columns=list(rows[0]))
    return saved(lambda out: frame.to_excel(out, index=False, engine=engine))


@functools.cache
def by_libreoffice(content: bytes, kind: str, ending: str, read_as: str = "xlsx") -> bytes:
    """What LibreOffice writes of a workbook; needs soffice."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"list.{read_as}"
        path.write_bytes(content)
        done = subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", kind,
             "--outdir", f"{folder}/out", str(path)],
            capture_output=True, timeout=120, check=True,
        )  # fmt: skip
        made = Path(folder) / "out" / f"list.{ending}"
        assert made.exists(), done.stderr
        return made.read_bytes()


HAS_LIBREOFFICE = shutil.which("soffice") is not None


def remade(content: bytes, changes: dict[str, Callable[[bytes], bytes]]) -> bytes:
    """The same zip with some of its parts changed; "*" changes every XML part."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = old.read(name)
            if "*" in changes and name.endswith((".xml", ".rels")):
                body = changes["*"](body)
            new.writestr(name, changes[name](body) if name in changes else body)
    return out.getvalue()


def strict(content: bytes) -> bytes:
    """As Excel saves "Strict Open XML Spreadsheet": other names, and days as text of the calendar."""

    def renamed(body: bytes) -> bytes:
        for old, new in (
            (b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"),
            (b"http://schemas.openxmlformats.org/officeDocument/2006/", b"http://purl.oclc.org/ooxml/officeDocument/"),
            (b"http://schemas.openxmlformats.org/drawingml/2006/main", b"http://purl.oclc.org/ooxml/drawingml/main"),
        ):  # fmt: skip
            body = body.replace(old, new)
        return re.sub(rb"<workbook ", b'<workbook conformance="strict" ', body)

    return remade(content, {"*": renamed})


def dates_of_the_calendar(content: bytes) -> bytes:
    """Days as t="d" with ISO 8601, as the strict kind allows."""

    def changed(body: bytes) -> bytes:
        def day(found: re.Match[bytes]) -> bytes:
            at = dt.datetime(1899, 12, 30) + dt.timedelta(days=float(found[2]))
            return b'<c %s t="d"><v>%s</v></c>' % (found[1], at.isoformat().encode())

        return re.sub(rb'<c ([^>]*s="\d+"[^>]*?)(?: t="n")?><v>(4[5-6]\d{3}(?:\.0)?)</v></c>', day, body)

    return remade(content, {"xl/worksheets/sheet1.xml": changed})


def by_text(rows: Iterable[Row], encoding: str, sign: str = ";", *, end: str = "\r\n", mark: bytes = b"",
            quoting: Any = csv.QUOTE_MINIMAL) -> bytes:  # fmt: skip
    out = io.StringIO()
    writer = csv.writer(out, delimiter=sign, lineterminator=end, quoting=quoting)
    writer.writerows([[as_text(value) for value in row] for row in rows])
    return mark + out.getvalue().encode(encoding)


def as_text(value: Any) -> Any:
    return f"{value:%d/%m/%Y}" if isinstance(value, dt.date) else value


def web_row(row: Row, cell: str = "td") -> str:
    return "<tr>" + "".join(f"<{cell}>{html.escape(str(as_text(v) or ''))}</{cell}>" for v in row) + "</tr>"


def by_web(rows: Sequence[Row], before: str = "<html><body>") -> str:
    return f"{before}<table>{web_row(rows[0], 'th')}{''.join(map(web_row, rows[1:]))}</table></body></html>"


ERRORS_OF_XLSB = {"#N/A": 0x2A, "#REF!": 0x17}


def by_xlsb(sheets: Sheets, *, hidden: Sequence[str] = (), merged: Iterable[tuple[int, int, int]] = (),
            date_1904: bool = False) -> bytes:  # fmt: skip
    """The binary workbook (BIFF12), by hand: no program here writes it. `merged`: first row, last row, column."""
    out = io.BytesIO()
    titles = list(sheets)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        kinds = "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.bin" '
            'ContentType="application/vnd.ms-excel.worksheet"/>'
            for n, _title in enumerate(titles, 1)
        )
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Override PartName="/xl/workbook.bin" '
            f'ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>{kinds}</Types>',
        )
        relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        archive.writestr(
            "_rels/.rels", _relations([("rId1", f"{relation}/officeDocument", "xl/workbook.bin")])
        )
        archive.writestr(
            "xl/_rels/workbook.bin.rels",
            _relations(
                [
                    (f"rId{n}", f"{relation}/worksheet", f"worksheets/sheet{n}.bin")
                    for n, _t in enumerate(titles, 1)
                ]
            ),
        )
        book = [_record(131, b""), _record(153, struct.pack("<II", int(date_1904), 0) + _wide(""))]
        book.append(_record(143, b""))
        for number, title in enumerate(titles, 1):
            state = 1 if title in hidden else 0
            book.append(
                _record(156, struct.pack("<II", state, number) + _wide(f"rId{number}") + _wide(title))
            )
        archive.writestr("xl/workbook.bin", b"".join([*book, _record(144, b""), _record(132, b"")]))
        for number, rows in enumerate(sheets.values(), 1):
            archive.writestr(f"xl/worksheets/sheet{number}.bin", _xlsb_sheet(rows, merged))
    return out.getvalue()


def _relations(rows: Iterable[tuple[str, str, str]]) -> str:
    inner = "".join(f'<Relationship Id="{key}" Type="{kind}" Target="{to}"/>' for key, kind, to in rows)
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inner}</Relationships>'


def _xlsb_sheet(rows: Sequence[Row], merged: Iterable[tuple[int, int, int]]) -> bytes:
    width = max(len(row) for row in rows)
    parts = [
        _record(129, b""),
        _record(148, struct.pack("<IIII", 0, len(rows) - 1, 0, width - 1)),
        _record(145, b""),
    ]
    for number, row in enumerate(rows):
        parts.append(_record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0, 0, 0)))
        for column, value in enumerate(row):
            at = struct.pack("<II", column, 0)
            if value in ERRORS_OF_XLSB:
                parts.append(_record(3, at + bytes([ERRORS_OF_XLSB[value]])))
            elif isinstance(value, (int, float)):
                parts.append(_record(5, at + struct.pack("<d", value)))
            elif value is not None:
                parts.append(_record(6, at + _wide(str(as_text(value)))))
    parts.append(_record(146, b""))
    ranges = list(merged)
    if ranges:
        parts.append(_record(177, struct.pack("<I", len(ranges))))
        parts += [_record(176, struct.pack("<IIII", top, bottom, at, at)) for top, bottom, at in ranges]
        parts.append(_record(178, b""))
    return b"".join([*parts, _record(130, b"")])


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _record(kind: int, body: bytes) -> bytes:
    first = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, length = len(body), b""
    while True:
        length += bytes([size & 0x7F | (0x80 if size > 127 else 0)])
        size >>= 7
        if not size:
            return first + length + body


def settled(prison: Prison, rows: Iterable[Row]) -> Prison:
    """Everybody of these rows stays here, and the prison has read a list before."""
    rows = list(rows)
    units = {code: Unit.objects.create(prison=prison, code=code) for code in sorted({row[3] for row in rows})}
    people = Participant.objects.bulk_create(
        (Participant(last_name=row[1], first_name=row[2]) for row in rows), batch_size=300
    )
    Stay.objects.bulk_create(
        (
            Stay(
                participant=person, prison=prison, unit=units[row[3]], cell=row[4], register_number=row[0],
                starts_on=dt.date(2026, 1, 5),
            )
            for person, row in zip(people, rows, strict=True)
        ),
        batch_size=300,
    )  # fmt: skip
    prison.roster_as_of = clock.now() - dt.timedelta(days=1)
    prison.save(update_fields=["roster_as_of"])
    return prison


def opened(row: int, closed: int | None = None, rows: Sequence[Row] | None = None, sign: str = ";") -> bytes:
    """Text with a quotation mark before the name on one row, closed behind the name on another, or never."""
    lines = [sign.join(str(as_text(value) or "") for value in each) for each in rows or listed()]
    lines[row] = lines[row].replace(sign, sign + '"', 1)
    if closed is not None:
        parts = lines[closed].split(sign)
        lines[closed] = sign.join([parts[0], parts[1] + '"', *parts[2:]])
    return "\r\n".join(lines).encode()


def shifted(rows: Sequence[Row], places: Iterable[int], by: int) -> list[Row]:
    """These rows slipped to the right, or to the left where `by` is below zero: what falls off is lost."""
    chosen = set(places)
    return [
        ([None] * by + list(row) if by > 0 else list(row)[-by:]) if place in chosen else row
        for place, row in enumerate(rows)
    ]


def beside(rows: Sequence[Row], count: int, gap: Row = (None,)) -> list[Row]:
    """The last `count` people stand in a second block to the right, under headings of their own."""
    left, right = rows[:-count], rows[-count:]
    lines = [[*row, *gap, *other] for row, other in zip(left, [rows[0], *right], strict=False)]
    return [*lines, *left[len(lines) :]]
