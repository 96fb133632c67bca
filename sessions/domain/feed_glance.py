"""What can be known of a calendar address in one cheap query, before anything is read or rendered.

A feed keeps the tag of what it last gave out, since when it reads like that, and the stamp of its prisons at that
moment. As long as nothing has been written there since, on the same date, the tag still holds. What is written in
any other prison does not matter: an act that counts in several is in the audit of each of them.
"""

from __future__ import annotations

import datetime as dt
import hmac
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

from core.dates import clock
from prisons.domain.people.tokens import hash_secret
from prisons.models import AuditEntry, Membership
from sessions.models import Feed, WorkerAccess

SETTLED = dt.timedelta(minutes=5)
"""Two transactions may become visible out of order where several write at once; none takes as long as this."""

_FEED, _AUDIT, _MEMBERSHIP, _ACCESS = (
    model._meta.db_table for model in (Feed, AuditEntry, Membership, WorkerAccess)
)
_SQL = f"""
    SELECT f.id, f.is_demo, f.token_hash, f.tag, f.tag_since, f.tag_stamp, f.tag_seen_at, f.last_used_on,
           a.id, a.at
    FROM {_FEED} f
    LEFT JOIN {_MEMBERSHIP} m ON m.id = f.membership_id
    LEFT JOIN {_ACCESS} w ON w.worker_id = f.worker_id AND f.membership_id IS NULL
    LEFT JOIN {_AUDIT} a ON a.id = (
        SELECT MAX(n.id) FROM {_AUDIT} n WHERE n.prison_id = COALESCE(w.prison_id, m.prison_id, f.prison_id)
    )
    WHERE f.token_hash = %s AND f.revoked_at IS NULL
"""  # noqa: S608
"""Written by hand: putting the same together anew takes the ORM ten times as long as asking it."""


@dataclass(frozen=True)
class Glance:
    """One feed that has not been revoked; whether it may still be read is for `feeds.find` to say."""

    feed_id: int
    token_hash: str
    tag: str
    tag_since: dt.datetime | None
    tag_stamp: int
    tag_seen_at: dt.datetime | None
    last_used_on: dt.date | None
    stamp: int
    stamp_at: dt.datetime | None

    def holds(self, now: dt.datetime) -> bool:
        """Whether the feed still reads as its tag says: nothing was written since, and it is the same date."""
        seen_at = self.tag_seen_at
        if seen_at is None or not self.tag or self.tag_stamp != self.stamp:
            return False
        if clock.today(seen_at) != clock.today(now):
            return False
        if settings.IS_SQLITE or self.stamp_at is None:
            return True  # one writes at a time: what has a lower number is visible already
        return now - seen_at < SETTLED or seen_at - self.stamp_at >= SETTLED


def glance(secret: str) -> Glance | None:
    """The feed of this address, if there is one. One query: a row for each prison in which it counts."""
    wanted = hash_secret(secret)
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [wanted])
        rows = cursor.fetchall()
    if not rows or not hmac.compare_digest(rows[0][2], wanted) or (rows[0][1] and not settings.DEMO):
        return None
    pk, _is_demo, _hash, tag, since, stamp, seen_at, used_on = rows[0][:8]
    return Glance(
        feed_id=pk,
        token_hash=wanted,
        tag=tag,
        tag_since=_moment(since),
        tag_stamp=stamp,
        tag_seen_at=_moment(seen_at),
        last_used_on=dt.date.fromisoformat(used_on) if isinstance(used_on, str) else used_on,
        # The sum, not the highest: it also changes when a facilitator stops working in one of the prisons.
        stamp=sum(row[8] or 0 for row in rows),
        stamp_at=max((at for row in rows if (at := _moment(row[9]))), default=None),
    )


def _moment(value: Any) -> dt.datetime | None:
    """An instant: SQLite gives it without its zone, which is UTC."""
    found: dt.datetime | None = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.replace(tzinfo=dt.UTC) if found and found.tzinfo is None else found


def note_use(feed: Glance, *, tag: str, now: dt.datetime) -> dt.datetime:
    """Remembers the day of use and since when the feed reads like this; answers that time.

    Writes only when something was written elsewhere since, and once a day. Neither lock nor audit: reading
    must be cheap.
    """
    changes: dict[str, Any] = {}
    if not feed.holds(now):
        changes = {"tag_stamp": feed.stamp, "tag_seen_at": now}
    if feed.tag != tag or feed.tag_since is None:
        changes |= {"tag": tag, "tag_since": now.replace(microsecond=0)}
    if feed.last_used_on != clock.today(now):
        changes["last_used_on"] = clock.today(now)
    if changes:
        Feed.objects.filter(pk=feed.feed_id).update(**changes)
    since: dt.datetime = changes.get("tag_since") or feed.tag_since or now
    return since
