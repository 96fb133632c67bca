"""The series of a page whose reader may plan it."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from prisons.access import PrisonRequest
from prisons.models import Prison
from sessions.models import Series


def own_series(request: PrisonRequest, prison: Prison, pk: int) -> Series:
    """With what its pages name; 404 where it is not of this prison, 403 where it is another service's."""
    rows = Series.objects.in_prison(prison).select_related(
        "prison", "term", "default_room", "activity__organisation"
    )
    series = get_object_or_404(rows, pk=pk)
    request.access.require_change(series.activity.organisation)
    return series
