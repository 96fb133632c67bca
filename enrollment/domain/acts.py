"""What was done about somebody: the acts on the person, and on every row that is the person's."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from enrollment.models import Participant


def about(people: Collection[int]) -> Q:
    """Entries of the audit about these participants. One query for each kind of row that a person can have."""
    chosen = Q(model=Participant._meta.label_lower, object_id__in=people)
    for relation in Participant._meta.related_objects:
        rows = relation.related_model._default_manager.filter(**{f"{relation.field.name}__in": people})
        chosen |= Q(
            model=relation.related_model._meta.label_lower,
            object_id__in=list(rows.values_list("pk", flat=True)),
        )
    return chosen
