"""What the command line alone does: the first liaison of a prison, and its auditors."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from prisons.domain.locking import lock_prison
from prisons.domain.people import invitations
from prisons.domain.people.memberships import ROLES_OF_THE_PRISON, end_at_once
from prisons.models import Invitation, Membership, Prison, User


def appoint(
    prison: Prison, email: str, role: str, *, by: User, language: str = "nl", now: dt.datetime | None = None
) -> str:
    """Invites a liaison or auditor; returns the link. Raises PlannerError for anybody but the installer."""
    at = now or clock.now()
    _require_installer(by, role)
    with transaction.atomic():
        invitation = Invitation(
            prison=lock_prison(prison), email=email.strip().lower(), role=role, language=language
        )
        return invitations.offer(invitation, by=by, at=at)


def dismiss(prison: Prison, email: str, role: str, *, by: User, now: dt.datetime | None = None) -> Membership:
    """Ends the role at this moment. Raises PlannerError `no_such_role` when nobody of that address has it."""
    at = now or clock.now()
    _require_installer(by, role)
    with transaction.atomic():
        prison = lock_prison(prison)
        held = Membership.objects.in_prison(prison).live_on(clock.today(at)).filter(role=role)
        membership = held.select_related("user", "prison").filter(user__email__iexact=email.strip()).first()
        if membership is None:
            raise PlannerError("no_such_role", _("%(email)s does not have this role here."), email=email)
        end_at_once(membership, by=by, at=at)
    return membership


def _require_installer(by: User, role: str) -> None:
    if not by.is_superuser or role not in ROLES_OF_THE_PRISON:
        raise PlannerError("not_the_installer", _("Only whoever installs the program appoints them."), 403)
