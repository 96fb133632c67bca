"""What a cell looks like, and how much room its letters take on paper before any program shows them.

The unit of a width is the digit of the same font and size, as in the column widths of a spreadsheet.
"""

import datetime as dt
import functools
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.styles.styleable import StyleableObject

FONT, POINTS = "Liberation Sans", 11
FORMATS: dict[type, str] = {dt.datetime: "dd/mm/yyyy hh:mm", dt.date: "dd/mm/yyyy", dt.time: "hh:mm"}
SIDES = {"none": Side(), "thin": Side("thin", "000000"), "thick": Side("medium", "000000")}

# Widths in Liberation Sans (and Arial), in digits; every other Latin letter is as wide as a digit.
WIDTHS = {
    0.4: "ijl'",
    0.5: " !,./:;I[\\]ft|",
    0.6: '()-`r{}"',
    0.7: "*",
    0.9: "Jcksvxyz^",
    1.1: "FTZ+<=>~",
    1.2: "&ABEKPSVXY",
    1.3: "CDHNRUw",
    1.4: "GOQ",
    1.5: "Mm",
    1.8: "W%@œŒæÆ—…",
}
WIDTH_OF = {letter: width for width, letters in WIDTHS.items() for letter in letters}
LAST_LATIN = 0x24F
OTHER_WIDTH = 1.8  # letters that another font has to lend
BOLD = 1.1
MOST_WIDE = 1.8 * BOLD
"""No letter takes more."""
ROUNDING = 0.01


@dataclass(frozen=True)
class CellStyle:
    """What a cell looks like."""

    points: int = POINTS
    is_bold: bool = False
    is_centred: bool = False
    frame: Literal["none", "thin", "thick"] = "none"
    number_format: str = "General"

    def style(self, cell: StyleableObject) -> None:
        side = SIDES[self.frame]
        horizontal = "center" if self.is_centred else "left"
        cell.font = Font(name=FONT, size=self.points, bold=self.is_bold)
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal=horizontal)
        cell.border = Border(left=side, right=side, top=side, bottom=side)
        cell.number_format = self.number_format


class Dresser:
    """Numbers the looks of one workbook. A style is worked out once per look, not once per cell."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._numbers: dict[CellStyle, int] = {}

    def number(self, look: CellStyle) -> int:
        """The book has a sheet by then."""
        if (number := self._numbers.get(look)) is None:
            dressed = StyleableObject(self._book.worksheets[0])
            look.style(dressed)
            number = self._numbers[look] = dressed.style_id
        return number


def text_width(text: str, *, points: float = POINTS, is_bold: bool = False) -> float:
    """The width of the longest line, in digits of `POINTS`."""
    return _widest(text) * points / POINTS * (BOLD if is_bold else 1)


@functools.lru_cache(maxsize=4096)
def _widest(text: str) -> float:
    """Kept: a list says the same names, hours and rooms over and over."""
    return max((sum(map(_letter_width, line)) for line in text.split("\n")), default=0)


@functools.cache
def _letter_width(letter: str) -> float:
    base = unicodedata.normalize("NFD", letter)[0]
    return WIDTH_OF.get(base, 1.0 if ord(base) <= LAST_LATIN else OTHER_WIDTH)


def line_count(text: str, width: float, *, points: float = POINTS, is_bold: bool = False) -> int:
    """How many lines the text takes when it wraps at `width`; a word that is too long is broken."""
    if len(text) * MOST_WIDE * points / POINTS <= width and "\n" not in text:
        return 1
    return sum(_wrapped(line, width, points=points, is_bold=is_bold) for line in text.split("\n"))


def _wrapped(line: str, width: float, *, points: float, is_bold: bool) -> int:
    space = text_width(" ", points=points, is_bold=is_bold)
    lines, filled, width = 1, 0.0, width + ROUNDING
    for word in line.split():
        needed = text_width(word, points=points, is_bold=is_bold)
        if filled and filled + space + needed > width:
            lines, filled = lines + 1, 0.0
        filled += needed + (space if filled else 0)
        while filled > width:
            lines, filled = lines + 1, filled - width
    return lines


def fit_widths(wanted: Sequence[float], least: Sequence[float], room: float) -> list[float]:
    """Column widths that fill `room`, no more: what is short is taken from the widest, down to its `least`.

    Columns that cannot be narrowed any further stay as they are, also when all of them together are too wide.
    A table that needs less than `room` grows, by a third at most.
    """
    total = sum(wanted)
    if total <= room:
        growth = min(room / total, 4 / 3) if total else 1
        return [width * growth for width in wanted]
    low, high = 0.0, max(wanted)
    for _step in range(40):
        cap = (low + high) / 2
        narrowed = [max(min(width, cap), floor) for width, floor in zip(wanted, least, strict=True)]
        low, high = (low, cap) if sum(narrowed) > room else (cap, high)
    return [max(min(width, low), floor) for width, floor in zip(wanted, least, strict=True)]
