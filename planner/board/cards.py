"""A session as the board shows it: everything that matters without opening it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pyphen
from django.utils.translation import get_language

from core.clock import BRUSSELS
from planner.plan.codes import CODES, Conflict
from planner.plan.picture import Picture
from prisons.access import Access
from sessions.models import GroupSession

State = GroupSession.State
SOFT_HYPHEN = "\u00ad"


@dataclass(frozen=True, slots=True)
class Mark:
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
    mark: Mark | None
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


FIELDS = (
    "pk",
    "series_id",
    "starts_at",
    "ends_at",
    "room_id",
    "state",
    "version",
    "week_on",
    "series__label",
    "series__list_code",
    "series__list_name",
    "series__places",
    "series__duration_minutes",
    "series__languages",
    "series__activity__domain",
    "series__activity__title_nl",
    "series__activity__title_fr",
    "series__activity__title_en",
    "series__activity__organisation_id",
    "series__activity__organisation__short_name",
    "series__activity__organisation__authority",
    "cancellation__reason",
)


class CardMaker:
    """Makes cards out of plain rows and the picture of the week: one query for all."""

    def __init__(
        self, sessions: Any, picture: Picture, found: Mapping[int, Sequence[Conflict]], access: Access
    ) -> None:
        self._rows: list[dict[str, Any]] = list(sessions.values(*FIELDS))
        self._picture, self._found, self._access = picture, found, access
        self._language = get_language() or "nl"

    def all(self) -> list[Card]:
        return [self._card(row) for row in self._rows]

    def _card(self, row: dict[str, Any]) -> Card:
        title, language = self._title(row)
        starts, ends = _local(row["starts_at"]), _local(row["ends_at"])
        known = self._picture.rows.get(row["pk"])
        worker_ids = known.worker_ids if known else ()
        return Card(
            session_id=row["pk"],
            series_id=row["series_id"],
            title=title,
            title_language=language,
            domain="" if self._access.uses_neutral_names else row["series__activity__domain"],
            organisation_id=row["series__activity__organisation_id"],
            organisation=row["series__activity__organisation__short_name"],
            day=starts.date() if starts else None,
            start=f"{starts:%H:%M}" if starts else "",
            end=f"{ends:%H:%M}" if ends else "",
            places=row["series__places"],
            enrolled=len(self._picture.people.get(row["pk"], ())),
            state=row["state"],
            workers=", ".join(self._picture.worker_names[pk] for pk in worker_ids),
            worker_ids=worker_ids,
            languages="" if self._access.uses_neutral_names else " ".join(row["series__languages"]).upper(),
            room_id=row["room_id"],
            version=row["version"],
            is_mine=self._is_mine(row),
            mark=mark_of(self._found.get(row["pk"], ())),
            week_on=row["week_on"],
            minutes=int((ends - starts).total_seconds() // 60)
            if starts and ends
            else row["series__duration_minutes"],
        )

    def _title(self, row: dict[str, Any]) -> tuple[str, str]:
        """The title in the reader's language or the nearest, with the language it is in (for hyphens)."""
        if self._access.uses_neutral_names:
            return row["series__list_name"] or f"Activiteit / Activité {row['series__list_code']}", "nl"
        for language in (self._language[:2], "nl", "fr", "en"):
            title = row[f"series__activity__title_{language}"]
            if title:
                return f"{title} {row['series__label']}".strip(), language
        return "?", "nl"

    def _is_mine(self, row: dict[str, Any]) -> bool:
        access = self._access
        return (
            row["series__activity__organisation_id"] in access.organisation_ids
            or row["series__activity__organisation__authority"] in access.authorities
        )


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


def mark_of(conflicts: Iterable[Conflict]) -> Mark | None:
    """What to show of a session's conflicts: hard ones if any, else points to watch; not what is waived."""
    standing = [conflict for conflict in conflicts if not conflict.is_waived]
    hard = [conflict for conflict in standing if conflict.is_hard]
    shown = hard or standing
    if not shown:
        return None
    return Mark(str(CODES[shown[0].code].title), len(shown), bool(hard))


def _local(at: dt.datetime | None) -> dt.datetime | None:
    return at.astimezone(BRUSSELS) if at else None
