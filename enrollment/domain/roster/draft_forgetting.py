"""A list of the prison that was read and not accepted holds names: for a day, and no longer than the person's name."""

from __future__ import annotations

import datetime as dt
import json

from core.dates import clock
from enrollment.domain.roster.cell_values import number_key
from enrollment.models import Participant, RosterDraft

KEPT = dt.timedelta(days=1)
NAME_KEPT = dt.timedelta(days=90)
_EMPTY: dict[str, list[object]] = {"lines": [], "problems": [], "loose": []}


def forget_drafts(*, now: dt.datetime | None = None) -> int:
    """Nightly: what was read from a file and is a day old loses its lines, accepted or not; returns how many."""
    at = now or clock.now()
    RosterDraft.objects.filter(created_at__lt=at - NAME_KEPT).exclude(file_name="").update(file_name="")
    old = RosterDraft.objects.filter(created_at__lt=at - KEPT)
    return old.exclude(**_EMPTY).update(**_EMPTY)


def forget_in_drafts(person: Participant) -> None:
    """Drafts of today that name this person lose all their lines: the list is read in again, without the name."""
    numbers = set(person.stays.exclude(register_number="").values_list("register_number", flat=True))
    words = {word for word in (person.last_name, *numbers, *map(number_key, numbers)) if word}
    if person.last_name:
        RosterDraft.objects.filter(file_name__icontains=person.last_name).update(file_name="")
    for row in RosterDraft.objects.exclude(**_EMPTY):
        told = json.dumps([row.lines, row.problems, row.loose], ensure_ascii=False)
        if any(json.dumps(word, ensure_ascii=False)[1:-1] in told for word in words):
            RosterDraft.objects.filter(pk=row.pk).update(**_EMPTY)
