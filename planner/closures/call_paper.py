"""Whom to call about a closure, on paper, in the language of the reader."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.dates.clock import BRUSSELS
from core.paper import Block, Column, Heading, Leaf, Paper, PaperNote, Table
from planner.closures.showing import ClosureCallRow, ClosurePage, State
from planner.workers.call_paper import when_made
from prisons.models import Prison


def call_paper(
    prison: Prison, shown: ClosurePage, calls: Sequence[ClosureCallRow], *, now: dt.datetime
) -> Paper:
    title = _("Call list")
    blocks: list[Block] = [
        Heading(f"{title} · {capfirst(shown.root.get_kind_display())}"),
        PaperNote(f"{prison} · {', '.join(map(str, shown.places))} · {_span(shown)}", is_bold=True),
    ]
    if warning := standing_words(shown.state):
        blocks.append(PaperNote(warning, is_bold=True))
    blocks.append(_table(calls) if calls else PaperNote(_("Nobody has to be called."), is_bold=True))
    return Paper(
        language=get_language() or "nl",
        title=title,
        made_at=now,
        leaves=(Leaf(title, blocks, orientation="landscape"),),
        product=settings.PRODUCT_NAME,
        footer=f"{prison} · {when_made(now)} · {_('Destroy after use.')}",
    )


def standing_words(state: str) -> str:
    """What to say about a closure that is not certain, or no longer; empty for one that stands."""
    if state == State.ANNOUNCED:
        return _("Only announced: say that it may not take place.")
    if state == State.LIFTED:
        return _("This is lifted. Below stands what is still cancelled.")
    return ""


def _span(shown: ClosurePage) -> str:
    starts, ends = (
        date_format(at.astimezone(BRUSSELS), "j N H:i") for at in (shown.starts_at, shown.ends_at)
    )
    return _("%(from)s to %(to)s") % {"from": starts, "to": ends}


def _reached(call: ClosureCallRow) -> str:
    """Ticked already: when. An empty cell is ticked on paper."""
    if call.reached is not None:
        return f"{call.reached.at.astimezone(BRUSSELS):%H:%M}"
    return _("has read it") if call.is_informed else ""


def _table(calls: Sequence[ClosureCallRow]) -> Table:
    columns = [
        Column(_("Facilitator")),
        Column(_("Telephone")),
        Column(_("Language"), is_centred=True),
        Column(_("Sessions")),
        Column(_("Reached"), is_tick=True),
    ]
    rows = [
        (
            call.worker.name,
            "\n".join(filter(None, (call.worker.phone or _("no number"), call.worker.email))),
            call.worker.language.upper(),
            "\n".join(f"{row.when} · {row.name}" for row in call.rows),
            _reached(call),
        )
        for call in calls
    ]
    return Table(columns, rows)
