"""The leaflet as PDF: a page or more per living unit, at once or as a job when there are many."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.dates.clock import BRUSSELS
from core.dates.weeks import Week
from core.errors import PlannerError
from core.paper import printed
from core.words.badges import DOMAINS
from enrollment.wording import both, day_in_words, hour, joined
from planner.leaflet.programme import LeafletEntry, Programme, programmes
from prisons.access import Right, access_for
from prisons.domain.background import jobs
from prisons.models import Job, Prison, Unit, User

KIND = "leaflet"
MOST_AT_ONCE = 3000
"""Lines that are drawn while somebody waits: a week of a large prison in about a second. More is a job."""
HOW = (("pencil-square", "ask_by_note"), ("envelope", "answer_by_slip"))
STATIC = Path(settings.BASE_DIR) / "static"
THIRD_WORDS = {
    "programme": "Activities",
    "ask_by_note": "Ask with a request note: name, cell, activity.",
    "answer_by_slip": "You get an answer on paper.",
}

jobs.TITLES[KIND] = _("Programme leaflet")
jobs.FAILURES["not_your_leaflet"] = _("Your role no longer includes the programme leaflet.")


@dataclass(frozen=True)
class WantedLeaflet:
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
    def from_facts(cls, facts: dict[str, Any]) -> WantedLeaflet:
        return cls(Week.parse(facts["week"]), facts["weeks"], tuple(facts["units"]), facts["third"])


def programmes_of(prison: Prison, wanted: WantedLeaflet) -> list[Programme]:
    units = list(Unit.objects.in_prison(prison).filter(pk__in=wanted.units)) if wanted.units else None
    return programmes(prison, wanted.first, wanted.last, units)


def lines_of(found: list[Programme]) -> int:
    """About how much work it is."""
    return sum(len(entries) for one in found for _day, entries in one.days)


def titles_of(found: list[Programme], wanted: WantedLeaflet) -> Iterator[str]:
    """Every title that the leaflet prints, in each of its languages."""
    for one in found:
        for _day, entries in one.days:
            for entry in entries:
                yield from (entry.title_nl, entry.title_fr, entry.title_en if wanted.third else "")


def draw(
    prison: Prison,
    found: list[Programme],
    wanted: WantedLeaflet,
    *,
    on_unit: Callable[[int], object] = lambda _number: None,
) -> bytes:
    """Each unit counts its own pages; without any there is a page that says so."""
    facts = {
        "title": f"{both('programme')} {joined(prison.name_nl, prison.name_fr)}",
        "product": settings.PRODUCT_NAME,
        "heading": both("programme"),
        "english": THIRD_WORDS["programme"] if wanted.third else "",
        "how": [_how(icon, word, wanted) for icon, word in HOW],
        "nothing": both("no_programme"),
        "units": [_unit(prison, one, wanted) for one in found] or [_unit(prison, None, wanted)],
        "pictures": {name: _drawing(name) for name in _icons(found)},
    }
    made_at = dt.datetime.combine(wanted.first, dt.time(), BRUSSELS)
    body = printed("leaflet", facts, made_at=made_at, missing_words=both("letter_missing"))
    for number in range(1, len(found) + 1):
        on_unit(number)
    return body


def _how(icon: str, word: str, wanted: WantedLeaflet) -> dict[str, str]:
    return {"picture": icon, "words": both(word), "english": THIRD_WORDS[word] if wanted.third else ""}


def _unit(prison: Prison, one: Programme | None, wanted: WantedLeaflet) -> dict[str, Any]:
    unit = f"{joined(prison.unit_label_nl, prison.unit_label_fr).capitalize()} {one.unit.code}" if one else ""
    days = [
        {"name": day_in_words(day), "entries": [_entry(entry, wanted) for entry in entries]}
        for day, entries in (one.days if one else ())
    ]
    return {"where": " · ".join(filter(None, (joined(prison.name_nl, prison.name_fr), unit))), "days": days}


def _entry(entry: LeafletEntry, wanted: WantedLeaflet) -> dict[str, str]:
    return {
        "picture": _icon(entry.domain),
        "hours": f"{hour(entry.starts)}–{hour(entry.ends)}",
        "nl": entry.title_nl,
        "fr": entry.title_fr if entry.title_fr != entry.title_nl else "",
        "en": entry.title_en if wanted.third and entry.title_en != entry.title_nl else "",
    }


def _icons(found: list[Programme]) -> set[str]:
    """Every picture that the leaflet shows, each once."""
    domains = {entry.domain for one in found for _day, entries in one.days for entry in entries}
    return {icon for icon, _word in HOW} | {_icon(domain) for domain in domains}


def _icon(domain: str) -> str:
    look = DOMAINS.get(domain)
    return look.icon if look else "people"


@cache
def _drawing(name: str) -> str:
    """One drawing of the sprite as a picture of its own."""
    sprite = (STATIC / "icons" / "sprite.svg").read_text(encoding="utf-8")
    found = re.search(
        rf'<symbol id="{re.escape(name)}" (viewBox="[^"]+")[^>]*>(.*?)</symbol>', sprite, re.DOTALL
    )
    inside = found or ("", 'viewBox="0 0 16 16"', "")
    return f'<svg xmlns="http://www.w3.org/2000/svg" {inside[1]} width="16" height="16">{inside[2]}</svg>'


# --- as a job -------------------------------------------------------------------------------------------


def start(prison: Prison, wanted: WantedLeaflet, *, by: User, back: str) -> Job:
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
        wanted = WantedLeaflet.from_facts(job.facts)
        found = programmes_of(job.prison, wanted)
        steps = len(found) + 1
        jobs.beat(job_pk, 0, steps)
        body = draw(
            job.prison,
            found,
            wanted,
            on_unit=lambda number: jobs.beat(job_pk, number, steps),
        )
        jobs.keep_file(job_pk, wanted.file_name, "application/pdf", body, right=Right.PLACE)
