"""What people change about themselves."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from prisons.domain import audit
from prisons.models import User


def change_account(
    user: User,
    *,
    full_name: str | None = None,
    language: str | None = None,
    letters: str | None = None,
    now: dt.datetime | None = None,
) -> User:
    """The own name, language and when to hear of changes; what is None stays. Belongs to no prison."""
    values = {"full_name": full_name, "language": language, "letters": letters}
    wanted = {name: value for name, value in values.items() if value}
    changed = [name for name, value in wanted.items() if getattr(user, name) != value]
    if changed:
        with transaction.atomic():
            for name in changed:
                setattr(user, name, wanted[name])
            user.save(update_fields=changed)
            audit.record(None, user, "change_account", user, fields=changed, now=now)
    return user
