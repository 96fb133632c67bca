"""What several pages of this app show alike.

Sentences of what happened, tabs, rows found inside the own walls.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise

from core.web import address
from enrollment.domain.participants.visibility import own_enrollments
from enrollment.models import Enrollment, Participant
from prisons import gate
from prisons.access import Access, Right
from prisons.models import Prison
from sessions.models import Series


@dataclass(frozen=True)
class PageNotice:
    """What happened, on top of the part that was swapped; `undo_url` is a POST that takes it back."""

    tone: str
    text: str
    undo_url: str = ""


@dataclass(frozen=True)
class PageTab:
    """For components/tabs.html."""

    url: str
    label: str | Promise
    number: int | str = ""
    is_current: bool = False


@dataclass(frozen=True)
class Chip:
    """For components/chips.html."""

    url: str
    label: str | Promise
    number: int | str = ""
    is_on: bool = False


def find_series(access: Access, pk: int) -> Series:
    """The series with everything that its page names; 404 where this reader knows of none."""
    rows = gate.series_for(access, Series.objects.in_prison(access.prison)).select_related(
        "prison", "activity__organisation", "default_room", "term", "needs_followed"
    )
    return get_object_or_404(rows.prefetch_related("units", "materials"), pk=pk)


def find_enrollment(access: Access, pk: int) -> Enrollment:
    """An enrolment in a series of the user's own services; else 404."""
    rows = own_enrollments(access).select_related(
        "participant", "request__note", "series__prison", "series__activity__organisation", "decided_by"
    )
    return get_object_or_404(rows, pk=pk)


def find_person(prison: Prison, pk: int) -> Participant:
    """Somebody who stays or stayed in this prison; else 404."""
    person = Participant.objects.in_prison(prison).filter(pk=pk).distinct().first()
    if person is None or person.anonymised_at:
        raise Http404
    return person


def sees_people(access: Access, series: Series) -> bool:
    """Whether the user may know who takes part in this series, and why."""
    return access.has(Right.ENTER_REQUESTS) and access.may_change(series.activity.organisation)


def seen_version(text: str | None) -> int | None:
    """The version of the row that the user had in front of them; None when the form does not say."""
    return address.number(text, digits=9)
