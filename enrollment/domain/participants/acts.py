"""What was done about somebody: the acts on the person, and on every row that is the person's and the reader's."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Model, Q

from enrollment.models import (
    Attendance,
    Consent,
    Enrollment,
    FamilyVisit,
    Intake,
    Note,
    Participant,
    Request,
    Slip,
)
from prisons.access import Access, Right
from prisons.gate import own

_OF_SERIES = "series__activity__organisation"
OWNERS: dict[type[Model], tuple[str, ...]] = {
    Attendance: (f"session__{_OF_SERIES}",),
    Consent: ("organisation",),
    Enrollment: (_OF_SERIES,),
    FamilyVisit: (f"session__{_OF_SERIES}",),
    Intake: ("organisation",),
    Note: ("requests__organisation",),
    Request: ("organisation",),
    Slip: ("request__organisation", f"enrollment__{_OF_SERIES}"),
}
"""Rows that tell what a person does at one service, and the ways to that service. What is not here is the prison's."""


def about(people: Collection[int], access: Access) -> Q:
    """Entries of the audit about these participants. One query for each kind of row that a person can have.

    Whoever acts for a service learns of the others not even that something was done; oversight sees all of it.
    """
    chosen = Q(model=Participant._meta.label_lower, object_id__in=people)
    for relation in Participant._meta.related_objects:
        model = relation.related_model
        rows = model._default_manager.filter(**{f"{relation.field.name}__in": people})
        rows = rows.filter(_known(model, access))
        chosen |= Q(model=model._meta.label_lower, object_id__in=list(rows.values_list("pk", flat=True)))
    return chosen


def _known(model: type[Model], access: Access) -> Q:
    known = Q()
    if access.has(Right.ENTER_REQUESTS):
        for path in OWNERS.get(model, ()):
            known |= own(access, path)
    return known
