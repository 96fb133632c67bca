"""Rows of the prison's list that are no person: totals, page numbers, signatures, the unit of what follows. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from core.tables.values import FAULT, FORMULA
from core.words.folding import fold
from enrollment.domain.roster.cell_values import date_of, number_of, plain, text_of
from enrollment.domain.roster.headings import Columns

_RULED = re.compile(r"[-=_:+|]{2,}")
"""A line that is drawn with signs."""
_TOTALS = re.compile(
    r"(?:(?:sub|sous|grand|eind|general|algemeen|algemene|generale)? ?(?:tot(?:aal|al|alen|aux|als)?)"
    r"|aantal|nombre|somme|sum|som|effectie(?:f|ven)|capaciteit|capacite|bezetting)\b(?! ?[,;])"
)
_FURNITURE = re.compile(
    r"(?:pagina|page|blz|pag|afgedrukt|imprime|printed|gedrukt|stand op|situation|einde|fin|end|vertrouwelijk|"
    r"confidentiel|handtekening|signature|legende?a?|gelezen|lu et|opmerking|remarque|bron|source)\b"
)
_PAGE = re.compile(r"\d{1,3} ?/ ?\d{1,3}")
_UNITS = frozenset(("leefeenheid", "eenheid", "afdeling", "vleugel", "sectie", "unit", "unite", "unitedevie", "aile",
                    "section", "le", "livingunit", "wing"))  # fmt: skip


def at(row: Sequence[Any], index: int) -> Any:
    return row[index] if 0 <= index < len(row) else None


def filled(row: Sequence[Any]) -> list[Any]:
    return [value for value in row if value is FAULT or value is FORMULA or text_of(value) or date_of(value)]


def section_of(values: Sequence[Any]) -> str:
    """A line with one text, or with “Leefeenheid:” and one: perhaps the unit of what follows."""
    texts = [text_of(value) for value in values]
    if len(texts) == 2 and plain(texts[0]) in _UNITS:
        return texts[1] if len(texts[1]) <= 60 else ""
    return texts[0] if len(texts) == 1 and len(texts[0]) <= 60 else ""


def is_no_person(row: Sequence[Any], columns: Columns, listed: int) -> bool:
    """`listed` people stand above: a number alone that says so many is a total.

    Whatever might be somebody is none of this: a row with a number and a name, with an error in a cell, or with
    a cell and no name.
    """
    values = filled(row)
    if any(value is FAULT or value is FORMULA for value in values):
        return False
    if all(_RULED.fullmatch(text_of(value)) for value in values):
        return True
    number, name = at(row, columns["number"]), fold(_name(row, columns))
    first = fold(text_of(values[0]))
    if number_of(number):
        if _has_letters(name):
            return bool(_TOTALS.fullmatch(name)) and len(values) == 2
        is_total = number_of(number) == str(listed)
        return len(values) == 1 and (
            is_total or _has_letters(first) or bool(_PAGE.fullmatch(text_of(number)))
        )
    is_called = _has_letters(text_of(at(row, columns.get("first_name", -1))))
    if _TOTALS.match(first) and (values[0] is number or (len(values) <= 3 and not is_called)):
        return True
    if _has_letters(name):
        is_title = len(values) == 1 and first.partition(" ")[0] in _UNITS
        return is_title or (len(values) <= 2 and (bool(_FURNITURE.match(first)) or plain(first) in _UNITS))
    return not _holds_a_cell(row, columns)


def _name(row: Sequence[Any], columns: Columns) -> str:
    for kind in ("last_name", "full_name", "full_name_reversed"):
        if kind in columns:
            return text_of(at(row, columns[kind]))
    return ""


def _has_letters(text: str) -> bool:
    return any(letter.isalpha() for letter in text)


def _holds_a_cell(row: Sequence[Any], columns: Columns) -> bool:
    return any(text_of(at(row, columns[kind])) for kind in ("cell", "unit_and_cell") if kind in columns)
