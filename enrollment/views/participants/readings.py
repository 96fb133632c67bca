"""Who saw whom: for whoever reads the audit."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from core.dates import clock
from core.web.pages import NumberedPages, newest_of
from enrollment.reading_forms import ENTRANCE, VERBS, ReadingFilter
from prisons.access import PrisonRequest, Right, prison_view
from prisons.domain.records import readings
from prisons.gate import looks_known_to
from prisons.models import Prison, Reading
from prisons.words.pages import name_of_page
from prisons.words.verbs import words_for
from sessions.models import Feed

ROWS = 50


@dataclass(frozen=True)
class ReadingRow:
    """One look in words."""

    reading: Reading
    verb: str
    page: str
    people: list[str]


@prison_view(Right.READ_AUDIT)
def reading_list(request: PrisonRequest, prison: Prison) -> HttpResponse:
    form = ReadingFilter(request.GET or None, access=request.access)
    parts = [*readings.in_prison(prison), _feeds_used(prison)]
    parts = [rows.filter(looks_known_to(request.access)) for rows in parts]
    if form.is_bound and form.is_valid():
        parts = [_chosen(rows, form) for rows in parts]
    page = NumberedPages(Reading.objects.select_related("by"), newest_of(*parts), ROWS).get_page(
        request.GET.get("page")
    )
    context = {"form": form, "page": page, "rows": [row_of(reading) for reading in page]}
    return render(request, "enrollment/reading_list.html", context, status=422 if form.errors else 200)


def _feeds_used(prison: Prison) -> QuerySet[Reading]:
    """A calendar address belongs to nobody who signs in; its row tells the prison."""
    here = Q(prison=prison) | Q(membership__prison=prison) | Q(series__prison=prison)
    feeds = Feed.objects.filter(here | Q(worker__accesses__prison=prison)).order_by().values("pk")
    return Reading.objects.filter(verb="use_feed", object_id__in=feeds)


def _chosen(rows: QuerySet[Reading], form: ReadingFilter) -> QuerySet[Reading]:
    asked = form.cleaned_data
    if asked["by"]:
        rows = rows.filter(by=asked["by"])
    if asked["on"]:
        rows = rows.filter(**clock.within("at", asked["on"]))
    if asked["person"]:
        rows = readings.of_person(rows, asked["person"])
    if asked["what"] == ENTRANCE:
        rows = rows.exclude(verb__in=[verb for verbs in VERBS.values() for verb in verbs] + ["use_feed"])
    elif asked["what"]:
        rows = rows.filter(verb__in=VERBS[asked["what"]])
    return rows


def row_of(reading: Reading) -> ReadingRow:
    people = [str(reading.person_id)] if reading.person_id else reading.people.split()
    return ReadingRow(reading, words_for(reading.verb), name_of_page(reading.page), people)
