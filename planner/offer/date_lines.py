"""The dates that a series would get, line by line in words; and what is said once they are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.utils.translation import ngettext

from planner.scheduling.rules.sentences import Spoken, reasons_of_each
from planner.scheduling.series.making import SeriesOutcome, TriedDate
from prisons.access import Access, PrisonRequest
from rooms.models import Holiday


@dataclass(frozen=True)
class DateLine:
    """One date of the preview: what will happen, in words."""

    tried: TriedDate
    state: str
    """`placed`, `tray`, `holiday` or `skipped`."""
    holiday: str = ""
    conflicts: tuple[Spoken, ...] = ()


def lines_of(tried: Sequence[TriedDate], access: Access) -> list[DateLine]:
    """Puts each date together with its own sentences, which come in the same order."""
    holidays = {row.on: str(row) for row in Holiday.objects.in_prison(access.prison)}
    reasons = reasons_of_each(access, [one.conflicts for one in tried])
    return [
        DateLine(one, _state(one), holidays.get(one.occurrence.on, ""), tuple(said))
        for one, said in zip(tried, reasons, strict=True)
    ]


def _state(one: TriedDate) -> str:
    if not one.occurrence.takes_place:
        return "holiday" if one.occurrence.skipped_reason == "holiday" else "skipped"
    return "placed" if one.is_placed else "tray"


def counts_of(lines: Sequence[DateLine] | None) -> dict[str, int]:
    states = [line.state for line in lines or ()]
    return {state: states.count(state) for state in ("placed", "tray", "holiday", "skipped")}


def tell_made(request: PrisonRequest, made: SeriesOutcome, text: str, undo_url: str = "") -> None:
    """`text` says how many there are; then how many wait for a room and how many were skipped."""
    tray, skipped = len(made.in_tray), len(made.skipped)
    messages.success(request, text, extra_tags=undo_url)
    if tray:
        messages.warning(
            request,
            ngettext(
                "%(count)s session waits in the tray for a room.",
                "%(count)s sessions wait in the tray for a room.",
                tray,
            )
            % {"count": tray},
        )
    if skipped:
        messages.info(
            request,
            ngettext("%(count)s date was skipped.", "%(count)s dates were skipped.", skipped)
            % {"count": skipped},
        )
