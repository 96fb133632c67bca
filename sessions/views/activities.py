"""Pages of activities and terms."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.dates.clock import today
from core.web.pages import asked_page
from core.words.folding import in_reading_order
from prisons.access import PrisonRequest, Right, prison_view
from prisons.domain.people.organisations import kept_ids, require_kept
from prisons.models import Prison
from rooms.views.editing import act_and_return, edit
from sessions.domain import activities
from sessions.domain.running import runs
from sessions.forms import ActivityFilter, ActivityForm, TermForm
from sessions.models import Activity, Series, Term

TERMS_ON_A_PAGE = 12


@prison_view(Right.PLACE)
def activity_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    filters = ActivityFilter(request.GET or None, prison=prison)
    page = asked_page(request, in_reading_order(_filtered(_activities(prison), filters)))
    kept = kept_ids(request.access, {row.organisation for row in page})
    for row in page:
        row.is_mine = row.organisation_id in kept
        row.missing = activities.missing_languages(row)
    return render(request, "sessions/activity_list.html", {"page": page, "filters": filters})


def _activities(prison: Prison) -> QuerySet[Activity]:
    """What the services of this prison offer, with the number of its series here that are not over."""
    running = Series.objects.filter(runs(prison, today()), activity=OuterRef("pk")).order_by()
    count = running.values("activity").annotate(count=Count("pk")).values("count")
    rows = Activity.objects.filter(organisation__prisons=prison).select_related("organisation")
    return rows.annotate(series_count=Coalesce(Subquery(count), 0))


def _filtered(rows: QuerySet[Activity], filters: ActivityFilter) -> QuerySet[Activity]:
    filters.is_valid()
    wanted: dict[str, Any] = {
        name: value for name, value in getattr(filters, "cleaned_data", {}).items() if value
    }
    return rows.filter(**wanted)


@prison_view(Right.PLACE)
def activity_add(request: PrisonRequest, prison: Prison) -> HttpResponse:
    return edit(
        request,
        form := ActivityForm(request.POST or None, access=request.access, initial={"is_active": True}),
        lambda _values: activities.save_activity(request.access, form.values),
        back=reverse("sessions:activity_list", args=[prison.slug]),
        done=_("The activity was added."),
        heading=_("Add a group activity"),
        once_more=request.path,
        template="sessions/activity_edit.html",
    )


@prison_view(Right.PLACE)
def activity_edit(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    activity = get_object_or_404(Activity.objects.filter(organisation__prisons=prison), pk=pk)
    require_kept(request.access, activity.organisation)
    name, form = str(activity), ActivityForm(request.POST or None, instance=activity, access=request.access)
    return edit(
        request,
        form,
        lambda values: activities.save_activity(
            request.access, form.values, activity=_stored(activity), seen=values["seen"]
        ),
        back=reverse("sessions:activity_list", args=[prison.slug]),
        done=_("Saved."),
        heading=name,
        template="sessions/activity_edit.html",
        activity=activity,
        remove_url=reverse("sessions:activity_remove", args=[prison.slug, pk]),
    )


def _stored(activity: Activity) -> Activity:
    """Without what the form has set on it already."""
    return Activity.objects.select_related("organisation").get(pk=activity.pk)


@require_POST
@prison_view(Right.PLACE)
def activity_remove(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    activity = get_object_or_404(Activity.objects.filter(organisation__prisons=prison), pk=pk)
    return act_and_return(
        request,
        lambda: activities.remove_activity(request.access, activity),
        back=reverse("sessions:activity_list", args=[prison.slug]),
        done=_("The activity was removed."),
    )


@prison_view(Right.MANAGE_RULES)
def term_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    terms = Term.objects.in_prison(prison).order_by("-starts_on", "-pk")
    page = asked_page(request, terms, TERMS_ON_A_PAGE)
    series = Series.objects.in_prison(prison).filter(term__in=[term.pk for term in page]).order_by()
    counts = dict(series.values_list("term").annotate(Count("pk")))
    rows = [(term, counts.get(term.pk, 0)) for term in page]
    return render(request, "sessions/term_list.html", {"page": page, "rows": rows, "today": today()})


@prison_view(Right.MANAGE_RULES)
def term_add(request: PrisonRequest, prison: Prison) -> HttpResponse:
    return edit(
        request,
        form := TermForm(request.POST or None, instance=Term(prison=prison)),
        lambda _values: activities.save_term(prison, form.values, by=request.user),
        back=reverse("sessions:term_list", args=[prison.slug]),
        done=_("The term was added."),
        heading=_("Add a term"),
        once_more=request.path,
    )


@prison_view(Right.MANAGE_RULES)
def term_edit(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    term = get_object_or_404(Term.objects.in_prison(prison), pk=pk)
    name, form = term.name, TermForm(request.POST or None, instance=term)
    return edit(
        request,
        form,
        lambda values: activities.save_term(
            prison, form.values, by=request.user, term=term, seen=values["seen"]
        ),
        back=reverse("sessions:term_list", args=[prison.slug]),
        done=_("Saved."),
        heading=name,
        remove_url=reverse("sessions:term_remove", args=[prison.slug, pk]),
    )


@require_POST
@prison_view(Right.MANAGE_RULES)
def term_remove(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    term = get_object_or_404(Term.objects.in_prison(prison), pk=pk)
    return act_and_return(
        request,
        lambda: activities.remove_term(term, by=request.user),
        back=reverse("sessions:term_list", args=[prison.slug]),
        done=_("The term was removed."),
    )
