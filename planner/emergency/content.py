"""What is in the pack: who leads what in the next days and how to reach them, then the lists of each day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from functools import reduce
from operator import or_

from django.conf import settings
from django.db.models import Q

from core.dates import clock
from core.dates.clock import BRUSSELS
from core.paper import Block, Column, Heading, Leaf, Paper, PaperNote, Table
from enrollment.domain.lists import cut_off, day_lists
from enrollment.domain.lists.day import Day
from enrollment.exports import papers
from enrollment.wording import both, day_in_words, hour, joined, moment
from prisons.models import Prison
from sessions.models import SessionWorker

DAYS = 3


def pack_of(prison: Prison, *, now: dt.datetime | None = None) -> Paper:
    """The lists as they closed, else as they are known now."""
    at = (now or clock.now()).replace(microsecond=0)
    days = day_lists.next_days(prison, DAYS, now=at)
    told = [_lists_of(prison, day, at) for day in days]
    leaves = [_cover(prison, days, at), _call_list(prison, days, at)]
    leaves += [replace(leaf, footer=leaf.footer or paper.footer) for paper in told for leaf in paper.leaves]
    return Paper(
        language="nl",
        title=f"{both('emergency_pack')} {moment(at)}",
        made_at=at,
        leaves=tuple(leaves),
        product=settings.PRODUCT_NAME,
        footer=_footer(prison, at),
        page_words=both("page", page="%(page)s", pages="%(pages)s"),
        missing_words=both("letter_missing"),
    )


def _lists_of(prison: Prison, on: dt.date, at: dt.datetime) -> Paper:
    version = cut_off.latest(prison, on, now=at)
    frozen: Day | None = cut_off.day_of(version) if version else None
    if version and frozen:
        return papers.day_lists(frozen, version.number)
    return papers.day_lists(day_lists.day_lists(prison, on, now=at))


def _footer(prison: Prison, at: dt.datetime) -> str:
    name = joined(prison.name_nl, prison.name_fr)
    return f"{both('emergency_pack')} {name} · {both('made_at', when=moment(at))}"


def _cover(prison: Prison, days: Iterable[dt.date], at: dt.datetime) -> Leaf:
    blocks: list[Block] = [
        Heading(f"{both('emergency_pack')} · {joined(prison.name_nl, prison.name_fr)}"),
        PaperNote(both("made_at", when=moment(at)), is_bold=True),
        PaperNote(both("emergency_use")),
        PaperNote(both("destroy")),
        PaperNote(),
        *(PaperNote(day_in_words(day), is_bold=True) for day in days),
    ]
    return Leaf(both("emergency_pack"), blocks)


def _call_list(prison: Prison, days: list[dt.date], at: dt.datetime) -> Leaf:
    """Neutral names here too: the file may lie on anybody's desk."""
    rows = [
        (
            row.worker.name,
            row.worker.phone or row.worker.email,
            ", ".join(str(one) for one in row.worker.organisations.all()),
            f"{clock.today(row.session.starts_at):%d-%m}",
            hour(row.session.starts_at.astimezone(BRUSSELS).time()) if row.session.starts_at else "",
            row.session.room.name_on_paper if row.session.room else "",
            row.session.series.neutral_name,
        )
        for row in _leading(prison, days)
    ]
    columns = [
        Column(both("name")),
        Column(both("phone")),
        Column(both("organisation")),
        Column(both("day"), is_centred=True),
        Column(both("from"), is_centred=True),
        Column(both("where")),
        Column(both("what")),
    ]
    body: Block = Table(columns, rows) if rows else PaperNote(both("nobody"), is_bold=True)
    blocks: list[Block] = [Heading(both("call_list")), PaperNote(both("made_at", when=moment(at))), body]
    return Leaf(both("call_list"), blocks, "landscape")


def _leading(prison: Prison, days: list[dt.date]) -> Iterable[SessionWorker]:
    """By name, and for each person from hour to hour."""
    rows = SessionWorker.objects.filter(
        session__prison=prison,
        session__state="published",
        live=True,
    ).filter(reduce(or_, (Q(**clock.within("session__starts_at", day)) for day in days)))
    related = rows.select_related("worker", "session__room", "session__series")
    return related.prefetch_related("worker__organisations").order_by("worker__name", "starts_at")
