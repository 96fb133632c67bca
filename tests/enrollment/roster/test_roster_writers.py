"""Any list that a real program writes, with any rows spoiled: nobody whose number stands on it goes by it."""

import csv
import datetime as dt
import io
import random
import time

import openpyxl
import pyexcelerate
import pytest
import xlsxwriter

from core.dates import clock
from core.errors import PlannerError
from core.tables.reading import read_sheets
from core.tables.values import FAULT
from enrollment.domain.roster import acceptance, acceptance_undo, comparison
from enrollment.domain.roster.cell_values import cell_key, number_of, split_name
from enrollment.domain.roster.roster_workbook import read
from enrollment.models import Participant, Stay
from tests.factories import make_participant, make_unit

HEADS = [
    ["Opsluitingsnummer", "Naam", "Voornaam", "Leefeenheid", "Cel", "Aankomst"],
    ["N° d’écrou", "Nom", "Prénom", "Unité de vie", "Cellule", "Date d'entrée"],
    ["Nº", "NAAM", "VOORNAAM", "Eenheid", "Cel nr.", "Datum aankomst"],
    ["Nr.", "Familienaam", "Voornaam", "Afdeling", "Celnummer", "Opgesloten op"],
]
NAMES = [
    ("Gérard", "Sébastien"), ("Öztürk", "İbrahim"), ("van den Berg", "Jean-Pierre"), ("D'Hondt", "Zoë"),
    ("El Idrissi", "Mihai"),
    ("von der Leyen", "Ursula"), ("Weiß", "Łukasz"), ("Suryanto", ""), ("Müller", "Ann"),
    ("Peeters", "Jan"), ("Đặng", "Minh"),
    ("O’Brien", "Seán"),
]  # fmt: skip


def by_openpyxl(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    return saved(book.save)


def by_xlsxwriter(rows):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"default_date_format": "dd/mm/yyyy", "date_1904": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()


def by_pyexcelerate(rows):
    book = pyexcelerate.Workbook()
    book.new_sheet("Lijst", data=[["" if value is None else value for value in row] for row in rows])
    return saved(book.save)


def saved(save):
    out = io.BytesIO()
    save(out)
    return out.getvalue()


def by_csv(encoding, sign):
    def write(rows):
        out = io.StringIO()
        csv.writer(out, delimiter=sign).writerows(
            [[f"{value:%d/%m/%Y}" if isinstance(value, dt.date) else value for value in row] for row in rows]
        )
        return out.getvalue().encode(encoding, errors="replace")

    return write


WRITERS = {
    "openpyxl": by_openpyxl,
    "xlsxwriter": by_xlsxwriter,
    "pyexcelerate": by_pyexcelerate,
    **{
        f"csv {encoding} {sign!r}": by_csv(encoding, sign)
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac_roman")
        for sign in ";,\t|"
    },
}


def number_as(dice, number, *, is_text):
    some = [
        number,
        f" {number}",
        f"'{number}",
        f'="{number}"',
        f"{number}.0",
        f"{number},00",
        f"0{number}",
        f"{number}\u00a0",
    ]
    some += [
        f"{number[:-3]}.{number[-3:]}",
        f"{number[:-3]}\u00a0{number[-3:]}",
        f"{number[:-3]}'{number[-3:]}",
    ]
    return dice.choice(some if is_text else [*some, int(number), float(number)])


def spoiled(dice, row):
    """What people and programs do to a row; the number stays readable."""
    row = list(row)
    place, value = dice.choice(
        [(5, "onbekend"), (5, "31/02/2026"), (5, 46000), (5, "#N/A"), (1, ""), (1, "Iemand"), (3, "Z99"),
         (3, "#REF!"), (4, "#N/B")]
    )  # fmt: skip
    row[place] = value
    if dice.random() < 0.3:
        row[1], row[2] = f"{row[1]} {row[2]}", ""
    return [*row, *[""] * dice.randrange(3)]


@pytest.fixture
def people(haren):
    unit = make_unit(haren, "A1")
    return [
        make_participant(
            haren,
            f"{last}, {first}" if first else last,
            register_number=str(2100 + n),
            unit=unit,
            cell=f"{n + 1:03}",
        )
        for n, (last, first) in enumerate(NAMES)
    ]


def a_list(dice, people, *, is_text):
    listed = [person for person in people if dice.random() > 0.2] or people[:1]
    rows = [["Lijst van de gevangenis"]] * dice.randrange(3) + [[""]] * dice.randrange(3)
    head = dice.choice(HEADS)
    rows.append(head)
    for person in listed:
        stay = person.stays.get()
        cell = dice.choice([stay.cell, stay.cell.lstrip("0"), "777"] + ([] if is_text else [int(stay.cell)]))
        unit = dice.choice(["A1", "Leefeenheid A1", "Unité A1", "unité de vie a1"])
        row = [
            number_as(dice, stay.register_number, is_text=is_text),
            person.last_name,
            person.first_name,
            unit,
            cell,
            dt.date(2026, 1, 5),
        ]
        rows.append(spoiled(dice, row) if dice.random() < 0.5 else row)
        if dice.random() < 0.1:
            rows.append(head)
        if dice.random() < 0.1:
            rows.append(dice.choice([["Pagina 2"], ["Totaal", len(listed)], [""], ["", "", "", "", "", ""]]))
    rows = worse(dice, [*rows, ["Totaal", len(listed)]], head)
    return rows, {person.stays.get().register_number for person in listed}


def worse(dice, rows, head):
    """Whole rows that went astray: slipped, above the headings, a remark, right of everything, a second block."""
    at = rows.index(head)
    above, below = rows[:at], []
    for row in rows[at:]:
        way = dice.choice(["as it is"] * 12 + ["slipped", "above", "remark", "right", "beside"])
        if len(row) < 6 or row is head or way == "as it is":
            below.append(row)
        elif way == "slipped":
            below.append([""] * dice.randrange(1, 4) + row)
        elif way == "above":
            above.append(row)
        elif way == "remark":
            below.append([f"NB {row[0]} {row[1]} ligt in de zaal"])
        elif way == "right":
            below.append([""] * 9 + [row[0]])
        else:
            below[-1] = [*below[-1], *[""] * (9 - len(below[-1])), *row]
    return [*above, *below]


def torn(dice, content, encoding, sign):
    """A quotation mark is opened before some name and closed wherever the next one stands, or never."""
    lines = content.decode(encoding).splitlines(keepends=True)
    at = dice.randrange(len(lines))
    lines[at] = lines[at].replace(sign, f'{sign}"', 1)
    return "".join(lines).encode(encoding)


@pytest.mark.parametrize("seed", range(40))
def test_nobody_whose_number_is_readable_goes_and_taking_back_is_the_identity(
    haren, people, organiser_anna, seed
):
    holds(haren, people, organiser_anna, seed)


def holds(haren, people, by, seed):
    dice = random.Random(seed)
    writer = sorted(WRITERS)[seed % len(WRITERS)]
    rows, numbers = a_list(dice, people, is_text=writer.startswith("csv"))
    before = list(Stay.objects.order_by("pk").values()), Participant.objects.count()
    content = WRITERS[writer](rows)
    is_torn = writer.startswith("csv") and dice.random() < 0.3
    if is_torn:
        content = torn(
            dice,
            content,
            writer.split()[1],
            {"';'": ";", "','": ",", "'|'": "|"}.get(writer.split()[2], "\t"),
        )
    try:
        draft = comparison.draft(haren, "x", content, by=by)
    except PlannerError:
        assert is_torn, (seed, "only a short file that is torn may be refused whole: nobody goes then either")
        return
    found = comparison.preview(draft)
    assert not numbers & {stay.register_number for stay in found.gone}, (seed, writer)
    assert not found.new, (seed, "every number is known")
    done = acceptance.accept(draft, {}, by=by, sure={each.kind for each in found.questions})
    still = Stay.objects.filter(ends_on__isnull=True).values_list("register_number", flat=True)
    assert numbers <= set(still)
    acceptance_undo.undo(done.change_set, by=by)
    assert (list(Stay.objects.order_by("pk").values()), Participant.objects.count()) == before


@pytest.mark.parametrize("writer", WRITERS)
def test_every_writer_is_read_with_its_accents(writer):
    rows = [
        ["Nr", "Naam", "Voornaam", "Opmerking"],
        ["2169", "Gérard", "Zoë", "a"],
        ["2170", "Müller", "François", "b\nc"],
    ]
    found = read("x", WRITERS[writer](rows))
    assert [(one.number, one.last_name, one.first_name) for one in found.lines] == [
        ("2169", "Gérard", "Zoë"),
        ("2170", "Müller", "François"),
    ]


@pytest.mark.parametrize("writer", [by_openpyxl, by_xlsxwriter, by_pyexcelerate])
def test_a_number_as_a_formula_that_is_one_text_counts_as_that_text(writer):
    """These programs work nothing out: the file keeps 0, or nothing, as the value."""
    rows = [["Nr", "Naam", "Voornaam"], ['="2169"', "Peeters", "Jan"], ['="2170"', '="De Smet"', "An"]]
    found = read("x", writer(rows))
    assert [(one.number, one.last_name) for one in found.lines] == [("2169", "Peeters"), ("2170", "De Smet")]


@pytest.mark.parametrize(
    "value",
    ["2169", 2169, 2169.0, "2169.0", "2169,00", "2.169", "2 169", "2\u00a0169", "2'169", "2,169", " 2169 ", "'2169",
     "2.169,00", "2,169E+03", "2.169E3"],
)  # fmt: skip
def test_a_number_is_one_however_it_is_written(value):
    assert number_of(value) == "2169"


@pytest.mark.parametrize("value", ["", None, "Totaal", 21.5, True, dt.date(2026, 1, 1), FAULT, "1,23E+08"])
def test_what_is_no_number(value):
    assert number_of(value) == ""


def test_cells_with_and_without_zeros_are_one():
    assert cell_key("1") == cell_key("01") == cell_key("001") != cell_key("10")
    assert cell_key("A 01") == cell_key("a1") and cell_key("0") != ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("PEETERS Jan", ("PEETERS", "Jan")),
        ("Peeters, Jan", ("Peeters", "Jan")),
        ("von der Leyen Ursula", ("von der Leyen", "Ursula")),
        ("VAN DEN BERG Jean-Pierre", ("VAN DEN BERG", "Jean-Pierre")),
        ("Suryanto", ("Suryanto", "")),
        ("De Smet", ("De Smet", "")),
    ],
)
def test_names_in_one_column(text, name):
    assert split_name(text, is_full=True) == name


def plain_row(person):
    return [person.stays.get().register_number, person.last_name, person.first_name]


def test_a_row_that_names_nobody_makes_who_is_gone_a_question(haren, people, organiser_anna):
    rows = [HEADS[0]] + [
        [p.stays.get().register_number, p.last_name, p.first_name, "A1", p.stays.get().cell, ""]
        for p in people
    ]
    rows[3] = ["#N/A", "#N/A", "", "A1", "", ""]
    draft = comparison.draft(haren, "x", by_csv("utf-8", ";")(rows), by=organiser_anna)
    found = comparison.preview(draft)
    assert [stay.participant for stay in found.gone] == [people[2]] and [q.kind for q in found.questions] == [
        "gone"
    ]
    with pytest.raises(PlannerError):
        acceptance.accept(draft, {}, by=organiser_anna)


def test_a_list_without_cells_leaves_the_date_of_the_cells(haren, people, organiser_anna):
    rows = [["Nr", "Naam", "Voornaam"]] + [
        [p.stays.get().register_number, p.last_name, p.first_name] for p in people
    ]
    draft = comparison.draft(haren, "x", by_csv("utf-8", ";")(rows), by=organiser_anna)
    acceptance.accept(draft, {}, by=organiser_anna)
    haren.refresh_from_db()
    assert haren.roster_as_of is None


def test_accepting_does_what_was_shown_or_nothing(haren, people, organiser_anna):
    rows = [["Nr", "Naam", "Voornaam"]] + [
        [p.stays.get().register_number, p.last_name, p.first_name] for p in people[:-1]
    ]
    draft = comparison.draft(haren, "x", by_csv("utf-8", ";")(rows), by=organiser_anna)
    seen = comparison.preview(draft).digest
    make_participant(haren, "Later, An", register_number="9999")
    with pytest.raises(PlannerError) as changed:
        acceptance.accept(draft, {}, by=organiser_anna, seen=seen)
    assert changed.value.code == "other_effects" and not Stay.objects.filter(ends_on__isnull=False).exists()
    acceptance.accept(draft, {}, by=organiser_anna, seen=comparison.preview(draft).digest)


@pytest.mark.parametrize("writer", ["openpyxl", "csv utf-8 ';'"])
def test_twelve_hundred_people_within_a_second(haren, organiser_anna, writer):
    unit = make_unit(haren, "A1")
    rows = [HEADS[0]] + [
        [str(5000 + n), f"Naam{n}", "Jan", "A1", f"{n:04}", "01/02/2026"] for n in range(1200)
    ]
    people = Participant.objects.bulk_create(
        Participant(last_name=f"Naam{n}", first_name="Jan") for n in range(1200)
    )
    Stay.objects.bulk_create(
        Stay(
            participant=person,
            prison=haren,
            unit=unit,
            cell=f"{n:04}",
            register_number=str(5000 + n),
            starts_on=clock.today(),
        )
        for n, person in enumerate(people)
    )
    content = WRITERS[writer](rows)
    costs = []
    for _round in range(3):
        before = sum(time_of_all())
        found = comparison.preview(comparison.draft(haren, "x", content, by=organiser_anna))
        costs.append(sum(time_of_all()) - before)
    print(f"{writer}: {min(costs):.2f} s")
    assert found.same == 1200 and min(costs) < 1


def time_of_all():
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time(), used.ru_utime, used.ru_stime


def test_cells_at_the_far_corners_are_refused():
    """A workbook whose cells lie at the far corners asks for all memory: refused in words."""
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "Nr", "x"
    with pytest.raises(PlannerError) as refused:
        read_sheets(saved(book.save))
    assert refused.value.status == 422 and len(str(refused.value)) > 20
