"""The bytes of a calendar feed: the stored events of its sessions, joined; always the same bytes."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from django.conf import settings
from django.utils import translation

from core.dates import clock
from core.ical import render_calendar
from core.web import encodings
from prisons import gate
from sessions.domain.feeds import LiveFeed, sessions_of, subject_of
from sessions.feed_words import FeedWords
from sessions.models import Feed, GroupSession, Series
from sessions.stored_events import Expected, bodies


@dataclass(frozen=True)
class FeedReading:
    """A feed as it reads now. The same facts give the same bytes and the same `tag`."""

    body: bytes
    tag: str
    _encoded: dict[str, bytes] = field(default_factory=dict, repr=False, compare=False)

    @property
    def size(self) -> int:
        # A copy first: another thread may add an encoding meanwhile.
        return len(self.body) + sum(map(len, list(self._encoded.values())))

    def encoded(self, name: str) -> bytes:
        """The bytes in an encoding of core.web.encodings, made once."""
        if name not in self._encoded:
            self._encoded[name] = encodings.encoded(self.body, name)
        return self._encoded[name]


def read(live: LiveFeed, *, expected: Expected | None = None, now: dt.datetime | None = None) -> FeedReading:
    """The feed's sessions in its own language; three queries when every event is kept already."""
    at = now or clock.now()
    with translation.override(live.feed.language):
        words = FeedWords(live.prison_ids, shows_title=live.shows_titles)
        return _reading(_name(live.feed), bodies(sessions_of(live, now=at), words, expected=expected, now=at))


def read_session(session: GroupSession, *, shows_title: bool, now: dt.datetime | None = None) -> FeedReading:
    """One session as a file, for those without a feed, in the language that is active."""
    rows = GroupSession.objects.filter(pk=session.pk, starts_at__isnull=False)
    words = FeedWords({session.prison_id}, shows_title=shows_title)
    return _reading(settings.PRODUCT_NAME, bodies(rows, words, now=now or clock.now()))


def _reading(name: str, events: list[bytes]) -> FeedReading:
    body = render_calendar(name, events, product=settings.PRODUCT_NAME)
    return FeedReading(body, hashlib.sha256(body).hexdigest())


def _name(feed: Feed) -> str:
    subject = subject_of(feed)
    told = gate.name_of(None, subject) if isinstance(subject, Series) else str(subject)
    return f"{settings.PRODUCT_NAME} · {told}"


# --- kept for clients that never say what they have -------------------------------------------------------

_MOST_BYTES = 20_000_000


class KeptFeed:
    """The feeds that this process gave out last, up to so many bytes; several threads give them out at once."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most = most_bytes
        self._lock = threading.Lock()
        self._readings: OrderedDict[str, FeedReading] = OrderedDict()

    def get(self, token_hash: str, tag: str) -> FeedReading | None:
        """The whole feed as it was given out last, if that is what `tag` stands for."""
        with self._lock:
            found = self._readings.get(token_hash)
        return found if found and found.tag == tag else None

    def keep(self, token_hash: str, reading: FeedReading) -> FeedReading:
        """Keeps it, unless the same is kept already with its encodings."""
        with self._lock:
            known = self._readings.get(token_hash)
            reading = known if known and known.tag == reading.tag else reading
            self._readings[token_hash] = reading
            self._readings.move_to_end(token_hash)
            self._let_go()
        return reading

    def clear(self) -> None:
        """As another process, which has given out nothing yet."""
        with self._lock:
            self._readings.clear()

    def _let_go(self) -> None:
        """The oldest first; the last one stays, whatever its size. Called under the lock."""
        size = sum(one.size for one in self._readings.values())
        while len(self._readings) > 1 and size > self._most:
            size -= self._readings.popitem(last=False)[1].size


_KEPT = KeptFeed()
kept, keep = _KEPT.get, _KEPT.keep
