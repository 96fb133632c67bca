"""What one cell of a pasted table says: hours of the week, a day, a number, yes or no; in three languages. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import NamedTuple

from anyascii import anyascii
from django.utils.translation import gettext_lazy as _

from core.dates.weeks import YEARS
from core.errors import PlannerError
from core.words.folding import fold


class Hours(NamedTuple):
    """The same hours on some weekdays; ISO, 1 is Monday."""

    weekdays: tuple[int, ...]
    starts: dt.time
    ends: dt.time


EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
_LONG = (
    "maandag lundi monday mon lun maa",
    "dinsdag mardi tuesday tue tues mar din",
    "woensdag mercredi wednesday wed mer woe",
    "donderdag jeudi thursday thu thur thurs jeu don",
    "vrijdag vendredi friday fri ven vri",
    "zaterdag samedi saturday sat sam zat",
    "zondag dimanche sunday sun dim zon",
)
_SHORT = {"nl": "ma di wo do vr za zo", "fr": "lu ma me je ve sa di", "en": "mo tu we th fr sa su"}
_GROUPS = {
    "elkedag": EVERY_DAY,
    "alledagen": EVERY_DAY,
    "dagelijks": EVERY_DAY,
    "touslesjours": EVERY_DAY,
    "chaquejour": EVERY_DAY,
    "everyday": EVERY_DAY,
    "daily": EVERY_DAY,
    "weekdagen": (1, 2, 3, 4, 5),
    "werkdagen": (1, 2, 3, 4, 5),
    "ensemaine": (1, 2, 3, 4, 5),
    "joursouvrables": (1, 2, 3, 4, 5),
    "weekdays": (1, 2, 3, 4, 5),
    "weekend": (6, 7),
}
_PHRASES = re.compile(
    r"elke dag|alle dagen|tous les jours|chaque jour|every day|en semaine|jours ouvrables|week-end"
)
_TIME = r"(\d{1,2})\s*(?:[:.hu]\s*(\d{2})|[hu](?:ur)?\b)?"
_TOKEN = re.compile(
    rf"(?P<range>{_TIME}\s*(?:u(?:ur)?\b|h\b)?\s*(?:-|tot|a|to|until|jusqu'a)\s*{_TIME}(?:\s*(?:uur|u|h)\b)?)"
    r"|(?P<between>-|\bt/m\b|\btot\b|\bau\b|\bto\b)|(?P<word>[a-z]+)|(?P<rest>[^\s,;&+/.:|()]+)"
)
_SMALL_WORDS = frozenset(
    [
        "van",
        "de",
        "du",
        "le",
        "la",
        "les",
        "op",
        "en",
        "et",
        "and",
        "van",
        "from",
        "on",
        "het",
        "der",
        "tem",
        "om",
    ]
)
_NO = frozenset(
    ("", "geen", "aucun", "aucune", "none", "nee", "non", "no", "nvt", "0", "false", "onwaar", "faux")
)


def language_of(texts: str, fallback: str) -> str:
    """The language of days that are cut to two letters: “ma” is maandag or mardi, “di” dinsdag or dimanche."""
    words = set(fold(texts).split())
    for language, only in (("fr", {"lu", "me", "je", "ve"}), ("nl", {"wo", "do", "vr", "za", "zo"})):
        if words & only:
            return language
    return fallback if fallback in _SHORT else "nl"


def weekdays(cell: str, language: str) -> tuple[int, ...]:
    """Raises PlannerError 422 for what is no day."""
    found = [days for days, _span in _parts(cell, language) if days]
    if not found or any(span for _days, span in _parts(cell, language)):
        raise not_understood(cell)
    return tuple(sorted({day for days in found for day in days}))


def hours(cell: str, language: str) -> list[Hours]:
    """“ma-vr 8:30-11:00, 13u30 tot 16u; za 9-12”. Without a day: every day. Raises PlannerError 422."""
    if fold(cell) in _NO:
        return []
    found: list[Hours] = []
    days: set[int] = set()
    has_hours = True
    for named, span in _parts(cell, language):
        if span is None:
            days = {*named} if has_hours else days | {*named}
            has_hours = False
            continue
        has_hours = True
        found.append(Hours(tuple(sorted(days)) or EVERY_DAY, *span))
    if not has_hours or not found:
        raise not_understood(cell)
    return found


def _parts(cell: str, language: str) -> Iterator[tuple[tuple[int, ...], tuple[dt.time, dt.time] | None]]:
    """Days, or the hours that hold for the days before them."""
    language = language_of(cell, language)
    plain = anyascii(cell).lower().replace("--", "-")
    plain = _PHRASES.sub(lambda found: found[0].replace(" ", "").replace("-", ""), plain)
    last, is_between = 0, False
    for token in _TOKEN.finditer(plain):
        if token["range"]:
            yield (), (_time(token[2], token[3], cell), _time(token[4], token[5], cell))
            last, is_between = 0, False
        elif token["between"]:
            is_between = bool(last)
        elif token["word"] in _SMALL_WORDS and _day(token["word"], language) is None:
            continue
        elif token["word"] in _GROUPS:
            yield _GROUPS[token["word"]], None
            last = 0
        elif token["word"] and (day := _day(token["word"], language)) is not None:
            yield (tuple(range(last, day + 1)) if is_between and last < day else (day,)), None
            last, is_between = day, False
        else:
            raise not_understood(cell)


def _day(word: str, language: str) -> int | None:
    for number, spellings in enumerate(_LONG, start=1):
        if word in spellings.split():
            return number
    short = _SHORT[language].split()
    return short.index(word) + 1 if word in short else None


def time(cell: str) -> dt.time:
    """“8:30”, “8u30”, “08h”. Raises PlannerError 422."""
    found = re.fullmatch(rf"{_TIME}(?:\s*(?:uur|u|h))?(?:\s*:00)?", anyascii(cell).lower().strip())
    if not found:
        raise not_understood(cell)
    return _time(found[1], found[2], cell)


def _time(hour: str, minute: str | None, cell: str) -> dt.time:
    try:
        return dt.time(int(hour), int(minute or 0))
    except ValueError as error:
        raise not_understood(cell) from error


def day(cell: str) -> dt.date | None:
    """“2027-06-30”, “30/06/2027”, “30.6.27”; None when empty. Raises PlannerError 422."""
    if fold(cell) in _NO:
        return None
    found = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?", cell.strip())
    parts = found and (found[1], found[2], found[3])
    if not parts and (other := re.fullmatch(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})", cell.strip())):
        parts = (other[3] if len(other[3]) == 4 else f"20{other[3]}", other[2], other[1])
    try:
        on = dt.date(*map(int, parts)) if parts else None
    except ValueError as error:
        raise not_understood(cell) from error
    if on is None or on.year not in YEARS:
        raise not_understood(cell)
    return on


def number(cell: str) -> int | None:
    """“12”, “12 pers.”; None when empty. Raises PlannerError 422."""
    if not cell.strip():
        return None
    found = re.fullmatch(r"(\d{1,5})(?:[.,]0+)?(?:\s*[A-Za-z.]+)?", cell.strip())
    if not found:
        raise not_understood(cell)
    return int(found[1])


def is_yes(cell: str) -> bool:
    return fold(cell) not in _NO


def items(cell: str) -> list[str]:
    """What a cell lists, each once."""
    return list(dict.fromkeys(part.strip() for part in re.split(r"[,;/\n]|\s\+\s", cell) if part.strip()))


def not_understood(cell: str) -> PlannerError:
    return PlannerError("not_understood", _("“%(text)s” is not understood."), 422, text=cell[:60])
