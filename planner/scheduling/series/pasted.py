"""The plan of an earlier term as lines of a spreadsheet: each line a series in the chosen term, as drafts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from core.dates import clock
from core.errors import PlannerError
from core.tables import cells
from core.tables.pasted import PastedColumn
from core.words.folding import called, fold, name_key
from planner.scheduling.series.making import SeriesDraft, SeriesOutcome, create_series
from prisons.access import Access
from prisons.models import Organisation, User
from rooms.domain.pasting import Made
from rooms.models import Room
from rooms.words import hours_in_words
from sessions.domain import activities
from sessions.models import Activity, Domain, Series, Term, Worker

_DOMAINS = {
    Domain.WORK: "werk travail emploi work",
    Domain.EDUCATION: "onderwijs vorming opleiding enseignement formation éducation education",
    Domain.HEALTH: "gezondheid santé health",
    Domain.FAMILY: "gezin familie famille family",
    Domain.CULTURE: "cultuur culture",
    Domain.SPORT: "sport",
    Domain.HOUSING: "wonen huisvesting logement housing",
    Domain.MEDIATION: "herstelbemiddeling bemiddeling médiation mediation",
    Domain.ADDICTION: "verslaving dépendance assuétude assuétudes addiction",
    Domain.LANGUAGE: "taal talen langue langues language",
    Domain.ADMINISTRATION: "administratie administration",
}


@dataclass(frozen=True)
class SeriesLines:
    """Dates that cannot stand wait in the tray, as with every new series; the line says how many."""

    access: Access
    by: User
    language: str
    services: tuple[Organisation, ...]
    term: Term | None
    now: dt.datetime | None = None
    code = "plan"
    columns = (
        PastedColumn(
            "activity",
            gettext_lazy("Activity"),
            "activiteit|groepsactiviteit|titel|activité|titre|activity|title",
            True,
        ),
        PastedColumn("days", gettext_lazy("Day"), "dag|weekdag|jour|day|weekday"),
        PastedColumn(
            "starts",
            pgettext_lazy("column", "From"),
            "van|begin|start|beginuur|uur|uren|de|début|heure|heures|from|starts|hours|time",
        ),
        PastedColumn(
            "ends", pgettext_lazy("column", "Until"), "tot|einde|einduur|à|fin|jusqu'à|until|to|end|ends"
        ),
        PastedColumn("room", gettext_lazy("Room"), "lokaal|zaal|ruimte|local|salle|room"),
        PastedColumn(
            "places",
            gettext_lazy("Places"),
            "plaatsen|aantal|aantal plaatsen|max|deelnemers|places|participants|people",
        ),
        PastedColumn(
            "workers",
            gettext_lazy("Facilitators"),
            "lesgever|lesgevers|begeleider|begeleiders|intervenant|intervenants|"
            "animateur|facilitator|facilitators",
        ),
        PastedColumn("service", gettext_lazy("Service"), "dienst|organisatie|service|organisation"),
        PastedColumn("label", gettext_lazy("Group"), "groep|groupe|group"),
        PastedColumn(
            "domain",
            gettext_lazy("Life domain"),
            "levensdomein|domein|domaine|domaine de vie|domain|life domain",
        ),
        PastedColumn(
            "starts_on",
            gettext_lazy("First date"),
            "eerste datum|begindatum|startdatum|datum|première date|date|date de début|first date|start date",
        ),
    )

    def make(self, values: Mapping[str, str]) -> Made:
        if self.term is None:
            raise PlannerError("no_term", _("Choose the term first."), 422)
        weekday, starts, ends = self._when(values)
        activity, made = self._activity(values)
        label = values.get("label", "")
        title = f"{activity} {label}".strip()
        if self._is_there(activity, label, weekday, starts):
            return Made(title)
        room, remarks = self._room(values.get("room", ""))
        workers, unknown = self._workers(values.get("workers", ""))
        draft = SeriesDraft(
            self._series(values, activity, weekday, (starts, ends), room), workers=tuple(workers)
        )
        outcome = create_series(self.access.prison, draft, by=self.by, access=self.access, now=self.now)
        facts = [
            hours_in_words(((weekday,), starts, ends)),
            *(str(each) for each in (room, *workers) if each),
        ]
        rows: tuple[Model, ...] = (*made, outcome.outcome.change_set)
        return Made(title, rows, (*facts, *_counted(outcome)), (*remarks, *unknown, *_waiting(outcome)))

    def _when(self, values: Mapping[str, str]) -> tuple[int, dt.time, dt.time]:
        """Day and hours in columns of their own or all in one; without a day, that of the first date."""
        on = cells.day(values.get("starts_on", ""))
        day = values.get("days", "") or (str(_DAYS[on.isoweekday() - 1]) if on else "")
        starts, ends = values.get("starts", ""), values.get("ends", "")
        if starts and ends:
            days, span = cells.weekdays(day, self.language), (cells.time(starts), cells.time(ends))
        else:
            first, *more = cells.hours(f"{day} {starts}", self.language) or [
                cells.Hours((), dt.time(), dt.time())
            ]
            days, span = () if more else first.weekdays, (first.starts, first.ends)
        if len(days) != 1:
            raise PlannerError(
                "one_day", _("A series has one day and its hours: put others on lines of their own."), 422
            )
        if span[1] <= span[0]:
            raise PlannerError("ends_before_start", _("The end must come after the start."), 422)
        return days[0], span[0], span[1]

    def _activity(self, values: Mapping[str, str]) -> tuple[Activity, list[Model]]:
        """One of the own services; a new one where the line says its life domain."""
        title, named = values["activity"], fold(values.get("service", ""))
        services = [
            one for one in self.services if not named or named in (fold(one.name), fold(one.short_name))
        ]
        if not title:
            raise PlannerError("title_missing", _("The title of the activity is missing."), 422)
        if not services:
            raise PlannerError(
                "not_yours", _("“%(name)s” is no service of yours."), 403, name=values.get("service", "")
            )
        for known in Activity.objects.filter(organisation__in=services).select_related("organisation"):
            if fold(title) in map(fold, (known.title_nl, known.title_fr, known.title_en)):
                return known, []
        domain = _domain(values.get("domain", ""))
        if not domain or len(services) > 1:
            words = _(
                "There is no activity “%(title)s” yet. Add it first, or say its service and life domain in columns."
            )
            raise PlannerError("unknown_activity", words, 422, title=title)
        fields = {"organisation": services[0], "domain": domain, f"title_{services[0].language}": title}
        made = activities.save_activity(self.access, fields)
        return made, [made]

    def _is_there(self, activity: Activity, label: str, weekday: int, starts: dt.time) -> bool:
        same = Series.objects.in_prison(self.access.prison).filter(
            activity=activity, term=self.term, weekday=weekday, start_time=starts
        )
        return any(fold(one.label) == fold(label) for one in same)

    def _room(self, name: str) -> tuple[Room | None, list[str]]:
        here = Room.objects.in_prison(self.access.prison).in_use()
        room = called(name, here)
        words = _("There is no room “%(name)s” here: the dates wait without a room.") % {"name": name}
        return room, [words] if name and room is None else []

    def _workers(self, cell: str) -> tuple[list[Worker], list[str]]:
        here = Worker.objects.in_prison(self.access.prison).active().distinct()
        by_name = {name_key(one.name): one for one in here}
        wanted = cells.items(cell)
        words = _("“%(name)s” is no facilitator here and was left out.")
        found = [by_name[name_key(item)] for item in wanted if name_key(item) in by_name]
        return found, [words % {"name": item} for item in wanted if name_key(item) not in by_name]

    def _series(
        self,
        values: Mapping[str, str],
        activity: Activity,
        weekday: int,
        span: tuple[dt.time, dt.time],
        room: Room | None,
    ) -> Series:
        places = cells.number(values.get("places", "")) or (room.capacity if room else None)
        if places is None:
            raise PlannerError("places_missing", _("The number of places is missing."), 422)
        term: Any = self.term
        on = cells.day(values.get("starts_on", ""))
        begins = max(
            on if on and term.starts_on <= on <= term.ends_on else term.starts_on, clock.today(self.now)
        )
        first_on = begins + dt.timedelta(days=(weekday - begins.isoweekday()) % 7)
        if first_on > term.ends_on:
            raise PlannerError("no_dates", _("No date of this line falls in the term any more."), 422)
        starts, ends = span
        return Series(
            activity=activity,
            term=term,
            label=values.get("label", ""),
            places=places,
            starts_on=first_on,
            start_time=starts,
            duration_minutes=(ends.hour - starts.hour) * 60 + ends.minute - starts.minute,
            weeks=(term.ends_on - first_on).days // 7 + 1,
            default_room=room,
        )


_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _domain(cell: str) -> str:
    text = fold(cell)
    if not text:
        return ""
    for domain, words in _DOMAINS.items():
        if text in fold(words).split():
            return str(domain.value)
    raise cells.not_understood(cell)


def _counted(made: SeriesOutcome) -> list[str]:
    count = len(made.placed) + len(made.in_tray)
    return [ngettext("%(count)s date", "%(count)s dates", count) % {"count": count}]


def _waiting(made: SeriesOutcome) -> list[str]:
    count = len(made.in_tray)
    words = ngettext("%(count)s date waits in the tray.", "%(count)s dates wait in the tray.", count)
    return [words % {"count": count}] if count else []
