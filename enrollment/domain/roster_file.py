"""Reading the list of a prison: any workbook or text, columns in any order, headings in Dutch, French or English.

Pure: bytes in, lines out. Whatever cannot be read is refused in words before anything is kept. A row that is
not understood carries what could be read of it, so that its person stays.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import PlannerError
from core.folding import fold, name_key
from core.tables.reading import read_sheets
from core.tables.values import FAULT, FORMULA, ReadSheet
from core.text import one_line
from enrollment.domain.roster_values import cell_of, date_of, number_key, number_of, split_name, text_of

MOST_PEOPLE = 5000
MOST_PROBLEMS = 500
HEAD_ROWS = 25
"""How many title rows may stand above the headings."""

Text = str | Promise


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


HEADINGS: dict[str, tuple[str, ...]] = {
    "number": _words(
        "opsluitingsnummer nummer nr num registernummer opsluitingsnr opsluitingsnum rolnummer dossiernummer "
        "stamnummer numerodecrou numdecrou nrdecrou ndecrou nodecrou necrou ecrou numeroecrou numerodetenu "
        "numero no n registernumber number gedetineerdennummer detentienummer numerodelecrou matricule"
    ),
    "last_name": _words("naam familienaam achternaam nom nomdefamille name lastname surname familyname"),
    "first_name": _words("voornaam voornamen prenom prenoms firstname givenname"),
    "full_name": _words(
        "naamvoornaam naamenvoornaam naamvoornamen nomprenom nometprenom nomprenoms namefirstname "
        "volledigenaam fullname nomcomplet gedetineerde detenu"
    ),
    "unit": _words(
        "leefeenheid eenheid vleugel afdeling sectie unit unite unitedevie aile section livingunit le "
        "leefeenh afd"
    ),
    "cell": _words("cel celnummer cellule cell celnr nrcel numerodecellule celnum cellulen kamer cellnumber"),
    "arrived_on": _words(
        "aankomst aankomstdatum datumaankomst datumopsluiting opgeslotenop dateentree datedentree "
        "entree arrivee datearrivee datedarrivee arrival arrivedon binnengekomen opsluitingsdatum"
    ),
}
_TOTALS = re.compile(r"(?:sub|sous ?|grand ?|eind)?(?:tot(?:aal|al)?|aantal|nombre|somme|sum)\b")
_FURNITURE = re.compile(
    r"(?:pagina|page|blz|pag|afgedrukt|imprime|printed|gedrukt|stand op|situation|effectie(?:f|ven)|einde|fin)\b"
)


@dataclass(frozen=True)
class RosterLine:
    """One person as the file says; `row` is the row in the file, counted from 1 (over all its sheets)."""

    row: int
    number: str
    last_name: str
    first_name: str
    unit: str
    cell: str
    arrived_on: dt.date | None = None
    section: str = ""
    """What stands above these lines, or the name of their sheet: perhaps the living unit."""

    @property
    def name_key(self) -> str:
        return name_key(self.last_name, self.first_name)


@dataclass(frozen=True)
class Problem:
    """A line that was not understood, and why; what could be read keeps its person. A remark stops nothing."""

    row: int
    text: str
    why: Text
    number: str = ""
    name_key: str = ""
    unit: str = ""
    cell: str = ""
    is_remark: bool = False

    @property
    def names_nobody(self) -> bool:
        return not self.number and not self.name_key and not self.is_remark


@dataclass(frozen=True)
class RosterFile:
    lines: tuple[RosterLine, ...]
    problems: tuple[Problem, ...]
    remarks: tuple[Problem, ...] = ()


def read(name: str, content: bytes) -> RosterFile:
    """Raises PlannerError 422 with a sentence for a file that is none, too large, protected or without
    headings.
    """
    return _understand(read_sheets(content))


def _refuse(code: str, message: Text) -> PlannerError:
    return PlannerError(f"roster_{code}", message, status=422)


def plain(text: Any) -> str:
    """For comparing headings and words: no accents, no signs, no capitals."""
    return fold(str(text or "").replace("º", "").replace("°", "")).replace(" ", "")


@dataclass
class _Reading:
    """What was read so far, over all sheets."""

    lines: list[RosterLine] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)
    seen: dict[str, RosterLine] = field(default_factory=dict)

    def add(self, found: RosterLine | Problem) -> None:
        if isinstance(found, Problem):
            self.problems.append(found)
        elif (before := self.seen.get(number_key(found.number))) is None:
            self.seen[number_key(found.number)] = found
            self.lines.append(found)
        elif replace(found, row=before.row, section=before.section) != before:
            words = _("the number stands on row %(row)s already") % {"row": before.row}
            self.problems.append(Problem(found.row, _shown_line(found), words, number=found.number))
        if len(self.lines) > MOST_PEOPLE:
            raise _refuse(
                "too_long", _("The file has more than 5,000 people. No prison has: check the file.")
            )
        if len(self.problems) >= MOST_PROBLEMS:
            raise _refuse(
                "not_understood",
                _(
                    "More than 500 rows were not understood; the first: %(why)s. This seems to be another list."
                )
                % {"why": self.problems[0].why},
            )


def _understand(sheets: Sequence[ReadSheet]) -> RosterFile:
    """All visible sheets that have the headings are one list; hidden ones are named, never read by themselves."""
    reading, above, visible = _Reading(), 0, 0
    hidden = [sheet for sheet in sheets if sheet.is_hidden and _has_headings(sheet)]
    wanted = [sheet for sheet in sheets if not sheet.is_hidden]
    lists = [sheet for sheet in wanted if _has_headings(sheet)]
    for sheet in wanted:
        if sheet in lists:
            _read_sheet(reading, sheet, above, is_one_of_many=len(lists) > 1)
            visible += 1
        elif len(sheet.rows) > 2 and lists:
            reading.remarks.append(_remark(_("The sheet “%(name)s” was not read: no headings."), sheet))
        above += len(sheet.rows)
    reading.remarks += [_remark(_("The hidden sheet “%(name)s” was not read."), each) for each in hidden]
    if not visible:
        raise _no_list(sheets, hidden)
    if not reading.lines:
        raise _nobody(reading)
    return RosterFile(tuple(reading.lines), tuple(reading.problems), tuple(reading.remarks))


def _remark(words: Text, sheet: ReadSheet) -> Problem:
    return Problem(0, "", str(words) % {"name": sheet.title}, is_remark=True)


def _has_headings(sheet: ReadSheet) -> bool:
    return any(_columns(row) for row in sheet.rows[:HEAD_ROWS])


def _no_list(sheets: Sequence[ReadSheet], hidden: Sequence[ReadSheet]) -> PlannerError:
    if hidden:
        words = _(
            "Only the hidden sheet “%(name)s” holds a list. Show it in the workbook and save, or send another."
        )
        return _refuse("hidden", words % {"name": hidden[0].title})
    rows = [row for sheet in sheets for row in sheet.rows[:HEAD_ROWS] if any(text_of(one) for one in row)]
    first = one_line(" · ".join(filter(None, map(text_of, rows[0]))), 80) if rows else ""
    return _refuse(
        "no_headings",
        _(
            "No headings were found in the first rows (the first is “%(first)s”). There must be at least a column "
            "with the number and one with the name."
        )
        % {"first": first},
    )


def _nobody(reading: _Reading) -> PlannerError:
    if reading.problems:
        first = reading.problems[0]
        return _refuse(
            "nobody",
            _("None of the %(count)s rows was understood; row %(row)s: %(why)s. Nothing was changed.")
            % {"count": len(reading.problems), "row": first.row, "why": first.why},
        )
    return _refuse("nobody", _("Below the headings there is nobody on this list. Nothing was changed."))


def _read_sheet(reading: _Reading, sheet: ReadSheet, above: int, *, is_one_of_many: bool) -> None:
    columns: dict[str, int] = {}
    section = sheet.title if is_one_of_many else ""
    for number, row in enumerate(sheet.rows, start=above + 1):
        if headings := _columns(row):
            columns = headings
            continue
        filled = [
            value for value in row if value is FAULT or value is FORMULA or text_of(value) or date_of(value)
        ]
        if not columns or not filled or _is_furniture(row, filled, columns):
            section = _section(filled) or section
            continue
        found, remark = _line(number, row, columns, section)
        reading.add(found)
        if remark:
            reading.remarks.append(remark)


def _section(filled: list[Any]) -> str:
    """A line with one text: perhaps the living unit of what follows."""
    texts = [text_of(value) for value in filled]
    return texts[0] if len(texts) == 1 and len(texts[0]) <= 60 else ""


def _is_furniture(row: Sequence[Any], filled: list[Any], columns: dict[str, int]) -> bool:
    """Totals, page numbers and titles between the lines: none of them is a person."""
    words = {name: fold(text_of(_at(row, index))) for name, index in columns.items()}
    first = fold(text_of(filled[0]))
    if number_of(_at(row, columns["number"])) and not _TOTALS.match(words["number"]):
        name = words.get("last_name") or words.get("full_name") or ""
        return bool(_TOTALS.fullmatch(name)) and len(filled) == 2
    if _TOTALS.match(first) and (len(filled) <= 3):
        return True
    if len(filled) > 2:
        return False
    if _FURNITURE.match(first):
        return True
    in_name = any(_at(row, columns.get(name, -1)) is filled[0] for name in ("last_name", "full_name"))
    return len(filled) == 1 and not in_name and filled[0] is not FAULT and filled[0] is not FORMULA


def _at(row: Sequence[Any], index: int) -> Any:
    return row[index] if 0 <= index < len(row) else None


def _columns(row: Sequence[Any]) -> dict[str, int]:
    """Which column holds what, when this row is the one with the headings; else empty."""
    found: dict[str, int] = {}
    for index, value in enumerate(row):
        heading = plain(value) if isinstance(value, str) and len(value) < 60 else ""
        for name, spellings in HEADINGS.items():
            if heading in spellings:
                found.setdefault(name, index)
    has_name = "last_name" in found or "full_name" in found
    return found if "number" in found and has_name else {}


def _line(
    number: int, row: Sequence[Any], columns: dict[str, int], section: str
) -> tuple[RosterLine | Problem, Problem | None]:
    """The line, or why it is none; and what is to be said of it although it stops nothing."""
    values = {name: _at(row, index) for name, index in columns.items()}
    last, first = _names(values)
    read = RosterLine(
        number,
        number_of(values["number"]),
        last,
        first,
        text_of(values.get("unit")),
        cell_of(values.get("cell")),
        date_of(values.get("arrived_on")),
        section,
    )
    if why := _why_not(read, values):
        return Problem(number, _shown(row), why, read.number, read.name_key, read.unit, read.cell), None
    arrival = values.get("arrived_on")
    if read.arrived_on is None and (arrival is FAULT or arrival is FORMULA or text_of(arrival)):
        return read, Problem(number, _shown(row), _("the date of arrival is no date"), is_remark=True)
    return read, None


def _why_not(read: RosterLine, values: dict[str, Any]) -> Text:
    told = [value for name, value in values.items() if name != "arrived_on"]
    if any(value is FORMULA for value in told):
        return _("there is a formula on this row that has no value: open the file, save it and send it again")
    if any(value is FAULT for value in told):
        return _("there is an error (such as #N/A) in a cell of this row")
    if isinstance(values.get("cell"), dt.date):
        return _("the cell has become a date")
    if not read.number:
        return _("there is no number")
    if not read.last_name:
        return _("there is no name")
    if len(read.number) > 20 or len(read.cell) > 12 or max(len(read.last_name), len(read.first_name)) > 80:
        return _("something is too long for a name, a number or a cell")
    return ""


def _names(values: dict[str, Any]) -> tuple[str, str]:
    if "full_name" in values and "last_name" not in values:
        return split_name(text_of(values["full_name"]), is_full=True)
    last, first = text_of(values.get("last_name")), text_of(values.get("first_name"))
    return (last, first) if first else split_name(last, is_full=False)


def _shown(row: Sequence[Any]) -> str:
    texts = ("#" if value is FAULT else "=…" if value is FORMULA else value for value in row)
    return one_line(" · ".join(str(value) for value in texts if value not in (None, "")), 120)


def _shown_line(line: RosterLine) -> str:
    return one_line(f"{line.number} {line.last_name}, {line.first_name} · {line.unit} · {line.cell}", 120)
