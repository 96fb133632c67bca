"""Prisons, and the services and partners that work in them: made once, then used by every other row."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import PlannerError
from prisons.access import Access, Right, access_for
from prisons.domain import audit
from prisons.domain.locking import lock_prison
from prisons.models import Organisation, Prison, User


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


def may_manage_organisation(access: Access, organisation: Organisation) -> bool:
    """Who installs, or the coordinator of its authority."""
    return access.user.is_superuser or organisation.authority in access.authorities


def save_organisation(
    prison: Prison, organisation: Organisation, *, by: User, now: dt.datetime | None = None
) -> Organisation:
    """Adds a service or partner to this prison, or changes one: its authority's coordinator may."""
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_prison(prison)
        access = access_for(by, prison, now=at)
        before = Organisation.objects.filter(pk=organisation.pk).first()
        _require_authority(access, [organisation] if before is None else [organisation, before])
        _check(organisation)
        organisation.save()
        organisation.prisons.add(prison)
        verb = "change_organisation" if before else "add_organisation"
        audit.record(prison, by, verb, organisation, fields=_changed(before, organisation), now=at)
    return organisation


def let_work_here(
    prison: Prison, organisation: Organisation, *, by: User, now: dt.datetime | None = None
) -> None:
    """An organisation known from another prison works in this one too."""
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_prison(prison)
        _require_authority(access_for(by, prison, now=at), [organisation])
        organisation.prisons.add(prison)
        audit.record(prison, by, "let_organisation_work_here", organisation, now=at)


def _require_authority(access: Access | None, rows: list[Organisation]) -> None:
    may_manage = access is not None and access.has(Right.MANAGE_PEOPLE)
    if access is None or not may_manage or not all(may_manage_organisation(access, row) for row in rows):
        raise PlannerError(
            "not_your_authority",
            _("Organisations of another authority are managed by its own coordinator."),
            403,
        )


def _changed(before: Organisation | None, after: Organisation) -> list[str]:
    names = ["name", "short_name", "kind", "authority", "language"]
    return [name for name in names if before is None or getattr(before, name) != getattr(after, name)]


def _check(row: Prison | Organisation) -> None:
    """The model's own rules, in words: unique names, allowed letters, nothing empty."""
    try:
        row.full_clean(validate_constraints=True)
    except ValidationError as error:
        raise PlannerError("unusable", " ".join(error.messages), 422) from error
