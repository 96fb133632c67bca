"""Small numbers of people say who it is: they are hidden, and so is what would give them away."""

from __future__ import annotations

from collections.abc import Sequence

MASKED_BELOW = 5
HIDDEN = "*"
"""Instead of a number that is large enough itself, but from which a masked one could be worked out."""


def masked(people: int) -> int | str:
    """The number, unless it is one to four."""
    return f"< {MASKED_BELOW}" if 0 < people < MASKED_BELOW else people


def masked_column(numbers: Sequence[int]) -> list[int | str]:
    """The numbers of one column. One masked number alone would be the total less the others.

    So the next smallest is hidden with it.
    """
    shown = [masked(number) for number in numbers]
    small = [place for place, number in enumerate(shown) if isinstance(number, str)]
    others = [place for place, number in enumerate(numbers) if number >= MASKED_BELOW]
    if len(small) == 1 and others:
        shown[min(others, key=lambda place: numbers[place])] = HIDDEN
    return shown
