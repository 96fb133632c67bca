"""Series that an act has made: what stood on them then, so that undo removes nothing that came since."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from core.digest import digest
from core.errors import PlannerError
from prisons.domain.changes import Image
from sessions.models import GroupSession, Series

LABEL = Series._meta.label_lower

_GOES_ALONG: dict[type[Model], frozenset[str]] = {
    Series: frozenset({"SeriesWorker", "SkippedDate", "Material", "GroupSession", "Series"}),
    GroupSession: frozenset({"SessionWorker", "Cancellation", "Waiver", "StoredEvent", "Notice", "MadeUp"}),
}
"""What is a part of the row itself, and compared with it. Anything else that points to it has come since."""
PEOPLE = frozenset({"Enrollment", "Request"})


def images_of_made(made: Iterable[Series]) -> list[Image]:
    """To be remembered with the act that made them, once all of it is written."""
    return [Image(Series, series.pk, None, image_of(series)) for series in made]


def image_of(series: Series) -> dict[str, Any]:
    """One word for everything that a series says of itself: a label, a need, a material that is asked for."""
    fresh = Series.objects.get(pk=series.pk)
    fields = {field.attname: getattr(fresh, field.attname) for field in Series._meta.concrete_fields}
    materials = fresh.materials.order_by("pk").values_list("name", "count", "state", "granted_until")
    parts = (
        sorted(fresh.units.values_list("pk", flat=True)),
        sorted(fresh.needs_features.values_list("pk", flat=True)),
        sorted(fresh.usual_workers.values_list("worker", flat=True)),
        list(materials),
        sorted(fresh.skipped_dates.values_list("on", "reason")),
    )
    return {"digest": digest(fields, *parts)}


def refuse_in_use(rows: Collection[Model]) -> None:
    """Raises PlannerError `has_people` or `changed_since` (409) when something has come to point to one of them."""
    if not rows:
        return
    model = type(next(iter(rows)))
    for relation in model._meta.related_objects:
        other = relation.related_model
        name = other.__name__
        if name in _GOES_ALONG[model]:
            continue
        if not other._default_manager.filter(**{f"{relation.field.name}__in": rows}).exists():
            continue
        if name in PEOPLE:
            raise PlannerError(
                "has_people", _("People have asked for this series. Cancel its sessions instead.")
            )
        raise PlannerError(
            "changed_since", _("Something was added to it since. Nothing was undone. Cancel it instead.")
        )
