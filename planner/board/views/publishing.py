"""Publishing a week, a term or any span: what is ready, what stands in the way, what changed since."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from core.dates.clock import today
from core.dates.weeks import Week
from core.secrets.digest import FIELD, NotAsShown
from core.web import address
from core.web.forms import DateInput, PlainForm
from planner.board.answers import done
from planner.scheduling.news import since_last_publication
from planner.scheduling.publishing import Publication, PublicationRefused, elsewhere, look, publish
from planner.scheduling.rules.sentences import reasons_of_each
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison
from sessions.models import GroupSession, Term

MOST_SHOWN = 60
LONGEST = dt.timedelta(days=200)


class SpanForm(PlainForm):
    """From one date to another."""

    first = forms.DateField(label=gettext_lazy("from"), widget=DateInput())
    last = forms.DateField(label=gettext_lazy("until and including"), widget=DateInput())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and not first <= last <= first + LONGEST:
            raise forms.ValidationError(_("The last date must come after the first, within a term or so."))
        return data


@dataclass(frozen=True)
class PublishedSpan:
    """The dates that are published, both included, and how the address names them."""

    first: dt.date
    last: dt.date
    label: str
    fields: tuple[tuple[str, str], ...]
    week: Week
    """The week of the board to go back to."""
    dates: SpanForm
    is_understood: bool = True
    """False when the address named dates that cannot be read: this week is shown, and nothing published."""


@require_http_methods(["GET", "POST"])
@prison_view(Right.PUBLISH)
def board_publish(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """Publish the own drafts of these dates: what is ready, what stands in the way by owner, then the act."""
    span = _span(request.POST if request.method == "POST" else request.GET, prison)
    if request.method != "POST" or not span.is_understood:
        return _publication(request, prison, span, status=200 if span.is_understood else 422)
    try:
        outcome = publish(
            prison, span.first, span.last, by=request.user, access=request.access,
            leave_out_refused=request.POST.get("leave_out") == "1", seen=request.POST.get(FIELD, ""),
        )  # fmt: skip
    except NotAsShown as error:
        return _publication(request, prison, span, error=error, status=error.status)
    except PublicationRefused:
        return _publication(request, prison, span, status=409)
    count = len(outcome.session_ids) if outcome else 0
    text = ngettext("%(count)s session is published.", "%(count)s sessions are published.", count)
    return done(
        request, prison, span.week, text % {"count": count} if count else _("Nothing to publish."), outcome
    )


def _span(data: QueryDict, prison: Prison) -> PublishedSpan:
    """A term, two dates or a week, as the address says; this week when it says nothing."""
    term = Term.objects.in_prison(prison).filter(pk=_number(data.get("term"))).first()
    if term is not None:
        return _of_dates(term.starts_on, term.ends_on, term.name, (("term", str(term.pk)),))
    form = SpanForm(data)
    if "first" in data and form.is_valid():
        first, last = form.cleaned_data["first"], form.cleaned_data["last"]
        label = _("%(first)s to %(last)s") % {
            "first": date_format(first, "j F"),
            "last": date_format(last, "j F Y"),
        }
        return _of_dates(first, last, label, (("first", first.isoformat()), ("last", last.isoformat())))
    week, is_understood = Week.from_date(today()), not {"first", "term", "week"} & set(data)
    if "week" in data:
        asked = address.week(data.get("week"))
        week, is_understood = asked or week, asked is not None
    label = _("week %(number)s") % {"number": week.number}
    dates = form if "first" in data else SpanForm(initial={"first": week.monday, "last": week.sunday})
    return PublishedSpan(week.monday, week.sunday, label, (("week", str(week)),), week, dates, is_understood)


def _of_dates(
    first: dt.date, last: dt.date, label: str, fields: tuple[tuple[str, str], ...]
) -> PublishedSpan:
    dates = SpanForm(initial={"first": first, "last": last})
    return PublishedSpan(first, last, label, fields, Week.from_date(min(max(first, today()), last)), dates)


def _number(text: str | None) -> int:
    return address.number(text, digits=9) or 0


def _publication(
    request: PrisonRequest,
    prison: Prison,
    span: PublishedSpan,
    *,
    error: NotAsShown | None = None,
    status: int = 200,
) -> HttpResponse:
    publication = look(prison, span.first, span.last, request.access)
    more = elsewhere(prison, span.first, span.last, request.access)
    context = {
        "publication": publication,
        "span": span,
        "week": span.week,
        "refused": _by_owner(publication, prison, request),
        "refused_count": len(publication.refused),
        "news": since_last_publication(prison, span.first, span.last, request.access),
        "told": publication.told,
        "error": error,
        "is_long": len(publication.ready) > MOST_SHOWN,
        "choices": _choices(prison, span),
        "dates": span.dates,
        "elsewhere": more,
        "elsewhere_last": min(more.last, more.first + LONGEST) if more else None,
    }
    return render(request, "planner/board/publish.html", context, status=status)


def _choices(prison: Prison, span: PublishedSpan) -> list[dict[str, Any]]:
    """The week and every term that is not over, as chips."""
    here = reverse("planner:board_publish", args=[prison.slug])
    terms = Term.objects.in_prison(prison).filter(ends_on__gte=today()).order_by("starts_on")
    week = {
        "url": f"{here}?week={span.week}",
        "label": _("week %(number)s") % {"number": span.week.number},
        "is_on": span.fields[0][0] == "week",
    }
    return [week] + [
        {
            "url": f"{here}?term={term.pk}",
            "label": term.name,
            "is_on": span.fields == (("term", str(term.pk)),),
        }
        for term in terms
    ]


def _by_owner(
    publication: Publication, prison: Prison, request: PrisonRequest
) -> list[tuple[Any, list[tuple[GroupSession, list[Any]]]]]:
    """Each owner with the sessions that are refused and their reasons in words."""
    reasons = reasons_of_each(request.access, [found for _session, found in publication.refused])
    groups: dict[Any, list[tuple[GroupSession, list[Any]]]] = defaultdict(list)
    for (session, _found), said in zip(publication.refused, reasons, strict=True):
        groups[session.series.activity.organisation].append((session, said))
    return sorted(groups.items(), key=lambda group: str(group[0]))
