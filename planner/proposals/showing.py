"""A proposal as its pages show it: rows with names, costs in words, what came of each line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from core.dates.clock import BRUSSELS
from planner.models import Proposal, ProposalLine
from planner.proposals import words
from planner.proposals.accepting import is_open
from planner.proposals.line_forms import slot_label
from planner.proposals.lines.comparing import gains_in_words, reason_in_words, rows_in_words
from planner.proposals.lines.needing import needs_of
from planner.proposals.lines.refusals import conflict_of
from planner.proposals.problem.planning_request import WhatIf
from planner.proposals.starting import OPEN
from planner.scheduling.rules.sentences import speak
from prisons.access import Access
from prisons.models import Unit
from rooms.models import Room, TimeSlot
from sessions.models import GroupSession, Series, Worker

Answer, Outcome, State = ProposalLine.Answer, ProposalLine.Outcome, Proposal.State

LOOKS: dict[str, tuple[str, str]] = {
    Answer.OPEN: ("", ""),
    Answer.ENTERED: ("ok", "check-circle"),
    Answer.PARTLY: ("warn", "exclamation-triangle"),
    Answer.ASKED: ("warn", "send"),
    Answer.REFUSED: ("stop", "x-circle"),
    Answer.DROPPED: ("quiet", "dash-circle"),
}
OUTCOMES: dict[str, tuple[str, str]] = {
    Outcome.PLACED: ("info", "plus-lg"),
    Outcome.MOVED: ("info", "arrows-move"),
    Outcome.LEFT_OUT: ("stop", "dash-circle"),
}
STATES: dict[str, tuple[str, str]] = {
    State.WAITING: ("quiet", "hourglass-split"),
    State.RUNNING: ("info", "arrow-clockwise"),
    State.STOPPED: ("warn", "x-circle"),
    State.DONE: ("info", "check-circle"),
    State.ACCEPTED: ("ok", "check-circle"),
    State.PARTLY: ("warn", "check-circle"),
    State.DISCARDED: ("quiet", "dash-circle"),
    State.FAILED: ("stop", "x-octagon"),
}
FROM_CODES = {
    "stale": gettext_lazy("Somebody has changed this session since the proposal was made."),
    "past": gettext_lazy("That day is over."),
    "asked_already": gettext_lazy("Your service has asked something for this session already."),
    "yours": gettext_lazy("This is yours: accept it once more."),
    "not_live": gettext_lazy("It is cancelled by now."),
}


@dataclass(frozen=True)
class ProposalRow:
    line: ProposalLine
    series: Series
    goes: tuple[str, str] | None
    """(when, which room)."""
    was: tuple[str, str] | None
    look: tuple[str, str]
    answer: tuple[str, str]
    can_tick: bool
    owner: str
    """The other service that must be asked; empty for what is one's own."""
    skipped: str
    refusals: tuple[str, ...]
    why: words.LeftOutReason | None
    reason: str = ""
    """Why it goes elsewhere, in one sentence."""
    along: tuple[str, ...] = ()
    """Other lines that are entered with it: it goes where they stand."""
    needs: tuple[int, ...] = ()
    """Their numbers: ticking this line ticks them."""


def rows_of(proposal: Proposal, access: Access) -> list[ProposalRow]:
    """Every line, what was left out last; a fixed number of queries."""
    order = {Outcome.MOVED: 0, Outcome.PLACED: 1, Outcome.LEFT_OUT: 2}
    lines = list(
        proposal.lines.select_related("series__activity__organisation", "room", "was_room", "change_set")
    )
    lines.sort(key=lambda one: (order[Outcome(one.outcome)], _when(one), one.pk))
    names = words.Names((line.why for line in lines), access)
    refusals = _refusals(lines, proposal, access)
    return [_row(line, names, refusals.get(line.pk, ()), access) for line in lines]


def with_needs(rows: Sequence[ProposalRow], proposal: Proposal) -> list[ProposalRow]:
    """The same rows, each with the names of the lines that go along when it is ticked alone."""
    needs = needs_of(proposal)
    names = {row.line.pk: str(row.series) for row in rows}
    return [
        replace(
            row,
            along=tuple(names[pk] for pk in sorted(needs.get(row.line.pk, ())) if pk in names),
            needs=tuple(sorted(needs.get(row.line.pk, ()))),
        )
        for row in rows
    ]


def _when(line: ProposalLine) -> tuple[dt.date, int, dt.time]:
    return line.on or dt.date.min, line.weekday or 0, line.starts or dt.time()


def _row(line: ProposalLine, names: words.Names, refusals: Iterable[str], access: Access) -> ProposalRow:
    organisation = line.series.activity.organisation
    is_lost = line.outcome == Outcome.LEFT_OUT
    undone = line.change_set is not None and line.change_set.undone_by_id is not None
    return ProposalRow(
        line=line,
        series=line.series,
        goes=None if is_lost else place_in_words(line.on, line.weekday, line.starts, line.minutes, line.room),
        was=place_in_words(line.was_on, line.was_weekday, line.was_starts, line.minutes, line.was_room),
        look=OUTCOMES[Outcome(line.outcome)],
        answer=("", "") if undone else LOOKS[Answer(line.answer)],
        can_tick=not is_lost and line.room_id is not None and is_open(line),
        owner="" if access.may_change(organisation) else organisation.short_name,
        skipped=_skipped(len(line.skipped)),
        refusals=tuple(refusals),
        why=words.why_in_words(line.why, names) if is_lost else None,
        reason="" if is_lost else reason_in_words(line.why),
    )


def _skipped(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "%(count)s date cannot be there and stays as it is.",
        "%(count)s dates cannot be there and stay as they are.",
        count,
    ) % {"count": count}


def place_in_words(
    on: dt.date | None, weekday: int | None, starts: dt.time | None, minutes: int, room: Room | None
) -> tuple[str, str] | None:
    """(`Tue 24 Nov 09:00-10:30`, `Class B`); weekly `Tuesday 09:00-10:30`."""
    if weekday is None or starts is None:
        return None
    start = starts.hour * 60 + starts.minute
    return slot_label(on, weekday, start, start + minutes), str(room or _("an extra room"))


def _refusals(lines: list[ProposalLine], proposal: Proposal, access: Access) -> dict[int, list[str]]:
    """Line -> why sessions of it did not go in; one sentence once, with its dates."""
    kept = [(line.pk, one) for line in lines for one in line.refusals]
    conflicts = [(pk, one, conflict) for pk, one in kept if (conflict := conflict_of(one)) is not None]
    spoken = speak([conflict for _pk, _one, conflict in conflicts], proposal.prison, access)
    told: dict[int, dict[str, list[int]]] = {}
    for (pk, one, _conflict), said in zip(conflicts, spoken, strict=True):
        told.setdefault(pk, {}).setdefault(said.sentence, []).append(one["session"])
    for pk, one in kept:
        if conflict_of(one) is None:
            sentence = str(FROM_CODES.get(one["code"], _("This is not possible any more.")))
            told.setdefault(pk, {}).setdefault(sentence, []).append(one["session"])
    return {pk: list(sentences) for pk, sentences in told.items()}


@dataclass(frozen=True)
class ProposalPage:
    """What stands above the lines."""

    proposal: Proposal
    look: tuple[str, str]
    title: str
    summary: str
    proof: str
    costs: list[tuple[str, int]]
    compared: list[tuple[str, int, int]]
    """What is counted, today and as proposed."""
    gains: list[str]
    findings: list[str]
    suppositions: list[str]
    is_stale: bool
    is_going: bool
    is_only_supposed: bool
    may_change: bool
    counts: Mapping[str, int]
    reader_id: int

    @property
    def name(self) -> str:
        """The title with the hour: two of the same days are told apart."""
        at = self.proposal.created_at.astimezone(BRUSSELS)
        return f"{self.title} ({at:%H:%M})"


def page_of(proposal: Proposal, access: Access) -> ProposalPage:
    counts = proposal.outcome.get("counts", {})
    if proposal.aim == Proposal.Aim.BY_HAND:
        counts = {code: proposal.lines.filter(outcome=code).count() for code in Outcome.values}
    prison = access.prison
    is_going = proposal.state in (State.WAITING, State.RUNNING)
    return ProposalPage(
        proposal=proposal,
        look=STATES[State(proposal.state)],
        title=title_of(proposal),
        summary=summary_of(counts),
        proof="" if is_going or proposal.aim == Proposal.Aim.BY_HAND else words.proof_in_words(proposal),
        costs=words.costs_in_words(proposal.by_rule),
        compared=rows_in_words(proposal.outcome.get("compared", {})),
        gains=gains_in_words(proposal.outcome.get("compared", {})),
        findings=words.findings_in_words(proposal),
        suppositions=words.supposition_in_words(proposal, _names_of(proposal)),
        is_stale=(proposal.plan_version, proposal.rules_version)
        != (prison.plan_version, prison.rules_version),
        is_going=is_going,
        is_only_supposed=WhatIf.from_json(proposal.what_if).adds,
        may_change=proposal.by_id == access.user.pk and proposal.state in (*OPEN, State.ACCEPTED),
        counts=counts,
        reader_id=access.user.pk,
    )


def side_by_side(pages: Sequence[ProposalPage]) -> list[tuple[str, list[tuple[str, object]]]]:
    """Row by row what several proposals do and cost: (what, [(which proposal, value)])."""
    costs = [dict(one.costs) for one in pages]
    rows: list[tuple[str, list[object]]] = [
        (_("Left out"), [_or_dash(one.proposal.left_out) for one in pages]),
        (_("Placed"), [one.counts.get(Outcome.PLACED, 0) for one in pages]),
        (pgettext("several sessions", "Moved"), [one.counts.get(Outcome.MOVED, 0) for one in pages]),
        (_("Cost in points"), [_or_dash(one.proposal.cost) for one in pages]),
    ]
    for rule in dict.fromkeys([rule for cost in costs for rule in cost]):
        rows.append((rule, [cost.get(rule, 0) for cost in costs]))
    rows.append((_("What is proven"), [one.proof or "–" for one in pages]))
    names = [one.name for one in pages]
    return [(label, list(zip(names, values, strict=True))) for label, values in rows]


def _or_dash(value: int | None) -> object:
    return "–" if value is None else value


def title_of(proposal: Proposal) -> str:
    """`Mend, 23/11/2026 – 29/11/2026`."""
    aims = {
        Proposal.Aim.REPAIR: _("Mend what broke"),
        Proposal.Aim.FRESH: _("From nothing"),
        Proposal.Aim.BY_HAND: _("By hand"),
    }
    days = f"{date_format(proposal.first_on, 'j N')} – {date_format(proposal.last_on, 'j N Y')}"
    return f"{aims[Proposal.Aim(proposal.aim)]}, {days}"


def summary_of(counts: Mapping[str, int]) -> str:
    """`3 moved, 12 placed, 1 left out.`"""
    parts = []
    if number := counts.get(Outcome.MOVED, 0):
        parts.append(ngettext("%(n)s moved", "%(n)s moved", number) % {"n": number})
    if number := counts.get(Outcome.PLACED, 0):
        parts.append(ngettext("%(n)s placed", "%(n)s placed", number) % {"n": number})
    if number := counts.get(Outcome.LEFT_OUT, 0):
        parts.append(ngettext("%(n)s left out", "%(n)s left out", number) % {"n": number})
    return ", ".join(parts)


def _names_of(proposal: Proposal) -> dict[str, str]:
    """The names in the suppositions, by fact."""
    facts, names = proposal.what_if, {}
    tables: dict[str, Any] = {
        "helped_worker_id": Worker.objects.all(),
        "lost_worker_id": Worker.objects.all(),
        "lost_room_id": Room.objects.in_prison(proposal.prison),
        "lost_unit_id": Unit.objects.in_prison(proposal.prison),
        "lost_slot_id": TimeSlot.objects.in_prison(proposal.prison),
    }
    for fact, rows in tables.items():
        if fact in facts:
            names[fact] = str(rows.filter(pk=facts[fact]).first() or "?")
    if "lost_day" in facts:
        names["lost_day"] = date_format(dt.date.fromisoformat(facts["lost_day"]), "l j F")
    if "slot" in facts:
        weekday, start, end = facts["slot"]
        names["slot"] = slot_label(None, weekday, start, end)
    return names


def published_in(rows: Sequence[ProposalRow]) -> int:
    """How many of the sessions that can be accepted people have been told of: they are told anew."""
    ids = {pk for row in rows if row.can_tick for pk, _version in row.line.sessions}
    return GroupSession.objects.published().filter(pk__in=ids).count() if ids else 0


def week_of(line: ProposalLine) -> dt.date | None:
    """The week that a line of one session may not leave; None for a weekly line."""
    if line.proposal.is_weekly or not line.sessions:
        return None
    session = GroupSession.objects.filter(pk=line.sessions[0][0]).first()
    return session.week_on if session else None
