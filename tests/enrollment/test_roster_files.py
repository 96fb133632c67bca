"""Lists as real programs write them: each file gives its right answer, and nobody goes by a row that is not read."""

import datetime as dt
from pathlib import Path

import pytest

from core import clock
from core.errors import PlannerError
from core.tables.reading import read_sheets
from enrollment.domain import roster, roster_accept, roster_undo
from enrollment.domain.roster_file import read
from enrollment.domain.sheet_lines import marks_by_word
from enrollment.models import Participant, Stay
from prisons.models import Unit
from tests.factories import make_participant

FILES = Path(__file__).parents[1] / "data" / "rosters"
LISTS = sorted(path.name for path in FILES.iterdir() if path.is_file() and not path.name.startswith("30g"))


@pytest.fixture
def prison(haren):
    """Everybody of the baseline stays here, as the demo has it."""
    lines = read("", (FILES / "00-baseline.xlsx").read_bytes()).lines
    units = {
        code: Unit.objects.create(prison=haren, code=code) for code in sorted({line.unit for line in lines})
    }
    people = Participant.objects.bulk_create(
        (Participant(last_name=line.last_name, first_name=line.first_name) for line in lines), batch_size=300
    )
    Stay.objects.bulk_create(
        (
            Stay(
                participant=person, prison=haren, unit=units[line.unit], cell=line.cell,
                register_number=line.number, starts_on=dt.date(2026, 1, 5),
            )
            for person, line in zip(people, lines, strict=True)
        ),
        batch_size=300,
    )  # fmt: skip
    haren.roster_as_of = clock.now() - dt.timedelta(days=1)
    haren.save(update_fields=["roster_as_of"])
    return haren


def shown(prison, name, by):
    return roster.preview(roster.draft(prison, name, (FILES / name).read_bytes(), by=by))


NOTHING = ("new", "known", "moved", "gone", "problems", "remarks", "questions")


@pytest.mark.parametrize(
    "name",
    [
        "00-baseline.xlsx", "01-cells-as-numbers.xlsx", "03b-dimension-says-A1-F300.xlsx",
        "05d-one-sheet-per-unit.xlsx",
        "12-html-called-xls.xls", "14-ods-by-libreoffice.ods", "14-xls-by-libreoffice.xls",
        "24a-heading-on-every-page-and-total.xlsx",
    ],
)  # fmt: skip
def test_files_that_change_nothing(prison, organiser_anna, name):
    found = shown(prison, name, organiser_anna)
    assert found.same == 410 and not any(getattr(found, kind) for kind in NOTHING)


def test_hidden_sheet_is_named_and_never_read(prison, organiser_anna):
    found = shown(prison, "05c-hidden-old-list-before-list-of-today.xlsx", organiser_anna)
    assert found.same == 410 and not found.changes
    assert ["Vorige maand" in str(each.why) for each in found.remarks] == [True]


def test_cached_values_of_formulas_are_read(prison, organiser_anna):
    found = shown(prison, "08-unit-is-vlookup-with-cached-value.xlsx", organiser_anna)
    assert (found.same, found.changes, found.problems) == (410, 0, [])


def test_arrivals_that_are_no_dates_are_remarks(prison, organiser_anna):
    found = shown(prison, "06-six-arrivals-not-dates.xlsx", organiser_anna)
    assert (found.same, found.changes, len(found.problems), len(found.remarks)) == (410, 0, 0, 6)


def test_errors_in_cells_are_not_understood_and_their_people_stay(prison, organiser_anna):
    found = shown(prison, "07-errors-in-cells.xlsx", organiser_anna)
    assert (found.same, found.changes, len(found.problems)) == (406, 0, 4)
    assert [each.row for each in found.problems] == [5, 7, 55, 155]


def test_a_merged_unit_counts_for_each_row_below(prison, organiser_anna):
    found = shown(prison, "11b-unit-merged-down-and-somebody-moved.xlsx", organiser_anna)
    lines = read("", (FILES / "11b-unit-merged-down-and-somebody-moved.xlsx").read_bytes()).lines
    assert all(line.unit for line in lines)
    known = [each for each in found.moved if each.line.number == "2169"]
    assert [each.unit.code for each in known] == [next(x.unit for x in lines if x.number == "2169")]


def test_all_cells_changed_asks_and_only_then_are_cells_of_today(prison, organiser_anna):
    name = "17d-name-in-one-column-all-cells-changed.xlsx"
    before = prison.roster_as_of
    draft = roster.draft(prison, name, (FILES / name).read_bytes(), by=organiser_anna)
    found = roster.preview(draft)
    known = Stay.objects.filter(prison=prison, register_number__in=[each.line.number for each in found.moved])
    assert len(found.moved) == known.count() > 370 and not {"2169", "2170"} & {
        s.register_number for s in found.gone
    }
    assert "moved" in {each.kind for each in found.questions}
    with pytest.raises(PlannerError) as asked:
        roster_accept.accept(draft, {}, by=organiser_anna)
    assert asked.value.code == "many_moved" and "cell" in str(asked.value)
    prison.refresh_from_db()
    assert prison.roster_as_of == before


def test_two_rows_of_one_name_and_one_known_by_note(prison, organiser_anna):
    noted = make_participant(prison, "Yilmazer, Murat", register_number="")
    name = "18a-two-of-the-same-name-one-known-by-note.xlsx"
    draft = roster.draft(prison, name, (FILES / name).read_bytes(), by=organiser_anna)
    found = roster.preview(draft)
    rows = [each for each in found.new if each.line.last_name == "YILMAZER"]
    assert len(rows) == 2 and not found.known
    assert all(each.must_choose and each.links == (noted,) for each in rows)
    first, second = (each.line.row for each in rows)
    for links in ({}, {first: 0}, {first: noted.pk, second: noted.pk}):
        with pytest.raises(PlannerError) as asked:
            roster_accept.accept(draft, links, by=organiser_anna)
        assert asked.value.code == "who_is_who" and not Stay.objects.filter(register_number="9101").exists()
    roster_accept.accept(draft, {first: 0, second: noted.pk}, by=organiser_anna)
    assert Stay.objects.get(register_number="9102").participant == noted
    assert Stay.objects.get(register_number="9101").participant != noted


def test_two_namesakes_elsewhere_are_told_apart(prison, saint_gilles, organiser_anna):
    for number, language in (("SG11", "nl"), ("SG22", "fr")):
        make_participant(saint_gilles, "Bahlou, Mamadou", register_number=number, language=language)
    found = shown(prison, "18e-two-namesakes-elsewhere.xlsx", organiser_anna)
    (row,) = [each for each in found.new if each.line.last_name == "BAHLOU"]
    told = [each.elsewhere for each in row.choices]
    assert row.must_choose and len(set(told)) == 2 and "11" in told[0] and "22" in told[1]


@pytest.mark.parametrize("name", ["40a-csv-excel-text-formula.csv", "40g-csv-unit-words.csv"])
def test_text_of_excel(prison, organiser_anna, name):
    """Made when a few more people were here: whoever the baseline knows is as before."""
    found = shown(prison, name, organiser_anna)
    baseline = shown(prison, "17d-name-in-one-column-all-cells-changed.xlsx", organiser_anna)
    assert found.same > 370 and not found.moved and "2169" not in {each.number for each in found.problems}
    assert len(found.gone) <= len(baseline.gone)
    assert {each.unit.code for each in found.new if each.unit} <= set(
        Unit.objects.values_list("code", flat=True)
    )


def test_letters_of_the_legend_count_as_words():
    (sheet,) = [
        one
        for one in read_sheets((FILES / "30g-sheet-letters-instead-of-words.xlsx").read_bytes())
        if not one.is_hidden
    ]
    marks = {row[0]: row[2] for row in sheet.rows[6:]}
    assert marks["26W4"] == "n" and marks["26LA"] == "p"
    words = marks_by_word()
    assert (words["n"], words["p"]) == ("not_brought", "present")
    assert all(str(mark).replace(" ", "") in words for mark in marks.values())


@pytest.mark.parametrize("name", LISTS)
def test_accepting_and_taking_back_is_the_identity_for_every_file(prison, organiser_anna, name):
    before = list(Stay.objects.order_by("pk").values()), Participant.objects.count()
    draft = roster.draft(prison, name, (FILES / name).read_bytes(), by=organiser_anna)
    found = roster.preview(draft)
    links = {each.line.row: 0 for each in found.new}
    done = roster_accept.accept(draft, links, by=organiser_anna, sure={each.kind for each in found.questions})
    numbers = {line.number for line in read("", (FILES / name).read_bytes()).lines}
    ended = Stay.objects.filter(prison=prison, pk__in=[stay.pk for stay in found.gone])
    assert not numbers & set(ended.values_list("register_number", flat=True))
    roster_undo.undo(done.change_set, by=organiser_anna)
    assert (list(Stay.objects.order_by("pk").values()), Participant.objects.count()) == before
