"""Whoever's number stands anywhere in the file stays, and the preview says where, however the list is spoiled."""

import csv
import datetime as dt

import pytest

from enrollment.domain.roster import acceptance, acceptance_undo, comparison
from enrollment.domain.roster.loose_numbers import numbers_in
from enrollment.models import Stay
from tests.factories import make_participant
from tests.rosters import (
    HEAD,
    base,
    beside,
    by_openpyxl,
    by_text,
    by_web,
    by_xlsb,
    by_xlsxwriter,
    listed,
    opened,
    settled,
    shifted,
)


@pytest.fixture
def prison(haren):
    return settled(haren, base())


def names_first(row):
    return [row[1], row[2], row[0], *row[3:]]


def last_row(*row):
    return by_xlsxwriter({"Lijst": [*listed()[:-1], row]})


def with_two_in(cell):
    rows = [list(row) for row in listed()]
    rows[5][0] = cell
    return by_text([*rows[:6], *rows[8:]], "utf-8")


def merged_numbers():
    def merge(book):
        book.worksheets()[0].merge_range(5, 0, 7, 0, base()[4][0])

    return by_xlsxwriter({"Lijst": listed()}, merge)


def exchanged():
    """Toure's row carries the number of Van Damme, whose own row stands right."""
    rows = [list(row) for row in listed()]
    rows[3][0] = rows[8][0]
    return rows


def hidden(title):
    return lambda book: book.get_worksheet_by_name(title).hide()


LAST = base()[-1]
WAYS = {
    "a quote is opened and closed later": lambda: opened(3, 12),
    "a quote is opened and never closed": lambda: opened(400),
    "a quote swallows the whole list": lambda: opened(1),
    "a quote in text with commas": lambda: opened(3, 12, sign=","),
    "two quotes": lambda: opened(3, 9, [*listed()[:200], *csv.reader(
        opened(3, 9, [HEAD, *base()[199:]]).decode().splitlines()[1:], delimiter=";", quoting=csv.QUOTE_NONE)]),
    "eight rows one cell to the right": lambda: by_openpyxl(shifted(listed(), range(3, 11), 1)),
    "eight rows two cells to the right": lambda: by_openpyxl(shifted(listed(), range(3, 11), 2)),
    "eight rows five cells to the right": lambda: by_xlsb({"L": shifted(listed(), range(3, 11), 5)}),
    "names first, eight rows to the left": lambda: by_text(
        shifted([names_first(row) for row in listed()], range(3, 11), -1), "utf-8"),
    "names first, two cells to the left": lambda: by_text(
        shifted([names_first(row) for row in listed()], range(3, 11), -2), "utf-8"),
    "a separator in a name": lambda: by_text(
        [names_first(HEAD), *[["Van", "Der Nguyen", *names_first(row)[1:]] if n in (2, 9) else names_first(row)
                              for n, row in enumerate(base())]], "cp1252"),
    "a second sheet without headings": lambda: by_xlsxwriter({"Blad1": listed()[:386], "Blad2": base()[385:]}),
    "a second sheet of two rows": lambda: by_xlsxwriter({"Blad1": listed()[:409], "Blad2": base()[408:]}),
    "a hidden sheet with the rest": lambda: by_xlsxwriter(
        {"Blad1": listed()[:386], "Rest": [HEAD, *base()[385:]]}, hidden("Rest")),
    "two blocks side by side": lambda: by_xlsxwriter({"L": beside(listed(), 30)}),
    "two halves side by side": lambda: by_xlsxwriter({"L": beside(listed(), 205)}),
    "two blocks with nothing between": lambda: by_text(beside(listed(), 30, ()), "utf-8"),
    "two blocks of a web page": lambda: by_web(beside(listed(), 30)).encode(),
    "people above the headings": lambda: by_xlsxwriter({"L": [*base()[:5], *listed()[:1], *base()[5:]]}),
    "people above and titles": lambda: by_text([["Lijst van 30/11/2026"], *base()[:3], HEAD, *base()[3:]], "utf-8"),
    "a remark": lambda: last_row(f"Opmerking: {LAST[0]} {LAST[1]} {LAST[2]} in {LAST[3]} {LAST[4]}"),
    "a remark with a point in the number": lambda: last_row(*[""] * 6, f"zie ook {LAST[0][0]}.{LAST[0][1:]}!"),
    "a remark with a space in the number": lambda: last_row(f"NB {LAST[0][0]} {LAST[0][1:]} ligt in de zaal"),
    "a remark in small letters": lambda: last_row("nb", f"nr.{LAST[0]}(hospitaal)"),
    "right of the last heading": lambda: by_xlsxwriter(
        {"L": [[*row, LAST[0]] if n == 7 else row for n, row in enumerate(listed()[:-1])]}),
    "in the column of the name": lambda: last_row("", f"{LAST[0]} {LAST[1]}", LAST[2], LAST[3], LAST[4]),
    "in the column of the unit": lambda: last_row("", LAST[1], LAST[2], LAST[0]),
    "in the column of the arrival": lambda: last_row("9999", "Iemand", "Anders", "A1", "001", int(LAST[0])),
    "two numbers in a cell": lambda: with_two_in(f"{base()[4][0]} / {base()[5][0]} + {base()[6][0]}"),
    "two numbers on lines of a cell": lambda: with_two_in(f"{base()[4][0]}\n{base()[5][0]}\n{base()[6][0]}"),
    "a number over three rows": merged_numbers,
    "a number of somebody else": lambda: by_xlsxwriter({"L": exchanged()}),
    "in a total": lambda: last_row("Totaal", int(LAST[0])),
    "in a number of a page": lambda: last_row(f"Pagina {LAST[0]}"),
    "as a heading": lambda: by_text([[*HEAD, LAST[0]], *base()[:-1]], "utf-8"),
    "the number of another register first": lambda: by_text(
        [["Dossiernummer", *HEAD], *([f"D{n}", *row] for n, row in enumerate(base()))], "utf-8"),
    "the same heading twice": lambda: by_text(
        [[HEAD[0], *HEAD], *([f"9{n:04}", *row] for n, row in enumerate(base()))], "utf-8"),
}  # fmt: skip


ONCE = 8
"""So many ways are tried in one test: settling 410 people costs more than reading a list of them."""


@pytest.mark.parametrize("start", range(0, len(WAYS), ONCE), ids=lambda start: list(WAYS)[start])
def test_nobody_goes_whose_number_stands_in_the_file(prison, organiser_anna, start):
    before = list(Stay.objects.order_by("pk").values())
    for way in list(WAYS)[start : start + ONCE]:
        draft = comparison.draft(prison, "x", WAYS[way](), by=organiser_anna)
        found = comparison.preview(draft)
        assert (way, [str(stay.participant) for stay in found.gone]) == (way, [])
        assert not silently_kept(found), way
        links = {each.line.row: 0 for each in found.new}
        done = acceptance.accept(
            draft, links, by=organiser_anna, sure={each.kind for each in found.questions}
        )
        acceptance_undo.undo(done.change_set, by=organiser_anna)
        assert list(Stay.objects.order_by("pk").values()) == before, way


def silently_kept(found):
    """Whoever is neither as before nor moved is named by a row that was not understood, or by a remark."""
    told = " ".join(each.text for each in (*found.problems, *found.remarks))
    read = {each.line.number for each in found.moved}
    silent = [row for row in base() if row[0] not in read and row[0] not in told and row[1] not in told]
    return len(silent) > found.same


def test_a_number_that_stands_alone_somewhere_keeps_its_person_and_says_so(prison, organiser_anna):
    make_participant(prison, "Weg, Piet", register_number="410")
    content = by_xlsxwriter({"Lijst": [*listed(), ["Totaal", 410]]})
    found = comparison.preview(comparison.draft(prison, "x", content, by=organiser_anna))
    assert found.gone == [] and found.same == 410
    assert [(each.row, each.text) for each in found.remarks] == [(412, "410 Weg, Piet")]


def test_days_and_hours_are_nobody(prison, organiser_anna):
    """The year 2026 above a list, in its footer and in a column of days keeps nobody."""
    for number in ("2026", "30", "11", "8"):
        make_participant(prison, f"Weg, Nr{number}", register_number=number)
    head, rows = [*HEAD, "Afgedrukt"], [[*row, "30/11/2026 08:11"] for row in base()]
    content = by_text([["Lijst van 30/11/2026 8u11"], head, *rows], "utf-8")
    found = comparison.preview(comparison.draft(prison, "x", content, by=organiser_anna))
    assert {stay.register_number for stay in found.gone} == {"2026", "30", "11", "8"} and not found.remarks


def test_the_cells_and_units_of_others_are_nobody(prison, organiser_anna):
    make_participant(prison, "Weg, Piet", register_number="1")
    found = comparison.preview(
        comparison.draft(
            prison,
            "x",
            by_text([*listed(), ["9999", "Nieuw", "An", "A1", "001"]], "utf-8"),
            by=organiser_anna,
        )
    )
    assert [stay.register_number for stay in found.gone] == ["1"]


def test_a_count_of_the_rows_is_nobody(prison, organiser_anna):
    """A column that counts 1, 2, 3 says nothing of the people with these numbers."""
    make_participant(prison, "Weg, Piet", register_number="17")
    rows = [["Volgnummer", *HEAD], *([n, *row] for n, row in enumerate(base(), 1))]
    found = comparison.preview(comparison.draft(prison, "x", by_text(rows, "utf-8"), by=organiser_anna))
    assert [stay.register_number for stay in found.gone] == ["17"]


def test_a_number_of_somebody_else_beside_the_right_row(prison, organiser_anna):
    """The row with the name of the number is read; the other is not understood, and its person stays."""
    found = comparison.preview(
        comparison.draft(prison, "x", by_xlsxwriter({"L": exchanged()}), by=organiser_anna)
    )
    assert (found.same, found.gone) == (409, [])
    assert [each.row for each in found.problems] == [4] and "row 9 already" in found.problems[0].why


@pytest.mark.parametrize(
    ("value", "numbers"),
    [
        ("Opmerking: 2169 El Idrissi in A1 001", {"2169", "1", "a1"}), ("nr.2.169", {"2169"}), (2169.0, {"2169"}),
        ("2 169 X", {"2169"}), ("30/11/2026", set()), (dt.date(2026, 11, 30), set()), ("HA-2169", {"ha2169"}),
        (21.5, set()), (None, set()), ("8:30", set()), ("Jan", set()),
    ],
)  # fmt: skip
def test_numbers_in_a_cell(value, numbers):
    found = set(numbers_in(value))
    assert numbers <= found if numbers else not found & {"2026", "30", "11", "8", "21", "5"}
