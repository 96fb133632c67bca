"""Reading the list of a prison: XLSX or CSV, columns in any order, headings in Dutch, French or English.

Pure: bytes in, lines out. Whatever cannot be read is refused in words before anything is kept: a hostile file
costs no more memory than the limits below allow.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import PlannerError
from core.text import one_line

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 60 * 1024 * 1024
MOST_TEXTS = 12 * 1024 * 1024
MOST_PEOPLE = 5000
MOST_ROWS = 20_000
MOST_PROBLEMS = 500
MOST_COLUMNS = 60
HEAD_ROWS = 25
"""How many title rows may stand above the headings."""

Text = str | Promise


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


HEADINGS: dict[str, tuple[str, ...]] = {
    "number": _words(
        "opsluitingsnummer nummer nr registernummer opsluitingsnr numerodecrou ndecrou necrou ecrou "
        "numero no registernumber number"
    ),
    "last_name": _words("naam familienaam achternaam nom nomdefamille name lastname surname"),
    "first_name": _words("voornaam prenom firstname"),
    "full_name": _words(
        "naamvoornaam naamenvoornaam nomprenom nometprenom namefirstname volledigenaam fullname"
    ),
    "unit": _words("leefeenheid eenheid vleugel afdeling unit unite unitedevie aile section livingunit"),
    "cell": _words("cel celnummer cellule cell celnr"),
    "arrived_on": _words(
        "aankomst aankomstdatum datumaankomst datumopsluiting opgeslotenop dateentree datedentree "
        "entree arrivee datearrivee arrival arrivedon"
    ),
}


@dataclass(frozen=True)
class RosterLine:
    """One person as the file says; `number` is the row in the file, counted from 1."""

    row: int
    number: str
    last_name: str
    first_name: str
    unit: str
    cell: str
    arrived_on: dt.date | None = None


@dataclass(frozen=True)
class Problem:
    """A line that was not understood, and why."""

    row: int
    text: str
    why: Text


@dataclass(frozen=True)
class RosterFile:
    lines: tuple[RosterLine, ...]
    problems: tuple[Problem, ...]


def read(name: str, content: bytes) -> RosterFile:
    """Raises PlannerError 422 with a sentence for a file that is none, too large, protected or without
    headings.
    """
    if not content:
        raise _refuse("empty", _("The file is empty."))
    if len(content) > MOST_BYTES:
        raise _refuse(
            "too_large", _("The file is larger than 5 MB. A list of people never is: check the file.")
        )
    if content[:4] == b"\xd0\xcf\x11\xe0":
        raise _refuse(
            "protected",
            _("The file has a password or is an old .xls. Save it as .xlsx or .csv without a password."),
        )
    rows = _xlsx_rows(content) if content[:2] == b"PK" else _csv_rows(content)
    return _understand(rows)


def _refuse(code: str, message: Text) -> PlannerError:
    return PlannerError(f"roster_{code}", message, status=422)


def _xlsx_rows(content: bytes) -> Iterator[list[Any]]:
    from openpyxl import load_workbook

    _refuse_bomb(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    except Exception as error:
        raise _refuse(
            "unreadable", _("This workbook cannot be read. Save it again as .xlsx or .csv.")
        ) from error
    try:
        for number, row in enumerate(book.worksheets[0].iter_rows(max_col=MOST_COLUMNS), start=1):
            if number > MOST_ROWS:
                raise _refuse(
                    "too_long", _("The file has more than 20,000 rows. Remove what is not the list.")
                )
            yield [_cell_value(cell) for cell in row]
    except PlannerError:
        raise
    except Exception as error:
        raise _refuse(
            "unreadable", _("This workbook cannot be read. Save it again as .xlsx or .csv.")
        ) from error
    finally:
        book.close()


def _cell_value(cell: Any) -> Any:
    """A formula is never worked out: it is shown as not understood."""
    return _Formula() if getattr(cell, "data_type", "") == "f" else cell.value


class _Formula:
    def __str__(self) -> str:
        return "=…"


def _refuse_bomb(content: bytes) -> None:
    """A workbook is a zip: look at what it says it unpacks to before unpacking anything."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile as error:
        raise _refuse(
            "unreadable", _("This workbook cannot be read. Save it again as .xlsx or .csv.")
        ) from error
    names = {entry.filename for entry in entries}
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _refuse("macros", _("The workbook contains macros. Save it as .xlsx without macros."))
    if "[Content_Types].xml" not in names:
        raise _refuse("unreadable", _("This is not a workbook. Send an .xlsx or .csv file."))
    texts = sum(entry.file_size for entry in entries if "sharedStrings" in entry.filename)
    if sum(e.file_size for e in entries) > MOST_UNPACKED or texts > MOST_TEXTS or len(entries) > 1000:
        raise _refuse(
            "too_large", _("The workbook unpacks to far more than a list of people. Check the file.")
        )


def _csv_rows(content: bytes) -> Iterator[list[Any]]:
    text = _decoded(content)
    sample = text[:8192]
    delimiter = max(";,\t", key=sample.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, row in enumerate(reader, start=1):
            if number > MOST_ROWS:
                raise _refuse(
                    "too_long", _("The file has more than 20,000 rows. Remove what is not the list.")
                )
            yield list(row[:MOST_COLUMNS])
    except csv.Error as error:
        raise _refuse("unreadable", _("This is not a list in CSV. Send an .xlsx or .csv file.")) from error


def _decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError as error:
            raise _refuse("unreadable", _("The text of this file cannot be read.")) from error
    if b"\x00" in content:
        raise _refuse("unreadable", _("This is not a list of people. Send an .xlsx or .csv file."))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def plain(text: Any) -> str:
    """For comparing headings and names: no accents, no signs, no capitals."""
    folded = unicodedata.normalize("NFKD", str(text or "")).casefold()
    return re.sub(r"[^a-z0-9]", "", folded)


def _understand(rows: Iterable[list[Any]]) -> RosterFile:
    columns: dict[str, int] = {}
    lines: list[RosterLine] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, start=1):
        if not columns:
            columns = _columns(row)
            if not columns and number >= HEAD_ROWS:
                break
            continue
        if not any(str(value or "").strip() for value in row):
            continue
        line = _line(number, row, columns)
        if len(problems) >= MOST_PROBLEMS:
            raise _refuse(
                "not_understood", _("More than 500 rows were not understood. This seems to be another list.")
            )
        if isinstance(line, Problem):
            problems.append(line)
        elif line.number in seen:
            words = _("the number stands on row %(row)s already") % {"row": seen[line.number]}
            problems.append(Problem(number, _shown(row), words))
        else:
            seen[line.number] = number
            lines.append(line)
        if len(lines) > MOST_PEOPLE:
            raise _refuse(
                "too_long", _("The file has more than 5,000 people. No prison has: check the file.")
            )
    if not columns:
        raise _refuse(
            "no_headings",
            _("No headings were found. There must be at least a column with the number and the name."),
        )
    if not lines:
        raise _refuse("nobody", _("There is nobody on this list. Nothing was changed."))
    return RosterFile(tuple(lines), tuple(problems))


def _columns(row: list[Any]) -> dict[str, int]:
    """Which column holds what, when this row is the one with the headings; else empty."""
    found: dict[str, int] = {}
    for index, value in enumerate(row):
        heading = plain(value)
        for name, spellings in HEADINGS.items():
            if heading in spellings:
                found.setdefault(name, index)
    has_name = "last_name" in found or "full_name" in found
    return found if "number" in found and has_name else {}


def _line(number: int, row: list[Any], columns: dict[str, int]) -> RosterLine | Problem:
    values = {name: row[index] if index < len(row) else None for name, index in columns.items()}
    if any(isinstance(value, _Formula) for value in values.values()):
        return Problem(number, _shown(row), _("there is a formula on this row"))
    last, first = _names(values)
    register_number = _number(values["number"])
    unit, cell = _short(values.get("unit")), _short(values.get("cell"))
    why = _why_not(register_number, last, first, cell)
    if why:
        return Problem(number, _shown(row), why)
    arrived = _date(values.get("arrived_on"))
    if arrived is None and str(values.get("arrived_on") or "").strip():
        return Problem(number, _shown(row), _("the date of arrival is no date"))
    return RosterLine(number, register_number, last, first, unit, cell, arrived)


def _why_not(register_number: str, last: str, first: str, cell: str) -> Text:
    if not register_number:
        return _("there is no number")
    if not last:
        return _("there is no name")
    if len(register_number) > 20 or len(cell) > 12 or max(len(last), len(first)) > 80:
        return _("something is too long for a name, a number or a cell")
    return ""


def _names(values: dict[str, Any]) -> tuple[str, str]:
    if "full_name" in values and "last_name" not in values:
        last, _comma, first = one_line(str(values["full_name"] or "")).partition(",")
        return last.strip(), first.strip()
    last, first = one_line(str(values.get("last_name") or "")), one_line(str(values.get("first_name") or ""))
    if not first and "," in last:
        last, _comma, first = last.partition(",")
    return last.strip(), first.strip()


def _number(value: Any) -> str:
    """Excel keeps 12345 as a number, sometimes as 12345.0."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _short(value)


def _short(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return one_line(str(value if value is not None else ""))


_DATE_FORMATS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d", "%d/%m/%y", "%d-%m-%y", "%d.%m.%y")


def _date(value: Any) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    text = str(value or "").strip().split(" ")[0]
    for spelling in _DATE_FORMATS:
        try:
            return dt.datetime.strptime(text, spelling).date()  # noqa: DTZ007
        except ValueError:
            continue
    return None


def _shown(row: list[Any]) -> str:
    return one_line(" · ".join(str(value) for value in row if value not in (None, "")), 120)
