"""About whom the prison is asked, with boxes for its answers: handed in there, so neutral names and two languages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from core.paper import Block, Column, Heading, Leaf, Paper, PaperNote, Table
from enrollment.models import Enrollment, Stay
from enrollment.wording import both, joined, moment
from prisons.models import Prison
from sessions.models import Series


@dataclass(frozen=True)
class AskedAgreement:
    """One person about whom the prison is asked; without a stay somebody who is not here."""

    row: Enrollment
    stay: Stay | None


def agreement_paper(
    prison: Prison, groups: Sequence[tuple[Series, Sequence[AskedAgreement]]], *, now: dt.datetime
) -> Paper:
    title = both("agreement")
    leaf = Leaf(
        title,
        [
            Heading(title),
            PaperNote(
                f"{joined(prison.name_nl, prison.name_fr)} · {both('made_at', when=moment(now))}",
                is_bold=True,
            ),
            PaperNote(both("agreement_how")),
            *(block for series, people in groups for block in _group(prison, series, people)),
            *([] if groups else [PaperNote(both("nobody"), is_bold=True)]),
            PaperNote(),
            PaperNote(f"{both('signed_for_prison')}: {'_' * 40}"),
        ],
    )
    return Paper(
        language="nl",
        title=title,
        made_at=now,
        leaves=(leaf,),
        product=settings.PRODUCT_NAME,
        footer=f"{title} · {joined(prison.name_nl, prison.name_fr)} · {moment(now)} · {both('destroy')}",
        page_words=both("page", page="%(page)s", pages="%(pages)s"),
        missing_words=both("letter_missing"),
    )


def _group(prison: Prison, series: Series, people: Sequence[AskedAgreement]) -> list[Block]:
    columns = [
        Column(both("number"), is_centred=True),
        Column(both("name")),
        Column(joined(prison.unit_label_nl, prison.unit_label_fr).capitalize(), is_centred=True),
        Column(both("cell"), is_centred=True),
        Column(both("yes"), is_tick=True),
        Column(both("no"), is_tick=True),
        Column(both("not_now"), is_tick=True),
    ]
    return [
        PaperNote(),
        PaperNote(series.neutral_name, is_bold=True),
        Table(columns, [_cells(one) for one in people]),
    ]


def _cells(one: AskedAgreement) -> tuple[str, str, str, str]:
    stay = one.stay
    if stay is None:
        return "", str(one.row.participant), both("not_here"), ""
    return stay.register_number, str(one.row.participant), stay.unit.code if stay.unit else "", stay.cell
