"""The year report of one authority on paper or as a workbook: definitions, then figures, small ones masked."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from core.paper import Block, Column, Heading, Leaf, Paper, PaperNote, Table
from planner.reports.masking import masked, masked_column
from planner.reports.periods import Period
from planner.reports.scope import ReportScope
from planner.reports.year_figures import Beat, YearLine, tables_of
from prisons.models import Organisation, Prison
from prisons.models.places import Authority
from sessions.models import Cancellation

_DEFINITIONS = [
    (_("planned"), _("sessions published for a day of the year, whatever became of them")),
    (_("held"), _("planned, not cancelled, and over when the report was made")),
    (_("cancelled"), _("planned and then cancelled, by the cause that was given")),
    (_("hours"), _("of sessions that were held, each from its start to its end")),
    (_("participants"), _("different people who were present at least once; each counts once in a line")),
    (_("times present"), _("every time that somebody was present, however often it was the same person")),
    (_("drop-in attendances"), _("people counted at sessions without enrolment; who they were is not kept")),
    (_("not brought"), _("people on the list whom the prison did not bring; counted apart from absence")),
    (
        _("masked"),
        _(
            "numbers of one to four people are shown as < 5 and are part of the totals; where a single "
            "masked number could be worked out from the others, the next smallest is hidden by *"
        ),
    ),
    (
        _("target group"),
        _(
            "that of the living unit in which the person lived on the day of the session; its sessions and "
            "hours are those at which somebody of the group was present, so that one session can count twice"
        ),
    ),
]
_TITLES = {
    "total": _("In all"),
    "prison": _("By prison"),
    "service": _("By service"),
    "domain": _("By life domain"),
    "target": _("By target group"),
}


def scope_of(authority: str, period: Period, now: dt.datetime) -> ReportScope:
    """All the prisons, and the services of this authority alone."""
    services = Organisation.objects.filter(authority=authority)
    return ReportScope(
        prison_ids=tuple(Prison.objects.values_list("pk", flat=True)),
        period=period,
        now=now,
        organisation_ids=frozenset(services.values_list("pk", flat=True)),
    )


def paper_of_year(
    authority: str, scope: ReportScope, *, language: str, beat: Beat = lambda done: None
) -> Paper:
    """The report, which is kept. `beat` is told how far it is. A fixed number of queries."""
    with override(language):
        label, period = str(Authority(authority).label), scope.period
        tables = tables_of(scope, beat)
        return Paper(
            language=language,
            title=f"{label} {period.first:%Y}",
            made_at=scope.now,
            leaves=[
                _definitions(label, scope, tables["total"][""]),
                *(_leaf(key, str(title), tables[key]) for key, title in _TITLES.items()),
            ],
            product=settings.PRODUCT_NAME,
            footer=f"{label} · {period.first:%d-%m-%Y} – {period.last:%d-%m-%Y}",
            is_kept=True,
        )


def _definitions(label: str, scope: ReportScope, total: YearLine) -> Leaf:
    different = _("Different participants over all services, each counted once: %(number)s")
    blocks: list[Block] = [
        Heading(label),
        PaperNote(f"{scope.period.first:%d-%m-%Y} – {scope.period.last:%d-%m-%Y}", is_bold=True),
        PaperNote(different % {"number": masked(len(total.people))}),
    ]
    if scope.now < scope.period.ends_at:
        blocks.append(PaperNote(_("This period is not over: the figures are those of today."), is_bold=True))
    blocks += [PaperNote(), Table([Column(_("Word")), Column(_("What it means"))], _DEFINITIONS)]
    return Leaf(_("Definitions"), blocks)


def _leaf(key: str, title: str, lines: dict[str, YearLine]) -> Leaf:
    names = sorted(lines)
    columns = _columns(key, [lines[name] for name in names])
    head = [Column(title), *(Column(heading, is_centred=True) for heading, _values in columns)]
    values = [values for _heading, values in columns]
    rows = [[name or title, *row] for name, *row in zip(names, *values, strict=True)]
    return Leaf(title, [Heading(title), Table(head, rows)], orientation="landscape")


def _columns(key: str, lines: list[YearLine]) -> list[tuple[Any, list[Any]]]:
    """Heading and values of each column. What was planned for a target group nobody knows."""
    has_plan = key != "target"
    found: list[tuple[Any, list[Any]]] = (
        [(_("planned"), [line.planned for line in lines])] if has_plan else []
    )
    found += [
        (_("held"), [line.held for line in lines]),
        (_("hours"), [round(line.minutes / 60, 1) for line in lines]),
    ]
    if has_plan:
        found += _cancelled(lines)
    found += [
        (_("participants"), masked_column([len(line.people) for line in lines])),
        (_("times present"), masked_column([line.present for line in lines])),
    ]
    if has_plan:
        found.append((_("drop-in attendances"), masked_column([line.visits for line in lines])))
    return [*found, (_("not brought"), masked_column([line.not_brought for line in lines]))]


def _cancelled(lines: list[YearLine]) -> list[tuple[Any, list[Any]]]:
    """A column for each cause that occurred."""
    labels = dict(Cancellation.Reason.choices)
    return [
        (
            _("%(label)s: %(text)s") % {"label": _("cancelled"), "text": labels[code]},
            [line.cancelled.get(code, 0) for line in lines],
        )
        for code in Cancellation.Reason.values
        if any(line.cancelled.get(code) for line in lines)
    ]
