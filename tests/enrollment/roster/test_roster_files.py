"""Lists as real programs write them: each file gives its right answer, and nobody goes by a row that is not read."""

import csv

import openpyxl
import pytest

from core.errors import PlannerError
from core.tables.reading import read_sheets
from enrollment.domain.attendance.sheet_lines import marks_by_word
from enrollment.domain.roster import acceptance, acceptance_undo, comparison
from enrollment.domain.roster.roster_workbook import read
from enrollment.models import Participant, Stay
from tests.factories import make_participant
from tests.rosters import FILES, HEAD, base, by_text, by_xlsxwriter, listed, settled

LISTS = sorted(path.name for path in FILES.iterdir() if path.is_file() and not path.name.startswith("30g"))


@pytest.fixture
def prison(haren):
    """Everybody of the baseline stays here, as the demo has it."""
    return settled(haren, base())


def shown(prison, name, by):
    return comparison.preview(comparison.draft(prison, name, (FILES / name).read_bytes(), by=by))


NOTHING = ("new", "moved", "gone", "problems", "remarks", "questions")


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


def remade(name):
    """The six files that were made when other people were here, made anew from the baseline and spoiled alike."""
    if name.startswith("11b"):
        rows, areas = [["Leefeenheid", "Cel", *HEAD[:3]]], []
        moved = [(*row[:3], "A2", *row[4:]) if row[0] == "2169" else row for row in base()]
        for unit in dict.fromkeys(row[3] for row in base()):
            some = [row for row in moved if row[3] == unit]
            areas.append((len(rows), len(rows) + len(some) - 1, unit))
            rows += [[unit if n == 0 else None, row[4], *row[:3]] for n, row in enumerate(some)]

        def merge(book):
            for top, bottom, unit in areas:
                book.worksheets()[0].merge_range(top, 0, bottom, 0, unit)

        return by_xlsxwriter({"Lijst": rows}, merge)
    if name.startswith("17d"):
        rows = [[row[0], f"{row[1].upper()} {row[2]}", row[3], "999", row[5]] for row in base()]
        return by_xlsxwriter({"Lijst": [[HEAD[0], "Naam en voornaam", *HEAD[3:]], *rows]})
    if name.startswith("18a"):
        twice = [["9101", "YILMAZER", "Murat", "A1", "030"], ["9102", "YILMAZER", "Murat", "B2", "031"]]
        return by_xlsxwriter({"Lijst": [*listed(), *twice]})
    if name.startswith("18e"):
        return by_xlsxwriter({"Lijst": [*listed(), ["9103", "BAHLOU", "Mamadou", "A1", "030"]]})
    if name.startswith("40a"):
        rows = [[f'="{row[0]}"', *row[1:4], f'="{row[4]}"', row[5]] for row in base()]
        return by_text([HEAD, *rows], "cp1252")
    rows = [[*row[:3], f"Leefeenheid {row[3]}", *row[4:]] for row in base()]
    return by_text([HEAD, *rows], "cp1252")


REMADE = {
    "11b-unit-merged-down-and-somebody-moved.xlsx": {"same": 409, "moved": 1},
    "17d-name-in-one-column-all-cells-changed.xlsx": {"same": 0, "moved": 410, "questions": 1},
    "18a-two-of-the-same-name-one-known-by-note.xlsx": {"same": 410, "new": 2},
    "18e-two-namesakes-elsewhere.xlsx": {"same": 410, "new": 1},
    "40a-csv-excel-text-formula.csv": {"same": 410},
    "40g-csv-unit-words.csv": {"same": 410},
}


@pytest.mark.parametrize("name", REMADE)
def test_files_made_of_other_people_give_their_answer_for_the_410(prison, organiser_anna, name):
    found = comparison.preview(comparison.draft(prison, name, remade(name), by=organiser_anna))
    counts = {"same": found.same} | {kind: len(getattr(found, kind)) for kind in NOTHING}
    assert counts == dict.fromkeys(counts, 0) | REMADE[name]
    if name.startswith("11b"):
        assert [(each.line.number, each.unit.code) for each in found.moved] == [("2169", "A2")]


def people_of(name):
    """Who stood in the file as it was made, read by another library; those that it spoils as they were."""
    if name.endswith(".csv"):
        text = (FILES / name).read_text("cp1252").splitlines()
        rows = [[value.strip('="') for value in row] for row in csv.reader(text, delimiter=";")][1:]
        return [[*row[:3], row[3].removeprefix("Leefeenheid "), row[4]] for row in rows]
    rows = list(openpyxl.load_workbook(FILES / name).worksheets[0].iter_rows(min_row=2, values_only=True))
    known = {row[0]: row for row in base()}
    if name.startswith("17d"):
        names = {row[0]: row[1].rpartition(" ")[::2] if " " in row[1] else (row[1], "") for row in rows}
        return [
            [row[0], *names[row[0]], row[2], known[row[0]][4] if row[0] in known else "1"] for row in rows
        ]
    unit, found = "", []
    for row in rows:
        unit = row[0] or unit
        found.append([row[2], row[3], row[4] or "", "A1" if row[2] == "2169" else unit, row[1]])
    return found


@pytest.mark.parametrize(
    ("name", "moved"),
    [("11b-unit-merged-down-and-somebody-moved.xlsx", ["2169"]), ("40a-csv-excel-text-formula.csv", []),
     ("40g-csv-unit-words.csv", []), ("17d-name-in-one-column-all-cells-changed.xlsx", None)],
)  # fmt: skip
def test_files_made_of_other_people_for_those_people(haren, organiser_anna, name, moved):
    people = people_of(name)
    found = shown(settled(haren, people), name, organiser_anna)
    wanted = [row[0] for row in people] if moved is None else moved
    assert sorted(each.line.number for each in found.moved) == sorted(wanted)
    assert found.same == len(people) - len(wanted)
    assert not (found.new or found.gone or found.problems or found.remarks)


def test_all_cells_changed_asks_and_only_then_are_cells_of_today(prison, organiser_anna):
    before = prison.roster_as_of
    draft = comparison.draft(prison, "x", remade("17d"), by=organiser_anna)
    with pytest.raises(PlannerError) as asked:
        acceptance.accept(draft, {}, by=organiser_anna)
    assert asked.value.code == "many_moved" and "cell" in str(asked.value)
    prison.refresh_from_db()
    assert prison.roster_as_of == before
    acceptance.accept(draft, {}, by=organiser_anna, sure={"moved"})
    prison.refresh_from_db()
    assert prison.roster_as_of > before
    assert set(Stay.objects.filter(ends_on=None).values_list("cell", flat=True)) == {"999"}


def test_two_rows_of_one_name_and_one_known_by_note(prison, organiser_anna):
    noted = make_participant(prison, "Yilmazer, Murat", register_number="")
    name = "18a-two-of-the-same-name-one-known-by-note.xlsx"
    draft = comparison.draft(prison, name, (FILES / name).read_bytes(), by=organiser_anna)
    found = comparison.preview(draft)
    rows = [each for each in found.new if each.line.last_name == "YILMAZER"]
    assert len(rows) == 2
    assert all(each.must_choose and each.links == (noted,) for each in rows)
    first, second = (each.line.row for each in rows)
    for links in ({}, {first: 0}, {first: noted.pk, second: noted.pk}):
        with pytest.raises(PlannerError) as asked:
            acceptance.accept(draft, links, by=organiser_anna)
        assert asked.value.code == "who_is_who" and not Stay.objects.filter(register_number="9101").exists()
    acceptance.accept(draft, {first: 0, second: noted.pk}, by=organiser_anna)
    assert Stay.objects.get(register_number="9102").participant == noted
    assert Stay.objects.get(register_number="9101").participant != noted


def test_two_namesakes_elsewhere_are_told_apart(prison, saint_gilles, organiser_anna):
    for number, language in (("SG11", "nl"), ("SG22", "fr")):
        make_participant(saint_gilles, "Bahlou, Mamadou", register_number=number, language=language)
    found = shown(prison, "18e-two-namesakes-elsewhere.xlsx", organiser_anna)
    (row,) = [each for each in found.new if each.line.last_name == "BAHLOU"]
    told = [each.elsewhere for each in row.choices]
    assert row.must_choose and len(set(told)) == 2 and "11" in told[0] and "22" in told[1]


def test_namesakes_elsewhere_with_the_same_facts_are_told_apart_all_the_same(
    prison, saint_gilles, organiser_anna
):
    for number in ("SG3311", "SG4411", "", ""):
        make_participant(saint_gilles, "Bahlou, Mamadou", register_number=number, language="fr")
    found = shown(prison, "18e-two-namesakes-elsewhere.xlsx", organiser_anna)
    (row,) = [each for each in found.new if each.line.last_name == "BAHLOU"]
    told = [each.elsewhere for each in row.choices]
    assert len(set(told)) == 4 and not any("SG3311" in each or "SG4411" in each for each in told)


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
    draft = comparison.draft(prison, name, (FILES / name).read_bytes(), by=organiser_anna)
    found = comparison.preview(draft)
    links = {each.line.row: 0 for each in found.new}
    done = acceptance.accept(draft, links, by=organiser_anna, sure={each.kind for each in found.questions})
    numbers = {line.number for line in read("", (FILES / name).read_bytes()).lines}
    ended = Stay.objects.filter(prison=prison, pk__in=[stay.pk for stay in found.gone])
    assert not numbers & set(ended.values_list("register_number", flat=True))
    acceptance_undo.undo(done.change_set, by=organiser_anna)
    assert (list(Stay.objects.order_by("pk").values()), Participant.objects.count()) == before
