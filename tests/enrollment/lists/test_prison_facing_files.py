"""Every file that the prison gets is searched for what model.md does not let on a list."""

import datetime as dt
import io
import re
import zipfile

import openpyxl
import pypdfium2
import pytest

from core.paper import Paper, to_pdf, to_xlsx
from enrollment.domain.lists import day_lists, distribution, family_visits
from enrollment.domain.lists.day import Day
from enrollment.exports import papers
from enrollment.models import Attendance, Enrollment, Handout, Post, Stay
from planner.emergency.content import pack_of
from sessions.models import Cancellation, Material
from tests.factories import (
    at,
    make_activity,
    make_enrollment,
    make_fixed_block,
    make_participant,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_unit,
    make_worker,
)

MONDAY = dt.date(2026, 11, 23)
NOON, EVENING = at("2026-11-20 12:00"), at("2026-11-20 17:00")
TITLES = ("Verslaving onder vrienden", "Groupe de parole assuétudes", "Addiction talking group")
FORBIDDEN = (
    *TITLES,
    "Beginners",
    "addiction",
    "excused",
    "verontschuldigd",
    "remand",
    "interned",
    "Arabisch",
    "العربية",
    "half-open",
    "werkplaats",
    "intake",
    "opleiding",
    "training",
    "tempo@example.org",
)
HOSTILE = ["=1+1\x07, =cmd|'/c calc'!A0", "الأمين, محمد", "Nguyễn, Thị Hồng Đào", "<b>Vet</b>, & Co"]


@pytest.fixture
def house(haren, service, organiser_anna):
    """One of everything that must not be told, on one Monday."""
    make_slot(haren, 1, "08:30", "11:00")
    units = [
        make_unit(haren, "A1", target_group="remand", regime="half"),
        make_unit(haren, "B2", target_group="interned"),
    ]
    titles = dict(zip(("title_nl", "title_fr", "title_en"), TITLES, strict=True))
    activity = make_activity(service, domain="addiction", **titles)
    secret = make_series(
        haren,
        activity=activity,
        list_code="A17",
        label="Beginners",
        languages=["ar"],
        needs_intake=True,
        min_level="A2",
        level_language="nl",
    )
    room = make_room(haren, name="Klas 1")
    worker = make_worker(haren, organisation=service, name="Els Cools", email="tempo@example.org")
    session = make_session(secret, room=room, state="published", workers=[worker])
    dropped = make_session(secret, "2026-11-23 09:00", state="cancelled")
    Cancellation.objects.create(session=dropped, reason="training", was_state="published", at=NOON)
    Material.objects.create(series=secret, name="Gitaar", count=1, state="granted")
    for number, name in enumerate([*HOSTILE, "Aerts, Jan", "Baert, Piet"]):
        person = make_participant(haren, name, unit=units[number % 2], cell=f"{number}", third_language="ar")
        make_enrollment(secret, person)
        make_fixed_block(person, haren, label="work")
    Attendance.objects.create(session=session, participant=person, mark="excused", at=NOON)
    family = make_series(haren, activity=make_activity(service, "Kind", domain="family"), list_code="F1")
    afternoon = make_session(family, "2026-11-23 14:00", room=room, state="published")
    guest = Enrollment.objects.first().participant
    make_enrollment(family, guest)
    family_visits.announce(afternoon, {guest.pk: (1, 2)}, by=organiser_anna, now=NOON)
    post = Post.objects.create(prison=haren, name="Centrum")
    for sheet in Handout.Sheet.values:
        Handout.objects.create(post=post, sheet=sheet)
    return haren


def every_paper(prison) -> dict[str, Paper]:
    before = day_lists.day_lists(prison, MONDAY, now=NOON)
    leaving, *_others = Enrollment.objects.filter(series__list_code="A17")
    Enrollment.objects.filter(pk=leaving.pk).update(state="withdrawn", placed_until=dt.date(2026, 11, 20))
    Stay.objects.filter(participant__last_name="Aerts").update(cell="99")
    after = day_lists.day_lists(prison, MONDAY, now=EVENING)
    plans, source = distribution.plans(prison), papers.Source(before, 1, after)
    return {
        "day": papers.day_lists(before, 1, with_slips=True),
        "movements": papers.movement_list(before),
        "sheets": papers.attendance_sheets(before),
        "gate": papers.gate_list(before),
        "slips": papers.movement_slips(before),
        "cancelled": papers.cancelled(before),
        "changes": papers.changes_page(before, after, 1),
        "posts": papers.for_posts(plans, source),
        "changes by post": papers.changes_for_posts(plans, source),
        "emergency": pack_of(prison, now=EVENING),
    }


def inside(body: bytes) -> str:
    """All that a workbook holds, whatever part of it."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return " ".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def printed(body: bytes) -> str:
    """All that a PDF shows, and what it says of itself."""
    with pypdfium2.PdfDocument(body) as document:
        facts = " ".join(document.get_metadata_dict().values())
        outline = " ".join(str(entry.get_title()) for entry in document.get_toc())
        pages = " ".join(page.get_textpage().get_text_bounded() for page in document)
    return f"{facts} {outline} {pages}"


def found_in(text: str) -> list[str]:
    flat = re.sub(r"\s+", " ", text)
    return [word for word in FORBIDDEN if re.search(rf"\b{re.escape(word)}\b", flat, re.IGNORECASE)]


def test_no_file_of_the_prison_tells_more_than_a_list_may(house):
    found = {}
    for name, paper in every_paper(house).items():
        for ending, told in (("xlsx", inside(to_xlsx(paper))), ("pdf", printed(to_pdf(paper)))):
            words = found_in(told)
            if name == "emergency":  # the call list of the facilitators: how to reach them
                words = [word for word in words if word != "tempo@example.org"]
            if words:
                found[name, ending] = words
            assert "A17" in told or name == "gate"
    assert found == {}


def test_the_search_finds_what_is_there():
    assert found_in("een groep: Addiction\ntalking  group") == ["Addiction talking group", "addiction"]


def test_the_stored_version_holds_no_more_than_the_paper(house):
    from enrollment.domain.lists.day import to_json

    assert found_in(str(to_json(day_lists.day_lists(house, MONDAY, now=NOON)))) == []


ALLOWED = {
    "Nr. / N°",
    "Naam / Nom",
    "Leefeenheid / unité de vie",
    "Cel / Cellule",
    "Waar / Où",
    "Van / De",
    "Tot / À",
    "Wat / Quoi",
    "uit / sorti",
    "terug / retour",
    "niet gebracht / non amené",
    "waarom / motif",
}
"""What model.md names for a list of people: the last four are empty, for a pen."""


def test_lists_of_people_have_no_other_columns(house):
    day: Day = day_lists.day_lists(house, MONDAY, now=NOON)
    for paper in (papers.movement_list(day), papers.attendance_sheets(day)):
        for sheet in openpyxl.load_workbook(io.BytesIO(to_xlsx(paper))).worksheets:
            rows = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
            heads = [row for row in rows if "Naam / Nom" in row]
            assert all(set(row) <= ALLOWED for row in heads)


def test_hostile_names_stand_in_both_files_as_they_are(house):
    day = day_lists.day_lists(house, MONDAY, now=NOON)
    paper = papers.attendance_sheets(day)
    rows = [
        str(cell)
        for sheet in openpyxl.load_workbook(io.BytesIO(to_xlsx(paper))).worksheets
        for row in sheet.iter_rows(values_only=True)
        for cell in row
    ]
    page = re.sub(r"\s+", "", printed(to_pdf(paper)))
    for name in ("=1+1, =cmd|'/c calc'!A0", "Nguyễn, Thị Hồng Đào", "<b>Vet</b>, & Co"):
        assert name in rows
        assert re.sub(r"\s+", "", name) in page
    assert "الأمين, محمد" in rows
    assert "\x07" not in "".join(rows)


def test_the_widest_sheet_of_80_people_and_an_empty_one(haren, service):
    unit = make_unit(haren, "A1")
    full, empty = (make_series(haren, organisation=service, places=80) for _group in range(2))
    for number in range(80):
        make_enrollment(full, make_participant(haren, f"Persoon{number}, Jan", unit=unit, cell=str(number)))
    make_session(full, room=make_room(haren, name="Zaal"), state="published")
    make_session(empty, "2026-11-23 14:00", room=make_room(haren, name="Klas 2"), state="published")
    day = day_lists.day_lists(haren, MONDAY, now=NOON)
    with pypdfium2.PdfDocument(to_pdf(papers.attendance_sheets(day))) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    cells = [int(found) for page in pages for found in re.findall(r"Persoon(\d+), Jan", page)]
    assert cells == list(range(80))
    assert all("terug" in page for page in pages[:-1])
    assert "Niemand op de lijst / Personne sur la liste" in pages[-1]


def test_whoever_has_letters_that_no_font_has_is_named_before_printing(haren, service, liaison_bert):
    from tests.factories import signed_in

    group = make_series(haren, activity=make_activity(service, "Yoga"), list_code="Y1")
    make_session(group, state="published")
    make_enrollment(group, make_participant(haren, "王, Li", unit=make_unit(haren, "A1"), cell="1"))
    page = signed_in(liaison_bert).get(f"/p/haren/lists/?day={MONDAY}").content.decode()
    assert "These names have letters that cannot be printed: 王, Li." in page
    make_enrollment(group, make_participant(haren, "Nguyễn, Thị", unit=make_unit(haren, "A2"), cell="2"))
    again = signed_in(liaison_bert).get(f"/p/haren/lists/?day={MONDAY}").context["unprintable"]
    assert again == ["王, Li"]
