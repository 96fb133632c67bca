"""What people change about themselves, and what follows from how they got in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from prisons.domain import account_letters
from prisons.domain.records import audit
from prisons.domain.unchanged import require_unchanged
from prisons.models import ApiToken, Prison, User

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
        _revoke_tokens(user, at)
        audit.record(None, user, "reset_password", user, fields=["password"], now=at)


def end_sessions(user: User, sessions: list[UserSession], *, now: dt.datetime | None = None) -> None:
    """Signs out these browsers of one's own, wherever they stand."""
    with transaction.atomic():
        for session in sessions:
            session.end()
        audit.record(None, user, "end_sessions", user, now=now)


# --- what whoever runs the server does for an account (`manage.py account`) --------------------------------


def close_account(user: User, *, by: User, now: dt.datetime | None = None) -> None:
    """Nobody comes in with it any more, at once. Its name stays where it acted. Roles come back with the account."""
    with _of_another(user, by, "close_account", ["is_active"], now) as at:
        user.is_active = False
        user.save(update_fields=["is_active"])
        _sign_out_everywhere(user)
        _revoke_tokens(user, at)


def reopen_account(user: User, *, by: User, now: dt.datetime | None = None) -> None:
    """It is used again, with the password and the second step that it had; no token comes back."""
    with _of_another(user, by, "reopen_account", ["is_active"], now):
        user.is_active = True
        user.save(update_fields=["is_active"])


def take_second_step_away(user: User, *, by: User, now: dt.datetime | None = None) -> None:
    """For somebody whose phone, key and recovery codes are gone: the next sign-in sets up a new one."""
    with _of_another(user, by, "take_second_step_away", [], now) as at:
        Authenticator.objects.filter(user=user).delete()
        _sign_out_everywhere(user)
        _revoke_tokens(user, at)


def require_own_password(user: User) -> None:
    """Raises PlannerError for anybody but whoever installs: who sets the password of another could act in that name."""
    if not user.is_superuser:
        raise PlannerError(
            "not_own_password",
            _("They choose a new one themselves, with “Forgotten your password?” where one signs in."),
            403,
        )


def set_password(user: User, password: str, *, now: dt.datetime | None = None) -> None:
    """Of whoever installs, on the command line. Raises PlannerError for anybody else, ValidationError when weak."""
    require_own_password(user)
    with _of_another(user, user, "set_password", ["password"], now) as at:
        validate_password(password, user)
        user.set_password(password)
        user.save(update_fields=["password"])
        _sign_out_everywhere(user)
        _revoke_tokens(user, at)


def sign_out_everywhere(user: User, *, by: User, now: dt.datetime | None = None) -> None:
    """Ends every session of this account, in whatever browser."""
    with _of_another(user, by, "sign_out_everywhere", [], now):
        _sign_out_everywhere(user)


@contextmanager
def _of_another(
    user: User, by: User, verb: str, fields: list[str], now: dt.datetime | None
) -> Iterator[dt.datetime]:
    """One transaction, on record in every prison in which this account has or had a role, and told by a letter."""
    at = now or clock.now()
    if not by.is_superuser:
        raise PlannerError("not_the_installer", _("Only whoever installs the program does this."), 403)
    with transaction.atomic():
        yield at
        prisons = list(Prison.objects.filter(memberships__user=user).distinct().order_by("pk"))
        audit.record_everywhere(prisons or [None], by, verb, user, fields=fields, now=at)
        account_letters.tell(user, verb, by=by, at=at)


def _sign_out_everywhere(user: User) -> None:
    for session in UserSession.objects.filter(user=user):
        session.end()


def _revoke_tokens(user: User, at: dt.datetime) -> None:
    ApiToken.objects.filter(membership__user=user, revoked_at__isnull=True).update(revoked_at=at)


def forget_old_sessions(*, now: dt.datetime | None = None) -> int:
    """What browsers had proved goes when the session has run out, with address and browser of that session."""
    count, _rows = Session.objects.filter(expire_date__lt=now or clock.now()).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return count
