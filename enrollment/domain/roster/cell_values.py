"""What stands in a cell of the prison's list, however its program wrote it. Pure."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Any

from core.tables.values import FAULT, FORMULA
from core.words.folding import PARTICLES, fold
from core.words.text import one_line

_SPACES = re.compile(r"[\s\u00a0\u2007\u202f'’]+")
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,\s\u00a0\u2007\u202f'’]\d{3})+(?:[.,]0{1,2})?")
_WHOLE = re.compile(r"(\d+)[.,]0+")
_POWER = re.compile(r"(\d+)(?:[.,](\d+))?[eE]\+?(\d{1,2})")
_DIGITS = re.compile(r"\d+")
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_CALLED = re.compile(
    r"(?:nr|no|num|nummer|num[ée]ro)(?:\s*[.:]\s*|\s+)|n\s?°\s*[.:]?\s*|[#=]\s*", re.IGNORECASE
)
_NUMBER = re.compile(r"(?:[^\W\d_]{1,6}[-/. ]?)?\d[\w./\\-]*(?: [^\W\d_]{1,3})?")
"""Figures, perhaps with a few letters before or behind; never words."""


LONGEST = 500
"""Letters of a cell that are looked at: nothing on a list of people is longer."""
_QUOTES = "'’`´\" "


def text_of(value: Any) -> str:
    """As a person reads it: 12.0 is 12; a formula, an error or a date is no text."""
    if value is None or value is FAULT or value is FORMULA or isinstance(value, (dt.date, dt.time, bool)):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return one_line(str(value)[:LONGEST])


def plain(text: Any) -> str:
    """For comparing headings and words: no accents, no signs, no capitals."""
    return fold(str(text or "").replace("º", "").replace("°", "")).replace(" ", "")


def number_of(value: Any) -> str:
    """A register number; empty for what is none. 2169, 2169.0, "2 169", "2.169", '2169 and 2,169E+03 are one."""
    text = unicodedata.normalize("NFKC", INVISIBLE.sub("", text_of(value).replace("º", "°")))
    text = "".join(str(unicodedata.digit(sign, sign)) for sign in text).strip(_QUOTES)
    if found := _CALLED.match(text):
        text = text[found.end() :].strip(_QUOTES)
    if _THOUSANDS.fullmatch(text):
        return "".join(_DIGITS.findall(re.sub(r"[.,]0{1,2}$", "", text)))
    if found := _WHOLE.fullmatch(text):
        return found[1]
    if found := _POWER.fullmatch(text):
        return _written_out(found[1], found[2] or "", int(found[3]))
    bare = _SPACES.sub("", text) if re.fullmatch(r"[\d\s\u00a0\u2007\u202f'’]+", text) else text
    is_broken = isinstance(value, float) and not value.is_integer()
    return bare if _NUMBER.fullmatch(bare) and not is_broken else ""


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
    text = INVISIBLE.sub("", text_of(value)).strip(_QUOTES).removeprefix("=").strip(_QUOTES)
    found = _WHOLE.fullmatch(text)
    return found[1] if found else text


_APART = re.compile(r"\s*[,;/(]\s*")


def split_name(text: str, *, is_full: bool, is_reversed: bool = False) -> tuple[str, str]:
    """Name and first name of one text: at the comma, after the capitals, after the particles.

    `is_full` says that the column holds both; otherwise only a comma or capitals can tell. `is_reversed`: the
    first name comes first.
    """
    text = one_line(text)
    text = _COURTESY.sub("", text, count=1) if _COURTESY.match(text) else text
    if found := _APART.search(text):
        return text[: found.start()].strip(), text[found.end() :].strip(" )")
    words = text.split(" ")
    if parts := _by_capitals(words):
        return parts
    if not is_full:
        return text, ""
    if is_reversed:
        return " ".join(words[1:]) or words[0], words[0] if len(words) > 1 else ""
    place = next((n for n, word in enumerate(words) if fold(word) not in PARTICLES), len(words)) + 1
    return " ".join(words[:place]), " ".join(words[place:])


def _by_capitals(words: list[str]) -> tuple[str, str] | None:
    """PEETERS Jan and Jan PEETERS: the name is what stands in capitals at one end."""
    loud = [_is_capitals(word) for word in words]
    for some, others, is_name_first in ((loud, words, True), (loud[::-1], words[::-1], False)):
        count = next((n for n, is_loud in enumerate(some) if not is_loud), len(some))
        if 0 < count < len(words) and any(len(word) > 1 for word in others[:count]):
            name, first = (
                (words[:count], words[count:]) if is_name_first else (words[-count:], words[:-count])
            )
            return " ".join(name), " ".join(first)
    return None


def _is_capitals(word: str) -> bool:
    return word == word.upper() != word.lower()


_COURTESY = re.compile(
    r"(?:dhr|de heer|heer|mevrouw|mevr|mw|mej|mme|mlle|mr|monsieur|madame|m(?=\.))\b\.?\s+", re.IGNORECASE
)
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


def is_day_number(value: float) -> bool:
    """The day as workbooks count them, between 1990 and 2064."""
    return 32_874 <= value <= 60_000
