"""The pages of the prison's list: what is asked stands first, what was accepted is said, every list stays in reach."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.dates import clock
from core.errors import PlannerError
from enrollment.domain.participants import people
from enrollment.domain.roster import acceptance, comparison
from enrollment.domain.roster.draft_forgetting import forget_drafts
from enrollment.domain.roster.roster_workbook import read
from enrollment.models import RosterDraft, Stay
from tests.factories import make_participant, make_unit, signed_in
from tests.pages import flat

HEAD = "Nr;Naam;Voornaam;Leefeenheid;Cel;Aankomst\n"


@pytest.fixture
def browser(haren, organiser_anna):
    make_unit(haren, "A1")
    return signed_in(organiser_anna)


def sent(browser, prison, text, name="lijst.csv"):
    url = reverse("enrollment:roster_read", args=[prison.slug])
    return browser.post(url, {"file": SimpleUploadedFile(name, text.encode())}, follow=True)


def accepted(browser, prison, text, name="lijst.csv"):
    sent(browser, prison, text, name)
    draft = RosterDraft.objects.latest("pk")
    seen = comparison.preview(draft)
    data = {"seen": seen.digest, "sure": [each.kind for each in seen.questions]}
    browser.post(reverse("enrollment:roster_accept", args=[prison.slug, draft.pk]), data)
    draft.refresh_from_db()
    return draft


def test_the_list_in_force_is_always_in_reach_with_its_file_and_its_counts(haren, browser, organiser_anna):
    url = reverse("enrollment:roster_read", args=[haren.slug])
    first = accepted(browser, haren, f"{HEAD}1;Een;An;A1;1;\n2;Twee;Bo;A1;2;\n", "lijst van maandag.csv")
    for n in range(25):
        draft = accepted(browser, haren, f"{HEAD}1;Een;An;A1;{n + 2};\n2;Twee;Bo;A1;2;\n", f"proef {n}.csv")
        browser.post(reverse("enrollment:roster_take_back", args=[haren.slug, draft.pk]))
    pages = [flat(browser.get(f"{url}?page={page}")) for page in (1, 2)]
    assert "lijst van maandag.csv" in pages[1] and "2 new, 0 moved, 0 gone" in pages[1]
    assert reverse("enrollment:roster_take_back", args=[haren.slug, first.pk]) in pages[1]
    assert str(organiser_anna) in pages[1] and "proef 24.csv" in pages[0]


def test_only_the_latest_in_force_offers_to_be_taken_back(haren, browser):
    drafts = [accepted(browser, haren, f"{HEAD}1;Een;An;A1;{n};\n", f"{n}.csv") for n in (1, 2)]
    page = flat(browser.get(reverse("enrollment:roster_read", args=[haren.slug])))
    urls = [reverse("enrollment:roster_take_back", args=[haren.slug, each.pk]) for each in drafts]
    assert urls[1] in page and urls[0] not in page and "first take back the later list" in page
    assert browser.post(urls[0]).status_code == 409


def test_an_accepted_list_says_what_it_changed(haren, browser):
    draft = accepted(browser, haren, f"{HEAD}1;Een;An;A1;1;\n2;Twee;Bo;A1;2;\n")
    for answer in (
        browser.get(reverse("enrollment:roster_preview", args=[haren.slug, draft.pk])),
        browser.post(reverse("enrollment:roster_accept", args=[haren.slug, draft.pk])),
    ):
        page = flat(answer)
        assert re.findall(r'count-number">(\d+)<', page) == ["2", "0", "0", "0", "0"]
        assert "lijst.csv" in page and "would be gone" not in page and 'name="seen"' not in page


def test_who_is_left_alone_is_named_with_who_worked_on_them(haren, browser, organiser_emile):
    make_participant(haren, "Renard, Luc", register_number="1", cell="9")
    draft = accepted(browser, haren, f"{HEAD}1;Renard;Luc;A1;1;\n")
    people.move(Stay.objects.get(ends_on=None).participant, haren, None, "77", by=organiser_emile)
    done = browser.post(reverse("enrollment:roster_take_back", args=[haren.slug, draft.pk]), follow=True)
    page = flat(done)
    assert "Renard, Luc (by " in page and organiser_emile.get_full_name() in page
    assert Stay.objects.get(ends_on=None).cell == "77"


def test_what_is_asked_stands_above_the_lists(haren, browser):
    for n in range(30):
        make_participant(haren, register_number=f"9{n:03}")
    page = flat(sent(browser, haren, f"{HEAD}1;Een;An;A1;1;\n"))
    assert page.index('id="questions"') < page.index('name="sure"') < page.index('id="gone"')
    assert 'href="#questions"' in page[page.index('id="gone"') :]
    assert "required" not in page[page.index('id="questions"') : page.index('id="gone"')]


def test_equal_remarks_are_one(haren, browser):
    rows = "".join(f"{n};Naam{n};An;A1;{n};kapot\n" for n in range(1, 41))
    page = flat(sent(browser, haren, HEAD + rows))
    assert page.count("the date of arrival is no date") == 1 and "40 times" in page


def test_a_list_of_which_most_is_not_understood_makes_no_cells_of_today(haren, organiser_anna, browser):
    make_participant(haren, "Een, An", register_number="1", cell="1")
    rows = "".join(f"{n};Naam{n};An;Z9;{n};\n" for n in range(2, 20))
    draft = comparison.draft(haren, "x", f"{HEAD}1;Een;An;;1;\n{rows}".encode(), by=organiser_anna)
    assert not comparison.preview(draft).has_cells
    acceptance.accept(draft, {}, by=organiser_anna, sure={"problems"})
    haren.refresh_from_db()
    assert haren.roster_as_of is None


def test_the_known_person_is_chosen_beforehand(haren, browser):
    back = make_participant(
        haren, "Een, An", register_number="1", ends_on=clock.today() - dt.timedelta(days=3)
    )
    make_participant(haren, "Een, An", register_number="")
    page = flat(sent(browser, haren, f"{HEAD}1;Een;An;A1;1;\n"))
    (ticked,) = re.findall(r'value="(\d+)" checked', page)
    assert ticked == str(back.pk)


def test_rows_can_be_pasted(haren, browser):
    url = reverse("enrollment:roster_read", args=[haren.slug])
    text = "Nr\tNaam\tVoornaam\n1\tEen\tAn\n2\tTwee\tBo\n"
    page = flat(browser.post(url, {"pasted": text}, follow=True))
    assert "Een, An" in page and "Twee, Bo" in page
    bad = browser.post(url, {"pasted": "zomaar wat"})
    assert bad.status_code == 422 and "zomaar wat" in flat(bad)


@pytest.mark.parametrize(
    ("head", "words"),
    [("Naam;Voornaam;Cel", "column with the number is missing"), ("Nr;Voornaam;Cel", "column with the name is missing"),
     ("Kleur;Smaak;Geur", "No headings were found")],
)  # fmt: skip
def test_a_refusal_says_which_column_is_missing(head, words):
    with pytest.raises(PlannerError, match=words):
        read("x", f"{head}\na;b;c\n".encode())


def test_the_number_of_the_prison_goes_before_another_and_it_is_said():
    text = "Dossiernummer;Opsluitingsnummer;Naam\nD7;2169;Een\n"
    found = read("x", text.encode())
    assert [each.number for each in found.lines] == ["2169"]
    assert ["Dossiernummer" in str(each.why) and "column B" in str(each.why) for each in found.remarks] == [
        True
    ]


def test_days_of_unread_rows_are_written_as_people_write_them(haren, organiser_anna):
    from tests.rosters import by_openpyxl

    rows = [["Nr", "Naam", "Aankomst"], ["1", "Een", ""], ["", "Twee", dt.date(2025, 8, 26)]]
    assert "26/08/2025" in read("x", by_openpyxl(rows)).problems[0].text


def test_the_name_of_a_file_is_forgotten(haren, organiser_anna):
    draft = comparison.draft(
        haren, "lijst Peeters.csv", f"{HEAD}1;Een;An;A1;1;\n".encode(), by=organiser_anna
    )
    forget_drafts(now=clock.now() + dt.timedelta(days=91))
    draft.refresh_from_db()
    assert (draft.file_name, draft.lines) == ("", [])
