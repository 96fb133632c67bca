"""What the feeds of a prison tell beside the hours: set by whoever keeps its rules."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from core.dates import clock
from prisons.domain.locking import lock_prison
from prisons.domain.records import audit
from prisons.models import Prison, User
from sessions.models import Feed, FeedRules


def change_rules(
    prison: Prison, values: dict[str, Any], *, by: User, now: dt.datetime | None = None
) -> FeedRules:
    with transaction.atomic():
        prison = lock_prison(prison)
        if not values.get("has_prison_feed"):
            _end_prison_feeds(prison, by, now or clock.now())
        rules, _is_new = FeedRules.objects.update_or_create(prison=prison, defaults=values)
        audit.record(prison, by, "change_feed_rules", rules, fields=values, now=now)
    return rules


def _end_prison_feeds(prison: Prison, by: User, now: dt.datetime) -> None:
    """For good: allowing them again later does not wake up the old addresses."""
    feeds = Feed.objects.filter(kind=Feed.Kind.PRISON, prison=prison, revoked_at__isnull=True)
    ids = list(feeds.values_list("pk", flat=True))
    Feed.objects.filter(pk__in=ids).update(revoked_at=now)
    audit.record_many(prison, by, "revoke_feed", [(Feed, pk) for pk in ids], now=now)
