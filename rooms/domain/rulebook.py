"""How every rule of a prison is written: under its lock, with an audit entry, and a new version drawn.

What one form field holds is compared, so that only what changed is written and recorded. A form carries the
`fingerprint` of the row as it was shown; when the row is another by the time it is saved, nothing is written
and the person learns who changed it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model, ProtectedError
from django.utils.translation import gettext_lazy as _

from core.errors import PlannerError
from prisons.domain.locking import lock_prison
from prisons.domain.records import audit
from prisons.domain.unchanged import require_unchanged
from prisons.models import Prison, User
from rooms.domain.facts import bump_rules

Row = TypeVar("Row", bound=Model)


def write(
    prison: Prison,
    row: Row,
    values: Mapping[str, Any],
    *,
    by: User,
    seen: str = "",
    is_rule: bool = True,
    also_in: Iterable[Prison] = (),
    now: dt.datetime | None = None,
) -> Row:
    """Adds or changes one row and returns it, read anew. Holds the lock until the transaction ends.

    `also_in` are other prisons that use the row: they keep the audit entry too.

    `is_rule` says that a schedule is checked against it, so what was kept of the rules is void.
    Raises PlannerError `changed_meanwhile` (409) when `seen` is no longer the row's fingerprint.
    """
    with transaction.atomic():
        locked = lock_prison(prison)
        is_new = row.pk is None
        if not is_new:
            if seen:
                require_unchanged(locked, row, seen)
            row = type(row)._default_manager.get(pk=row.pk)  # a form may have set values on the one given
        changed = _apply(row, values)
        if changed:
            verb = f"{'add' if is_new else 'change'}_{row._meta.model_name}"
            everywhere = {each.pk: each for each in (*also_in, locked)}.values()
            audit.record_everywhere(everywhere, by, verb, row, fields=changed, now=now)
            if is_rule:
                bump_rules(locked)
    prison.rules_version = locked.rules_version
    return row


def remove(prison: Prison, row: Model, *, by: User, now: dt.datetime | None = None) -> None:
    """Takes one rule away. Raises PlannerError `in_use` (409) when other rows still stand on it."""
    with transaction.atomic():
        locked = lock_prison(prison)
        target = (type(row), row.pk)
        try:
            row.delete()
        except ProtectedError as error:
            message = _("%(name)s is still used, so it cannot be removed.")
            raise PlannerError("in_use", message, name=str(row)) from error
        audit.record(locked, by, f"remove_{row._meta.model_name}", target, now=now)
        bump_rules(locked)
    prison.rules_version = locked.rules_version


def require_free_name(prison: Prison, row: Model, field: str, name: str) -> None:
    """Raises PlannerError `name_taken` (422) when another row of this kind in the prison bears the name."""
    others = type(row)._default_manager.filter(prison=prison, **{f"{field}__iexact": name}).exclude(pk=row.pk)
    if others.exists():
        raise PlannerError("name_taken", _("There is already a “%(name)s” here."), status=422, name=name)


def require_own(prison: Prison, *rows: Model | None) -> None:
    """Raises PlannerError `other_prison` (422) when one of these rows belongs to another prison."""
    for row in rows:
        if row is not None and row.prison_id != prison.pk:  # type: ignore[attr-defined]
            raise PlannerError("other_prison", _("%(name)s belongs to another prison."), status=422, name=row)


def _apply(row: Model, values: Mapping[str, Any]) -> list[str]:
    """Sets what differs, saves once, and returns the names of the fields that changed."""
    many = {field.name for field in row._meta.many_to_many}
    is_new = row.pk is None
    changed = []
    for name, value in values.items():
        if name not in many and (is_new or getattr(row, name) != value):
            setattr(row, name, value)
            changed.append(name)
    if changed:
        row.save()
    for name in many & set(values):
        chosen = {each.pk for each in values[name]}
        manager = getattr(row, name)
        if chosen != set(manager.values_list("pk", flat=True)):
            manager.set(values[name])
            changed.append(name)
    return changed
