"""What people change about themselves, and what follows from how they got in."""

from __future__ import annotations

import datetime as dt

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from core import clock
from prisons.domain import audit
from prisons.domain.unchanged import require_unchanged
from prisons.models import ApiToken, User

OF_THE_ACCOUNT = ("full_name", "language", "letters")


def change_account(
    user: User,
    *,
    full_name: str | None = None,
    language: str | None = None,
    letters: str | None = None,
    seen: str = "",
    now: dt.datetime | None = None,
) -> User:
    """The own name, language and when to hear of changes; what is None stays. Belongs to no prison.

    Raises PlannerError `changed_meanwhile` (409): the same person, in another window.
    """
    require_unchanged(None, user, seen, OF_THE_ACCOUNT)
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


def verify_address(user: User) -> None:
    """The address counts as proved. An unproved one would let nobody set up a second factor, for good."""
    row, is_new = EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    if not is_new and not (row.verified and row.primary):
        EmailAddress.objects.filter(pk=row.pk).update(verified=True, primary=True)


def password_was_reset(user: User, *, now: dt.datetime | None = None) -> None:
    """Whoever reads the letters of this address has the account: what a thief may have made with it dies."""
    at = now or clock.now()
    with transaction.atomic():
        verify_address(user)
        tokens = ApiToken.objects.filter(membership__user=user, revoked_at__isnull=True)
        tokens.update(revoked_at=at)
        audit.record(None, user, "reset_password", user, fields=["password"], now=at)


def end_sessions(user: User, sessions: list[UserSession], *, now: dt.datetime | None = None) -> None:
    """Signs out these browsers of one's own, wherever they stand."""
    with transaction.atomic():
        for session in sessions:
            session.end()
        audit.record(None, user, "end_sessions", user, now=now)


def forget_old_sessions(*, now: dt.datetime | None = None) -> int:
    """What browsers had proved goes when the session has run out, with address and browser of that session."""
    count, _rows = Session.objects.filter(expire_date__lt=now or clock.now()).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return count
