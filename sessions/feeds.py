"""The bytes of a calendar feed: one event per session, in the reader's language, always the same bytes."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import OrderedDict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from core.clock import BRUSSELS, today
from core.environment import host_of
from core.ical import FeedEvent, render_calendar, render_event
from core.languages import FALLBACK_ORDER
from core.timespan import Span
from prisons.models import Prison
from sessions.domain.feeds import Glance, LiveFeed, sessions_of, subject_of
from sessions.models import Feed, FeedRules, GroupSession, Series
from sessions.models.offer import neutral_name

# Rendering an event costs a hundred times more than keeping it: half a kilobyte each.
_rendered = lru_cache(maxsize=20_000)(render_event)

_FIELDS = (
    "pk",
    "prison_id",
    "starts_at",
    "ends_at",
    "state",
    "sequence",
    "changed_at",
    "room__name",
    "series__list_code",
    "series__list_name",
    "series__label",
    "series__activity__title_nl",
    "series__activity__title_fr",
    "series__activity__title_en",
)


@dataclass(frozen=True)
class Reading:
    """A feed as it reads now. The same facts give the same bytes and the same `tag`."""

    body: bytes
    tag: str


def read(live: LiveFeed, *, now: dt.datetime | None = None) -> Reading:
    """The feed's sessions in its own language; three queries."""
    with translation.override(live.feed.language):
        rows = sessions_of(live, now=now).values_list(*_FIELDS)
        told = _Told(live.prison_ids, shows_title=live.shows_titles)
        return _reading(_name(live.feed), map(told.event, rows))


def read_session(session: GroupSession, *, shows_title: bool) -> Reading:
    """One session as a file, for those without a feed, in the language that is active."""
    rows = GroupSession.objects.filter(pk=session.pk, starts_at__isnull=False).values_list(*_FIELDS)
    told = _Told({session.prison_id}, shows_title=shows_title)
    return _reading(settings.PRODUCT_NAME, map(told.event, rows))


def _reading(name: str, events: Iterable[FeedEvent]) -> Reading:
    body = render_calendar(name, map(_rendered, events), product=settings.PRODUCT_NAME)
    return Reading(body, hashlib.sha256(body).hexdigest())


def _name(feed: Feed) -> str:
    subject = subject_of(feed)
    told = subject.neutral_name if isinstance(subject, Series) else str(subject)
    return f"{settings.PRODUCT_NAME} · {told}"


class _Told:
    """What every event of one feed has in common: looked up once, in the language that is active."""

    def __init__(self, prison_ids: Collection[int], *, shows_title: bool) -> None:
        self.language = (translation.get_language() or "nl")[:2]
        self.shows_title = shows_title
        self.host = host_of(settings.BASE_URL)
        self.cancelled_name = gettext("CANCELLED: %(name)s")
        self.cancelled = gettext("This session does not take place.")
        self.gate = gettext("Be at the gate at %(time)s.")
        kept = {rules.prison_id: rules for rules in FeedRules.objects.filter(prison_id__in=prison_ids)}
        self.prisons = {
            prison.pk: self._prison(prison, kept.get(prison.pk) or FeedRules(prison=prison))
            for prison in Prison.objects.filter(pk__in=prison_ids)
        }

    def _prison(self, prison: Prison, rules: FeedRules) -> tuple[str, bool, dt.timedelta, str]:
        """Where to go, whether the room is told, how early, and what else to know."""
        in_french = self.language == "fr"
        entrance = (rules.entrance_fr if in_french else rules.entrance_nl) or gettext("main entrance")
        bring = rules.bring_fr if in_french else rules.bring_nl
        more = [gettext("Bring: %(things)s") % {"things": bring}] if bring else []
        if rules.call:
            more.append(gettext("If something is wrong, call %(whom)s.") % {"whom": rules.call})
        where = f"{prison.name_fr if in_french else prison.name_nl}, {entrance}"
        return (
            where,
            rules.shows_room,
            dt.timedelta(minutes=rules.gate_minutes),
            "".join(f"\n{line}" for line in more),
        )

    def event(self, row: tuple[Any, ...]) -> FeedEvent:
        pk, prison_id, starts_at, ends_at, state, sequence, changed_at, room, *names = row
        where, shows_room, early, more = self.prisons[prison_id]
        is_cancelled = state == GroupSession.State.CANCELLED
        name = self._title(*names) if self.shows_title else neutral_name(names[0], names[1])
        gate_at = (starts_at - early).astimezone(BRUSSELS)
        return FeedEvent(
            uid=f"session-{pk}@{self.host}",
            span=Span(starts_at, ends_at),
            summary=self.cancelled_name % {"name": name} if is_cancelled else name,
            sequence=sequence,
            changed_at=changed_at,
            location=f"{where}, {room}" if shows_room and room else where,
            description=self.cancelled if is_cancelled else self.gate % {"time": f"{gate_at:%H:%M}"} + more,
            is_cancelled=is_cancelled,
        )

    def _title(self, code: str, list_name: str, label: str, nl: str, fr: str, en: str) -> str:
        titles = {"nl": nl, "fr": fr, "en": en}
        told = (titles[language] for language in (self.language, *FALLBACK_ORDER))
        return f"{next(filter(None, told), '')} {label}".strip()


# --- kept for clients that ask again ----------------------------------------------------------------------

_KEPT: OrderedDict[str, tuple[tuple[Any, ...], Reading]] = OrderedDict()
_MOST_KEPT = 200
_FRESH = 300
"""Seconds: writes of two transactions may become visible out of order, so nothing is kept for longer."""


def kept(glance: Glance, now: dt.datetime) -> Reading | None:
    """The reading of a moment ago, if nothing at all was written since."""
    found = _KEPT.get(glance.token_hash)
    return found[1] if found and found[0] == _moment(glance, now) else None


def keep(glance: Glance, reading: Reading, now: dt.datetime) -> None:
    _KEPT[glance.token_hash] = (_moment(glance, now), reading)
    _KEPT.move_to_end(glance.token_hash)
    while len(_KEPT) > _MOST_KEPT:
        _KEPT.popitem(last=False)


def _moment(glance: Glance, now: dt.datetime) -> tuple[Any, ...]:
    return glance.stamp, today(now), int(now.timestamp()) // _FRESH
