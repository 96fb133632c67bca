"""A folder of hostile files, each read in a process of its own: a clear answer, little memory, nothing written."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

MOST_MEGABYTES = 300
READ = """
import json, sys, time
import django
from django.conf import settings
django.setup()
from core.errors import PlannerError
from enrollment.domain.roster_file import read
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
}
READABLE = {
    "formulas.xlsx": (lambda: workbook(["Nr", "Naam"], ["1", "=1+1"], ["2", "Goed"]), "1 lines, 1 problems"),
    "bom.csv": (lambda: b"\xef\xbb\xbf" + f"{HEAD}1;Müller;Zoë\n".encode(), "1 lines, 0 problems"),
    "cp1252.csv": (lambda: f"{HEAD}1;Müller;Zoë\n".encode("cp1252"), "1 lines, 0 problems"),
    "mixed.csv": (
        lambda: HEAD.encode() + "1;Müller;A\n".encode() + "2;Zoë;B\n".encode("cp1252"),
        "2 lines, 0 problems",
    ),
    "duplicates.csv": (lambda: f"{HEAD}1;Aa;A\n1;Bb;B\n".encode(), "1 lines, 1 problems"),
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
