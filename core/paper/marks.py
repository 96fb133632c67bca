"""Marks for a scanner: a square with letters, and four corners by which a page is laid straight again.

Nothing reads them yet. The corners are ArUco markers of the dictionary 4x4_50: on page n of a list they have the
numbers 4(n-1) to 4(n-1)+3, clockwise from the top left, so that a page also says which one it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import groupby
from typing import Any

import segno

PAGES = 12
"""As many pages of one list have corners of their own; what follows repeats those of the last."""
CELLS = 6
"""Squares along one side of a corner, its black border included."""
# fmt: off
_CODES = (
    0xB532, 0x0F9A, 0x332D, 0x9946, 0x549E, 0x79CD, 0x9E2E, 0xC4F2, 0xFEDA, 0xCF56, 0xF991, 0x11A7,
    0x0EB7, 0x2A0F, 0x24B1, 0x263E, 0x4665, 0x6600, 0x6C5E, 0x76AF, 0x868B, 0xB02B, 0xCCD5, 0xDD82,
    0xFE47, 0x9471, 0xACE4, 0xA554, 0x2123, 0x346F, 0x4415, 0x57B2, 0x9ECF, 0xF0CB, 0x08AE, 0x0929,
    0x1875, 0x04FF, 0x0DF6, 0x1C5A, 0x1718, 0x2A28, 0x328C, 0x38B2, 0x24E8, 0x2EEB, 0x2D3F, 0x4B64,
)
# fmt: on
"""The inner squares of each corner, row by row; a set bit is white."""
Run = tuple[int, int, int]


def marks_of(code: str) -> dict[str, Any]:
    """What a template needs to draw the marks of a list with this code: dark squares as paths of an SVG.

    The mask is a fixed one: to try all eight costs more than the page, and so small a code is read with any.
    """
    matrix = segno.make(code, micro=False, error="m", boost_error=True, mask=0).matrix
    return {"code": {"size": len(matrix), "path": _path(_runs(matrix))}}


@cache
def corners() -> list[list[list[Run]]]:
    """For each page the four corners, clockwise from the top left."""
    drawn = [list(_runs(_corner(code))) for code in _CODES]
    return [drawn[place : place + 4] for place in range(0, 4 * PAGES, 4)]


@cache
def corner_paths() -> list[list[str]]:
    return [[_path(runs) for runs in page] for page in corners()]


def _path(runs: Iterable[Run]) -> str:
    return "".join(f"M{column} {row}h{length}v1h-{length}z" for row, column, length in runs)


def _corner(code: int) -> list[list[int]]:
    bits = [[1 - (code >> (15 - 4 * row - column) & 1) for column in range(4)] for row in range(4)]
    border = [1] * CELLS
    return [border, *([1, *row, 1] for row in bits), border]


def _runs(matrix: Sequence[Sequence[int]]) -> Iterable[Run]:
    """Dark squares beside each other, as row, column and how many."""
    for row, squares in enumerate(matrix):
        column = 0
        for is_dark, run in groupby(squares):
            length = len(list(run))
            if is_dark:
                yield row, column, length
            column += length
