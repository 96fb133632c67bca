"""What the worker does of its own accord. May run twice and late: writers freeze first."""

from __future__ import annotations

from enrollment.domain import (
    continuity,
    endings,
    forgetting,
    merge_image,
    roster_forgetting,
    sheet_return,
    versions,
)
from prisons.domain import upkeep
from prisons.models import Prison


def keep_lists() -> None:
    """Freezes what the cut-off has closed; after ninety days only hashes stay."""
    versions.freeze_everywhere()
    if upkeep.may_tidy():
        versions.forget_old()


def tend_people() -> None:
    """Places of those who left, series that are over, people who stay away; then who must be forgotten."""
    if not upkeep.may_tidy():
        return
    for prison in Prison.objects.all():
        continuity.settle(prison)
        endings.close_series(prison)
        endings.ask_for_talks(prison)
    sheet_return.forget_drafts()
    roster_forgetting.forget_drafts()
    forgetting.forget_released()
    merge_image.clear_images()
