"""What the worker does of its own accord. May run twice and late: writers freeze first."""

from __future__ import annotations

from enrollment.domain.attendance import sheet_return
from enrollment.domain.lists import cut_off
from enrollment.domain.participants import continuity, forgetting, merge_image
from enrollment.domain.requests import endings
from enrollment.domain.roster import draft_forgetting
from prisons.domain.background import upkeep
from prisons.models import Prison


def keep_lists() -> None:
    """Freezes what the cut-off has closed; after ninety days only hashes stay."""
    cut_off.freeze_everywhere()
    if upkeep.may_tidy():
        cut_off.forget_old()


def tend_people() -> None:
    """Places of those who left, series that are over, people who stay away; then who must be forgotten."""
    if not upkeep.may_tidy():
        return
    for prison in Prison.objects.all():
        continuity.settle(prison)
        endings.close_series(prison)
        endings.ask_for_talks(prison)
    sheet_return.forget_drafts()
    draft_forgetting.forget_drafts()
    forgetting.forget_released()
    merge_image.clear_images()
