"""The leaflet as PDF: a page or more per living unit, at once or as a job when there are many."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.errors import PlannerError
from core.looks import DOMAINS
from core.pdf import STATIC, Pages
from core.weeks import Week
from enrollment.wording import both, day_in_words, joined
from planner.leaflet.programme import Programme, programmes
from prisons.access import Right, access_for
from prisons.domain import jobs
from prisons.models import Job, Prison, Unit, User

KIND = "leaflet"
MOST_AT_ONCE = 60
"""Lines that are drawn while somebody waits: about three seconds. More is a job."""
THIRD_WORDS = {
    "programme": "Activities",
    "ask_by_note": "Ask with a request note: name, cell, activity.",
    "answer_by_slip": "You get an answer on paper.",
}

jobs.TITLES[KIND] = _("Programme leaflet")
jobs.FAILURES["not_your_leaflet"] = _("Your role no longer includes the programme leaflet.")


@dataclass(frozen=True)
class Wanted:
    """Which weeks, which units (none: all), and whether English goes below."""

    week: Week
    weeks: int
    units: tuple[int, ...]
    third: bool

    @property
    def first(self) -> dt.date:
        return self.week.monday

    @property
    def last(self) -> dt.date:
        return (self.week + (self.weeks - 1)).sunday

    @property
    def file_name(self) -> str:
        return f"{settings.PRODUCT_NAME.lower()}-{self.week}.pdf"

    def to_facts(self) -> dict[str, Any]:
        return {"week": str(self.week), "weeks": self.weeks, "units": [*self.units], "third": self.third}

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> Wanted:
        return cls(Week.parse(facts["week"]), facts["weeks"], tuple(facts["units"]), facts["third"])


def programmes_of(prison: Prison, wanted: Wanted) -> list[Programme]:
    units = list(Unit.objects.in_prison(prison).filter(pk__in=wanted.units)) if wanted.units else None
    return programmes(prison, wanted.first, wanted.last, units)


def lines_of(found: list[Programme]) -> int:
    """About how much work it is."""
    return sum(len(entries) for one in found for _day, entries in one.days)


def draw(
    prison: Prison,
    found: list[Programme],
    *,
    third: bool,
    on_unit: Callable[[int], object] = lambda _number: None,
) -> bytes:
    """Each unit counts its own pages. Raises PlannerError `no_pdf` where nothing can draw it."""
    pages = Pages(["css/leaflet.css"])
    for number, one in enumerate(found, start=1):
        pages.draw(_html(prison, one, third))
        on_unit(number)
    if not found:
        pages.draw(_html(prison, None, third))
    return pages.to_bytes()


def _html(prison: Prison, one: Programme | None, third: bool) -> str:
    unit = f"{joined(prison.unit_label_nl, prison.unit_label_fr).capitalize()} {one.unit.code}" if one else ""
    days = one.days if one else ()
    context = {
        "unit": unit,
        "days": [
            (day_in_words(day), [(entry, _picture(entry.domain)) for entry in entries])
            for day, entries in days
        ],
        "title": both("programme"),
        "prison": joined(prison.name_nl, prison.name_fr),
        "how": [
            (_drawing(icon), both(word), THIRD_WORDS[word] if third else "")
            for icon, word in (("pencil-square", "ask_by_note"), ("envelope", "answer_by_slip"))
        ],
        "third": third,
        "third_title": THIRD_WORDS["programme"],
        "nothing": both("no_programme"),
    }
    return render_to_string("planner/leaflet/pages.html", context)


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


# --- as a job -------------------------------------------------------------------------------------------


def start(prison: Prison, wanted: Wanted, *, by: User, back: str) -> Job:
    facts = {**wanted.to_facts(), "back": back}
    return jobs.start_once(KIND, f"{__name__}.make", prison=prison, by=by, facts=facts)


def make(job_pk: int) -> None:
    """Unit by unit, as long as whoever started it may still print leaflets."""
    with jobs.running(job_pk) as job:
        if job is None:
            return
        access = access_for(job.by, job.prison) if job.by and job.prison else None
        if job.prison is None or access is None or not access.has(Right.PLACE):
            raise PlannerError("not_your_leaflet", "")
        wanted = Wanted.from_facts(job.facts)
        found = programmes_of(job.prison, wanted)
        steps = len(found) + 1
        jobs.beat(job_pk, 0, steps)
        body = draw(
            job.prison,
            found,
            third=wanted.third,
            on_unit=lambda number: jobs.beat(job_pk, number, steps),
        )
        jobs.keep_file(job_pk, wanted.file_name, "application/pdf", body, right=Right.PLACE)
