"""The sheet that covers the lists of a closed day: CANCELLED, in Dutch and French, neutral names only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import groupby

from django.conf import settings
from django.utils import translation

from core.dates.clock import BRUSSELS, today
from core.paper import Block, Column, Heading, Leaf, Paper, PaperNote, Table
from enrollment.wording import both, day_in_words, joined, moment
from planner.closures.showing import ClosurePage
from planner.scheduling.closures.effects import ClosureHit, Effects
from prisons.models import Prison
from rooms.models import Closure
from sessions.models import GroupSession

_CANCELLED = ("GEANNULEERD", "ANNULÉ")
_NO_ACTIVITIES = ("Geen activiteiten", "Activités suspendues")
_NOT_BROUGHT = (
    "Niemand wordt naar deze sessies gebracht.",
    "Personne n'est amené à ces séances.",
)
_NONE = ("Geen sessies op deze dag", "Aucune séance ce jour")
_WHOLE = ("hele gevangenis", "toute la prison")


def cover_sheet(prison: Prison, shown: ClosurePage, effects: Effects, *, now: dt.datetime) -> Paper:
    """A list for each day with what does not take place; one without sessions when nothing is hit."""
    hits = [hit for hit in effects.hits if hit.session.starts_at and _was_published(hit.session)]
    days = [
        (day, list(of_day)) for day, of_day in groupby(hits, key=lambda hit: today(hit.session.starts_at))
    ]
    return Paper(
        language="nl",
        title=f"{joined(*_CANCELLED)} {moment(today(shown.starts_at))}",
        made_at=now,
        leaves=[
            Leaf(moment(day), _day(prison, shown, day, of_day))
            for day, of_day in days or [(today(shown.starts_at), [])]
        ],
        product=settings.PRODUCT_NAME,
        footer=f"{joined(prison.name_nl, prison.name_fr)} · {both('made_at', when=moment(now))}",
        page_words=both("page", page="%(page)s", pages="%(pages)s"),
        missing_words=both("letter_missing"),
    )


def _was_published(session: GroupSession) -> bool:
    """A draft never stood on a list."""
    cancellation = getattr(session, "cancellation", None)
    state = cancellation.was_state if cancellation else session.state
    return state == GroupSession.State.PUBLISHED


def _day(prison: Prison, shown: ClosurePage, day: dt.date, hits: Iterable[ClosureHit]) -> list[Block]:
    rows = [
        (_hour(hit.session.starts_at), _hour(hit.session.ends_at), str(hit.session.room or "-"),
         hit.session.series.neutral_name)
        for hit in hits
    ]  # fmt: skip
    blocks: list[Block] = [
        Heading(joined(*_CANCELLED)),
        PaperNote(joined(prison.name_nl, prison.name_fr), is_bold=True),
        PaperNote(day_in_words(day), is_bold=True),
        PaperNote(f"{joined(*_NO_ACTIVITIES)}: {_kind(shown.root)}"),
        *(
            PaperNote(f"{_place(one)}: {moment(one.starts_at)} – {moment(one.ends_at)}")
            for one in shown.closures
        ),
        PaperNote(joined(*(_NOT_BROUGHT if rows else _NONE)), is_bold=True),
    ]
    return [*blocks, Table(_columns(), rows)] if rows else blocks


def _columns() -> list[Column]:
    return [
        Column(both("from"), is_centred=True),
        Column(both("to"), is_centred=True),
        Column(both("where")),
        Column(both("what")),
    ]


def _kind(closure: Closure) -> str:
    told = []
    for language in ("nl", "fr"):
        with translation.override(language):
            told.append(str(closure.get_kind_display()))
    return joined(*told)


def _place(closure: Closure) -> str:
    return str(closure.room or closure.unit or joined(*_WHOLE))


def _hour(at: dt.datetime | None) -> str:
    return f"{at.astimezone(BRUSSELS):%H:%M}" if at else "-"
