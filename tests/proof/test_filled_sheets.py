"""A sheet to fill in, opened, filled and saved by LibreOffice, sent back: the marks are there."""

import copy
from itertools import pairwise

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from lxml import etree

from enrollment.domain.attendance.sheet_lines import fill_sheet
from enrollment.exports.fill_in import fill_in_sheet
from enrollment.models import Attendance
from tests.factories import (
    at,
    make_activity,
    make_enrollment,
    make_participant,
    make_series,
    make_session,
    signed_in,
)
from tests.proof.office import convert

pytestmark = pytest.mark.proof

AFTER = at("2026-11-23 12:00")
SPACES = {
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
}
REPEATED = f"{{{SPACES['table']}}}number-columns-repeated"
NAMES = ("Peeters, Jan", "=Cmd, Zoë", "Đặng, Minh", "عمر, محمد", "Janssens, Ann")


@pytest.fixture(autouse=True)
def _afternoon(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: AFTER)


def type_in(
    document: bytes, marks: dict[str, str], guests: dict[str, tuple[int, int]] | None = None
) -> bytes:
    """Types words behind names, as LibreOffice keeps what somebody typed into its cells."""
    root = etree.fromstring(document)
    for row in root.iterfind(".//table:table-row", SPACES):
        cells = [cell for found in row.iterfind("table:table-cell", SPACES) for cell in spread(found)]
        texts = ["".join(cell.itertext()).strip() for cell in cells]
        for name, word in marks.items():
            if name in texts:
                place = texts.index(name)
                type_text(cells[place + 1], word)
                for offset, number in enumerate((guests or {}).get(name, ()), start=2):
                    type_number(cells[place + offset], number)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def spread(cell):
    """One cell instead of one that stands for several."""
    times = min(int(cell.attrib.pop(REPEATED, 1)), 8)
    cells = [cell, *(copy.deepcopy(cell) for _time in range(times - 1))]
    for before, after in pairwise(cells):
        before.addnext(after)
    return cells


def type_text(cell, word: str) -> None:
    fill(cell, word, "string", {})


def type_number(cell, number: int) -> None:
    fill(cell, str(number), "float", {f"{{{SPACES['office']}}}value": str(number)})


def fill(cell, text: str, kind: str, more: dict[str, str]) -> None:
    for child in list(cell):
        cell.remove(child)
    cell.attrib.update({f"{{{SPACES['office']}}}value-type": kind, **more})
    etree.SubElement(cell, f"{{{SPACES['text']}}}p").text = text


def there_and_back(session, folder, language: str, marks, guests=None) -> bytes:
    body = fill_in_sheet(fill_sheet(session), language=language, made_at=AFTER)
    opened = convert(body, folder, "sheet.xlsx", "fods")
    return convert(type_in(opened, marks, guests), folder, "filled.fods", "xlsx")


def send_and_accept(user, content: bytes, **form):
    browser = signed_in(user)
    answer = browser.post("/p/haren/attendance/file/", {"file": SimpleUploadedFile("filled.xlsx", content)})
    assert answer.status_code == 302, answer.content.decode()
    preview = browser.get(answer["Location"]).context["preview"]
    assert not preview.asks
    done = browser.post(answer["Location"] + "accept/", {"seen": preview.digest, **form})
    assert done.status_code == 302


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("present", "excused", "not brought", "elsewhere")), ("nl", None), ("fr", None)],
)
def test_marks_are_there_after_the_round_trip(haren, service, organiser_anna, tmp_path, language, words):
    from django.utils.translation import override

    series = make_series(haren, activity=make_activity(service, "Talking group"), places=25)
    session = make_session(series, state="published")
    for name in NAMES:
        make_enrollment(series, make_participant(haren, name))
    chosen = ("present", "excused", "not_brought", "elsewhere")
    with override(language):
        labels = words or tuple(str(Attendance.Mark(mark).label) for mark in chosen)
    names = ("Jan P.", "Zoë =.", "Minh Đ.", "محمد ع.")
    content = there_and_back(session, tmp_path, language, dict(zip(names, labels, strict=True)))
    send_and_accept(organiser_anna, content)
    found = dict(Attendance.objects.values_list("participant__last_name", "mark"))
    assert found == dict(zip(("Peeters", "=Cmd", "Đặng", "عمر"), chosen, strict=True))


def test_family_numbers_and_twenty_five_names(haren, service, organiser_anna, tmp_path):
    series = make_series(haren, activity=make_activity(service, domain="family"), places=25)
    session = make_session(series, state="published")
    for number in range(25):
        make_enrollment(series, make_participant(haren, f"Naam{number:02}, Voornaam{number:02}"))
    guests = {"Voornaam07 N.": (2, 3)}
    content = there_and_back(session, tmp_path, "en", {"Voornaam07 N.": "present"}, guests)
    send_and_accept(organiser_anna, content, rest_present="on")
    row = Attendance.objects.get(participant__last_name="Naam07")
    assert (row.adults, row.children, Attendance.objects.filter(mark="present").count()) == (2, 3, 25)


def test_sheet_that_libreoffice_only_saved_changes_nothing(haren, service, organiser_anna, tmp_path):
    series = make_series(haren, organisation=service)
    session = make_session(series, state="published")
    person = make_participant(haren)
    make_enrollment(series, person)
    Attendance.objects.create(session=session, participant=person, mark="present", at=AFTER)
    content = there_and_back(session, tmp_path, "en", {})
    browser = signed_in(organiser_anna)
    answer = browser.post("/p/haren/attendance/file/", {"file": SimpleUploadedFile("filled.xlsx", content)})
    assert browser.get(answer["Location"]).context["preview"].is_empty
