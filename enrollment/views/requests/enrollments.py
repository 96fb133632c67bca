"""Deciding about one person in one series: the page with the evidence, and one URL per verb."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core.dates import clock
from core.errors import PlannerError
from core.web import address
from core.web.htmx import is_partial
from enrollment.domain.deciding import evidence
from enrollment.domain.participants import people as people_domain
from enrollment.domain.requests import agreement, decisions, reopening, skipping, waiting_list
from enrollment.domain.requests.decisions import DECLINE_REASONS
from enrollment.domain.requests.seats import count
from enrollment.domain.requests.states import Verb, can
from enrollment.domain.slips import slip_text
from enrollment.models import Enrollment, EnrollmentStep
from enrollment.views.requests.pile import go_on, pile_of, query_of, steps
from enrollment.views.requests.series import show_decided, show_series, tab_of
from enrollment.views.shared import PageNotice, find_enrollment, find_series, seen_version
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from sessions.models import GroupSession

E = Enrollment.State
PILE = "pile"
"""A decision on the way through the pile: the answer is the next request."""
Act = Callable[[Enrollment, dt.datetime], Enrollment]


@prison_view(Right.DECIDE)
def enrollment_detail(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    return _show(request, find_enrollment(request.access, pk))


def _show(
    request: PrisonRequest, enrollment: Enrollment, *, notice: PageNotice | None = None, status: int = 200
) -> HttpResponse:
    """The decide page.

    Requirements, clashes, the week, earlier ends, and the slips that each answer would make.
    """
    series, person = enrollment.series, enrollment.participant
    found = evidence.of_series(series, [enrollment])[enrollment.pk]
    week, occupied = evidence.week_of(series, person.pk)
    places = count(series)
    kind = slip_text.kind_of_approval(places.free, series.prison.asks_agreement)
    asked = request.POST if request.POST.get("back") == PILE else request.GET
    context = {
        "pile": steps(request.access, asked, enrollment.pk) if asked.get("pile") else None,
        "enrollment": enrollment,
        "series": series,
        "person": person,
        "stay": people_domain.stay_of(person, series.prison, clock.today()),
        "found": found,
        "week": evidence.strip(week, occupied),
        "occupied": occupied,
        "earlier": evidence.earlier_ends(series, person.pk),
        "coming": skipping.coming_dates(enrollment),
        "steps": enrollment.steps.select_related("by"),
        "places": places,
        "preview": slip_text.preview(enrollment, kind) if kind else None,
        "decline_reasons": [(reason.value, reason.label) for reason in DECLINE_REASONS],
        "swaps": evidence.swaps(found) if places.free else [],
        "can_reopen": enrollment.state == E.ENDED and reopening.can_reopen(enrollment),
        "can": {verb.value: can(verb, enrollment.state) for verb in Verb},
        "notice": notice,
    }
    return render(request, "enrollment/enrollment_detail.html", context, status=status)


def _decide(request: PrisonRequest, pk: int, act: Act, *, undo: bool = False) -> HttpResponse:
    """Does it, and answers where the user was: on the page of the series, or on the decide page."""
    enrollment = find_enrollment(request.access, pk)
    at = clock.now()
    is_in_pile = request.POST.get("back") == PILE
    next_in_pile = pile_of(request.access, request.POST).after(pk) if is_in_pile else None
    try:
        row = act(enrollment, at)
    except PlannerError as error:
        notice = PageNotice("stop", str(error))
        enrollment = find_enrollment(request.access, pk)
        if request.POST.get("back") in ("decide", PILE):
            return _show(request, enrollment, notice=notice, status=error.status)
        series = find_series(request.access, enrollment.series_id)
        return show_series(request, series, request.POST.get("tab", ""), notice=notice, status=error.status)
    return _done(request, row, at, undo, next_in_pile)


def _done(
    request: PrisonRequest, row: Enrollment, at: dt.datetime, undo: bool, next_in_pile: int | None
) -> HttpResponse:
    slug = request.prison.slug
    name = "reopen_place" if row.state == E.ENDED else "take_back"
    undo_url = reverse(f"enrollment:{name}", args=[slug, row.pk]) if undo else ""
    notice = PageNotice("ok", " ".join(_what_happened(row, at)), undo_url)
    if request.POST.get("back") == PILE:
        back = f"{undo_url}?pile=1&{query_of(request.POST)}" if undo_url else ""
        messages.success(request, notice.text, extra_tags=back)
        return redirect(go_on(request.access, request.POST, next_in_pile))
    if request.GET.get("pile"):  # taken back from the page of the next one
        messages.success(request, notice.text)
        return redirect(go_on(request.access, request.GET, row.pk))
    if is_partial(request):
        series, tab = find_series(request.access, row.series_id), request.POST.get("tab", "")
        if tab == "undecided":
            return show_decided(request, series, row, notice)
        return show_series(request, series, tab, notice=notice)
    messages.success(request, notice.text, extra_tags=undo_url)
    tab = request.POST.get("tab") or tab_of(row)
    return redirect(f"{reverse('enrollment:series_detail', args=[slug, row.series_id])}?tab={tab}")


def _what_happened(row: Enrollment, at: dt.datetime) -> list[str]:
    name = str(row.participant)
    sentences = {
        E.PLACED: _("%(name)s has a place."),
        E.AWAITING: _("The place is held for %(name)s until the prison agrees."),
        E.WAITING: _("The group is full: %(name)s is on the waiting list."),
        E.DECLINED: _("%(name)s has no place; the reply slip says why."),
        E.WITHDRAWN: _("%(name)s has withdrawn."),
        E.ENDED: _("The place of %(name)s has ended."),
        E.REQUESTED: _("The request of %(name)s is to be decided again."),
    }
    if row.state == E.WAITING and count(row.series).free:
        sentences[E.WAITING] = _("%(name)s is on the waiting list.")
    return [sentences[E(row.state)] % {"name": name}, *_who_got_it(row, at)]


def _who_got_it(row: Enrollment, at: dt.datetime) -> list[str]:
    """Who else got a place in the same act, first in line first."""
    steps = EnrollmentStep.objects.filter(enrollment__series=row.series_id, verb=Verb.GIVE_PLACE, at=at)
    rows = steps.exclude(enrollment=row).select_related("enrollment__participant")
    names = [str(step.enrollment.participant) for step in rows]
    if not names:
        return []
    sentence = ngettext(
        "The place goes to %(names)s, next in line.", "The places go to %(names)s, next in line.", len(names)
    )
    return [sentence % {"names": "; ".join(names)}]


@prison_view(Right.DECIDE)
@require_POST
def approve(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    seen, skips = seen_version(request.POST.get("seen")), bool(request.POST.get("skip_clashing"))
    return _decide(
        request,
        pk,
        lambda row, at: decisions.approve(row, by=request.user, now=at, seen=seen, skip_clashing=skips),
        undo=True,
    )


@prison_view(Right.DECIDE)
@require_POST
def put_on_list(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    seen = seen_version(request.POST.get("seen"))
    return _decide(
        request, pk, lambda row, at: decisions.put_on_list(row, by=request.user, now=at, seen=seen), undo=True
    )


@prison_view(Right.DECIDE)
@require_POST
def decline(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    seen, reason = seen_version(request.POST.get("seen")), request.POST.get("reason", "")
    return _decide(
        request,
        pk,
        lambda row, at: decisions.decline(row, reason, by=request.user, now=at, seen=seen),
        undo=True,
    )


@prison_view(Right.ENTER_REQUESTS)
@require_POST
def withdraw(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    seen = seen_version(request.POST.get("seen"))
    return _decide(
        request, pk, lambda row, at: decisions.withdraw(row, by=request.user, now=at, seen=seen), undo=True
    )


@prison_view(Right.DECIDE)
@require_POST
def give_place(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    seen, reason = seen_version(request.POST.get("seen")), request.POST.get("reason", "")
    return _decide(
        request,
        pk,
        lambda row, at: decisions.give_place(row, by=request.user, reason=reason, now=at, seen=seen),
    )


@prison_view(Right.DECIDE)
@require_POST
def end(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    seen, reason = seen_version(request.POST.get("seen")), request.POST.get("reason", "")
    return _decide(
        request, pk, lambda row, at: decisions.end(row, reason, by=request.user, now=at, seen=seen), undo=True
    )


@prison_view(Right.DECIDE)
@require_POST
def reopen_place(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    return _decide(request, pk, lambda row, at: reopening.reopen_place(row, by=request.user, now=at))


@prison_view(Right.DECIDE)
@require_POST
def swap(request: PrisonRequest, prison: Prison, pk: int, given_up: int) -> HttpResponse:
    """Out of another group of the service, into this one."""
    other, seen = find_enrollment(request.access, given_up), seen_version(request.POST.get("seen"))
    return _decide(
        request, pk, lambda row, at: decisions.swap(row, other, by=request.user, now=at, seen=seen)
    )


@prison_view(Right.DECIDE)
@require_POST
def take_back(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    return _decide(request, pk, lambda row, at: decisions.take_back(row, by=request.user, now=at))


@prison_view(Right.DECIDE)
@require_POST
def ask_again(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    return _decide(request, pk, lambda row, at: agreement.ask_again(row, by=request.user, now=at))


@prison_view(Right.DECIDE)
@require_POST
def change_position(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    position, reason = request.POST.get("position", ""), request.POST.get("reason", "")
    wanted = address.number(position, digits=5) or 0
    return _decide(
        request,
        pk,
        lambda row, at: waiting_list.move_by_hand(row, wanted, reason, by=request.user, now=at),
    )


@prison_view(Right.ENTER_REQUESTS)
@require_POST
def skip_date(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """The person does not come on one date, or comes after all."""
    enrollment = find_enrollment(request.access, pk)
    wanted = request.POST.get("session", "")
    sessions = GroupSession.objects.in_prison(prison).filter(series=enrollment.series_id)
    session = get_object_or_404(sessions, pk=address.number(wanted))
    act = skipping.unskip if request.POST.get("comes") else skipping.skip
    try:
        act(enrollment, session, by=request.user)
    except PlannerError as error:
        return _show(request, enrollment, notice=PageNotice("stop", str(error)), status=error.status)
    return redirect("enrollment:enrollment_detail", prison.slug, pk)
