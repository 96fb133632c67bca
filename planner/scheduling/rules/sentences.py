"""Conflicts in words: ids become names in the reader's language, without what the reader may not know."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.dates.clock import BRUSSELS
from planner.scheduling.rules.codes import CODES, Conflict
from planner.scheduling.rules.known_conflicts import told_each, without_people
from prisons import gate
from prisons.access import Access
from prisons.models import Prison, Unit
from rooms.models import Closure, Feature, Holiday, Room, SoftBand, TimeSlot, UnitHours
from sessions.models import GroupSession, Worker


@dataclass(frozen=True)
class Spoken:
    """A conflict as it is shown: a code for programs, words for people, no fact that is not theirs."""

    code: str
    is_hard: bool
    is_waived: bool
    title: str
    sentence: str
    way_out: str
    other_id: int | None = None
    """The session in the way, when there is one: the page links to it."""
    allowed: str = ""
    """Of a waived rule: the reason, and who allowed it."""
    waiver_id: int | None = None


def speak(
    conflicts: Iterable[Conflict],
    prison: Prison,
    access: Access | None = None,
    *,
    unwritten: Mapping[int, tuple[str, str]] | None = None,
) -> list[Spoken]:
    """Put conflicts in words, in a fixed number of queries. Without `access` every name stays neutral.

    `unwritten` holds name and time of sessions that are only previewed, by the ids that they bear meanwhile.
    """
    conflicts = without_people(access, conflicts)
    names = _Names(conflicts, prison, access, unwritten or {})
    return [_spoken(conflict, names) for conflict in conflicts]


def speak_lists(
    lists: Sequence[Sequence[Conflict]], prison: Prison, access: Access | None = None
) -> list[list[Spoken]]:
    """The same of several lists, each by itself; names are looked up once for all of them."""
    spoken = iter(speak(chain.from_iterable(lists), prison, access))
    return [[next(spoken) for _conflict in some] for some in lists]


def reasons_of_each(
    access: Access, lists: Sequence[Sequence[Conflict]], *, most: int | None = None
) -> list[list[Spoken]]:
    """Why each of several acts cannot be, or what to watch, as this reader is told; at most so many of each."""
    return speak_lists(
        [some[:most] for some in told_each(access, lists, refuses=True)], access.prison, access
    )


def _spoken(conflict: Conflict, names: _Names) -> Spoken:
    code = CODES[conflict.code]
    facts = dict(conflict.facts)
    return Spoken(
        conflict.code,
        conflict.is_hard,
        conflict.is_waived,
        str(code.title),
        str(code.sentence) % names.fill(facts),
        str(code.way_out),
        names.known(facts["other"]) if facts.get("other", 0) > 0 else None,
    )


class _Names:
    """Looks up every name that some conflicts need: one query per kind of row."""

    def __init__(
        self,
        conflicts: list[Conflict],
        prison: Prison,
        access: Access | None,
        unwritten: Mapping[int, tuple[str, str]],
    ) -> None:
        self._unwritten = unwritten
        ids: dict[str, set[int]] = defaultdict(set)
        for conflict in conflicts:
            for name, value in conflict.facts:
                if isinstance(value, int):
                    ids[name].add(value)
        self._access = access
        rooms = self._labels(Room.objects.in_prison(prison), ids["room"] | ids["usual"], str)
        self._tables: dict[str, dict[int, str]] = {
            "room": rooms,
            "usual": rooms,
            "worker": self._labels(Worker.objects.all(), ids["worker"], str),
            "unit": self._labels(Unit.objects.in_prison(prison), ids["unit"], str),
            "feature": self._labels(Feature.objects.all(), ids["feature"], str),
            "holiday": self._labels(Holiday.objects.in_prison(prison), ids["holiday"], str),
            "band": self._labels(SoftBand.objects.in_prison(prison), ids["band"], str),
            "slot": self._labels(
                TimeSlot.objects.in_prison(prison),
                ids["slot"],
                lambda slot: f"{slot.starts:%H:%M}–{slot.ends:%H:%M}",
            ),
        }
        self._others = self._rows(
            GroupSession.objects.in_prison(prison).select_related("series__activity", "cancellation"),
            ids["other"],
        )
        self._closures = self._rows(
            Closure.objects.in_prison(prison).select_related("room", "unit"), ids["closure"]
        )

    @staticmethod
    def _rows(rows: Any, ids: Collection[int]) -> dict[int, Any]:
        return {row.pk: row for row in rows.filter(pk__in=ids)} if ids else {}

    def _labels(self, rows: Any, ids: Collection[int], label: Callable[[Any], str]) -> dict[int, str]:
        return {pk: label(row) for pk, row in self._rows(rows, ids).items()}

    def fill(self, facts: dict[str, Any]) -> dict[str, str]:
        """The facts of one conflict as texts, by the names that its sentence uses."""
        texts = {name: self._text(name, value) for name, value in facts.items()}
        if "start" in facts:
            texts["time"] = f"{_clock(facts['start'])}–{_clock(facts['end'])}"
        if "other" in facts:
            texts["other"], texts["other_time"] = self._other(facts["other"])
        if "closure" in facts:
            texts |= self._closure(facts["closure"])
        if "kind" in facts:
            texts["kind"] = str(dict(UnitHours.Kind.choices).get(facts["kind"], facts["kind"]))
        return texts

    def _text(self, name: str, value: Any) -> str:
        if name in self._tables:
            return self._tables[name].get(value, "?")
        if isinstance(value, dt.date):
            return date_format(value, "D j N")
        return str(value)

    def known(self, session_id: int) -> int | None:
        """The session to link to; none for whoever is not shown it."""
        session = self._others.get(session_id)
        return session_id if session is None or gate.knows_session(self._access, session) else None

    def _other(self, session_id: int) -> tuple[str, str]:
        session = self._others.get(session_id)
        if session is None:
            return self._unwritten.get(session_id, (_("another date of this series"), ""))
        if not gate.knows_session(self._access, session):
            return _("another session"), _("at that time")
        return gate.name_of(self._access, session.series), when(session.starts_at, session.ends_at)

    def _closure(self, closure_id: int) -> dict[str, str]:
        closure = self._closures.get(closure_id)
        if closure is None:
            return {"place": "?", "reason": "", "from": "", "to": ""}
        place = str(closure.room or closure.unit or _("The whole prison"))
        reason = closure.reason or closure.get_kind_display()
        return {
            "place": place,
            "reason": reason,
            "from": _moment(closure.starts_at),
            "to": _moment(closure.ends_at),
        }


def when(starts_at: dt.datetime | None, ends_at: dt.datetime | None) -> str:
    """`Mon 23 Nov 09:00–10:30`, both days where they are two; a dash for what has no time yet."""
    if starts_at is None or ends_at is None:
        return "-"
    if starts_at.astimezone(BRUSSELS).date() != ends_at.astimezone(BRUSSELS).date():
        return f"{_moment(starts_at)} – {_moment(ends_at)}"
    return f"{_moment(starts_at)}–{ends_at.astimezone(BRUSSELS):%H:%M}"


def _moment(at: dt.datetime) -> str:
    local = at.astimezone(BRUSSELS)
    return f"{date_format(local, 'D j N')} {local:%H:%M}"


def _clock(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours % 24:02d}:{rest:02d}"
