"""What a series brings in from outside: asked of the prison, granted until a date, or refused."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from core.errors import PlannerError
from prisons.access import Access
from rooms.domain import rulebook
from sessions.domain.activities import require_own
from sessions.models import Material, Series


def ask_for(access: Access, series: Series, name: str, count: int) -> Material:
    """Raises PlannerError `not_yours` (403) or `nothing` (422)."""
    require_own(access, series.activity.organisation)
    if count < 1:
        raise PlannerError("nothing", _("Ask for at least one."), status=422)
    values = {"name": name, "count": count}
    return rulebook.write(access.prison, Material(series=series), values, by=access.user, is_rule=False)


def answer(
    access: Access, material: Material, state: str, granted_until: dt.date | None = None, *, seen: str = ""
) -> Material:
    """Enters what the prison said. Raises PlannerError `not_yours` (403) or `changed_meanwhile` (409)."""
    require_own(access, material.series.activity.organisation)
    until = granted_until if state == Material.State.GRANTED else None
    values = {"state": state, "granted_until": until}
    return rulebook.write(access.prison, material, values, by=access.user, seen=seen, is_rule=False)


def remove(access: Access, material: Material) -> None:
    require_own(access, material.series.activity.organisation)
    rulebook.remove(access.prison, material, by=access.user)
