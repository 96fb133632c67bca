"""Pages for copying series to another term: choose, see what will happen, do it, read what could not go along."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.dates import clock
from core.dates.weeks import Week
from core.errors import PlannerError
from core.secrets.digest import FIELD
from core.web.htmx import render_part
from planner.proposals.starting import mend_copied
from planner.scheduling.copying.copies import CopyOutcome, copy_series, preview_copy
from planner.scheduling.copying.notes import CopyNote, CopyNoteKind, ToldNote, in_words
from planner.scheduling.copying.trial import SeriesCopy
from planner.scheduling.placement.undo_effects import address_of
from planner.terms.copy_choice import CopyChoice, new_term_url, no_target_text, read
from prisons.access import Access, PrisonRequest, Right, prison_view
from prisons.domain.records.change_sets import UNDO_WITHIN
from prisons.models import ChangeSet, Prison
from sessions.models import GroupSession, Series, Term


@dataclass(frozen=True)
class Noted:
    """Something with notes: what is lost stands open, the rest can be unfolded."""

    notes: tuple[ToldNote, ...]

    @property
    def losses(self) -> list[ToldNote]:
        return [one for one in self.notes if one.kind not in (CopyNoteKind.WATCH, CopyNoteKind.NEVER)]

    @property
    def remarks(self) -> list[ToldNote]:
        return [one for one in self.notes if one.kind in (CopyNoteKind.WATCH, CopyNoteKind.NEVER)]


@dataclass(frozen=True)
class CopyRow(Noted):
    """One series of the preview with all that is to be said about it."""

    copy: SeriesCopy


@prison_view(Right.PLACE)
def term_copy(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """The choice stands in the address; the button that copies posts the same choice."""
    query = request.POST if request.method == "POST" else request.GET
    choice = read(query, request.access)
    refusal: PlannerError | None = None
    if request.method == "POST" and choice.target is not None and choice.picked:
        try:
            outcome = _copy(request, prison, choice, choice.target)
        except PlannerError as error:
            refusal = error
        else:
            if outcome.change_set is not None:
                _say(request, prison, outcome)
                return _go_on(request, prison, choice, outcome.change_set)
            refusal = PlannerError("nothing_to_copy", _("Nothing was copied: see below why."))
    context = _context(request.access, choice) | {"refusal": refusal}
    status = refusal.status if refusal else 200
    return render_part(request, "planner/terms/copy.html", "planner/terms/_copy.html", context, status=status)


def _go_on(request: PrisonRequest, prison: Prison, choice: CopyChoice, change_set: ChangeSet) -> HttpResponse:
    """To the report; or, when that was asked and something waits, to the proposal that looks for places."""
    report = redirect("planner:term_copied", prison.slug, change_set.pk)
    if not choice.and_mend or choice.target is None:
        return report
    try:
        proposal = mend_copied(prison, change_set, choice.target, by=request.user, access=request.access)
    except PlannerError as error:
        messages.warning(request, str(error))
        return report
    if proposal is None:
        messages.info(request, _("Everything has its place: there was nothing to mend."))
        return report
    return redirect("planner:proposal_detail", prison.slug, proposal.pk)


def _copy(request: PrisonRequest, prison: Prison, choice: CopyChoice, target: Term) -> CopyOutcome:
    return copy_series(
        prison,
        series=choice.picked,
        target_term=target,
        by=request.user,
        access=request.access,
        unplaced_when_in_conflict=choice.into_tray,
        seen=request.POST.get(FIELD, ""),
    )


def _say(request: PrisonRequest, prison: Prison, outcome: CopyOutcome) -> None:
    text = ngettext(
        "%(count)s series was copied to %(term)s.", "%(count)s series were copied to %(term)s.",
        len(outcome.created),
    ) % {"count": len(outcome.created), "term": outcome.preview.term}  # fmt: skip
    change_set = outcome.change_set
    undo_url = address_of(change_set) if change_set else ""
    messages.success(request, text, extra_tags=undo_url)


def _context(access: Access, choice: CopyChoice) -> dict[str, Any]:
    context: dict[str, Any] = {
        "choice": choice,
        "new_term_url": new_term_url(access),
        "no_target_text": no_target_text(access),
        "rows": [],
        "refused": [],
    }
    if choice.target is None or not choice.picked:
        return context
    preview = preview_copy(
        access.prison,
        series=choice.picked,
        target_term=choice.target,
        access=access,
        unplaced_when_in_conflict=choice.into_tray,
    )
    told = _by_series(preview.in_words(access))
    context["rows"] = [CopyRow(tuple(told[one.source.pk]), one) for one in preview.copied]
    context["refused"] = [CopyRow(tuple(told[one.source.pk]), one) for one in preview.refused]
    context["seen"] = preview.digest
    context["placed"] = sum(one.placed_count for one in preview.copied)
    context["tray"] = sum(one.tray_count for one in preview.copied)
    context["left_out"] = sum(len(one.left_out) for one in preview.copied)
    context["sessions"] = context["placed"] + context["tray"]
    return context


def _by_series(told: Iterable[ToldNote]) -> dict[int, list[ToldNote]]:
    groups: dict[int, list[ToldNote]] = defaultdict(list)
    for one in told:
        groups[one.series.pk].append(one)
    return groups


@dataclass(frozen=True)
class CopiedRow(Noted):
    """One new series as it stands now, and what its copy lost."""

    source: Series
    new: Series | None
    """None once it was undone or removed."""
    sessions: int = 0
    tray_weeks: tuple[Week, ...] = ()


@prison_view(Right.PLACE)
def term_copied(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """What was copied and what could not be, with the ways on; it can be read again at any time."""
    change_set = get_object_or_404(
        ChangeSet.objects.in_prison(prison).filter(verb="copy_series").select_related("by"), pk=pk
    )
    notes = [CopyNote.from_json(one) for one in change_set.facts.get("notes", ())]
    pairs: dict[int, int] = dict(change_set.facts.get("series", ()))
    series = _own(request.access, {*pairs, *(one.series_id for one in notes)})
    if not series:
        raise Http404
    told = _by_series(in_words(notes, series, prison, request.access))
    rows = _copied_rows(prison, series, pairs, told)
    is_undone = change_set.undone_by_id is not None
    may_undo = not is_undone and clock.now() < change_set.at + UNDO_WITHIN
    context = {
        "change_set": change_set,
        "term": Term.objects.in_prison(prison).filter(pk=change_set.facts.get("term")).first(),
        "rows": [row for row in rows if row.source.pk in pairs],
        "refused": [row for row in rows if row.source.pk not in pairs],
        "is_undone": is_undone,
        "may_undo": may_undo and change_set.by_id == request.user.pk,
        "tray": sum(len(row.tray_weeks) for row in rows),
        "sessions": sum(row.sessions for row in rows),
    }
    return render(request, "planner/terms/copied.html", context)


def _own(access: Access, ids: set[int]) -> dict[int, Series]:
    """The series concerned that this person may change: who copies reads about the own ones only."""
    rows = Series.objects.in_prison(access.prison).filter(pk__in=ids).select_related("activity__organisation")
    return {one.pk: one for one in rows if access.may_change(one.activity.organisation)}


def _copied_rows(
    prison: Prison, series: dict[int, Series], pairs: dict[int, int], told: dict[int, list[ToldNote]]
) -> Sequence[CopiedRow]:
    live = ~Q(group_sessions__state=GroupSession.State.CANCELLED)
    made = Series.objects.in_prison(prison).filter(pk__in=pairs.values()).select_related("activity")
    new = {one.pk: one for one in made.annotate(session_count=Count("group_sessions", filter=live))}
    tray: dict[int, list[Week]] = defaultdict(list)
    waiting = GroupSession.objects.in_prison(prison).live().filter(series__in=new, room=None)
    for series_id, week_on in waiting.order_by("week_on").values_list("series", "week_on"):
        tray[series_id].append(Week.from_date(week_on))
    rows = []
    for pk, source in series.items():
        copy = new.get(pairs.get(pk, 0))
        weeks = tuple(tray[copy.pk]) if copy else ()
        count = getattr(copy, "session_count", 0)
        rows.append(CopiedRow(tuple(told[pk]), source, copy, count, weeks))
    worst = {kind: number for number, kind in enumerate(CopyNoteKind)}
    return sorted(rows, key=lambda row: min((worst[one.kind] for one in row.notes), default=len(worst)))
