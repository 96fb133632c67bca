"""What copying cannot take along, in words: codes are computed and kept, sentences are made when shown."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from planner.scheduling.rules.codes import CODES, Conflict, Text
from planner.scheduling.rules.sentences import speak
from prisons.access import Access
from prisons.models import Organisation, Prison, Unit
from rooms.models import Room
from sessions.models import Material, Series, Worker

CONFLICTS_ARE_NAMED_BY = {"day", "start", "end", "other", "minutes", "count"}
"""Facts that differ from date to date: the same clash every week is one note with many dates."""


QUIET = {"band"}
"""Points to watch that say nothing about a copy: every series runs into the school holidays."""


class CopyNoteKind(StrEnum):
    """How much of a series a note takes away, the worst first."""

    REFUSED = "refused"
    """The series is not copied."""
    TRAY = "tray"
    """These dates wait in the tray, without a room and a time."""
    LEFT_OUT = "left_out"
    """Something of the series is not copied."""
    WATCH = "watch"
    """Copied, with a point to watch."""
    NEVER = "never"
    """Not copied, as a rule of the house."""


@dataclass(frozen=True)
class CopyWords:
    kind: CopyNoteKind
    sentence: Text
    way_out: Text


WORDS: dict[str, CopyWords] = {
    "not_yours": CopyWords(
        CopyNoteKind.REFUSED, _("This series belongs to %(service)s."), _("Ask them to copy it.")
    ),
    "there_already": CopyWords(
        CopyNoteKind.REFUSED, _("It is in this term already."), _("Change the series that is there.")
    ),
    "activity_gone": CopyWords(
        CopyNoteKind.REFUSED,
        _("Its activity is not offered any more."),
        _("Offer the activity again, then copy once more."),
    ),
    "service_gone": CopyWords(
        CopyNoteKind.REFUSED,
        _("%(service)s does not work in this prison any more."),
        _("Let the service work here again, then copy once more."),
    ),
    "ended_early": CopyWords(
        CopyNoteKind.REFUSED,
        _("It was ended on %(on)s, before its last date."),
        _("Make a new series if it is to begin again."),
    ),
    "units_gone": CopyWords(
        CopyNoteKind.REFUSED,
        _("None of its living units is in use any more."),
        _("Make a new series for other living units."),
    ),
    "no_dates": CopyWords(
        CopyNoteKind.REFUSED,
        _("None of its dates can take place in this term."),
        _("Make a new series with dates that fit."),
    ),
    "room_gone": CopyWords(
        CopyNoteKind.TRAY, _("Its room, %(room)s, is out of use."), _("Choose another room on the board.")
    ),
    "no_room": CopyWords(
        CopyNoteKind.TRAY, _("It has no usual room: it keeps its hour."), _("Choose a room on the board.")
    ),
    "on_holiday": CopyWords(
        CopyNoteKind.LEFT_OUT,
        _("Public holiday: the series does not run."),
        _("Add a date on the page of the series if you want to replace it."),
    ),
    "after_term": CopyWords(
        CopyNoteKind.LEFT_OUT,
        _("These dates lie after the last day of the term."),
        _("Make the term longer, or add dates by hand."),
    ),
    "past": CopyWords(
        CopyNoteKind.LEFT_OUT,
        _("These dates lie before today."),
        _("Add dates by hand if you want to replace them."),
    ),
    "worker_gone": CopyWords(
        CopyNoteKind.LEFT_OUT,
        _("%(worker)s does not work in this prison any more."),
        _("Choose another facilitator."),
    ),
    "permission_over": CopyWords(
        CopyNoteKind.LEFT_OUT,
        _("The permission of %(worker)s ends on %(until)s: these dates have no facilitator."),
        _("Ask the prison to renew it, then give the dates their facilitator."),
    ),
    "permission_none": CopyWords(
        CopyNoteKind.LEFT_OUT,
        _("%(worker)s has no permission to enter: these dates have no facilitator."),
        _("Ask the prison for the permission, then give the dates their facilitator."),
    ),
    "unit_gone": CopyWords(
        CopyNoteKind.LEFT_OUT,
        _("%(unit)s is not in use any more."),
        _("Check for which living units the series is."),
    ),
    "material": CopyWords(
        CopyNoteKind.LEFT_OUT,
        _("%(material)s: the prison has given no permission until then."),
        _("Ask for it again on the page of the series."),
    ),
    "extra_dates": CopyWords(
        CopyNoteKind.LEFT_OUT,
        _("Dates that were added by hand."),
        _("Add dates on the page of the series."),
    ),
    "people": CopyWords(
        CopyNoteKind.NEVER,
        _("Enrolled or waiting: %(count)s. People and their wishes are never copied."),
        _("Who wants to go on asks again, for the new series."),
    ),
}


@dataclass(frozen=True)
class CopyNote:
    """One thing about one series (of the old term) and some of its dates. A code of WORDS or of a conflict."""

    code: str
    series_id: int
    kind: CopyNoteKind
    dates: tuple[dt.date, ...] = ()
    facts: tuple[tuple[str, Any], ...] = ()

    @property
    def is_conflict(self) -> bool:
        return self.code in CODES

    def as_json(self) -> dict[str, Any]:
        """Ids, codes and dates: what the record of the act may keep."""
        return {
            "code": self.code,
            "series": self.series_id,
            "kind": self.kind.value,
            "dates": [on.isoformat() for on in self.dates],
            "facts": [[name, _plain(value)] for name, value in self.facts],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> CopyNote:
        facts = tuple((name, _revived(value)) for name, value in kept["facts"])
        dates = tuple(dt.date.fromisoformat(on) for on in kept["dates"])
        return cls(kept["code"], kept["series"], CopyNoteKind(kept["kind"]), dates, facts)


def note(code: str, series: Series, dates: Iterable[dt.date] = (), **facts: Any) -> CopyNote:
    return CopyNote(code, series.pk, WORDS[code].kind, tuple(dates), tuple(facts.items()))


def of_conflicts(
    series: Series,
    found: Iterable[tuple[dt.date, Conflict]],
    series_of: Mapping[int, int],
    hard: CopyNoteKind = CopyNoteKind.TRAY,
) -> list[CopyNote]:
    """The same clash with the same series in the same place is one note, however many weeks it comes back."""
    groups: dict[tuple[Any, ...], list[tuple[dt.date, Conflict]]] = defaultdict(list)
    for on, conflict in found:
        if conflict.code in QUIET:
            continue
        told = tuple(pair for pair in conflict.facts if pair[0] not in CONFLICTS_ARE_NAMED_BY)
        other = dict(conflict.facts).get("other")
        groups[(conflict.code, told, series_of.get(other) if other else None)].append((on, conflict))
    return [
        CopyNote(
            group[0][1].code,
            series.pk,
            hard if group[0][1].is_hard else CopyNoteKind.WATCH,
            tuple(sorted({on for on, _conflict in group})),
            group[0][1].facts,
        )
        for group in groups.values()
    ]


def _plain(value: Any) -> Any:
    return {"on": value.isoformat()} if isinstance(value, dt.date) else value


def _revived(value: Any) -> Any:
    return dt.date.fromisoformat(value["on"]) if isinstance(value, dict) else value


@dataclass(frozen=True)
class ToldNote:
    """A note as it is shown."""

    code: str
    kind: CopyNoteKind
    series: Series
    dates: tuple[dt.date, ...]
    sentence: str
    way_out: str
    there: int | None = None
    """The series that is there already."""


def in_words(
    notes: Sequence[CopyNote],
    series: Mapping[int, Series],
    prison: Prison,
    access: Access | None = None,
    unwritten: Mapping[int, tuple[str, str]] | None = None,
) -> list[ToldNote]:
    """Each note with its sentence, the worst first. `unwritten` names sessions that are only previewed."""
    order = list(CopyNoteKind)
    ordered = sorted((one for one in notes if one.series_id in series), key=lambda one: order.index(one.kind))
    conflicts = [Conflict(one.code, 0, one.facts) for one in ordered if one.is_conflict]
    spoken = iter(speak(conflicts, prison, access, unwritten=unwritten))
    names = _names(ordered, prison)
    told = []
    for one in ordered:
        if one.is_conflict:
            said = next(spoken)
            sentence, way_out = said.sentence, said.way_out
        else:
            words = WORDS[one.code]
            facts = {name: _text(name, value, names) for name, value in one.facts}
            sentence, way_out = str(words.sentence) % facts, str(words.way_out)
        there = dict(one.facts).get("there")
        told.append(ToldNote(one.code, one.kind, series[one.series_id], one.dates, sentence, way_out, there))
    return told


def _names(notes: Iterable[CopyNote], prison: Prison) -> dict[tuple[str, int], str]:
    """The names that our own notes need: one query per kind of row."""
    ids: dict[str, set[int]] = defaultdict(set)
    for one in notes:
        for name, value in one.facts if not one.is_conflict else ():
            if isinstance(value, int):
                ids[name].add(value)
    tables: dict[str, Any] = {
        "room": Room.objects.in_prison(prison),
        "worker": Worker.objects.all(),
        "unit": Unit.objects.in_prison(prison),
        "service": Organisation.objects.all(),
        "material": Material.objects.filter(series__prison=prison),
    }
    return {
        (name, row.pk): str(row)
        for name, rows in tables.items()
        if ids[name]
        for row in rows.filter(pk__in=ids[name])
    }


def _text(name: str, value: Any, names: Mapping[tuple[str, int], str]) -> str:
    if isinstance(value, dt.date):
        return date_format(value, "SHORT_DATE_FORMAT")
    if name in ("count", "there"):
        return str(value)
    return names.get((name, value), "?")
