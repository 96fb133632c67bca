"""Roles of people: given, dated, ended, taken up again. What hangs on a role dies with it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import PlannerError
from prisons.access import Access, Right, access_for, has_ended
from prisons.domain import audit
from prisons.domain.locking import lock_prison
from prisons.models import Membership, Organisation, Prison, Role, User

ROLES_OF_THE_PRISON = frozenset({Role.LIAISON, Role.AUDITOR})
"""Roles without an organisation; every other role is held for one."""


def may_manage(access: Access, organisation: Organisation | None) -> bool:
    """A coordinator manages the own authority's people and the prison's liaison; who installs manages all."""
    if access.user.is_superuser:
        return True
    if not access.has(Right.MANAGE_PEOPLE):
        return False
    return organisation is None or organisation.authority in access.authorities


def require_may_manage(prison: Prison, by: User, organisation: Organisation | None, now: dt.datetime) -> None:
    access = access_for(by, prison, now=now)
    if access is None or not may_manage(access, organisation):
        raise PlannerError(
            "not_your_people", _("People of another authority are managed by its own coordinator."), 403
        )


def require_fitting(prison: Prison, role: str, organisation: Organisation | None) -> None:
    """Raises PlannerError when role and organisation, or organisation and prison, do not go together."""
    if (organisation is None) != (role in ROLES_OF_THE_PRISON):
        raise PlannerError(
            "role_needs_organisation",
            _("A liaison or auditor belongs to no organisation; every other role needs one."),
            422,
        )
    if organisation is not None and not organisation.prisons.filter(pk=prison.pk).exists():
        raise PlannerError(
            "organisation_elsewhere", _("This organisation does not work in this prison."), 422
        )


def give_role(
    prison: Prison,
    user: User,
    role: str,
    organisation: Organisation | None,
    *,
    by: User,
    ends_on: dt.date | None = None,
    now: dt.datetime | None = None,
) -> Membership:
    """A role from today on. One that has ended is taken up again; one in force raises PlannerError."""
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_prison(prison)
        require_may_manage(prison, by, organisation, at)
        require_fitting(prison, role, organisation)
        return put_in_force(prison, user, role, organisation, by=by, ends_on=ends_on, at=at)


def put_in_force(
    prison: Prison,
    user: User,
    role: str,
    organisation: Organisation | None,
    *,
    by: User,
    at: dt.datetime,
    ends_on: dt.date | None = None,
) -> Membership:
    """The row itself, for a giver whose right was checked before: under the prison's lock only."""
    day = clock.today(at)
    _require_not_past(ends_on, day)
    membership = (
        Membership.objects.in_prison(prison).filter(user=user, role=role, organisation=organisation).first()
    )
    if membership is None:
        membership = Membership(user=user, prison=prison, role=role, organisation=organisation, starts_on=day)
    elif not has_ended(membership, day):
        raise PlannerError("has_role_already", _("%(person)s has this role already."), person=str(user))
    else:
        revoke_what_hangs_on(membership, at)
    membership.ends_on, membership.ended_at = ends_on, None
    membership.save()
    audit.record(prison, by, "give_role", membership, fields=["role", "ends_on"], now=at)
    return membership


def change_end(
    membership: Membership,
    ends_on: dt.date | None,
    *,
    by: User,
    is_confirmed: bool = False,
    now: dt.datetime | None = None,
) -> Membership:
    """Sets the last day of a role (None: no end). Raises PlannerError `last_coordinator` until confirmed."""
    at = now or clock.now()
    with transaction.atomic():
        membership = _locked(membership, by, at)
        if has_ended(membership, clock.today(at)):
            raise PlannerError("role_has_ended", _("This role had ended already."))
        _require_not_past(ends_on, max(clock.today(at), membership.starts_on))
        if ends_on is not None:
            _warn_before_last_coordinator(membership, is_confirmed, at)
        membership.ends_on = ends_on
        membership.save(update_fields=["ends_on"])
        audit.record(membership.prison, by, "change_end_of_role", membership, fields=["ends_on"], now=at)
    return membership


def end_role(
    membership: Membership, *, by: User, is_confirmed: bool = False, now: dt.datetime | None = None
) -> Membership:
    """Ends a role at this moment, with its tokens and feeds, in one transaction.

    Raises PlannerError `last_coordinator` until confirmed, `role_has_ended` when there is nothing to end.
    """
    at = now or clock.now()
    day = clock.today(at)
    with transaction.atomic():
        membership = _locked(membership, by, at)
        if has_ended(membership, day):
            raise PlannerError("role_has_ended", _("This role had ended already."))
        _warn_before_last_coordinator(membership, is_confirmed, at)
        membership.ended_at, membership.ends_on = at, max(day, membership.starts_on)
        membership.save(update_fields=["ended_at", "ends_on"])
        revoke_what_hangs_on(membership, at)
        audit.record(membership.prison, by, "end_role", membership, fields=["ends_on"], now=at)
    return membership


def reinstate(membership: Membership, *, by: User, now: dt.datetime | None = None) -> Membership:
    """Takes an ended role up again, without end. Its old tokens and feeds stay dead."""
    at = now or clock.now()
    with transaction.atomic():
        membership = _locked(membership, by, at)
        if not has_ended(membership, clock.today(at)):
            raise PlannerError("role_is_in_force", _("This role is in force."))
        revoke_what_hangs_on(membership, at)
        membership.ends_on = membership.ended_at = None
        membership.save(update_fields=["ended_at", "ends_on"])
        audit.record(membership.prison, by, "reinstate_role", membership, fields=["ends_on"], now=at)
    return membership


def revoke_what_hangs_on(membership: Membership, at: dt.datetime) -> None:
    """Every row of any app that points to the role and can be revoked (tokens here, calendar feeds above)."""
    for relation in Membership._meta.related_objects:
        rows = relation.related_model._default_manager.filter(**{relation.field.name: membership})
        if any(field.name == "revoked_at" for field in relation.related_model._meta.fields):
            rows.filter(revoked_at__isnull=True).update(revoked_at=at)


def is_last_coordinator(membership: Membership, *, now: dt.datetime | None = None) -> bool:
    """True when nobody else would coordinate for this authority in this prison."""
    if membership.role != Role.COORDINATOR or membership.organisation is None:
        return False
    others = (
        Membership.objects.in_prison(membership.prison).live_on(clock.today(now)).exclude(pk=membership.pk)
    )
    return not others.filter(
        role=Role.COORDINATOR,
        user__is_active=True,
        organisation__authority=membership.organisation.authority,
    ).exists()


def _locked(membership: Membership, by: User, at: dt.datetime) -> Membership:
    """The row as it is now, under the lock, if this person may manage it."""
    prison = lock_prison(membership.prison_id)
    fresh = Membership.objects.select_related("organisation", "user").get(pk=membership.pk)
    fresh.prison = prison
    require_may_manage(prison, by, fresh.organisation, at)
    return fresh


def _require_not_past(ends_on: dt.date | None, earliest: dt.date) -> None:
    if ends_on is not None and ends_on < earliest:
        raise PlannerError("end_in_the_past", _("The last day may not lie in the past."), 422)


def _warn_before_last_coordinator(membership: Membership, is_confirmed: bool, at: dt.datetime) -> None:
    if not is_confirmed and is_last_coordinator(membership, now=at):
        raise PlannerError(
            "last_coordinator",
            _("After this nobody coordinates for this authority. Tick that you are sure, then do it again."),
        )
