"""What stands in a cell of the prison's list, however its program wrote it. Pure."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from core.folding import PARTICLES, fold
from core.tables.values import FAULT, FORMULA
from core.text import one_line

_SPACES = re.compile(r"[\s\u00a0\u2007\u202f'’]+")
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,\s\u00a0\u2007\u202f'’]\d{3})+(?:[.,]0{1,2})?")
_WHOLE = re.compile(r"(\d+)[.,]0+")
_POWER = re.compile(r"(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})")
_DIGITS = re.compile(r"\d+")


def text_of(value: Any) -> str:
    """As a person reads it: 12.0 is 12; a formula, an error or a date is no text."""
    if value is None or value is FAULT or value is FORMULA or isinstance(value, (dt.date, dt.time, bool)):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return one_line(str(value))


def number_of(value: Any) -> str:
    """A register number; empty for what is none. 2169, 2169.0, "2 169", "2.169", '2169 and 2,169E+03 are one."""
    text = text_of(value).strip("'’`´\" ")
    if _THOUSANDS.fullmatch(text):
        return "".join(_DIGITS.findall(re.sub(r"[.,]0{1,2}$", "", text)))
    if found := _WHOLE.fullmatch(text):
        return found[1]
    if found := _POWER.fullmatch(text):
        return _written_out(found[1], found[2] or "", int(found[3]))
    bare = _SPACES.sub("", text) if re.fullmatch(r"[\d\s\u00a0\u2007\u202f'’]+", text) else text
    is_broken = isinstance(value, float) and not value.is_integer()
    return bare if _DIGITS.search(bare) and not is_broken else ""


def _written_out(first: str, rest: str, power: int) -> str:
    """Nothing when the program left figures out: 1.23E+08 may be any of a million numbers."""
    return first + rest if len(rest) == power else ""


def number_key(number: str) -> str:
    """Equal for one number: leading zeros, signs and capitals do not matter."""
    return re.sub(r"[\W_]", "", number).casefold().lstrip("0") or number.strip()


def cell_key(cell: str) -> str:
    """1, 01 and 001 are one cell."""
    return _DIGITS.sub(lambda found: found[0].lstrip("0") or "0", re.sub(r"\s", "", cell)).casefold()


def cell_of(value: Any) -> str:
    text = text_of(value).strip("'’`´\" ")
    found = _WHOLE.fullmatch(text)
    return found[1] if found else text


def split_name(text: str, *, is_full: bool) -> tuple[str, str]:
    """Name and first name of one text: at the comma, after the capitals, after the particles.

    `is_full` says that the column holds both; otherwise only a comma or capitals can tell.
    """
    text = one_line(text)
    if "," in text:
        last, _comma, first = text.partition(",")
        return last.strip(), first.strip()
    words = text.split(" ")
    capitals = next((place for place, word in enumerate(words) if not _is_capitals(word)), len(words))
    if 0 < capitals < len(words) and any(len(word) > 1 for word in words[:capitals]):
        return " ".join(words[:capitals]), " ".join(words[capitals:])
    if not is_full:
        return text, ""
    place = next((n for n, word in enumerate(words) if fold(word) not in PARTICLES), len(words)) + 1
    return " ".join(words[:place]), " ".join(words[place:])


def _is_capitals(word: str) -> bool:
    return word == word.upper() != word.lower()


_DATE_FORMATS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d", "%d/%m/%y", "%d-%m-%y", "%d.%m.%y")


def date_of(value: Any) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    text = text_of(value).split(" ")[0]
    for spelling in _DATE_FORMATS:
        try:
            return dt.datetime.strptime(text, spelling).date()  # noqa: DTZ007
        except ValueError:
            continue
    return None
