"""Prisons, and the services and partners that work in them: made once, then used by every other row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from prisons.access import Access, Right, access_for
from prisons.domain.locking import lock_prison
from prisons.domain.records import audit
from prisons.domain.unchanged import require_unchanged
from prisons.domain.validity import require_valid
from prisons.models import Membership, Organisation, Prison, Role, User
from prisons.models.people import MembershipQuerySet


def create_prison(
    slug: str, name_nl: str, name_fr: str, *, by: User, now: dt.datetime | None = None
) -> Prison:
    """A prison with the usual rules. Only whoever installs may; raises PlannerError for unusable names."""
    if not by.is_superuser:
        raise PlannerError("not_the_installer", _("Only whoever installs the program adds a prison."), 403)
    prison = Prison(slug=slug, name_nl=name_nl.strip(), name_fr=name_fr.strip())
    with transaction.atomic():
        _check(prison)
        prison.save()
        audit.record(prison, by, "create_prison", prison, now=now)
    return prison


def kept_ids(
    access: Access, organisations: Iterable[Organisation], *, now: dt.datetime | None = None
) -> frozenset[int]:
    """Of these, the ones whose names, valid in every prison, this person may change.

    That is for an organisation's own people. One that has none is kept by who installs, or by the
    coordinator of its authority where it works in no prison that this coordinator has no say in.
    """
    rows = {row.pk: row for row in organisations if row.pk}
    live = Membership.objects.live_on(clock.today(now)).filter(role__in=(Role.ORGANISER, Role.COORDINATOR))
    peopled = set(live.filter(organisation__in=rows).values_list("organisation", flat=True))
    mine = {pk for pk in rows if pk in access.organisation_ids}
    orphans = [row for pk, row in rows.items() if pk not in peopled]
    return frozenset(mine | {row.pk for row in orphans if _looks_after(access, row, live)})


def _looks_after(access: Access, organisation: Organisation, live: MembershipQuerySet) -> bool:
    if access.user.is_superuser:
        return True
    if organisation.authority not in access.authorities:
        return False
    coordinates = live.filter(
        user=access.user, role=Role.COORDINATOR, organisation__authority=organisation.authority
    )
    return not organisation.prisons.exclude(pk__in=coordinates.values("prison")).exists()


def require_kept(access: Access, organisation: Organisation) -> None:
    """Raises PlannerError `not_yours` (403): what counts in every prison changes by its own people only."""
    if organisation.pk not in kept_ids(access, [organisation]):
        message = _("This counts in every prison, so only %(owner)s changes it. You can ask them.")
        raise PlannerError("not_yours", message, status=403, owner=organisation)


def save_organisation(
    prison: Prison, organisation: Organisation, *, by: User, seen: str = "", now: dt.datetime | None = None
) -> Organisation:
    """Adds a service or partner of an authority that one coordinates, or changes one of which one is.

    Every prison where it works keeps the entry, since the name is the same in all of them.
    """
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_prison(prison)
        access = access_for(by, prison, now=at)
        before = Organisation.objects.filter(pk=organisation.pk).first()
        if before is None:
            _require_authority(access, organisation)
        else:
            _require_own_change(access, before, organisation)
            require_unchanged(prison, before, seen)
        _check(organisation)
        organisation.save()
        organisation.prisons.add(prison)
        verb, changed = (
            ("change_organisation" if before else "add_organisation"),
            _changed(before, organisation),
        )
        audit.record_everywhere(organisation.prisons.all(), by, verb, organisation, fields=changed, now=at)
    return organisation


def _require_own_change(access: Access | None, before: Organisation, after: Organisation) -> None:
    """Whose it is decides who manages its people: that changes only as when it is added."""
    if access is None:
        raise PlannerError("not_yours", _("You have no role in this prison."), 403)
    require_kept(access, before)
    if before.authority != after.authority:
        _require_authority(access, before)
        _require_authority(access, after)


def let_work_here(
    prison: Prison, organisation: Organisation, *, by: User, now: dt.datetime | None = None
) -> None:
    """An organisation known from another prison works in this one too."""
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_prison(prison)
        _require_authority(access_for(by, prison, now=at), organisation)
        organisation.prisons.add(prison)
        audit.record(prison, by, "let_organisation_work_here", organisation, now=at)


def _require_authority(access: Access | None, organisation: Organisation) -> None:
    """Who installs, or the coordinator of its authority."""
    may_manage = access is not None and access.has(Right.MANAGE_PEOPLE)
    if access and may_manage and (access.user.is_superuser or organisation.authority in access.authorities):
        return
    raise PlannerError(
        "not_your_authority", _("Organisations of another authority are managed by its own coordinator."), 403
    )


def _changed(before: Organisation | None, after: Organisation) -> list[str]:
    names = ["name", "short_name", "kind", "authority", "language"]
    return [name for name in names if before is None or getattr(before, name) != getattr(after, name)]


def _check(row: Prison | Organisation) -> None:
    """The model's own rules, in words: unique names, allowed letters, nothing empty."""
    require_valid(row)
