"""Choosing the days and units of a leaflet, and the PDF."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from core import clock
from core.looks import DOMAINS
from core.pdf import STATIC, render_pdf
from core.weeks import Week
from enrollment.wording import both, day_in_words, joined
from planner.leaflet.programme import missing_titles, programmes
from prisons.access import PrisonRequest, Right, prison_view
from prisons.models import Prison, Unit

_WEEKS = (1, 2, 4)


@prison_view(Right.PLACE)
def leaflet(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """What the leaflet will hold, and the titles that are still missing."""
    week, weeks, units, third = _asked(request, prison)
    first, last = week.monday, (week + (weeks - 1)).sunday
    query = request.GET.urlencode()
    context = {
        "week": week,
        "weeks": weeks,
        "choices": _WEEKS,
        "third": third,
        "units": Unit.objects.in_prison(prison).filter(is_active=True),
        "chosen": {unit.pk for unit in units or []},
        "programmes": programmes(prison, first, last, units),
        "missing": missing_titles(prison, first, last),
        "pdf": reverse("planner:leaflet_file", args=[prison.slug]) + (f"?{query}" if query else ""),
    }
    return render(request, "planner/leaflet/leaflet.html", context)


@prison_view(Right.PLACE)
def leaflet_file(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """A page or more per living unit. Raises PlannerError `no_pdf` where nothing can draw it."""
    week, weeks, units, third = _asked(request, prison)
    found = programmes(prison, week.monday, (week + (weeks - 1)).sunday, units)
    pages = [
        {
            "unit": f"{joined(prison.unit_label_nl, prison.unit_label_fr).capitalize()} {one.unit.code}",
            "days": [
                (day_in_words(day), [(entry, _picture(entry.domain)) for entry in entries])
                for day, entries in one.days
            ],
        }
        for one in found
    ]
    context = {
        "pages": pages,
        "title": both("programme"),
        "prison": joined(prison.name_nl, prison.name_fr),
        "how": [
            (_drawing("pencil-square"), both("ask_by_note")),
            (_drawing("envelope"), both("answer_by_slip")),
        ],
        "third": third,
        "nothing": both("no_programme"),
    }
    html = render_to_string("planner/leaflet/pages.html", context)
    response = HttpResponse(render_pdf(html, ["css/leaflet.css"]), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{settings.PRODUCT_NAME.lower()}-{week}.pdf"'
    return response


def _asked(request: PrisonRequest, prison: Prison) -> tuple[Week, int, list[Unit] | None, bool]:
    """Week, number of weeks, units (None: all) and whether English goes below; nonsense is next week, all."""
    asked: Any = request.GET
    try:
        week = Week.parse(asked.get("week", ""))
    except ValueError:
        week = Week.from_date(clock.today() + dt.timedelta(days=7))
    weeks = (
        int(asked.get("weeks", "1")) if asked.get("weeks", "1") in {str(number) for number in _WEEKS} else 1
    )
    keys = [int(key) for key in asked.getlist("unit") if key.isdigit() and len(key) < 12]
    units = list(Unit.objects.in_prison(prison).filter(pk__in=keys)) if keys else None
    return week, weeks, units, asked.get("third") == "en"


def _picture(domain: str) -> SafeString:
    look = DOMAINS.get(domain)
    return _drawing(look.icon if look else "people")


@cache
def _drawing(name: str) -> SafeString:
    """One drawing of the sprite with its lines inside the page: no program of pages follows links into it."""
    sprite = (STATIC / "icons" / "sprite.svg").read_text(encoding="utf-8")
    found = re.search(
        rf'<symbol id="{re.escape(name)}" (viewBox="[^"]+")[^>]*>(.*?)</symbol>', sprite, re.DOTALL
    )
    drawn = f'<svg class="picture" {found[1]}>{found[2]}</svg>' if found else ""
    return SafeString(drawn)
