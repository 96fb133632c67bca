"""A form carries what its row was like when the page was made: what a colleague changed is not written over."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from typing import Any

from django.db import models
from django.db.models import Model
from django.forms.models import model_to_dict
from django.utils.translation import gettext_lazy as _

from core.dates.clock import BRUSSELS
from core.errors import PlannerError
from prisons.models import AuditEntry, Prison


def fingerprint(row: Model, fields: Collection[str] | None = None) -> str:
    """Short, the same for the same stored values (read anew from the database); empty for a new row.

    `fields` where a row holds more than the form shows.
    """
    if row.pk is None:
        return ""
    stored = row._meta.model._default_manager.get(pk=row.pk)
    values = {name: _plain(value) for name, value in model_to_dict(stored, fields).items()}
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def require_unchanged(
    prison: Prison | None, row: Model, seen: str, fields: Collection[str] | None = None
) -> None:
    """Raises PlannerError `changed_meanwhile` (409), saying who changed the row, if it is not as seen.

    Without `seen` nobody looked at it: a program.
    """
    if seen and fingerprint(row, fields) != seen:
        raise changed_meanwhile(prison, row)


def changed_meanwhile(prison: Prison | None, row: Model) -> PlannerError:
    """The refusal of a stale form, with the name of whoever was faster."""
    entries = AuditEntry.objects.filter(prison=prison, model=row._meta.label_lower, object_id=row.pk)
    last = entries.select_related("by").order_by("-at", "-pk").first()
    if last is None:
        return PlannerError(
            "changed_meanwhile",
            _(
                "This was changed after you opened it. Your text is still here: look at what changed, then save "
                "again."
            ),
        )
    return PlannerError(
        "changed_meanwhile",
        _(
            "%(who)s changed this at %(when)s, after you opened it. Your text is still here: look at what "
            "changed, then save again."
        ),
        who=last.by or _("Somebody"),
        when=f"{last.at.astimezone(BRUSSELS):%H:%M}",
    )


def _plain(value: Any) -> Any:
    if isinstance(value, models.QuerySet | list | tuple):
        return sorted(str(each.pk if isinstance(each, Model) else each) for each in value)
    return str(value)
