"""A session as the board shows it: everything that matters without opening it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import pyphen
from django.db.models import Case, F, When
from django.utils.translation import get_language

from core.database.kept_rows import KeptRows
from core.dates.clock import BRUSSELS
from core.words.languages import named_in
from planner.scheduling.rules.codes import CODES, Conflict
from planner.scheduling.rules.snapshot import Snapshot
from prisons import gate
from prisons.access import Access
from sessions.models import GroupSession, Series

State = GroupSession.State
SOFT_HYPHEN = "\u00ad"


@dataclass(frozen=True, slots=True)
class CardMark:
    """The first conflict of a kind on a card, and how many there are: a word, never colour alone."""

    word: str
    count: int
    is_hard: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One session on the board. Times are those of the clock on the wall."""

    session_id: int
    series_id: int
    title: str
    title_language: str
    domain: str
    organisation_id: int
    organisation: str
    day: dt.date | None
    start: str
    end: str
    places: int
    enrolled: int
    state: str
    workers: str
    worker_ids: tuple[int, ...]
    languages: str
    room_id: int | None
    version: int
    is_mine: bool
    mark: CardMark | None
    week_on: dt.date
    minutes: int
    """How long it lasts: as it is placed, else as the series says."""

    @property
    def hyphenated(self) -> str:
        """The title with soft hyphens: a column is narrow, and not every browser knows Dutch."""
        return hyphenated(self.title, self.title_language)

    @property
    def is_full(self) -> bool:
        return self.enrolled >= self.places

    @property
    def css(self) -> str:
        """Classes of the slip: state, and quiet for what belongs to another service."""
        return f"is-{self.state}" + ("" if self.is_mine else " is-other")


class Found(NamedTuple):
    """What is read of a session, in the order of `FIELDS`."""

    session_id: int
    series_id: int
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    room_id: int | None
    state: str
    version: int
    week_on: dt.date


class GroupWords(NamedTuple):
    """What is read of its series, in the order of `GROUP_FIELDS`."""

    label: str
    list_code: str
    list_name: str
    places: int
    duration_minutes: int
    languages: Sequence[str]
    domain: str
    title_nl: str
    title_fr: str
    title_en: str
    organisation_id: int
    organisation: str
    authority: str


def _if_cancelled(field: str) -> Case:
    """The snapshot knows the times of all that is live; making instants of a column costs more than reading it."""
    return Case(When(state=State.CANCELLED, then=F(field)))


FIELDS = (
    "pk",
    "series_id",
    _if_cancelled("starts_at"),
    _if_cancelled("ends_at"),
    "room_id",
    "state",
    "version",
    "week_on",
)
GROUP_FIELDS = (
    "label",
    "list_code",
    "list_name",
    "places",
    "duration_minutes",
    "languages",
    "activity__domain",
    "activity__title_nl",
    "activity__title_fr",
    "activity__title_en",
    "activity__organisation_id",
    "activity__organisation__short_name",
    "activity__organisation__authority",
)
_WORDS: KeptRows[GroupWords] = KeptRows()


def _words(series_ids: Collection[int]) -> dict[int, GroupWords]:
    rows = Series.objects.filter(pk__in=series_ids).order_by().values_list("pk", *GROUP_FIELDS)
    return {pk: GroupWords(*row) for pk, *row in rows}


class CardMaker:
    """Makes cards out of plain rows and the snapshot of the week: one query for all, and one for their groups."""

    def __init__(
        self, sessions: Any, snapshot: Snapshot, found: Mapping[int, Sequence[Conflict]], access: Access
    ) -> None:
        self._rows = [Found(*row) for row in sessions.values_list(*FIELDS)]
        groups = {row.series_id for row in self._rows}
        self._groups = _WORDS.of(access.prison.pk, snapshot.version, groups, _words)
        self._snapshot, self._found, self._access = snapshot, found, access
        self._language = get_language() or "nl"
        self._may_ask = {fact: gate.may_ask(access, fact) for fact in gate.Fact}

    def all(self) -> list[Card]:
        """But of a group that somebody has just taken away: its sessions went with it."""
        return [self._card(row) for row in self._rows if row.series_id in self._groups]

    def _card(self, row: Found) -> Card:
        group = self._groups[row.series_id]
        title, language = self._title(group)
        known = self._snapshot.rows.get(row.session_id)
        starts_at, ends_at = (known or row).starts_at, (known or row).ends_at
        day, start = _on_the_wall(starts_at)
        _day, end = _on_the_wall(ends_at)
        worker_ids = known.worker_ids if known else ()
        return Card(
            session_id=row.session_id,
            series_id=row.series_id,
            title=title,
            title_language=language,
            domain=group.domain if self._may_ask[gate.Fact.DOMAIN] else "",
            organisation_id=group.organisation_id,
            organisation=group.organisation,
            day=day,
            start=start,
            end=end,
            places=group.places,
            enrolled=len(self._snapshot.people.get(row.session_id, ())),
            state=row.state,
            workers=", ".join(self._snapshot.worker_names[pk] for pk in worker_ids),
            worker_ids=worker_ids,
            languages=" ".join(group.languages).upper() if self._may_ask[gate.Fact.LANGUAGE] else "",
            room_id=row.room_id,
            version=row.version,
            is_mine=self._is_mine(group),
            mark=mark_of(self._found.get(row.session_id, ())),
            week_on=row.week_on,
            minutes=int((ends_at - starts_at).total_seconds() // 60)
            if starts_at and ends_at
            else group.duration_minutes,
        )

    def _title(self, group: GroupWords) -> tuple[str, str]:
        """The title in the reader's language or the nearest, with the language it is in (for hyphens)."""
        if not self._may_ask[gate.Fact.TITLE]:
            return group.list_name or f"Activiteit / Activité {group.list_code}", "nl"
        titles = {"nl": group.title_nl, "fr": group.title_fr, "en": group.title_en}
        title, language = named_in("", titles, self._language)
        return f"{title} {group.label}".strip(), language

    def _is_mine(self, group: GroupWords) -> bool:
        access = self._access
        return group.organisation_id in access.organisation_ids or group.authority in access.authorities


@lru_cache(maxsize=2048)
def hyphenated(text: str, language: str) -> str:
    """Soft hyphens where a word of that language may be broken."""
    dictionary = _hyphens(language)
    return "".join(
        word if word.isspace() else dictionary.inserted(word, SOFT_HYPHEN)
        for word in re.split(r"(\s+)", text)
    )


@lru_cache(maxsize=8)
def _hyphens(language: str) -> pyphen.Pyphen:
    return pyphen.Pyphen(lang=pyphen.language_fallback(language) or "nl_NL", left=3, right=3)


def mark_of(conflicts: Iterable[Conflict]) -> CardMark | None:
    """What to show of a session's conflicts: hard ones if any, else points to watch; not what is waived."""
    standing = [conflict for conflict in conflicts if not conflict.is_waived]
    hard = [conflict for conflict in standing if conflict.is_hard]
    shown = hard or standing
    if not shown:
        return None
    return CardMark(str(CODES[shown[0].code].title), len(shown), bool(hard))


@lru_cache(maxsize=2048)
def _on_the_wall(at: dt.datetime | None) -> tuple[dt.date | None, str]:
    """The date and the clock of the prison; the sessions of a week share few different instants."""
    if at is None:
        return None, ""
    local = at.astimezone(BRUSSELS)
    return local.date(), f"{local:%H:%M}"
