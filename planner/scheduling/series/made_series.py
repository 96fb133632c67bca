"""Series that an act has made: what stood on them then, so that undo removes nothing that came since."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from core.database.pointing import pointing_to
from core.errors import PlannerError
from core.secrets.digest import digest
from prisons.domain.records.change_sets import Image
from sessions.models import GroupSession, Series

LABEL = Series._meta.label_lower

_GOES_ALONG: dict[type[Model], frozenset[str]] = {
    Series: frozenset({"SeriesWorker", "SkippedDate", "Material", "GroupSession"}),
    GroupSession: frozenset({"SessionWorker", "Cancellation", "Waiver", "StoredEvent", "Notice", "MadeUp"}),
}
"""What is a part of the row itself, and compared with it. Anything else that points to it has come since."""
PEOPLE = frozenset({"Enrollment", "Request"})


def images_of_made(made: Iterable[Series]) -> list[Image]:
    """To be remembered with the act that made them, once all of it is written."""
    numbers = [series.pk for series in made]
    rows = Series.objects.filter(pk__in=numbers).prefetch_related(*_PARTS).in_bulk()
    return [Image(Series, pk, None, _image_of(rows[pk])) for pk in numbers]


_PARTS = ("units", "needs_features", "usual_workers", "materials", "skipped_dates")


def image_of(series: Series) -> dict[str, Any]:
    """One word for everything that a series says of itself: a label, a need, a material that is asked for."""
    return _image_of(Series.objects.prefetch_related(*_PARTS).get(pk=series.pk))


def _image_of(fresh: Series) -> dict[str, Any]:
    fields = {field.attname: getattr(fresh, field.attname) for field in Series._meta.concrete_fields}
    materials = sorted(fresh.materials.all(), key=lambda material: material.pk)
    parts = (
        sorted(unit.pk for unit in fresh.units.all()),
        sorted(feature.pk for feature in fresh.needs_features.all()),
        sorted(row.worker_id for row in fresh.usual_workers.all()),
        [(row.name, row.count, row.state, row.granted_until) for row in materials],
        sorted((row.on, row.reason) for row in fresh.skipped_dates.all()),
    )
    return {"digest": digest(fields, *parts)}


def refuse_in_use(rows: Collection[Model]) -> None:
    """Raises PlannerError `has_people` or `changed_since` (409) when something has come to point to one of them."""
    if not rows:
        return
    model = type(next(iter(rows)))
    for relation in pointing_to(model):
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
        raise _added()


def refuse_more_dates(series: Collection[Series], dates: Collection[GroupSession]) -> None:
    """Raises PlannerError `changed_since` (409) when a series that goes has other sessions than these, which go too."""
    if GroupSession.objects.filter(series__in=series).exclude(pk__in=[one.pk for one in dates]).exists():
        raise _added()


def _added() -> PlannerError:
    return PlannerError(
        "changed_since", _("Something was added to it since. Nothing was undone. Cancel it instead.")
    )
