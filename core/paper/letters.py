"""Which letters the shipped fonts have: what none of them has is printed as "?" and said, never as a box."""

from __future__ import annotations

import bisect
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Any

from core.paper.drawing import FONTS

STAND_IN = "?"
_INVISIBLE = {"Cf", "Zl", "Zp"}
"""Marks of direction, joiners: no font has to draw them."""


@cache
def _ranges() -> tuple[list[int], list[int]]:
    """First and last of each run of code points. A test holds the file to the fonts."""
    runs = [line.split("-") for line in (FONTS / "letters.txt").read_text(encoding="ascii").split()]
    return [int(run[0], 16) for run in runs], [int(run[-1], 16) for run in runs]


@cache
def has_letter(letter: str) -> bool:
    if letter in "\n\t" or unicodedata.category(letter) in _INVISIBLE or _is_variation(letter):
        return True
    starts, ends = _ranges()
    place = bisect.bisect_right(starts, ord(letter)) - 1
    return place >= 0 and ord(letter) <= ends[place]


def _is_variation(letter: str) -> bool:
    """What chooses between two forms of the letter before it."""
    return "\ufe00" <= letter <= "\ufe0f"


def missing_letters(text: str) -> str:
    """The letters of the text that cannot be printed, each once."""
    if text.isascii():
        return ""
    return "".join(dict.fromkeys(letter for letter in text if not has_letter(letter)))


def fit_to_print(text: str) -> str:
    """The text with a stand-in for each letter that cannot be printed, and without what is not seen."""
    if text.isascii():
        return text
    return "".join(
        "" if _is_variation(letter) else letter if has_letter(letter) else STAND_IN for letter in text
    )


def unprintable_names(names: Iterable[str]) -> list[str]:
    """Those of the names that would come out with a stand-in, each once, in their order."""
    return list(dict.fromkeys(name for name in names if missing_letters(name)))


def fit_facts(facts: Any) -> tuple[Any, bool]:
    """All texts of the facts made fit to print, and whether any letter had to be replaced."""
    if isinstance(facts, str):
        return (facts, False) if facts.isascii() else (fit_to_print(facts), bool(missing_letters(facts)))
    if isinstance(facts, dict):
        told = {name: fit_facts(fact) for name, fact in facts.items()}
        return {name: fact for name, (fact, _lost) in told.items()}, any(lost for _, lost in told.values())
    if isinstance(facts, list | tuple):
        each = [fit_facts(fact) for fact in facts]
        return [fact for fact, _lost in each], any(lost for _, lost in each)
    return facts, False
