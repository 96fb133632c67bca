"""Names and titles as they are looked for: "gerard" is Gérard, "dhondt" is D'Hondt, "ivan" is also Иван.

One folding for search, note entry, duplicates, the roster and titles. Pure: text in, text out. What another
script writes is spelled in Latin letters beside the original, so that both are found.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable
from typing import Protocol, TypeVar

from anyascii import anyascii

from core.words.text import as_counted


class FoldedName(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def every_name(self) -> tuple[str, ...]: ...


class ReadByName(Protocol):
    @property
    def reads_as(self) -> tuple[str, ...]:
        """The texts that lists of them are sorted by, in the reader's language."""


Row = TypeVar("Row", bound=FoldedName)
Read = TypeVar("Read", bound=ReadByName)

PARTICLES = frozenset(
    (
        *(
            "van",
            "von",
            "vom",
            "zum",
            "zur",
            "den",
            "der",
            "de",
            "het",
            "ten",
            "ter",
            "te",
            "op",
            "d",
            "t",
            "s",
        ),
        *("la", "le", "les", "l", "las", "los", "du", "des", "del", "della", "di", "da", "do", "dos", "das"),
        *("el", "al", "ben", "ibn", "bin", "abu", "ould", "ait", "st", "saint", "sint", "mac", "mc", "o"),
    )
)
"""They belong to the word that follows: Van den Berg, Vandenberg and van den berg are one name."""
LONGEST = 400
_JOINED = re.compile(r"['’ʼʻ‘`´′]")
"""Apostrophes stand inside a word: D'Hondt is one word, as Dhondt is."""
_HYPHENS = re.compile(r"[-\u2010-\u2015\u2212]")
_WORDS = re.compile(r"[^\W_]+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "ÿ": "ij", "ĳ": "ij"})


def fold(text: str) -> str:
    """Latin letters and figures without accents or capitals, in words with one space between them."""
    return " ".join(_folded_words(text))


def as_filed(name: str) -> str:
    """Sorts as people look a name up: d'Hoore before Maes, Şahin among the S, Worker 2 before Worker 10."""
    return as_counted(fold(name))


def in_reading_order(rows: Iterable[Read]) -> list[Read]:
    """As whoever reads the page looks for them: by what they are called in the reader's language."""
    return sorted(rows, key=lambda row: [as_filed(text) for text in row.reads_as])


def called(name: str, rows: Iterable[Row]) -> Row | None:
    """The first row of this name, however it is written and in whichever language: "zaal 3" is Zaal 3."""
    wanted = fold(name)
    here = list(rows)
    by_door = (row for row in here if fold(row.name) == wanted)
    by_language = (row for row in here if wanted in map(fold, row.every_name))
    return next(itertools.chain(by_door, by_language), None) if wanted else None


def name_key(*names: str) -> str:
    """Equal for what is one name however it is written: order, columns, particles, hyphens do not matter."""
    return " ".join(sorted(_with_particles(_folded_words(" ".join(names)))))[:LONGEST]


def searchable(*texts: str) -> str:
    """Every word under which somebody may look for these texts, each after a space: see `begins`."""
    found: dict[str, None] = {}
    for text in texts:
        folded = _folded_words(text)
        spoken = _folded_words(_composed(text).translate(_UMLAUTS))
        for word in (*folded, *_with_particles(folded), *spoken, *_inner_words(text), *_other_script(text)):
            found.setdefault(word)
    return "".join(f" {word}" for word in found)[:LONGEST]


def begins(word: str) -> str:
    """What a searchable text contains when one of its words begins so."""
    return f" {word}"


def asked(text: str, most: int = 6) -> list[list[str]]:
    """What somebody types, as one or two lists of words: each word of one list must begin a word found."""
    words = _folded_words(text)[:most]
    joined = _with_particles(words)
    return [words, joined] if joined != words else [words] if words else []


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _written_words(text: str) -> list[str]:
    return _WORDS.findall(_JOINED.sub("", _composed(text)))


def _folded_words(text: str) -> list[str]:
    bare = _JOINED.sub("", unicodedata.normalize("NFC", text))
    latin = _WORDS.findall(_JOINED.sub("", anyascii(bare)).lower())
    return latin or _written_words(text)  # signs that no alphabet knows stay what they are


def _with_particles(words: Iterable[str]) -> list[str]:
    found, waiting = [], ""
    for word in words:
        waiting += word
        if word not in PARTICLES:
            found.append(waiting)
            waiting = ""
    return [*found, *([waiting] if waiting else [])]


def _inner_words(text: str) -> list[str]:
    """D'Hondt is looked for as Hondt too, Jean-Pierre as Jeanpierre."""
    after = [fold(part) for word in text.split() for part in _JOINED.split(word)[1:] if len(part) > 2]
    joined = [fold(word).replace(" ", "") for word in text.split() if _HYPHENS.search(word)]
    return [word for word in (*after, *joined) if word]


def _other_script(text: str) -> list[str]:
    """محمد as well as mhmd."""
    return [word for word in _written_words(text) if any(letter > "\u024f" for letter in word)]
