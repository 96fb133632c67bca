"""How series are written, one or all those of a term at once: as many statements for three hundred as for one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db.models import Model

from prisons.domain.records import audit
from prisons.domain.validity import require_valid
from prisons.models import Prison, User
from sessions.models import Series, SeriesWorker

if TYPE_CHECKING:
    from planner.scheduling.series.making import SeriesDraft


def require_savable(prison: Prison, draft: SeriesDraft) -> None:
    """Raises PlannerError `unusable` (422). It asks the database much: many are looked at before the lock."""
    draft.series.prison = prison
    unnamed = [] if draft.series.list_code else ["list_code"]
    require_valid(draft.series, exclude=["units", "needs_features", *unnamed])


def save_all(prison: Prison, drafts: Sequence[SeriesDraft], by: User, now: dt.datetime) -> list[Series]:
    """The series themselves, without their dates; under the prison's lock, each with its code and looked at before."""
    rows = [draft.series for draft in drafts]
    Series.objects.bulk_create(rows, batch_size=500)
    units, features = Series.units.through, Series.needs_features.through
    units.objects.bulk_create(
        units(series_id=draft.series.pk, unit_id=pk) for draft in drafts for pk in _pks(draft.units)
    )
    features.objects.bulk_create(
        features(series_id=draft.series.pk, feature_id=pk) for draft in drafts for pk in _pks(draft.features)
    )
    SeriesWorker.objects.bulk_create(
        SeriesWorker(series=draft.series, worker=worker) for draft in drafts for worker in draft.workers
    )
    fields = ["activity", "places", "starts_on", "weeks"]
    audit.record_many(prison, by, "create", rows, fields=fields, now=now)
    return rows


def _pks(rows: Sequence[Model]) -> list[int]:
    return list(dict.fromkeys(row.pk for row in rows))
