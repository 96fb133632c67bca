"""The sheet that a school fills in: down, filled, back; whatever is wrong is said, and none is half read."""

import datetime as dt
import io
import struct
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from core.errors import PlannerError
from enrollment.domain.attendance import sheet_file, sheet_return
from enrollment.domain.attendance.sheet_lines import MARKS, fill_sheet, marks_by_word
from enrollment.exports.fill_in import fill_in_sheet
from enrollment.models import Attendance, SheetDraft
from enrollment.tasks import tend_people
from prisons.models import AuditEntry
from tests.factories import (
    at,
    make_activity,
    make_enrollment,
    make_participant,
    make_room,
    make_series,
    make_session,
    make_worker,
    signed_in,
)

AFTER = at("2026-11-23 12:00")
HEAD = 6  # the row of the headings
NAMES = ("Peeters, Jan", "Janssens, Ann", "=Cmd, Zoë", "Đặng, Minh")


@pytest.fixture(autouse=True)
def _afternoon(monkeypatch):
    """It is the afternoon after the session."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: AFTER)


@pytest.fixture
def series(haren, service):
    return make_series(haren, activity=make_activity(service, "Talking group"), places=25)


@pytest.fixture
def session(series, haren):
    return make_session(series, room=make_room(haren), state="published")


@pytest.fixture
def people(series, haren):
    people = [make_participant(haren, name, register_number=f"22{n}") for n, name in enumerate(NAMES)]
    for person in people:
        make_enrollment(series, person)
    return people


def download(session, language="en") -> bytes:
    return fill_in_sheet(fill_sheet(session), language=language, made_at=AFTER)


def filled(body: bytes, marks: dict[str, str], change=None) -> bytes:
    """The sheet with a word in the mark of each of these names, and whatever else `change` does to it."""
    book = openpyxl.load_workbook(io.BytesIO(body))
    page = book.worksheets[0]
    for row in page.iter_rows(min_row=HEAD + 1):
        for name, word in marks.items():
            if row[1].value == name:
                row[2].value = word
                row[2].data_type = "s"
    if change:
        change(book, page)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def send(user, content: bytes, **form):
    file = SimpleUploadedFile("sheet.xlsx", content)
    return signed_in(user).post("/p/haren/attendance/file/", {"file": file, **form})


def accept(user, answer, **form):
    browser = signed_in(user)
    page = browser.get(answer["Location"])
    seen = page.context["preview"].digest
    return browser.post(answer["Location"] + "accept/", {"seen": seen, **form})


def marks(session):
    rows = Attendance.objects.filter(session=session).values_list("participant__last_name", "mark")
    return dict(rows)


FULL = {"Jan P.": "present", "Ann J.": "excused", "Zoë =.": "not brought", "Minh Đ.": "present"}


# --- there and back -------------------------------------------------------------------------------------


def test_sheet_names_nobody_more_than_a_worker_may_know(session, people):
    page = openpyxl.load_workbook(io.BytesIO(download(session))).worksheets[0]
    told = [str(cell.value) for row in page.iter_rows() for cell in row if cell.value is not None]
    assert set(FULL) <= set(told)
    assert not [word for word in told for hidden in ("Peeters", "Janssens", "220") if hidden in word]
    assert page.cell(HEAD, 2).value == "Name" and page.protection.sheet
    assert page.cell(HEAD + 1, 2).protection.locked and not page.cell(HEAD + 1, 3).protection.locked
    assert page.print_title_rows == f"${HEAD}:${HEAD}"


def test_two_people_of_one_short_name_are_told_apart(haren, series, session, people):
    make_enrollment(series, make_participant(haren, "Pauwels, Jan"))
    names = {line.name for line in fill_sheet(session).lines}
    assert {"Jan Pe.", "Jan Pa."} <= names and "Jan P." not in names


def test_filled_sheet_is_shown_then_accepted(session, people, organiser_anna):
    answer = send(organiser_anna, filled(download(session), FULL))
    assert answer.status_code == 302
    assert marks(session) == {}  # nothing before somebody has looked
    page = signed_in(organiser_anna).get(answer["Location"]).content.decode()
    assert "Ann J." in page and "excused" in page and "Janssens" not in page
    assert accept(organiser_anna, answer).status_code == 302
    assert marks(session) == {
        "Peeters": "present",
        "Janssens": "excused",
        "=Cmd": "not_brought",
        "Đặng": "present",
    }
    assert AuditEntry.objects.filter(verb="accept_sheet", by=organiser_anna).count() == 1
    assert AuditEntry.objects.filter(verb="mark", by=organiser_anna).count() == 4


LETTERS = {"Jan P.": "p", "Ann J.": " E ", "Zoë =.": "N", "Minh Đ.": "x"}
"""As in the sheet of a school that the letters stood for the words of the legend."""


def test_letters_of_the_legend_are_shown_and_accepted_as_the_words_are(session, people, organiser_anna):
    answer = send(organiser_anna, filled(download(session), LETTERS))
    assert answer.status_code == 302
    assert not Attendance.objects.exists(), "first it is shown"
    page = signed_in(organiser_anna).get(answer["Location"])
    assert page.status_code == 200
    assert accept(organiser_anna, answer).status_code == 302
    words = {"Peeters": "present", "Janssens": "excused"}
    told = marks(session)
    assert {name: told[name] for name in words} == words
    assert sorted(told.values()) == ["elsewhere", "excused", "not_brought", "present"]
    again = send(
        organiser_anna, filled(download(session), {name: key.strip() for name, key in LETTERS.items()})
    )
    assert signed_in(organiser_anna).get(again["Location"]).status_code == 200
    assert marks(session) == told


def test_same_file_twice_changes_nothing_the_second_time(session, people, organiser_anna):
    content = filled(download(session), FULL)
    first = send(organiser_anna, content)
    accept(organiser_anna, first)
    before = list(Attendance.objects.values_list("pk", "mark", "at").order_by("pk"))
    again = send(organiser_anna, content)
    assert "Nothing to change" in signed_in(organiser_anna).get(again["Location"]).content.decode()
    assert accept(organiser_anna, first).status_code == 409  # the same preview accepted again
    assert list(Attendance.objects.values_list("pk", "mark", "at").order_by("pk")) == before
    assert SheetDraft.objects.get(accepted_at__isnull=False).lines == []


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_sheet_of_each_language_is_read_by_a_reader_of_another(session, people, organiser_anna, language):
    with override(language):
        words = {name: str(mark.label) for name, mark in zip(FULL, MARKS, strict=False)}
    with override("fr"):
        file = sheet_file.read(filled(download(session, language), words))
        found = sheet_file.compare(file, fill_sheet(session))
    assert {one.mark for one in found} == set(MARKS[:4])


def test_words_of_marks_cannot_be_taken_for_each_other():
    assert len(set(marks_by_word().values())) == len(MARKS)
    for language in ("nl", "fr", "en"):
        with override(language):
            assert len({str(mark.label) for mark in MARKS}) == len(MARKS)


def test_blank_marks_stay_blank_unless_somebody_says_that_all_were_there(session, people, organiser_anna):
    only = {"Ann J.": "excused"}
    accept(organiser_anna, send(organiser_anna, filled(download(session), only)))
    assert marks(session) == {"Janssens": "excused"}
    accept(organiser_anna, send(organiser_anna, download(session)), rest_present="on")
    assert marks(session)["Janssens"] == "excused" and sorted(marks(session).values()).count("present") == 3


def test_family_afternoon_counts_adults_and_children(haren, service, organiser_anna):
    series = make_series(haren, activity=make_activity(service, domain="family"))
    session = make_session(series, state="published")
    make_enrollment(series, make_participant(haren, "Peeters, Jan"))

    def guests(_book, page):
        page.cell(HEAD + 1, 4).value, page.cell(HEAD + 1, 5).value = 2, 3.0

    accept(organiser_anna, send(organiser_anna, filled(download(session), {"Jan P.": "present"}, guests)))
    row = Attendance.objects.get()
    assert (row.mark, row.adults, row.children) == ("present", 2, 3)


def test_facilitator_sends_the_sheet_of_own_sessions_only(haren, series, people, worker_chloe):
    mine = make_session(series, state="published", workers=[make_worker(haren, user=worker_chloe)])
    other = make_session(series, "2026-11-23 11:00", state="published")
    chloe = signed_in(worker_chloe)
    assert chloe.get(f"/p/haren/attendance/{mine.pk}/sheet-to-fill-in.xlsx").status_code == 200
    assert chloe.get(f"/p/haren/attendance/{other.pk}/sheet-to-fill-in.xlsx").status_code == 404
    assert accept(worker_chloe, send(worker_chloe, filled(download(mine), FULL))).status_code == 302
    refused = send(worker_chloe, filled(download(other), FULL))
    assert refused.status_code == 422 and b"not yours to mark" in refused.content


def test_preview_is_for_whoever_sent_the_file(
    session, people, organiser_anna, coordinator_karim, liaison_bert
):
    answer = send(organiser_anna, filled(download(session), FULL))
    assert signed_in(coordinator_karim).get(answer["Location"]).status_code == 404
    assert signed_in(liaison_bert).get(answer["Location"]).status_code == 403
    assert send(liaison_bert, b"").status_code == 403


def test_what_nobody_accepted_is_gone_after_a_day(session, people, organiser_anna):
    send(organiser_anna, filled(download(session), FULL))
    assert sheet_return.forget_drafts(now=AFTER + dt.timedelta(hours=23)) == 0
    assert sheet_return.forget_drafts(now=AFTER + dt.timedelta(hours=25)) == 1


def test_the_worker_forgets_drafts_of_its_own_accord(session, people, organiser_anna, monkeypatch):
    send(organiser_anna, filled(download(session), FULL))
    monkeypatch.setattr("django.utils.timezone.now", lambda: AFTER + dt.timedelta(hours=25))
    tend_people()
    assert not SheetDraft.objects.exists()


@pytest.mark.parametrize(
    ("now", "code"), [("2026-11-23 08:00", "too_early"), ("2026-12-25 09:00", "too_late")]
)
def test_edit_window_holds_for_files_too(session, people, organiser_anna, monkeypatch, now, code):
    content = filled(download(session), FULL)
    answer = send(organiser_anna, content)
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(now))
    with pytest.raises(PlannerError) as refusal:
        sheet_return.draft(session, sheet_file.read(content), by=organiser_anna)
    assert refusal.value.code == code
    assert accept(organiser_anna, answer).status_code == 409
    assert marks(session) == {}


# --- asked back: somebody has to say that it is meant so ------------------------------------------------


def test_older_sheet_is_understood_and_said(haren, series, session, people, organiser_anna):
    content = filled(download(session), FULL)
    make_enrollment(series, make_participant(haren, "Nieuw, Lien"))
    Attendance.objects.create(session=session, participant=people[1], mark="present", at=AFTER)
    answer = send(organiser_anna, content)
    page = signed_in(organiser_anna).get(answer["Location"]).content.decode()
    assert "changed after this sheet was downloaded" in page
    assert "1 mark that was set before is replaced" in page and "Lien N." in page
    assert accept(organiser_anna, answer).status_code == 422
    assert marks(session) == {"Janssens": "present"}
    assert accept(organiser_anna, answer, confirmed="on").status_code == 302
    assert marks(session)["Janssens"] == "excused" and "Nieuw" not in marks(session)


def test_deleted_lines_are_asked_back(session, people, organiser_anna):
    content = filled(download(session), FULL, lambda _book, page: page.delete_rows(HEAD + 1))
    answer = send(organiser_anna, content)
    assert "1 person is not in the file" in signed_in(organiser_anna).get(answer["Location"]).content.decode()
    assert accept(organiser_anna, answer).status_code == 422
    assert accept(organiser_anna, answer, confirmed="on").status_code == 302
    assert len(marks(session)) == 3


def test_change_while_somebody_looks_is_shown_again(session, people, organiser_anna):
    answer = send(organiser_anna, filled(download(session), FULL))
    browser = signed_in(organiser_anna)
    seen = browser.get(answer["Location"]).context["preview"].digest
    Attendance.objects.create(session=session, participant=people[0], mark="elsewhere", at=AFTER)
    again = browser.post(answer["Location"] + "accept/", {"seen": seen})
    assert again.status_code == 409 and b"Look again" in again.content
    assert marks(session) == {"Peeters": "elsewhere"}


@pytest.mark.parametrize(
    "change",
    [
        lambda book, page: setattr(page, "title", "Heel iets anders"),
        lambda book, page: book.create_sheet("Mine", 0),
        lambda book, page: page.insert_rows(HEAD + 2, 3),
        lambda book, page: page.insert_cols(1),
        lambda book, page: page.move_range(f"A1:C{page.max_row}", rows=5, cols=2),
        lambda book, page: page.cell(HEAD + 1, 12, "a word of my own"),
        lambda book, page: page.cell(HEAD + 1, 3, "  PRESENT \u00a0"),
    ],
)
def test_harmless_changes_are_understood(session, people, change):
    file = sheet_file.read(filled(download(session), FULL, change))
    assert len(sheet_file.compare(file, fill_sheet(session))) == 4


def test_words_in_other_columns_are_not_kept(session, people, organiser_anna):
    def note(_book, page):
        page.cell(HEAD + 1, 6, "was sick")

    answer = send(organiser_anna, filled(download(session), FULL, note))
    assert b"not taken over" in signed_in(organiser_anna).get(answer["Location"]).content
    assert "sick" not in str(SheetDraft.objects.get().lines)


# --- hostile variants: refused in words, none half read -------------------------------------------------


def at_row(row, column, value, kind=None):
    def change(_book, page):
        cell = page.cell(HEAD + row, column)
        cell.value = value
        if kind:
            cell.data_type = kind

    return change


def sorted_names(_book, page):
    """Names sorted without their lines: everybody stands beside somebody else's code."""
    names = [page.cell(HEAD + 1 + n, 2).value for n in range(4)]
    for n, name in enumerate(reversed(names)):
        page.cell(HEAD + 1 + n, 2).value = name


def added_row(_book, page):
    page.append(["", "Somebody New", "present"])


def copied_row(_book, page):
    page.append([page.cell(HEAD + 1, column).value for column in (1, 2, 3)])


def foreign_key(_book, page):
    page.append(["K7Q2", "Somebody Else", "present"])


def without(text):
    def change(_book, page):
        for row in page.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and text in cell.value:
                    cell.value = None

    return change


def copied_sheet(book, page):
    book.copy_worksheet(page)


def million_rows(_book, page):
    page.cell(1_048_576, 1, "x")


FAULTY = {
    "unknown mark": (at_row(1, 3, "perhaps"), "is no mark"),
    "tick instead of a word": (at_row(1, 3, "✓"), "is no mark"),
    "letter that is none of the legend": (at_row(1, 3, "q"), "is no mark"),
    "number as a mark": (at_row(1, 3, 1), "is no mark"),
    "yes or no as a mark": (at_row(1, 3, True), "is no mark"),
    "date as a mark": (at_row(1, 3, dt.date(2026, 11, 23)), "is no mark"),
    "two marks in a cell": (at_row(1, 3, "present, excused"), "is no mark"),
    "session cancelled as a mark": (at_row(1, 3, "session cancelled"), "is no mark"),
    "cause of an absence": (at_row(1, 3, "ill"), "is no mark"),
    "formula as a mark": (at_row(1, 3, '="pres"&"ent"'), "formula"),
    "formula as a name": (at_row(1, 2, "=A1"), "formula"),
    "error as a mark": (at_row(1, 3, "#N/A", "e"), "error in a cell"),
    "changed name": (at_row(1, 2, "Piet K."), "the name was changed"),
    "names sorted apart": (sorted_names, "the name was changed"),
    "empty name": (at_row(1, 2, None), "the name was changed"),
    "changed key": (at_row(1, 1, "AAAA"), "or the code of the line changed"),
    "key deleted": (at_row(1, 1, None), "was added in the file"),
    "added row": (added_row, "was added in the file"),
    "copied row": (copied_row, "stands twice"),
    "person of another group": (foreign_key, "is not in this group"),
    "adults outside a family afternoon": (
        lambda book, page: (page.cell(HEAD, 4, "Adults"), page.cell(HEAD + 1, 4, 2)),
        "family afternoons only",
    ),
    "code deleted": (without("Code:"), "its code is not in it"),
    "headings deleted": (without("Mark"), "headings"),
    "heading twice": (lambda book, page: page.cell(HEAD, 7, "Mark"), "stands twice"),
    "sheet twice": (copied_sheet, "more than one sheet"),
    "last row of a million": (million_rows, "more than 20,000 rows"),
}


@pytest.mark.parametrize("case", FAULTY)
def test_faulty_lines_refuse_the_whole_file_in_words(session, people, organiser_anna, case):
    change, words = FAULTY[case]
    with pytest.raises(PlannerError) as refusal:
        file = sheet_file.read(filled(download(session), FULL, change))
        sheet_return.draft(session, file, by=organiser_anna)
    told = [str(fault.why) for fault in getattr(refusal.value, "faults", [])]
    assert refusal.value.status == 422 and words in " ".join([str(refusal.value), *told])
    assert (marks(session), SheetDraft.objects.count()) == ({}, 0)


def test_every_faulty_line_is_named_with_its_row(session, people, organiser_anna):
    def spoil(_book, page):
        page.cell(HEAD + 1, 3).value, page.cell(HEAD + 3, 2).value = "perhaps", "Piet K."

    answer = send(organiser_anna, filled(download(session), FULL, spoil))
    told = answer.content.decode()
    assert answer.status_code == 422
    assert "Line 7: “perhaps” is no mark" in told and "Line 9: the name was changed" in told
    assert marks(session) == {}


def rezipped(content: bytes, **parts: bytes) -> bytes:
    """The archive with parts replaced or added; a part of None is left out."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, part in parts.items():
            if part is not None:
                new.writestr(name, part)
    return packed.getvalue()


def part_of(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


PAGE = "xl/worksheets/sheet1.xml"


def encrypted(content: bytes) -> bytes:
    """The flag that a password sets, on the first part."""
    return (
        content[:6]
        + struct.pack("<H", 1)
        + content[8:].replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00")
    )


def twice(content: bytes) -> bytes:
    packed = io.BytesIO(content)
    with zipfile.ZipFile(packed, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(PAGE, b"<worksheet/>")
    return packed.getvalue()


def laughs(content: bytes) -> bytes:
    bomb = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    return rezipped(content, **{PAGE: bomb + part_of(content, PAGE)})


def laughs_in_two_bytes(content: bytes) -> bytes:
    bomb = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE w [<!ENTITY a "aaaa">]><worksheet/>'
    return rezipped(content, **{PAGE: bomb.encode("utf-16")})


def many_rows(content: bytes) -> bytes:
    rows = b"".join(b'<row r="%d"/>' % number for number in range(1, 1_048_577))
    start = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return rezipped(content, **{PAGE: start + rows + b"</sheetData></worksheet>"})


def many_small_rows(content: bytes) -> bytes:
    start = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return rezipped(content, **{PAGE: start + b"<row/>" * 1_000_000 + b"</sheetData></worksheet>"})


HOSTILE = {
    "nothing": (lambda content: b"", "empty"),
    "csv with another name": (
        lambda content: b"Line;Name;Mark\nK7Q2;Jan P.;present\n",
        "its code is not in it",
    ),
    "old xls or password": (lambda content: b"\xd0\xcf\x11\xe0" + content, "password"),
    "zip with a password": (encrypted, "password"),
    "web page": (lambda content: b"<html><table><tr><td>x</table>", "its code is not in it"),
    "cut off half way": (lambda content: content[: len(content) // 2], "cannot be read"),
    "bytes changed": (lambda content: content[:300] + b"\x00" * 200 + content[500:], "cannot be read"),
    "other zip": (lambda content: rezipped(b"PK\x05\x06" + b"\x00" * 18, a=b"b"), "no workbook"),
    "text document": (
        lambda content: rezipped(
            b"PK\x05\x06" + b"\x00" * 18, **{"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}
        ),
        "Word document",
    ),
    "opendocument": (
        lambda content: rezipped(content, mimetype=b"application/vnd.oasis.opendocument.spreadsheet"),
        "cannot be read",
    ),
    "macros": (lambda content: rezipped(content, **{"xl/vbaProject.bin": b"x"}), "macros"),
    "bomb": (lambda content: rezipped(content, **{PAGE: b" " * 50_000_000}), "unpacks to far more"),
    "bomb of texts": (
        lambda content: rezipped(content, **{"xl/sharedStrings.xml": b" " * 30_000_000}),
        "unpacks to far more",
    ),
    "thousand parts": (
        lambda content: rezipped(content, **{f"xl/media/{n}.png": b"" for n in range(1000)}),
        "unpacks to far more",
    ),
    "larger than five megabytes": (lambda content: content + b"\x00" * 6_000_000, "larger than 5 MB"),
    "entities": (laughs, "cannot be read"),
    "entities in two bytes": (laughs_in_two_bytes, "cannot be read"),
    "same part twice": (twice, "cannot be read"),
    "million rows": (many_rows, "its code is not in it"),
    "million rows without a number": (many_small_rows, "unpacks to far more"),
    "sheet that is no xml": (lambda content: rezipped(content, **{PAGE: b"hello"}), "cannot be read"),
    "without its sheet": (lambda content: rezipped(content, **{PAGE: None}), "cannot be read"),
    "another program's workbook": (lambda content: blank_workbook(), "its code is not in it"),
}


def blank_workbook() -> bytes:
    saved = io.BytesIO()
    book = openpyxl.Workbook()
    book.worksheets[0].append(["Line", "Name", "Mark"])
    book.save(saved)
    return saved.getvalue()


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_files_are_refused_in_words(session, people, case):
    make, words = HOSTILE[case]
    with pytest.raises(PlannerError) as refusal:
        sheet_file.read(make(filled(download(session), FULL)))
    assert refusal.value.status == 422 and words in str(refusal.value)


def test_hostile_file_over_http_is_refused_too(session, people, organiser_anna):
    answer = send(organiser_anna, b"Line;Name;Mark\n")
    assert answer.status_code == 422 and b"its code is not in it" in answer.content
    assert send(organiser_anna, b"PK" + b"\x00" * 6_000_000).status_code == 422


def test_thirty_variants_and_more():
    assert len(FAULTY) + len(HOSTILE) >= 30


def test_sheet_of_another_session_is_named(haren, series, session, people, organiser_anna):
    other = make_session(series, "2026-11-16 09:00", state="published")
    answer = send(organiser_anna, filled(download(other), FULL), session=session.pk)
    assert answer.status_code == 422
    told = answer.content.decode()
    assert "sheet of another session" in told and "16/11/2026 09:00" in told
    assert send(organiser_anna, filled(download(other), FULL)).status_code == 302  # from the desk it is fine


def test_sheet_of_another_prison_or_service_is_not_told(
    saint_gilles, people, organiser_anna, organiser_emile, session
):
    elsewhere = make_session(make_series(saint_gilles), state="published")
    for user, content in ((organiser_anna, download(elsewhere)), (organiser_emile, download(session))):
        answer = send(user, content)
        assert answer.status_code == 422 and b"not yours to mark" in answer.content
        assert b"Talking group" not in answer.content


def test_no_file_and_drop_in(haren, service, organiser_anna):
    assert signed_in(organiser_anna).post("/p/haren/attendance/file/").status_code == 422
    session = make_session(make_series(haren, organisation=service, is_drop_in=True), state="published")
    path = f"/p/haren/attendance/{session.pk}/sheet-to-fill-in.xlsx"
    assert signed_in(organiser_anna).get(path).status_code == 404
    assert send(organiser_anna, download(session)).status_code == 409


def test_every_form_on_these_pages_carries_its_token(session, people, organiser_anna):
    anna = signed_in(organiser_anna)
    draft = send(organiser_anna, filled(download(session), FULL))["Location"]
    for path in (f"/p/haren/attendance/{session.pk}/", "/p/haren/attendance/file/", draft):
        forms = anna.get(path).content.decode().split("<main")[1].split('method="post"')[1:]
        assert forms and all("csrfmiddlewaretoken" in form.split("</form>")[0] for form in forms), path
