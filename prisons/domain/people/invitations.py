"""A role offered by mail: one link, fourteen days, one use. Only the hash of the link's secret is kept."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from prisons.domain.background import outbox
from prisons.domain.locking import lock_prison
from prisons.domain.people.accounts import verify_address
from prisons.domain.people.memberships import (
    put_in_force,
    require_fitting,
    require_may_manage,
    require_one_side,
)
from prisons.domain.people.tokens import hash_secret, new_secret
from prisons.domain.records import audit
from prisons.models import Invitation, Membership, Organisation, Prison, User

VALID_FOR = dt.timedelta(days=14)


def invite(
    prison: Prison,
    *,
    email: str,
    role: str,
    organisation: Organisation | None,
    by: User,
    full_name: str = "",
    language: str = "nl",
    now: dt.datetime | None = None,
) -> tuple[Invitation, str]:
    """Offers a role and posts the letter. The link comes back too, for the console of a new installation."""
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_prison(prison)
        require_may_manage(prison, by, role, organisation, at)
        offered = Invitation(
            prison=prison,
            email=email.strip().lower(),
            role=role,
            organisation=organisation,
            full_name=full_name,
            language=language,
        )
        return offered, offer(offered, by=by, at=at)


def offer(invitation: Invitation, *, by: User, at: dt.datetime) -> str:
    """The row and its letter, for an inviter whose right was checked before: under the prison's lock only."""
    _require_sound(invitation, at)
    secret = new_secret()
    invitation.invited_by, invitation.token_hash = by, hash_secret(secret)
    invitation.created_at, invitation.expires_at = at, at + VALID_FOR
    invitation.save()
    audit.record(invitation.prison, by, "invite", invitation, fields=["role"], now=at)
    return _post(invitation, secret, at)


def send_again(invitation: Invitation, *, by: User, now: dt.datetime | None = None) -> str:
    """A new link for another fourteen days; the old one is worth nothing from now on."""
    at = now or clock.now()
    with transaction.atomic():
        invitation = _locked_open(invitation, by, at)
        secret = new_secret()
        invitation.token_hash, invitation.expires_at = hash_secret(secret), at + VALID_FOR
        invitation.save(update_fields=["token_hash", "expires_at"])
        audit.record(invitation.prison, by, "send_invitation_again", invitation, now=at)
        return _post(invitation, secret, at)


def withdraw(invitation: Invitation, *, by: User, now: dt.datetime | None = None) -> None:
    at = now or clock.now()
    with transaction.atomic():
        invitation = _locked_open(invitation, by, at)
        invitation.withdrawn_at = at
        invitation.save(update_fields=["withdrawn_at"])
        audit.record(invitation.prison, by, "withdraw_invitation", invitation, now=at)


def find_open(secret: str, *, now: dt.datetime | None = None) -> Invitation:
    """The invitation of this link. Raises PlannerError, with a way out, when the link no longer works."""
    rows = Invitation.objects.select_related("prison", "organisation", "invited_by")
    invitation = rows.filter(token_hash=hash_secret(secret)).first()
    if invitation is None:
        raise PlannerError(
            "invitation_unknown",
            _("This link does not work. Perhaps a newer one was sent: use the link of the last mail."),
            404,
        )
    if invitation.accepted_at:
        raise PlannerError("invitation_used", _("This invitation has been used. Sign in to go on."), 410)
    if invitation.withdrawn_at:
        raise PlannerError(
            "invitation_withdrawn", _("This invitation was withdrawn by whoever sent it."), 410
        )
    if invitation.expires_at <= (now or clock.now()):
        raise PlannerError(
            "invitation_expired",
            _("This invitation was valid for 14 days. Ask %(person)s to send it again."),
            410,
            person=str(invitation.invited_by),
        )
    return invitation


def account_of(invitation: Invitation) -> User | None:
    """The account that this address has already, if any."""
    return User.objects.filter(email__iexact=invitation.email).first()


def accept_as(user: User, secret: str, *, now: dt.datetime | None = None) -> Membership:
    """Somebody with an account takes the role. Raises PlannerError for a letter to another address."""
    at = now or clock.now()
    with transaction.atomic():
        invitation = _locked_by_secret(secret, at)
        if user.email.lower() != invitation.email:
            raise PlannerError(
                "invitation_of_somebody_else",
                _("This invitation was sent to %(email)s. Sign out and sign in with that address."),
                403,
                email=invitation.email,
            )
        return _take(invitation, user, at)


def accept_as_newcomer(
    secret: str, *, full_name: str, language: str, password: str, now: dt.datetime | None = None
) -> User:
    """Makes the account and takes the role. Raises PlannerError, or ValidationError for a weak password."""
    at = now or clock.now()
    with transaction.atomic():
        invitation = _locked_by_secret(secret, at)
        if account_of(invitation):
            raise PlannerError("has_account", _("This address has an account already. Sign in to accept."))
        user = User(email=invitation.email, full_name=full_name, language=language)
        user.is_demo = invitation.invited_by.is_demo
        validate_password(password, user)
        user.set_password(password)
        user.save()
        _take(invitation, user, at)
    return user


def _take(invitation: Invitation, user: User, at: dt.datetime) -> Membership:
    verify_address(user)  # the link came by a letter to this address
    invitation.accepted_at = at
    invitation.save(update_fields=["accepted_at"])
    audit.record(invitation.prison, user, "accept_invitation", invitation, now=at)
    return put_in_force(invitation.prison, user, invitation.role, invitation.organisation, by=user, at=at)


def _locked_by_secret(secret: str, at: dt.datetime) -> Invitation:
    """Read again under the lock, so that two clicks on one link give one role."""
    lock_prison(find_open(secret, now=at).prison_id)
    return find_open(secret, now=at)


def _locked_open(invitation: Invitation, by: User, at: dt.datetime) -> Invitation:
    prison = lock_prison(invitation.prison_id)
    fresh = Invitation.objects.select_related("organisation", "invited_by").get(pk=invitation.pk)
    fresh.prison = prison
    require_may_manage(prison, by, fresh.role, fresh.organisation, at)
    if fresh.accepted_at or fresh.withdrawn_at:
        raise PlannerError(
            "invitation_closed", _("This invitation was accepted or withdrawn in the meantime.")
        )
    return fresh


def _require_sound(invitation: Invitation, at: dt.datetime) -> None:
    """Role and organisation go together, it is news, and the account is on no other side here."""
    prison, email, day = invitation.prison, invitation.email, clock.today(at)
    require_fitting(prison, invitation.role, invitation.organisation)
    same = {"role": invitation.role, "organisation": invitation.organisation}
    roles = Membership.objects.in_prison(prison).live_on(day)
    if roles.filter(user__email__iexact=email, **same).exists():
        raise PlannerError("has_role_already", _("%(person)s has this role already."), person=email)
    waiting = Invitation.objects.in_prison(prison).filter(accepted_at__isnull=True, withdrawn_at__isnull=True)
    if waiting.filter(email=email, **same).exists():
        raise PlannerError(
            "invited_already",
            _("%(email)s was invited for this already. Send that invitation again."),
            email=email,
        )
    if known := account_of(invitation):
        require_one_side(prison, known, invitation.role, day)


def _post(invitation: Invitation, secret: str, at: dt.datetime) -> str:
    link = settings.BASE_URL + reverse("people:invitation", args=[secret])
    with translation.override(invitation.language):
        facts = {
            "invitation": invitation,
            "link": link,
            "product": settings.PRODUCT_NAME,
            "days": VALID_FOR.days,
        }
        subject = gettext("%(person)s invites you to %(product)s") % {
            "person": invitation.invited_by,
            "product": settings.PRODUCT_NAME,
        }
        body = render_to_string("prisons/mail/invitation.txt", facts)
    outbox.post(invitation.prison, invitation.email, "invitation", invitation.language, subject, body, now=at)
    return link
