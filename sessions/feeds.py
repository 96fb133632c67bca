"""The bytes of a calendar feed: the stored events of its sessions, joined; always the same bytes."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field

from django.conf import settings
from django.utils import translation

from core import clock, encodings
from core.ical import render_calendar
from sessions.domain.feeds import LiveFeed, sessions_of, subject_of
from sessions.feed_words import Words
from sessions.models import Feed, GroupSession, Series
from sessions.stored_events import Expected, bodies


@dataclass(frozen=True)
class Reading:
    """A feed as it reads now. The same facts give the same bytes and the same `tag`."""

    body: bytes
    tag: str
    _encoded: dict[str, bytes] = field(default_factory=dict, repr=False, compare=False)

    @property
    def size(self) -> int:
        return len(self.body) + sum(map(len, self._encoded.values()))

    def encoded(self, name: str) -> bytes:
        """The bytes in an encoding of core.encodings, made once."""
        if name not in self._encoded:
            self._encoded[name] = encodings.encoded(self.body, name)
        return self._encoded[name]


def read(live: LiveFeed, *, expected: Expected | None = None, now: dt.datetime | None = None) -> Reading:
    """The feed's sessions in its own language; three queries when every event is kept already."""
    at = now or clock.now()
    with translation.override(live.feed.language):
        words = Words(live.prison_ids, shows_title=live.shows_titles)
        return _reading(_name(live.feed), bodies(sessions_of(live, now=at), words, expected=expected, now=at))


def read_session(session: GroupSession, *, shows_title: bool, now: dt.datetime | None = None) -> Reading:
    """One session as a file, for those without a feed, in the language that is active."""
    rows = GroupSession.objects.filter(pk=session.pk, starts_at__isnull=False)
    words = Words({session.prison_id}, shows_title=shows_title)
    return _reading(settings.PRODUCT_NAME, bodies(rows, words, now=now or clock.now()))


def _reading(name: str, events: list[bytes]) -> Reading:
    body = render_calendar(name, events, product=settings.PRODUCT_NAME)
    return Reading(body, hashlib.sha256(body).hexdigest())


def _name(feed: Feed) -> str:
    subject = subject_of(feed)
    told = subject.neutral_name if isinstance(subject, Series) else str(subject)
    return f"{settings.PRODUCT_NAME} · {told}"


# --- kept for clients that never say what they have -------------------------------------------------------

_KEPT: OrderedDict[str, Reading] = OrderedDict()
_MOST_BYTES = 20_000_000


def kept(token_hash: str, tag: str) -> Reading | None:
    """The whole feed as this process gave it out last, if that is what `tag` stands for."""
    found = _KEPT.get(token_hash)
    return found if found and found.tag == tag else None


def keep(token_hash: str, reading: Reading) -> Reading:
    """Keeps it, unless the same is kept already with its encodings."""
    reading = kept(token_hash, reading.tag) or reading
    _KEPT[token_hash] = reading
    _KEPT.move_to_end(token_hash)
    while len(_KEPT) > 1 and sum(one.size for one in _KEPT.values()) > _MOST_BYTES:
        _KEPT.popitem(last=False)
    return reading
