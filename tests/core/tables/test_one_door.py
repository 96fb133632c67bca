"""Every file that somebody sends goes through one door with one set of limits: core/tables/reading.py."""

import ast
import io
import zipfile
from pathlib import Path

import pytest

from core.errors import PlannerError
from core.tables import pasted
from enrollment.domain.attendance import sheet_file
from enrollment.domain.roster import roster_workbook

ROOT = Path(__file__).resolve().parents[3]
APPS = ("core", "prisons", "rooms", "sessions", "enrollment", "planner")
PARSERS = {"python_calamine", "xlrd", "pyexcel", "pandas", "odf"}
READERS = {"load_workbook"}
TAKE_FILES = {
    "prisons/signing_in/carried.py",  # says only that one was there: no file is carried along
    "prisons/middleware/once.py",  # compares names and sizes of what was sent twice
    "enrollment/views/roster.py",
    "enrollment/views/sheet_files.py",
    "rooms/views/pasting.py",
    "rooms/forms.py",
}


def modules():
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def imported(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]
            yield from (alias.name for alias in node.names)


def test_only_the_door_knows_how_to_read_a_workbook():
    outside = {
        name
        for name, text in modules()
        if not name.startswith("core/tables/") and (PARSERS | READERS) & set(imported(text))
    }
    assert outside == set()


def test_who_takes_a_file_is_known_and_measures_it_first():
    takes = {name for name, text in modules() if "request.FILES" in text or "FileField(" in text}
    assert takes == TAKE_FILES
    for name in takes - {
        "prisons/signing_in/carried.py",
        "prisons/middleware/once.py",
        "rooms/views/pasting.py",
    }:
        assert "MOST_BYTES" in (ROOT / name).read_text(encoding="utf-8"), name


def bomb():
    """A few kilobytes that would be a gigabyte."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 70 * 1024 * 1024)
    return content.getvalue()


def read_roster(content):
    return roster_workbook.read("lijst.xlsx", content)


@pytest.mark.parametrize("read", [read_roster, sheet_file.read, pasted.text_of])
@pytest.mark.parametrize(
    "make", [bomb, lambda: b"a;b\n" * 2_000_000, lambda: b"\x00" * 10], ids=["bomb", "long", "nothing"]
)
def test_each_upload_refuses_what_the_others_refuse(read, make):
    with pytest.raises(PlannerError) as refusal:
        read(make())
    assert refusal.value.status == 422 and refusal.value.code.startswith("file_")
