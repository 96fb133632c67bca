"""Secrets for programs: shown once, stored as a hash, dead with the role they were made for."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from prisons.access import Access, access_through
from prisons.domain.records import audit
from prisons.models import ApiToken, Membership, User

PREFIX = "tempo_"


def new_secret() -> str:
    """256 bits in letters that survive an address and a copy by hand."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """SHA-256 in hex: enough for a random secret of 256 bits, and it can be looked up."""
    return hashlib.sha256(secret.encode()).hexdigest()


def create_token(
    membership: Membership, name: str, *, by: User, now: dt.datetime | None = None
) -> tuple[ApiToken, str]:
    """A new token and its text, which exists only in this answer. Raises PlannerError for others' roles."""
    at = now or clock.now()
    with transaction.atomic():
        if membership.user_id != by.pk or access_through(membership, now=at) is None:
            raise PlannerError(
                "not_your_role", _("A token belongs to a role of your own that is in force."), 403
            )
        raw = PREFIX + new_secret()
        token = ApiToken.objects.create(
            membership=membership, name=name, token_hash=hash_secret(raw), is_demo=by.is_demo, created_at=at
        )
        audit.record(membership.prison, by, "create_token", token, now=at)
    return token, raw


def revoke_token(token: ApiToken, *, by: User, now: dt.datetime | None = None) -> None:
    """Ends a token at once. Twice is no error."""
    at = now or clock.now()
    with transaction.atomic():
        if ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=at):
            audit.record(token.membership.prison, by, "revoke_token", token, now=at)


def authenticate_token(raw: str, *, now: dt.datetime | None = None) -> tuple[ApiToken, Access] | None:
    """The token and what it may do, or None for whatever reason: a caller is never told which."""
    at = now or clock.now()
    wanted = hash_secret(raw)
    token = (
        ApiToken.objects.select_related("membership__user", "membership__prison", "membership__organisation")
        .filter(token_hash=wanted, revoked_at__isnull=True)
        .first()
    )
    if token is None or not hmac.compare_digest(token.token_hash, wanted):
        return None
    if token.is_demo and not settings.DEMO:
        return None
    access = access_through(token.membership, now=at)
    if access is None:
        return None
    _remember_use(token, clock.today(at))
    return token, access


def _remember_use(token: ApiToken, day: dt.date) -> None:
    """The day is enough to see which token is forgotten, and costs one write a day."""
    if token.last_used_on != day:
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=day)
        token.last_used_on = day
