"""Reading a workbook that somebody sends: plain cells, or a refusal in words. Nothing in it is ever worked out.

A hostile file costs no more memory and time than the limits below allow: what a zip says it unpacks to is
looked at before anything is unpacked, and reading stops at the first row too many.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import PlannerError

MOST_BYTES = 2 * 1024 * 1024
MOST_UNPACKED = 20 * 1024 * 1024
MOST_PARTS = 300
MOST_TAGS = 200_000
MOST_SHEETS = 30
MOST_ROWS = 2000
MOST_COLUMNS = 40
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_NEEDED = "[Content_Types].xml"

FORMULA = object()
"""Stands for a cell that holds a formula."""
FAULT = object()
"""Stands for a cell that holds an error (#N/A, #REF!)."""


@dataclass(frozen=True)
class ReadSheet:
    """One sheet: its rows as values, `FORMULA` and `FAULT` for what is none."""

    title: str
    rows: tuple[tuple[Any, ...], ...]


def read_workbook(content: bytes) -> list[ReadSheet]:
    """The sheets in their order. Raises PlannerError 422 `file_...` for what is no workbook, or more than one."""
    _refuse_other_files(content)
    _refuse_hostile_zip(content)
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of decoration that it does not know
        try:
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        except Exception as error:  # openpyxl raises whatever the damage makes it stumble over
            raise _unreadable() from error
        try:
            if len(book.worksheets) > MOST_SHEETS:
                raise _too_large()
            return [ReadSheet(sheet.title, tuple(_rows(sheet))) for sheet in book.worksheets]
        except PlannerError:
            raise
        except Exception as error:
            raise _unreadable() from error
        finally:
            book.close()


def _rows(sheet: Any) -> Any:
    sheet.reset_dimensions()  # what a file says of its own size is no promise
    for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1):
        if number > MOST_ROWS:
            raise _refusal(
                "too_long", _("The file has more than 2,000 rows. Remove what is not part of the sheet.")
            )
        yield tuple(_value(cell) for cell in row)


def _value(cell: Any) -> Any:
    kind = getattr(cell, "data_type", "")
    if kind == "f":
        return FORMULA
    return FAULT if kind == "e" else cell.value


def _refuse_other_files(content: bytes) -> None:
    if not content:
        raise _refusal("empty", _("The file is empty."))
    if len(content) > MOST_BYTES:
        raise _refusal("too_large", _("The file is larger than 2 MB. A sheet never is: check the file."))
    if content.startswith(_OLD_OFFICE):
        raise _refusal(
            "protected",
            _("The file has a password or is an old .xls. Save it as .xlsx without a password."),
        )
    if not content.startswith(b"PK"):
        raise _refusal(
            "no_workbook", _("This is no workbook, whatever its name says. Save it as .xlsx and send that.")
        )


def _refuse_hostile_zip(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            _refuse_parts(archive, parts)
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    _refuse_traps(archive.read(part))
    except PlannerError:
        raise
    except Exception as error:  # damaged archives fail in many ways
        raise _unreadable() from error


def _refuse_parts(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    names = [part.filename for part in parts]
    if any(part.flag_bits & 1 for part in parts):
        raise _refusal("protected", _("The file has a password. Save it without one."))
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise _too_large()
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _refusal("macros", _("The workbook contains macros. Save it as .xlsx without macros."))
    if "mimetype" in names and b"opendocument" in archive.read("mimetype")[:100]:
        raise _refusal("opendocument", _("This is an OpenDocument file. Save it as .xlsx and send that."))
    if len(set(names)) != len(names):
        raise _unreadable()  # the same part twice: programs disagree on which one counts
    if _NEEDED not in names or not any(name.startswith("xl/") for name in names):
        raise _refusal("no_workbook", _("This is no workbook. Save it as .xlsx and send that."))


def _refuse_traps(part: bytes) -> None:
    """No office program declares a document type or entities, and no sheet has so many cells."""
    plain = part.replace(b"\x00", b"")  # also when written in two bytes a letter
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise _unreadable()
    if plain.count(b"<") > MOST_TAGS:
        raise _too_large()


def _refusal(code: str, message: str | Promise) -> PlannerError:
    return PlannerError(f"file_{code}", message, status=422)


def _unreadable() -> PlannerError:
    return _refusal("unreadable", _("This workbook cannot be read. Save it again as .xlsx and send that."))


def _too_large() -> PlannerError:
    return _refusal("too_large", _("The workbook unpacks to far more than a sheet. Check the file."))
