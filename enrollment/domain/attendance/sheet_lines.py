"""The sheet that a school fills in: who stands on it and how, in which words, and of which state it was made."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from enrollment.domain.attendance import marking
from enrollment.domain.attendance.sheet_codes import code_of
from enrollment.domain.roster.cell_values import plain
from enrollment.models import Attendance, Participant
from sessions.models import Domain, GroupSession

Mark = Attendance.Mark
LANGUAGES = ("nl", "fr", "en")
HEADINGS: dict[str, str | Promise] = {
    "key": _("Line"),
    "name": _("Name"),
    "mark": _("Mark"),
    "adults": _("Adults"),
    "children": _("Children"),
}
MARKS = [mark for mark in Mark if mark != Mark.CANCELLED]
"""What a school may say; that a session was cancelled is said by cancelling it."""

KEYS: dict[str, Mark] = {
    "n": Mark.NOT_BROUGHT,
    "e": Mark.EXCUSED,
    "w": Mark.DECLINED_SELF,
    "s": Mark.DECLINED_STAFF,
    "x": Mark.ELSEWHERE,
    "l": Mark.LEFT,
    "p": Mark.PRESENT,
}
"""The letters of the legend: the same in every language, and worth as much as the words."""

MARKER = re.compile(r"\b([0-9A-Z]{4,9})-([0-9A-F]{8})\b")


@dataclass(frozen=True)
class SheetLine:
    """One person on the sheet: `key` finds the line again, `name` is first name and initial."""

    participant: Participant
    key: str
    name: str
    mark: str
    adults: int | None
    children: int | None
    skips: bool


@dataclass(frozen=True)
class FillSheet:
    """The sheet of one session as the facts are now."""

    session: GroupSession
    lines: tuple[SheetLine, ...]

    @property
    def is_family(self) -> bool:
        return self.session.series.activity.domain == Domain.FAMILY

    @property
    def made_of(self) -> str:
        """Changes with the group, its names, its hours and its marks."""
        facts = [str(self.session.starts_at), str(self.session.ends_at)]
        people = [[line.key, line.name, line.mark, line.adults, line.children] for line in self.lines]
        return hashlib.sha256(json.dumps([facts, people]).encode()).hexdigest()[:8].upper()

    @property
    def marker(self) -> str:
        """Stands on the sheet: of which session it is, and of which state."""
        return f"{code_of(self.session.pk)}-{self.made_of}"

    def columns(self) -> list[str]:
        return ["key", "name", "mark", *(("adults", "children") if self.is_family else ())]


def fill_sheet(session: GroupSession) -> FillSheet:
    """Who stands on the sheet of this session, in order of name."""
    lines = marking.lines(session)
    names = _short_names([line.participant for line in lines])
    found = [
        SheetLine(
            line.participant,
            code_of(line.participant.pk),
            names[line.participant.pk],
            line.mark,
            line.adults,
            line.children,
            line.skips,
        )
        for line in lines
    ]
    return FillSheet(session, tuple(sorted(found, key=lambda line: (plain(line.name), line.key))))


def _short_names(people: Iterable[Participant]) -> dict[int, str]:
    """First name and initial; as many letters more as it takes to tell two people apart."""
    found: dict[int, str] = {}
    waiting = list(people)
    for letters in range(1, 81):
        shown = {person.pk: _short_name(person, letters) for person in waiting}
        told = list(shown.values())
        found |= {pk: name for pk, name in shown.items() if told.count(name) == 1}
        waiting = [person for person in waiting if person.pk not in found]
    return found | {person.pk: _short_name(person, 80) for person in waiting}


def _short_name(person: Participant, letters: int) -> str:
    """Somebody known by one name only has no more than its first letters either."""
    initials = person.last_name[:letters]
    ending = "." if len(initials) < len(person.last_name) else ""
    return f"{person.first_name} {initials}{ending}".strip()


def spellings(word: str | Promise) -> set[str]:
    """How the word may stand in a file: in each language, without capitals and accents."""
    found = set()
    for language in LANGUAGES:
        with override(language):
            found.add(plain(word))
    return found


def marks_by_word() -> dict[str, Mark]:
    """Each mark by its words in Dutch, French and English, and by its letter."""
    return KEYS | {spelling: mark for mark in MARKS for spelling in spellings(mark.label)}
