"""The bytes of a calendar feed: one event per session, in the reader's language, always the same bytes."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from core.clock import BRUSSELS
from core.environment import host_of
from core.ical import FeedEvent, render_calendar, render_event
from core.languages import FALLBACK_ORDER
from core.timespan import Span
from sessions.domain.feeds import LiveFeed, sessions_of, subject_of
from sessions.models import Feed, FeedRules, GroupSession, Series

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
    "series__list_code",
    "series__list_name",
    "series__label",
    "series__activity__title_nl",
    "series__activity__title_fr",
    "series__activity__title_en",
    "prison__name_nl",
    "prison__name_fr",
    "room__name",
)


@dataclass(frozen=True)
class Reading:
    """A feed as it reads now. `tag` changes exactly when its bytes would, which are made when asked for."""

    name: str
    events: tuple[FeedEvent, ...]
    tag: str

    def to_bytes(self) -> bytes:
        return render_calendar(self.name, map(_rendered, self.events), product=settings.PRODUCT_NAME)


def read(live: LiveFeed, *, now: dt.datetime | None = None) -> Reading:
    """The feed's sessions in its own language; two queries."""
    with translation.override(live.feed.language):
        rules = {row.prison_id: row for row in FeedRules.objects.filter(prison_id__in=live.prison_ids)}
        rows = sessions_of(live, now=now).values(*_FIELDS)
        events = tuple(_events(rows, rules, shows_title=live.shows_titles))
        return _reading(_name(live.feed), events)


def read_session(session: GroupSession, *, shows_title: bool) -> Reading:
    """One session as a file, for those without a feed, in the language that is active."""
    rules = {row.prison_id: row for row in FeedRules.objects.filter(prison_id=session.prison_id)}
    rows = GroupSession.objects.filter(pk=session.pk, starts_at__isnull=False).values(*_FIELDS)
    return _reading(settings.PRODUCT_NAME, tuple(_events(rows, rules, shows_title=shows_title)))


def _reading(name: str, events: tuple[FeedEvent, ...]) -> Reading:
    return Reading(name, events, hashlib.sha256(repr((name, events)).encode()).hexdigest())


def _name(feed: Feed) -> str:
    subject = subject_of(feed)
    told = subject.neutral_name if isinstance(subject, Series) else str(subject)
    return f"{settings.PRODUCT_NAME} · {told}"


def _events(
    rows: Iterable[dict[str, Any]], rules: dict[int, FeedRules], *, shows_title: bool
) -> Iterator[FeedEvent]:
    host = host_of(settings.BASE_URL)
    language = (translation.get_language() or "nl")[:2]
    for row in rows:
        rule = rules.get(row["prison_id"]) or FeedRules()
        is_cancelled = row["state"] == GroupSession.State.CANCELLED
        name = _title(row, language) if shows_title else _neutral_name(row)
        yield FeedEvent(
            uid=f"session-{row['pk']}@{host}",
            span=Span(row["starts_at"], row["ends_at"]),
            summary=gettext("CANCELLED: %(name)s") % {"name": name} if is_cancelled else name,
            sequence=row["sequence"],
            changed_at=row["changed_at"],
            location=_location(row, rule, language),
            description=gettext("This session does not take place.")
            if is_cancelled
            else _advice(row, rule, language),
            is_cancelled=is_cancelled,
        )


def _title(row: dict[str, Any], language: str) -> str:
    titles = (row[f"series__activity__title_{code}"] for code in (language, *FALLBACK_ORDER))
    return f"{next(filter(None, titles), '')} {row['series__label']}".strip()


def _neutral_name(row: dict[str, Any]) -> str:
    return Series(list_code=row["series__list_code"], list_name=row["series__list_name"]).neutral_name


def _location(row: dict[str, Any], rule: FeedRules, language: str) -> str:
    """The prison and its entrance; the room only where the prison wants it told."""
    prison = row["prison__name_fr"] if language == "fr" else row["prison__name_nl"]
    entrance = (rule.entrance_fr if language == "fr" else rule.entrance_nl) or gettext("main entrance")
    room = row["room__name"] if rule.shows_room else ""
    return ", ".join(filter(None, (prison, entrance, room)))


def _advice(row: dict[str, Any], rule: FeedRules, language: str) -> str:
    """When to be at the gate, what to bring, whom to call."""
    gate_at = (row["starts_at"] - dt.timedelta(minutes=rule.gate_minutes)).astimezone(BRUSSELS)
    lines = [gettext("Be at the gate at %(time)s.") % {"time": f"{gate_at:%H:%M}"}]
    if bring := rule.bring_fr if language == "fr" else rule.bring_nl:
        lines.append(gettext("Bring: %(things)s") % {"things": bring})
    if rule.call:
        lines.append(gettext("If something is wrong, call %(whom)s.") % {"whom": rule.call})
    return "\n".join(lines)
