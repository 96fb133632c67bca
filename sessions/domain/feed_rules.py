"""What the feeds of a prison tell beside the hours: set by whoever keeps its rules."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from prisons.domain import audit
from prisons.domain.locking import lock_prison
from prisons.models import Prison, User
from sessions.models import FeedRules


def change_rules(
    prison: Prison, values: dict[str, Any], *, by: User, now: dt.datetime | None = None
) -> FeedRules:
    with transaction.atomic():
        prison = lock_prison(prison)
        rules, _is_new = FeedRules.objects.update_or_create(prison=prison, defaults=values)
        audit.record(prison, by, "change_feed_rules", rules, fields=values, now=now)
    return rules
