"""The lists of the demo's fullest day, printed by LibreOffice: every page as a post would hold it."""

import datetime as dt
import re
from dataclasses import replace

import pypdfium2
import pytest

from core.dates.clock import BRUSSELS
from core.paper import Heading, to_pdf, to_xlsx
from enrollment import exports
from enrollment.domain.lists import day_lists
from enrollment.domain.lists.day import Day
from enrollment.exports import papers
from enrollment.exports.requested import plans_of_day
from enrollment.models import Stay
from planner.demo import loading
from prisons.models import Prison
from sessions.models import Activity, GroupSession
from tests.factories import at
from tests.proof.office import print_pages

pytestmark = pytest.mark.proof

NOW = at("2026-11-25 10:00")
A4 = {(595, 842), (842, 595)}


@pytest.fixture
def day(db, settings) -> Day:
    settings.DEMO = True
    loading.load(now=NOW)
    prison = Prison.objects.get(slug="haren")
    starts = GroupSession.objects.in_prison(prison).published().filter(starts_at__gt=NOW)
    days = [moment.astimezone(BRUSSELS).date() for moment in starts.values_list("starts_at", flat=True)]
    return day_lists.day_lists(
        prison, max(set(days), key=lambda one: (days.count(one), -one.toordinal())), now=NOW
    )


def test_every_list_prints_on_a4_in_black_and_white(day, tmp_path):
    titles = {
        title for row in Activity.objects.values_list("title_nl", "title_fr", "title_en") for title in row
    }
    for number, make in enumerate((exports.movement_list, exports.attendance_sheets, exports.gate_list)):
        folder = tmp_path / str(number)
        folder.mkdir()
        pages = print_pages(make(day, version=1), folder)
        for place, page in enumerate(pages, start=1):
            assert (round(page.width), round(page.height)) in A4
            assert page.is_black_and_white
            assert round(page.smallest_letters, 1) >= 11
            assert f"Pagina {place} van {len(pages)} / Page {place} sur {len(pages)}" in page.text
            assert "Vernietigen na gebruik / À détruire après usage" in page.text or place > 1
        told = " ".join(page.text for page in pages)
        assert not [title for title in titles if re.search(rf"\b{re.escape(title)}\b", told)]


def test_each_unit_has_its_own_pages_and_nobody_is_missing(day, tmp_path):
    pages = print_pages(exports.movement_list(day, version=1), tmp_path)
    told = {}
    for page in pages[1:]:  # the overview first
        if found := re.search(r"Leefeenheid / unité de vie (\w+)", page.text):
            unit = found[1]
        told[unit] = told.get(unit, "") + page.text  # a second page repeats the head of the table only
    assert list(told) == day.units()
    for unit, text in told.items():
        assert [row.person.number for row in day.movements_of(unit) if row.person.number not in text] == []


def test_a_sheet_of_twenty_five_fits_on_one_page(day, tmp_path):
    numbers = list(
        Stay.objects.filter(prison__slug="haren", ends_on=None).values_list("participant_id", flat=True)[:25]
    )
    people = day_lists.people_on(Prison.objects.get(slug="haren"), day.on, numbers)
    meeting = day.taking_place[0]
    full = replace(day, meetings=(replace(meeting, people=tuple(people.values())),))
    assert len(people) == 25
    (page,) = print_pages(exports.attendance_sheets(full, version=1), tmp_path)
    assert all(re.search(rf"\b{person.number}\b", page.text) for person in people.values())
    assert f"Code {meeting.code}" in page.text


def test_the_page_of_changes_is_one_page_and_one_for_the_gate(day, tmp_path):
    later = day_lists.day_lists(Prison.objects.get(slug="haren"), day.on, now=NOW + dt.timedelta(hours=20))
    gone = later.only(lambda meeting: meeting.id != day.taking_place[0].id)
    posts, gate = print_pages(exports.changes_page(day, gone, version=1), tmp_path)
    assert "GAAT NIET DOOR / N'A PAS LIEU" in posts.text
    assert "Wijzigingen aan de poort / Changements à la porte" in gate.text
    assert day.taking_place[0].visitors[0].name in gate.text


def test_workbook_and_pdf_of_the_day_print_the_same_words(day, tmp_path):
    """Printed by two programs: the same lists with the same words, in the same order."""
    paper = papers.day_lists(day, 1, with_slips=True)
    office = print_pages(to_xlsx(paper), tmp_path)
    with pypdfium2.PdfDocument(to_pdf(paper)) as document:
        ours = [page.get_textpage().get_text_bounded() for page in document]
    told = [sorted(set(re.findall(r"\b\d{4,6}\b", " ".join(pages)))) for pages in
            ([page.text for page in office], ours)]  # fmt: skip
    assert told[0] == told[1]
    for leaf in paper.leaves[:-1]:
        first = next(str(block.text) for block in leaf.blocks if isinstance(block, Heading))
        for pages in ([page.text for page in office], ours):
            assert any(_flat(first) in _flat(page) for page in pages), first


def _flat(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_the_day_by_post_prints_each_list_once(day, tmp_path):
    prison = Prison.objects.get(slug="haren")
    paper = papers.for_posts(plans_of_day(prison, day), papers.Source(day, 1))
    with pypdfium2.PdfDocument(to_pdf(paper)) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    lying = [
        page for page in pages if "Naam / Nom" in _flat_lines(page) and "Wat / Quoi" in _flat_lines(page)
    ]
    for row in day.movements():
        assert any(re.search(rf"\b{row.person.number}\b", page) for page in lying)


def _flat_lines(text: str) -> str:
    return re.sub(r"\s+", " ", text)
