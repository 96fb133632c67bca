"""Lists of the kinds that real programs write and people spoil, made here from the 410 of the baseline.

A table: what the file is -> what the preview says. Everything that is not named is nothing.
"""

import csv
import datetime as dt

import pytest

from core.errors import PlannerError
from enrollment.domain.roster import comparison
from tests.rosters import (
    FILES,
    HEAD,
    as_text,
    base,
    by_openpyxl,
    by_pandas,
    by_pyexcelerate,
    by_text,
    by_web,
    by_xlsb,
    by_xlsxwriter,
    dates_of_the_calendar,
    listed,
    settled,
    strict,
    web_row,
)

UNITS = list(dict.fromkeys(row[3] for row in base()))
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1", "iso8859-15",
             "cp850", "cp437", "mac_roman")  # fmt: skip


@pytest.fixture
def prison(haren):
    return settled(haren, base())


def of(unit):
    return [row for row in base() if row[3] == unit]


def without_unit(row):
    return [*row[:3], *row[4:]]


def plain():
    return by_xlsxwriter({"Lijst": listed()})


def under(*head):
    return by_text([head, *base()], "utf-8")


def ending(*row):
    return by_xlsxwriter({"Lijst": [*listed(), row]})


def one_name(words, head="Naam en voornaam"):
    rows = [[row[0], words(row), row[3], row[4]] for row in base()]
    return by_text([["Nr", head, "Leefeenheid", "Cel"], *rows], "utf-8", quoting=csv.QUOTE_ALL)


def numbers(write):
    rows = [[write(row[0]), *row[1:]] for row in base()]
    return by_xlsxwriter({"Lijst": [HEAD, *rows]}, strings_to_formulas=False, strings_to_numbers=False)


def paged(*between):
    rows = []
    for start in range(0, 410, 40):
        rows += [HEAD, *base()[start : start + 40], *between]
    return rows


def by_unit(title, *, above=True):
    """A line with the unit above its people, and no column for it."""
    rows = [without_unit(HEAD)] if above else []
    for unit in UNITS:
        rows += [title(unit), *([] if above else [[], without_unit(HEAD)]), *map(without_unit, of(unit))]
    return by_text(rows, "utf-8")


def merged():
    """The unit's cell is merged over its rows."""
    rows, areas = [HEAD], []
    for unit in UNITS:
        areas.append((len(rows), len(rows) + len(of(unit)) - 1, 3))
        rows += [[*row[:3], unit if row is of(unit)[0] else None, *row[4:]] for row in of(unit)]
    return rows, areas


def merged_xlsx():
    rows, areas = merged()

    def merge(book):
        for (top, bottom, column), unit in zip(areas, UNITS, strict=True):
            book.worksheets()[0].merge_range(top, column, bottom, column, unit)

    return by_xlsxwriter({"Lijst": rows}, merge)


def merged_web():
    rows = "".join(
        f"<tr><td>{row[0]}</td><td>{row[1]}</td><td>{row[2]}</td>"
        + (f"<td rowspan={len(of(unit))}>{unit}</td>" if row is of(unit)[0] else "")
        + f"<td>{row[4]}</td><td>{as_text(row[5])}</td></tr>"
        for unit in UNITS
        for row in of(unit)
    )
    head = f"<tr><td colspan=6>Gevangenis</td></tr>{web_row(HEAD, 'th')}"
    return f"<html><table border=1>{head}{rows}</table></html>".encode()


def wide_web():
    """Names over two columns, titles over all, rows that nobody sees and a table around the table."""
    rows = "".join(
        f"<tr><td>{row[0]}<td colspan=2>{row[1]}, {row[2]}<td>{row[3]}<td>{row[4]}" for row in base()
    )
    head = "<tr><th>N°<th colspan=2>Nom et prénom<th>Unité<th>Cellule"
    inner = f"<table>{head}{rows}</table>"
    return f"<!DOCTYPE html><body><table><tr><td>Prison</td></tr><tr><td>{inner}</td></tr></table>".encode()


def with_errors(value=lambda cell, text: setattr(cell, "value", text)):
    """Errors in a unit, a number and a name, and two formulas whose value is one."""

    def change(sheet):
        for place, text in (("D6", "#N/A"), ("A8", "#REF!"), ("B10", "#N/A")):
            sheet[place].value, sheet[place].data_type = text, "e"
        sheet["D12"].value, sheet["E14"].value = "=1/0", "=NA()"

    return by_openpyxl(listed(), change)


def with_hidden():
    def change(sheet):
        for row in (3, 4, 9):
            sheet.row_dimensions[row].hidden = True
        sheet.column_dimensions["E"].hidden = True

    return by_openpyxl(listed(), change)


def with_hidden_column_of_old_cells():
    rows = [[*HEAD[:4], "Cel", "Cel"], *([*row[:4], "888", row[4]] for row in base())]

    def change(sheet):
        sheet.column_dimensions["E"].hidden = True

    return by_openpyxl(rows, change)


def with_hidden_sheets():
    old = [HEAD, ["1", "Oud", "Iemand", "A1", "001", None]]

    def hide(book):
        first, today, last = book.worksheets()
        today.activate()
        today.set_first_sheet()
        first.hide()
        last.very_hidden()

    return by_xlsxwriter({"Oud": old, "Vandaag": listed(), "Sjabloon": old}, hide)


def sheet_per_unit(title="{}"):
    return by_xlsxwriter(
        {title.format(unit): [without_unit(HEAD), *map(without_unit, of(unit))] for unit in UNITS}
    )


def with_formulas():
    """The unit and the number are formulas with their values kept."""

    def write(book):
        sheet = book.worksheets()[0]
        for place, row in enumerate(base(), 1):
            sheet.write_formula(place, 0, f"=VALUE({row[0]})", None, int(row[0]))
            sheet.write_formula(place, 3, f"=VLOOKUP(A{place + 1},X!A:B,2,0)", None, row[3])

    return by_xlsxwriter({"Lijst": listed()}, write)


def numeric():
    day = dt.datetime(1899, 12, 30)
    return [HEAD] + [[int(r[0]), r[1], r[2], r[3], int(r[4]), (r[5] - day).days] for r in base()]


def with_two_kinds_of_days():
    rows = numeric()
    rows[1][5], rows[2][5] = "15/01/2025", "onbekend"
    return by_pyexcelerate(rows)


OFFICE = (
    ("plain", plain, {}),
    ("merged", merged_xlsx, {}),
    ("errors", with_errors, {"same": 405, "problems": 5}),
    ("days-of-1904", lambda: by_xlsxwriter({"Lijst": listed()}, date_1904=True), {}),
    ("sheet-per-unit", sheet_per_unit, {}),
    ("hidden-rows-and-column", with_hidden, {"remarks": 2}),
    ("hidden-sheets", with_hidden_sheets, {"remarks": 2}),
)
KINDS = {
    **{
        f"text {encoding} {sign!r}": (lambda e=encoding, s=sign: by_text(listed(), e, s), {})
        for encoding in ENCODINGS
        for sign in (";,\t|" if encoding in ("utf-8", "cp1252") else ";")
    },
    "utf-16-be with its mark": (lambda: by_text(listed(), "utf-16-be", mark=b"\xfe\xff"), {}),
    "lines of an old Mac": (lambda: by_text(listed(), "mac_roman", end="\r"), {}),
    "lines of an old Mac in utf-16": (lambda: by_text(listed(), "utf-16-le", end="\r"), {}),
    "lines ended twice": (lambda: by_text(listed(), "utf-8", end="\r\r\n"), {}),
    "end of file of DOS": (lambda: by_text(listed(), "cp850") + b"\x1a", {}),
    "every cell quoted": (lambda: by_text(listed(), "cp1252", quoting=csv.QUOTE_ALL), {}),
    "sep= above": (lambda: b"sep=|\r\n" + by_text(listed(), "cp1252", "|"), {}),
    "sep= in utf-16": (lambda: by_text([["sep=;"], *listed()], "utf-16"), {}),
    "each line quoted as a whole": (
        lambda: "\r\n".join(
            f'"{line}"' for line in by_text(listed(), "utf-8", ",").decode().replace('"', '""').splitlines()
        ).encode(),
        {},
    ),
    "padded with spaces": (
        lambda: by_text([[f"{as_text(v) or '':<20}" for v in row] for row in listed()], "cp1252", "|"),
        {},
    ),
    "a table as Markdown has it": (
        lambda: "\n".join(
            f"| {' | '.join(str(as_text(v)) for v in row)} |" for row in [HEAD, ["---"] * 6, *base()]
        ).encode(),
        {},
    ),
    "xlsxwriter": (plain, {}),
    "xlsxwriter row by row": (lambda: by_xlsxwriter({"Lijst": listed()}, constant_memory=True), {}),
    "openpyxl": (lambda: by_openpyxl(listed()), {}),
    "pyexcelerate, days as bare numbers": (lambda: by_pyexcelerate(listed()), {}),
    "days as numbers among days": (with_two_kinds_of_days, {"remarks": 409}),
    "pandas with openpyxl": (lambda: by_pandas(listed(), "openpyxl"), {}),
    "pandas with xlsxwriter": (lambda: by_pandas(listed(), "xlsxwriter"), {}),
    "days of 1904": (lambda: by_xlsxwriter({"Lijst": listed()}, date_1904=True), {}),
    "strict": (lambda: strict(plain()), {}),
    "strict of openpyxl": (lambda: strict(by_openpyxl(listed())), {}),
    "strict with days of the calendar": (lambda: dates_of_the_calendar(strict(plain())), {}),
    "strict with errors": (lambda: strict(with_errors()), {"same": 405, "problems": 5}),
    "strict, merged": (lambda: strict(merged_xlsx()), {}),
    "xlsb": (lambda: by_xlsb({"Lijst": listed()}), {}),
    "xlsb with numbers": (lambda: by_xlsb({"Lijst": numeric()}), {}),
    "xlsb, merged": (lambda: by_xlsb({"Lijst": merged()[0]}, merged=merged()[1]), {}),
    "xlsb, a sheet per unit": (
        lambda: by_xlsb({unit: [without_unit(HEAD), *map(without_unit, of(unit))] for unit in UNITS}),
        {},
    ),
    "xlsb with a hidden sheet": (
        lambda: by_xlsb({"Oud": [HEAD, ["1", "Oud", "", "A1", "1"]], "Nu": listed()}, hidden=["Oud"]),
        {"remarks": 1},
    ),
    "xlsb with errors": (
        lambda: by_xlsb({"L": [HEAD, ["2169", "#N/A", "Mihai", "A1", "001"], *base()[1:]]}),
        {"same": 409, "problems": 1},
    ),
    "merged": (merged_xlsx, {}),
    "merged and saved as text": (lambda: by_text(merged()[0], "utf-8"), {}),
    "formulas with their values": (with_formulas, {}),
    "errors": (with_errors, {"same": 405, "problems": 5}),
    "errors of LibreOffice in text": (
        lambda: by_text([HEAD, ["2169", "Err:504", "Mihai", "A1", "001"], *base()[1:]], "utf-8"),
        {"same": 409, "problems": 1},
    ),
    "hidden rows and column": (with_hidden, {"remarks": 2}),
    "hidden column of old cells": (with_hidden_column_of_old_cells, {"remarks": 1}),
    "hidden sheets": (with_hidden_sheets, {"remarks": 2}),
    "a sheet per unit": (sheet_per_unit, {}),
    "a sheet per unit, in words": (lambda: sheet_per_unit("Leefeenheid {}"), {}),
    "web page": (lambda: by_web(listed()).encode(), {}),
    "web page in cp1252": (lambda: by_web(listed(), '<meta charset="windows-1252">').encode("cp1252"), {}),
    "web page in utf-16": (lambda: by_web(listed()).encode("utf-16"), {}),
    "web page with rows together": (merged_web, {}),
    "web page with columns together": (wide_web, {}),
    "web page with rows that nobody sees": (
        lambda: by_web(listed()).replace("<tr><td>2170", "<tr style='display: none'><td>2170").encode(),
        {"remarks": 1},
    ),
    "headings in the twentieth row": (lambda: by_xlsxwriter({"L": [["titel"]] * 18 + [[]] + listed()}), {}),
    "headings over two rows": (
        lambda: by_text(
            [
                ["Opsluitings", "Familie", "Voor", "Leef", "Cel", "Datum"],
                ["nummer", "naam", "naam", "eenheid", "nummer", "aankomst"],
                *base(),
            ],
            "utf-8",
        ),
        {},
    ),
    "groups above the headings": (
        lambda: by_text([["Gedetineerde", "", "", "Verblijf"], *listed()], "utf-8"),
        {},
    ),
    "a number of the row first": (
        lambda: by_text(
            [["N°", *HEAD], *([number, *row] for number, row in enumerate(base(), 1))], "utf-8"
        ),
        {},
    ),
    "the number last": (
        lambda: by_text([[*HEAD[1:], "Nr."], *([*row[1:], row[0]] for row in base())], "utf-8"),
        {},
    ),
    "headings on every page": (lambda: by_text(paged(), "utf-8"), {}),
    "pages with their numbers": (
        lambda: by_text(paged([], ["Pagina 3 van 11"], ["Gevangenis Haren", "", "", "", "", "30/11/2026"]), "utf-8"),
        {},
    ),
    "pages in French": (
        lambda: by_text(
            paged(
                ["", "", "", "", "", "Page 3/11"],
                ["Établissement de Haren"],
                ["Imprimé le 30/11/2026", "", "", "", "", "p. 3"],
            ),
            "utf-8",
        ),
        {},
    ),
    "pages with the hour": (
        lambda: by_xlsxwriter({"L": paged(["Haren", None, None, None, None, dt.datetime(2026, 11, 30, 8)])}),
        {},
    ),
    "a total for each unit": (
        lambda: by_text([HEAD] + [r for u in UNITS for r in [*of(u), [f"Totaal {u}", len(of(u))]]], "utf-8"),
        {},
    ),
    **{f"unit above as {title('A1')}": (lambda title=title: by_unit(title), {}) for title in (
        lambda unit: [f"Leefeenheid {unit}"], lambda unit: [unit], lambda unit: [f"Unité de vie {unit}"],
        lambda unit: [f"Vleugel: {unit}"], lambda unit: [f"Afdeling {unit} (mannen)"], lambda unit: [f"LE {unit}"],
        lambda unit: ["Leefeenheid:", unit], lambda unit: ["", f"Leefeenheid {unit}"],
    )},
    "unit and headings above each": (lambda: by_unit(lambda unit: [f"Leefeenheid {unit}"], above=False), {}),
    "unit and cell in one column": (
        lambda: by_text(
            [["Nr", "Naam", "Voornaam", "Leefeenheid / cel"], *([*r[:3], f"{r[3]}/{r[4]}"] for r in base())],
            "utf-8",
        ),
        {},
    ),
    "unit before the cell": (
        lambda: by_text([["Nr", "Naam", "Voornaam", "Cel"]] + [[*r[:3], f"{r[3]}-{r[4]}"] for r in base()], "utf-8"),
        {},
    ),
    **{f"last row {row}": (lambda row=row: ending(*row), {}) for row in (
        ["Totaal", 410], ["Totaal 410"], ["Totaal: 410"], ["Total général", "", "", "", "", 410],
        ["", "", "", "", "Totaal", 410], ["Subtotaal A1", 25], ["Aantal gedetineerden: 410"], ["Aantal", 410],
        ["Nombre total de détenus", 410], ["410 personen"], ["410"], [410], ["", 410], ["Total", "410", "détenus"],
        ["Som", "", "", "", "", 410], ["Capaciteit", 512, "Bezet", 410], ["Totaal", "A1", 25, "B1", 30],
        ["Einde van de lijst"], ["*** einde ***"], ["- 3 -"], ["3/11"], ["Algemeen totaal", 410],
        ["Totalen", "", "", "", "", 410], ["Handtekening:", ""], ["Gelezen en goedgekeurd", "", "", "De directeur"],
        ["Legende:", "B = badge"], ["Mannen", 300, "Vrouwen", 110],
    )},
    **{f"headings {' '.join(head)}": (lambda head=head: under(*head), {}) for head in (
        ["N°", "Nom", "Prénom", "Unité", "Cellule", "Date d'entrée"],
        ["Nº", "NAAM", "VOORNAAM", "LEEFEENHEID", "CEL", "AANKOMST"],
        ["N° écrou", "Nom de famille", "Prénom(s)", "Section", "N° cellule", "Date d’entrée"],
        ["Nr", "Naam", "Voorn.", "LE", "Cel", "Binnen"],
        ["Opsluitings-\nnummer", "Familie-\nnaam", "Voor-\nnaam", "Leef-\neenheid", "Cel-\nnummer", "Datum\naankomst"],
        ["Nr. gedetineerde", "Naam gedetineerde", "Voornaam gedetineerde", "Leefeenheid", "Cel", "Aankomst"],
        ["No.", "Last name", "First name", "Unit", "Cell", "Arrival"],
        ["#", "Naam", "Voornaam", "Leefeenheid", "Cel", "Aankomst"],
        ["Nummer / Numéro", "Naam / Nom", "Voornaam / Prénom", "Leefeenheid / Unité de vie", "Cel / Cellule",
         "Aankomst / Arrivée"],
        ["Opsluitingsnummer (OSN)", "Naam*", "Voornaam:", "Leefeenheid (LE)", "Cel (nr)", "Aankomst (datum)"],
        ["Matricule", "Nom", "Prénoms", "Aile", "Cellule n°", "Date d'écrou"],
    )},
    **{f"names under {head}": (lambda head=head: one_name(lambda r: f"{r[1].upper()} {r[2]}", head), {}) for head in (
        "Naam en voornaam", "Naam, voornaam", "Naam", "Nom et prénom", "NOM Prénom", "Nom et prénom(s)",
        "Naam & voornaam", "Naam / Voornaam", "Naam (voornaam)", "Gedetineerde", "Détenu", "Nom du détenu",
        "Naam van de gedetineerde", "Volledige naam", "Full name",
    )},
    **{f"names as {name}": (lambda words=words, head=head: one_name(words, head), {}) for name, head, words in (
        ("Peeters, Jan", "Naam", lambda r: f"{r[1]}, {r[2]}"),
        ("Peeters Jan", "Naam", lambda r: f"{r[1]} {r[2]}"),
        ("PEETERS JAN", "Naam", lambda r: f"{r[1]} {r[2]}".upper()),
        ("Peeters (Jan)", "Naam", lambda r: f"{r[1]} ({r[2]})"),
        ("Jan PEETERS", "Naam", lambda r: f"{r[2]} {r[1].upper()}"),
        ("Peeters; Jan", "Naam", lambda r: f"{r[1]}; {r[2]}"),
        ("Peeters on a line, Jan on the next", "Naam", lambda r: f"{r[1]}\n{r[2]}"),
        ("Jan Peeters", "Prénom Nom", lambda r: f"{r[2]} {r[1]}"),
        ("Jan PEETERS, first name first", "Voornaam en naam", lambda r: f"{r[2]} {r[1].upper()}"),
        ("Dhr. Peeters Jan", "Naam", lambda r: f"Dhr. {r[1]} {r[2]}"),
        ("Mme PEETERS Jan", "Nom", lambda r: f"Mme {r[1].upper()} {r[2]}"),
    )},
    **{f"numbers as {write('2169')!r}": (lambda write=write: numbers(write), {}) for write in (
        int, float, "{}.0".format, "{},00".format, lambda n: f"{n[0]}.{n[1:]}", lambda n: f"{n[0]} {n[1:]}",
        lambda n: f"{n[0]}\u202f{n[1:]}", lambda n: f"{n[0]}'{n[1:]}", "'{}".format, '="{}"'.format, "={}".format,
        "{}\u00a0".format, "0{}".format, "00000{}".format, "\u200b{}".format, "\u200e{}".format, "Nr. {}".format,
        "N° {}".format, "#{}".format, '"{}"'.format, "{}E+00".format, lambda n: f"{n[0]},{n[1:]}E+03",
        lambda n: "".join(chr(ord(sign) + 0xFEE0) for sign in n), lambda n: "".join(chr(ord(s) + 0x630) for s in n),
    )},
}  # fmt: skip
COUNTED = ("new", "moved", "gone", "problems", "remarks", "questions")
NAMES = list(KINDS)
ONCE = 25
"""So many kinds are read in one test: settling 410 people costs more than reading a list of them."""


def wrong(prison, by, content, said):
    """What the preview says otherwise than it should; nothing when all is well."""
    found = comparison.preview(comparison.draft(prison, "x", content, by=by))
    counts = {name: len(getattr(found, name)) for name in COUNTED}
    if (found.same, counts) == (said.get("same", 410), {name: said.get(name, 0) for name in COUNTED}):
        return ""
    rows = [f"{each.row} {each.text} {each.why}" for each in (*found.problems, *found.remarks)][:5]
    return f"same {found.same} {counts} {rows}"


def all_wrong(prison, by, kinds):
    found = {}
    for name, (make, said) in kinds.items():
        try:
            found[name] = wrong(prison, by, make(), said)
        except PlannerError as error:
            found[name] = str(error)
    return {name: words for name, words in found.items() if words}


@pytest.mark.parametrize("start", range(0, len(NAMES), ONCE), ids=lambda start: NAMES[start])
def test_kinds(prison, organiser_anna, start):
    kinds = {name: KINDS[name] for name in NAMES[start : start + ONCE]}
    assert all_wrong(prison, organiser_anna, kinds) == {}


def test_kinds_as_libreoffice_writes_them(prison, organiser_anna):
    """Written once by LibreOffice 7.4 from the rows of this table; the proofs write them anew."""
    kinds = {
        f"{name}.{kind}": (lambda path=FILES / "libreoffice" / f"{name}.{kind}": path.read_bytes(), said)
        for name, _make, said in OFFICE
        for kind in ("ods", "xls")
    }
    assert all_wrong(prison, organiser_anna, kinds) == {}


def refused():
    other = {"Kleur": "rood", "Smaak": "zoet"}
    spreadsheet = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
    return {
        "no list": (by_text([list(other), list(other.values())], "utf-8"), "headings"),
        "only a hidden list": (
            by_xlsxwriter(
                {"Blad": [["Zie elders"]], "Oud": listed()}, lambda book: book.worksheets()[1].hide()
            ),
            "hidden sheet “Oud”",
        ),
        "headings alone": (by_xlsxwriter({"L": [HEAD]}), "nobody on this list"),
        "the national number only": (under("Rijksregisternummer", *HEAD[1:]), "column with the number"),
        "XML of Excel 2003": (spreadsheet, "older kind"),
        "flat XML of LibreOffice": (
            b'<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>',
            "older kind",
        ),
        "web archive": (b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n", "older kind"),
        "SYLK": (b"ID;PCALCOOO32\r\nB;Y2;X2\r\nC;Y1;X1;K\"Nr\"\r\nE\r\n", "older kind"),
        "DIF": (b"TABLE\r\n0,1\r\n\"EXCEL\"\r\nVECTORS\r\n0,2\r\n\"\"\r\n", "older kind"),
        "PDF": (b"%PDF-1.7 ...", "PDF"),
        "Word": (b"{\\rtf1 Nr Naam}", "Word"),
        "a web page without a table": (b"<html><body>Aanmelden</body></html>", "without a table"),
    }  # fmt: skip


@pytest.mark.parametrize("name", refused())
def test_what_is_no_list_is_refused_in_words_that_help(prison, organiser_anna, name):
    content, words = refused()[name]
    with pytest.raises(PlannerError) as stopped:
        comparison.draft(prison, "x", content, by=organiser_anna)
    assert words in str(stopped.value)
    prison.refresh_from_db()
