"""What a calendar says about a session, in one language: the same for every event but for the session's facts."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, ngettext

from core.dates.clock import BRUSSELS
from core.dates.timespan import Span
from core.environment import host_of
from core.ical import FeedEvent
from core.words.languages import named
from prisons.models import Prison
from sessions.models import FeedRules, GroupSession
from sessions.models.offer import neutral_name


class Facts(NamedTuple):
    """What is known of one session, in the order of FIELDS."""

    pk: int
    prison_id: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    state: str
    sequence: int
    changed_at: dt.datetime
    door: str | None
    room_nl: str | None
    room_fr: str | None
    room_en: str | None
    code: str
    list_name: str
    label: str
    title_nl: str
    title_fr: str
    title_en: str

    @property
    def room(self) -> str:
        """As the reader of the feed calls it."""
        names = {"nl": self.room_nl or "", "fr": self.room_fr or "", "en": self.room_en or ""}
        return named(self.door or "", names)


FIELDS = (
    "pk",
    "prison_id",
    "starts_at",
    "ends_at",
    "state",
    "sequence",
    "changed_at",
    "room__name",
    "room__name_nl",
    "room__name_fr",
    "room__name_en",
    "series__list_code",
    "series__list_name",
    "series__label",
    "series__activity__title_nl",
    "series__activity__title_fr",
    "series__activity__title_en",
)
"""Where the facts of a session are found."""
SEEN = (*FIELDS[2:6], *FIELDS[7:13])
SEEN_WITH_TITLE = (*SEEN, *FIELDS[13:])
"""Those that an event shows: a title that is not told changes no event."""


@dataclass(frozen=True)
class _FeedPlace:
    """What a prison tells beside the hours."""

    where: str
    shows_room: bool
    shows_number: bool
    early: dt.timedelta
    more: str


class FeedWords:
    """The words of one feed: looked up once, in the language that is active; two queries."""

    def __init__(self, prison_ids: Collection[int], *, shows_title: bool) -> None:
        self.language = (translation.get_language() or "nl")[:2]
        self.shows_title = shows_title
        self.host = host_of(settings.BASE_URL)
        self.cancelled_name = gettext("CANCELLED: %(name)s")
        self.cancelled = gettext("This session does not take place.")
        self.gate = gettext("Be at the gate at %(time)s.")
        kept = {rules.prison_id: rules for rules in FeedRules.objects.filter(prison_id__in=prison_ids)}
        self._places = {
            prison.pk: self._place(prison, kept.get(prison.pk) or FeedRules(prison=prison))
            for prison in Prison.objects.filter(pk__in=prison_ids)
        }

    @property
    def variant(self) -> str:
        return f"{self.language}-title" if self.shows_title else self.language

    def seal(self, prison_id: int) -> str:
        """Stands for all words that events of this prison have in common."""
        common = (self.host, self.cancelled_name, self.cancelled, self.gate, _number(1), _number(2))
        return hashlib.sha256(repr((common, self._places[prison_id])).encode()).hexdigest()[:16]

    def prisons_with_numbers(self) -> list[int]:
        return [pk for pk, place in self._places.items() if place.shows_number]

    def event(self, facts: Facts, number: int | None, *, sequence: int, changed_at: dt.datetime) -> FeedEvent:
        """`number` is how many people are expected, None where that is not told."""
        place = self._places[facts.prison_id]
        is_cancelled = facts.state == GroupSession.State.CANCELLED
        name = self._title(facts) if self.shows_title else neutral_name(facts.code, facts.list_name)
        told = self.cancelled if is_cancelled else self._told(facts, place, number)
        return FeedEvent(
            uid=f"session-{facts.pk}@{self.host}",
            span=Span(facts.starts_at, facts.ends_at),
            summary=self.cancelled_name % {"name": name} if is_cancelled else name,
            sequence=sequence,
            changed_at=changed_at,
            location=f"{place.where}, {facts.room}" if place.shows_room and facts.room else place.where,
            description=told,
            is_cancelled=is_cancelled,
        )

    def _told(self, facts: Facts, place: _FeedPlace, number: int | None) -> str:
        gate_at = (facts.starts_at - place.early).astimezone(BRUSSELS)
        lines = [self.gate % {"time": f"{gate_at:%H:%M}"}]
        if number is not None:
            lines.append(_number(number))
        return "\n".join(lines) + place.more

    def _place(self, prison: Prison, rules: FeedRules) -> _FeedPlace:
        in_french = self.language == "fr"
        entrance = (rules.entrance_fr if in_french else rules.entrance_nl) or gettext("main entrance")
        bring = rules.bring_fr if in_french else rules.bring_nl
        more = [gettext("Bring: %(things)s") % {"things": bring}] if bring else []
        if rules.call:
            more.append(gettext("If something is wrong, call %(whom)s.") % {"whom": rules.call})
        return _FeedPlace(
            where=f"{prison.name_fr if in_french else prison.name_nl}, {entrance}",
            shows_room=rules.shows_room,
            shows_number=rules.shows_number,
            early=dt.timedelta(minutes=rules.gate_minutes),
            more="".join(f"\n{line}" for line in more),
        )

    def _title(self, facts: Facts) -> str:
        titles = {"nl": facts.title_nl, "fr": facts.title_fr, "en": facts.title_en}
        return f"{named('', titles, self.language)} {facts.label}".strip()


def _number(number: int) -> str:
    told = ngettext("%(number)s person is expected.", "%(number)s people are expected.", number)
    return told % {"number": number}
