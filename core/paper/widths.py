"""How wide a text is on the page: the advances of the shipped fonts, so that what is worked out is what is drawn.

Kerning is left out: it makes text narrower, hardly ever wider. A test holds the file to the fonts.
"""

from __future__ import annotations

from functools import cache, lru_cache

from core.paper.drawing import FONTS

SIZE = 11
"""Points. Widths are counted in the digits of the workbook: a page is so many wide."""
DIGIT = 785.2 / 127
"""Points of such a digit: the room between the margins of A4, shared out; upright pages have a little more."""
OTHER = 1.2
"""Of the size of the letters: what stands in no table is of another script, and wider."""


@cache
def _advances(is_bold: bool) -> dict[str, int]:
    """Of each letter, in thousandths of the size. A line is a first code point and the advances from there on."""
    found: dict[str, int] = {}
    name = "widths-bold.txt" if is_bold else "widths.txt"
    for line in (FONTS / name).read_text(encoding="ascii").splitlines():
        first, *advances = line.split()
        start = int(first, 16)
        found |= {chr(start + place): int(advance) for place, advance in enumerate(advances)}
    return found


def text_width(text: str, *, is_bold: bool = False) -> float:
    """Of the longest line at 11 points, in digits."""
    return _widest(text, is_bold) * SIZE / 1000 / DIGIT


@lru_cache(maxsize=4096)
def _widest(text: str, is_bold: bool) -> int:
    """Kept: a list says the same names, hours and rooms over and over."""
    advances, other = _advances(is_bold), round(OTHER * 1000)
    return max(sum(advances.get(letter, other) for letter in line) for line in text.split("\n"))
