"""Roles of people: given, dated, ended, taken up again. What hangs on a role dies with it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from prisons.access import SIDE_OF_ROLE, Access, Right, Side, access_for, has_ended
from prisons.domain.locking import lock_prison
from prisons.domain.records import audit
from prisons.domain.unchanged import require_unchanged
from prisons.models import Membership, Organisation, Prison, Role, User

ROLES_OF_THE_PRISON = frozenset({Role.LIAISON, Role.AUDITOR})
"""Roles without an organisation; every other role is held for one."""


def may_manage(access: Access, role: str, organisation: Organisation | None) -> bool:
    """Each side sees to its own people. Oversight is nobody's here: the command line appoints it."""
    match SIDE_OF_ROLE[role]:
        case Side.SERVICES if access.user.is_superuser:
            return True
        case Side.SERVICES:
            is_own = organisation is not None and organisation.authority in access.authorities
            return access.has(Right.MANAGE_PEOPLE) and is_own
        case Side.PRISON:
            return access.has(Right.APPOINT)
        case Side.OVERSIGHT:
            return False


def require_may_manage(
    prison: Prison, by: User, role: str, organisation: Organisation | None, now: dt.datetime
) -> None:
    access = access_for(by, prison, now=now)
    if access is not None and may_manage(access, role, organisation):
        return
    raise PlannerError("not_your_people", _REFUSED[SIDE_OF_ROLE[role]], 403)


_REFUSED = {
    Side.SERVICES: _("People of another authority are managed by its own coordinator."),
    Side.PRISON: _("The prison's own people are appointed by the prison."),
    Side.OVERSIGHT: _("Auditors are appointed by whoever installs the program, on the command line."),
}


def require_one_side(prison: Prison, user: User, role: str, day: dt.date) -> None:
    """Raises PlannerError `other_side`: one account holds roles of one side in a prison."""
    standing = Membership.objects.in_prison(prison).filter(user=user, ended_at__isnull=True)
    for held in standing.exclude(ends_on__lt=day):
        if SIDE_OF_ROLE[held.role] is not SIDE_OF_ROLE[role]:
            raise PlannerError(
                "other_side",
                _("%(person)s is %(held)s in this prison. Nobody holds roles of two sides in one prison."),
                person=str(user),
                held=held.get_role_display(),
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
        require_may_manage(prison, by, role, organisation, at)
        _require_somebody_else(user, by)
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
    require_one_side(prison, user, role, day)
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
    seen: str = "",
    now: dt.datetime | None = None,
) -> Membership:
    """Sets the last day of a role (None: no end).

    Raises PlannerError `last_of_its_kind` until confirmed, `changed_meanwhile` (409).
    """
    at = now or clock.now()
    with transaction.atomic():
        membership = _locked(membership, by, at)
        if has_ended(membership, clock.today(at)):
            raise PlannerError("role_has_ended", _("This role had ended already."))
        require_unchanged(membership.prison, membership, seen)
        _require_not_past(ends_on, max(clock.today(at), membership.starts_on))
        if ends_on is not None:
            _warn_before_last(membership, is_confirmed, at)
        membership.ends_on = ends_on
        membership.save(update_fields=["ends_on"])
        audit.record(membership.prison, by, "change_end_of_role", membership, fields=["ends_on"], now=at)
    return membership


def end_role(
    membership: Membership, *, by: User, is_confirmed: bool = False, now: dt.datetime | None = None
) -> Membership:
    """Ends a role at this moment, with its tokens and feeds, in one transaction.

    Raises PlannerError `last_of_its_kind` until confirmed, `role_has_ended` when there is nothing to end.
    """
    at = now or clock.now()
    day = clock.today(at)
    with transaction.atomic():
        membership = _locked(membership, by, at)
        if has_ended(membership, day):
            raise PlannerError("role_has_ended", _("This role had ended already."))
        _warn_before_last(membership, is_confirmed, at)
        end_at_once(membership, by=by, at=at)
    return membership


def end_at_once(membership: Membership, *, by: User, at: dt.datetime) -> None:
    """The row itself, for somebody whose right was checked before: under the prison's lock only."""
    membership.ended_at, membership.ends_on = at, max(clock.today(at), membership.starts_on)
    membership.save(update_fields=["ended_at", "ends_on"])
    revoke_what_hangs_on(membership, at)
    audit.record(membership.prison, by, "end_role", membership, fields=["ends_on"], now=at)


def reinstate(membership: Membership, *, by: User, now: dt.datetime | None = None) -> Membership:
    """Takes an ended role up again, without end. Its old tokens and feeds stay dead."""
    at = now or clock.now()
    with transaction.atomic():
        membership = _locked(membership, by, at)
        if not has_ended(membership, clock.today(at)):
            raise PlannerError("role_is_in_force", _("This role is in force."))
        require_one_side(membership.prison, membership.user, membership.role, clock.today(at))
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


def is_last_of_its_kind(membership: Membership, *, now: dt.datetime | None = None) -> bool:
    """True when nobody else would coordinate for this authority, or be the prison's liaison."""
    others = (
        Membership.objects.in_prison(membership.prison)
        .live_on(clock.today(now))
        .filter(role=membership.role, user__is_active=True)
        .exclude(pk=membership.pk)
    )
    if membership.role == Role.LIAISON:
        return not others.exists()
    if membership.role != Role.COORDINATOR or membership.organisation is None:
        return False
    return not others.filter(organisation__authority=membership.organisation.authority).exists()


def _locked(membership: Membership, by: User, at: dt.datetime) -> Membership:
    """The row as it is now, under the lock, if this person may manage it."""
    prison = lock_prison(membership.prison_id)
    fresh = Membership.objects.select_related("organisation", "user").get(pk=membership.pk)
    fresh.prison = prison
    require_may_manage(prison, by, fresh.role, fresh.organisation, at)
    return fresh


def _require_not_past(ends_on: dt.date | None, earliest: dt.date) -> None:
    if ends_on is not None and ends_on < earliest:
        raise PlannerError("end_in_the_past", _("The last day may not lie in the past."), 422)


def _require_somebody_else(user: User, by: User) -> None:
    """Whoever installs could otherwise make themselves a reader of names."""
    if by.is_superuser and user.pk == by.pk:
        raise PlannerError(
            "own_role",
            _("Whoever installs the program gives roles to others, never to the own account."),
            403,
        )


def _warn_before_last(membership: Membership, is_confirmed: bool, at: dt.datetime) -> None:
    if is_confirmed or not is_last_of_its_kind(membership, now=at):
        return
    raise PlannerError("last_of_its_kind", last_words(membership))


def last_words(membership: Membership) -> Promise:
    """What it means that nobody else has this role."""
    if membership.role == Role.LIAISON:
        return _(
            "After this the prison has no liaison, and only whoever installs the program can appoint one. "
            "Tick that you are sure, then do it again."
        )
    return _("After this nobody coordinates for this authority. Tick that you are sure, then do it again.")
