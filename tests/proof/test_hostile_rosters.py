"""A folder of hostile files, each read in a process of its own: a clear answer, little memory, nothing written."""

import io
import json
import random
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from tests.rosters import by_xlsb

MOST_MEGABYTES = 300
READ = """
import json, sys, time
import django
from django.conf import settings
django.setup()
from core.errors import PlannerError
from enrollment.domain.roster.roster_workbook import read
before = time.process_time()
name, body = sys.argv[1], open(sys.argv[1], "rb").read()
try:
    found = read(name, body)
    said = f"{len(found.lines)} lines, {len(found.problems)} problems"
except PlannerError as error:
    said = str(error)
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) // 1024
print(json.dumps({"said": said, "seconds": time.process_time() - before, "megabytes": peak}))
"""
HEAD = "Nr;Naam;Voornaam\n"
PARTS = {
    "[Content_Types].xml": "<Types/>",
    "xl/workbook.xml": "<workbook/>",
}


def zipped(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (PARTS | files).items():
            archive.writestr(name, content)
    return out.getvalue()


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_sheet(body):
    """A workbook that is right but for its sheet."""
    good = zipfile.ZipFile(io.BytesIO(workbook(["Nr", "Naam"], ["1", "A"])))
    return zipped(
        **({name: good.read(name) for name in good.namelist()} | {"xl/worksheets/sheet1.xml": body})
    )


def million_rows():
    cell = '<c t="inlineStr"><is><t>Nr Naam</t></is></c>'
    rows = f"<row>{cell}{cell}</row>" * 1_000_000
    name = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return with_sheet(f'<worksheet xmlns="{name}"><sheetData>{rows}</sheetData></worksheet>')


def laughing():
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    body = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{lol}]><worksheet>&l11;</worksheet>'
    return with_sheet(body)


def ods(body, mimetype="application/vnd.oasis.opendocument.spreadsheet", **more):
    parts = {"mimetype": mimetype, "content.xml": body, "META-INF/manifest.xml": "<manifest/>"}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (parts | more).items():
            archive.writestr(name, content)
    return out.getvalue()


OPEN = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
)
SHUT = "</office:spreadsheet></office:body></office:document-content>"
CELL = '<table:table-cell office:value-type="string"{}><text:p>{}</text:p></table:table-cell>'


def ods_table(rows):
    return ods(f'{OPEN}<table:table table:name="a">{rows}</table:table>{SHUT}')


def repeated(rows, columns):
    cell = CELL.format(f' table:number-columns-repeated="{columns}"', "Nr Naam")
    return ods_table(f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>')


def nested_ods():
    return ods_table("<table:table-row><table:table-cell><table:table>" * 100_000)


def spanned_ods():
    cell = CELL.format(' table:number-rows-spanned="999999999"', "A")
    return ods_table(f"<table:table-row>{cell * 50_000}</table:table-row>" * 20)


def laughing_ods():
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    return ods(f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{lol}]>{OPEN}&l11;{SHUT}')


KEPT = Path(__file__).parents[1] / "data" / "rosters"


def good_xls():
    return bytearray((KEPT / "14-xls-by-libreoffice.xls").read_bytes())


def xls_with(change):
    content = good_xls()
    change(content)
    return bytes(content)


def chain_bites_its_tail(content):
    """Every sector is followed by itself."""
    first = struct.unpack_from("<I", content, 76)[0]
    for number in range(128):
        struct.pack_into("<I", content, (first + 1) * 512 + 4 * number, number)


def folder_bites_its_tail(content):
    place = struct.unpack_from("<I", content, 48)[0]
    first = struct.unpack_from("<I", content, 76)[0]
    struct.pack_into("<I", content, (first + 1) * 512 + 4 * place, place)


def table_of_tables_without_end(content):
    struct.pack_into("<II", content, 68, 1, 0xFFFFFF)
    struct.pack_into("<I", content, (1 + 1) * 512 + 508, 1)


def counts_are_lies(content):
    """The table of texts says that it holds four thousand million."""
    place = bytes(content).find(b"\xfc\x00")
    while place > 0:
        struct.pack_into("<II", content, place + 4, 0xFFFFFFFF, 0xFFFFFFFF)
        place = bytes(content).find(b"\xfc\x00", place + 1)


def far_cells_xls(content):
    """Rows say that they are the last ones."""
    place = bytes(content).find(b"\x08\x02\x10\x00")
    while place > 0:
        struct.pack_into("<HHH", content, place + 4, 65535, 0, 65535)
        place = bytes(content).find(b"\x08\x02\x10\x00", place + 1)


def one_text_everywhere():
    """A shared text of 32 kB in every cell of 20,000 rows."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet, words = book.add_worksheet(), "Nr Naam " * 4000
    for row in range(2000):
        for column in range(50):
            sheet.write_string(row, column, words)
    book.close()
    return out.getvalue()


def broken_xlsb(change):
    good = zipfile.ZipFile(io.BytesIO(by_xlsb({"a": [["Nr", "Naam"], ["1", "A"]]})))
    parts = {name: good.read(name) for name in good.namelist()}
    parts["xl/worksheets/sheet1.bin"] = change(parts["xl/worksheets/sheet1.bin"])
    return zipped_alone(parts)


def zipped_alone(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def far_xlsb(body):
    """The sheet says that it has a million rows of 16,384 cells."""
    return body.replace(struct.pack("<IIII", 0, 1, 0, 1), struct.pack("<IIII", 0, 1048575, 0, 16383))


WEB = b"<html><table><tr><td>Nr<td>Naam"
FILES = {
    "empty.csv": lambda: b"",
    "password.xlsx": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 5000,
    "zeros.xlsx": lambda: zipped(**{"xl/worksheets/sheet1.xml": b"\x00" * 200_000_000}),
    "spaces.xlsx": lambda: zipped(**{"xl/sharedStrings.xml": b" " * 200_000_000}),
    "laughing.xlsx": laughing,
    "macros.xlsm": lambda: zipped(**{"xl/vbaProject.bin": b"x"}),
    "columns.csv": lambda: b"Kleur;Smaak\nrood;zoet\n",
    "million.csv": lambda: (HEAD + "1;A;B\n" * 700_000).encode(),
    "million.xlsx": million_rows,
    "binary.xlsx": lambda: bytes(range(256)) * 4000,
    "quote.csv": lambda: HEAD.encode() + b'"' + b"x" * 4_500_000,
    "zeros.ods": lambda: ods(b"\x00" * 200_000_000),
    "spaces.ods": lambda: ods(OPEN + " " * 200_000_000 + SHUT),
    "laughing.ods": laughing_ods,
    "nested.ods": nested_ods,
    "rows-repeated.ods": lambda: repeated(1_048_576, 1),
    "columns-repeated.ods": lambda: repeated(1, 999_999_999),
    "all-repeated.ods": lambda: repeated(1_048_576, 16_384),
    "rows-without-end.ods": lambda: repeated(10**18, 16_384),
    "spanned.ods": spanned_ods,
    "truncated.ods": lambda: (KEPT / "14-ods-by-libreoffice.ods").read_bytes()[:20_000],
    "text.ods": lambda: ods(OPEN + SHUT, mimetype="application/vnd.oasis.opendocument.text"),
    "two-kinds.ods": lambda: ods(OPEN + SHUT, **PARTS),
    "empty.ods": lambda: ods(""),
    "truncated.xls": lambda: bytes(good_xls()[:20_000]),
    "head-alone.xls": lambda: bytes(good_xls()[:512]),
    "tail.xls": lambda: xls_with(chain_bites_its_tail),
    "folder.xls": lambda: xls_with(folder_bites_its_tail),
    "tables.xls": lambda: xls_with(table_of_tables_without_end),
    "texts.xls": lambda: xls_with(counts_are_lies),
    "magic.xls": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + workbook(["Nr", "Naam"], ["1", "A"]),
    "noise.xls": lambda: bytes(good_xls()[:512]) + random.Random(1).randbytes(4_000_000),
    "one-text.xlsx": one_text_everywhere,
    "truncated.xlsx": lambda: workbook(["Nr", "Naam"], ["1", "A"])[:3000],
    "lengths.xlsb": lambda: broken_xlsb(lambda body: body[:40] + b"\xff\xff\xff\x7f" * 50),
    "far.xlsb": lambda: broken_xlsb(lambda body: far_xlsb(body)[:60]),
    "one-line.csv": lambda: b"x" * 5_000_000,
    "separators.csv": lambda: b";" * 5_000_000,
    "quotes.csv": lambda: b'"' * 5_000_000,
    "dashes.csv": lambda: b"-" * 4_900_000 + b"x",
    "zeros.csv": lambda: b"\x00" * 4_000_000,
    "newlines.csv": lambda: b"\n" * 5_000_000,
    "mark-alone.csv": lambda: b"\xff\xfe",
    "half-a-letter.csv": lambda: b"\xff\xfe" + HEAD.encode("utf-16-le")[:-1],
    "comments.htm": lambda: b"<!---->" * 560 + b"x",
    "comment-without-end.htm": lambda: WEB + b"<!--" * 1_200_000,
    "tags-without-end.htm": lambda: WEB + b"<a " * 1_600_000,
    "declarations.htm": lambda: WEB + b"<!" * 2_400_000,
    "sections.htm": lambda: WEB + b"<![CDATA[" * 500_000,
    "end-tags.htm": lambda: WEB + b"</" * 2_400_000,
    "questions.htm": lambda: WEB + b"<?" * 2_400_000,
    "script.htm": lambda: WEB + b"<script>" + b"</" * 2_400_000,
    "quoted.htm": lambda: WEB + b"<td x='" + b'<td x="' * 600_000,
    "nested.htm": lambda: b"<table><tr><td>" * 300_000,
    "spans.htm": lambda: b"<table>" + b"<tr>" + b"<td rowspan=2000 colspan=2000>x" * 150_000,
    "entities.htm": lambda: WEB + b"<tr><td>1<td>" + b"&amp;" * 900_000,
    "rows.htm": lambda: b"<table>" + b"<tr><td>x" * 500_000,
}
READABLE = {
    "far.xls": (lambda: xls_with(far_cells_xls), "410 lines, 0 problems"),
    "parens.csv": (
        lambda: (
            b"Nr;Naam;Voornaam;Leefeenheid\n"
            + b"".join(b"%d;A;B;%s\n" % (n, b"(" * 900) for n in range(4900))
        ),
        "4900 lines, 0 problems",
    ),
    "formulas.xlsx": (lambda: workbook(["Nr", "Naam"], ["1", "=1+1"], ["2", "Goed"]), "1 lines, 1 problems"),
    "bom.csv": (lambda: b"\xef\xbb\xbf" + f"{HEAD}1;Müller;Zoë\n".encode(), "1 lines, 0 problems"),
    "cp1252.csv": (lambda: f"{HEAD}1;Müller;Zoë\n".encode("cp1252"), "1 lines, 0 problems"),
    "mixed.csv": (
        lambda: HEAD.encode() + "1;Müller;A\n".encode() + "2;Zoë;B\n".encode("cp1252"),
        "2 lines, 0 problems",
    ),
    "duplicates.csv": (lambda: f"{HEAD}1;Aa;A\n1;Bb;B\n".encode(), "2 lines, 0 problems"),
}


def read(folder: Path, name: str, content: bytes) -> dict[str, object]:
    path = folder / name
    path.write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path)],
        capture_output=True, text=True, timeout=60, check=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    told: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    print(name, told)
    return told


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_in_words(tmp_path, name):
    told = read(tmp_path, name, FILES[name]())
    assert len(str(told["said"])) > 15 and " lines, " not in str(told["said"])
    assert told["megabytes"] < MOST_MEGABYTES and told["seconds"] < 10


@pytest.mark.parametrize("name", READABLE)
def test_an_odd_file_is_read_line_by_line(tmp_path, name):
    make, said = READABLE[name]
    assert read(tmp_path, name, make())["said"] == said
