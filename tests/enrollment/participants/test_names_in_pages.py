"""Everybody who stays here, by name: a page of them is read, and nobody who is not on it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from core.dates.clock import today
from enrollment.domain.participants import people
from enrollment.models import Participant, Stay
from enrollment.views.participants import people as views
from prisons.models import Prison, Reading, User
from tests.factories import make_participant, make_unit, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def names(numbers: list[int]) -> list[str]:
    return [Participant.objects.get(pk=pk).last_name for pk in numbers]


def test_in_order_of_name_each_once_and_nobody_of_elsewhere(haren: Prison, saint_gilles: Prison) -> None:
    for name in ("Zaman", "Aerts", "Maes"):
        make_participant(haren, name=name)
    make_participant(saint_gilles, name="Bodson")
    moved = Stay.objects.get(participant__last_name="Maes")
    Stay.objects.filter(pk=moved.pk).update(ends_on=today())
    other = make_unit(haren)
    Stay.objects.create(participant=moved.participant, prison=haren, unit=other, starts_on=today())
    gone = make_participant(haren, name="Claes")
    Stay.objects.filter(participant=gone).update(
        starts_on=today() - dt.timedelta(days=9), ends_on=today() - dt.timedelta(days=1)
    )
    assert names(people.numbers_by_name(haren, today())) == ["Aerts", "Maes", "Zaman"]
    assert names(people.numbers_by_name(haren, today(), unit=other.pk)) == ["Maes"]


def test_whoever_reads_a_page_has_seen_those_on_it(
    haren: Prison, coordinator_karim: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PER_PAGE", 2)
    rows = [make_participant(haren, name=name) for name in ("Aerts", "Baert", "Claes")]
    karim = signed_in(coordinator_karim)
    answer = karim.get(reverse("enrollment:person_list", args=["haren"]), {"page": 2})
    assert [row.last_name for row in answer.context["page"]] == ["Claes"]
    seen = Reading.objects.get(page="enrollment:person_list")
    assert seen.person_id == rows[2].pk and seen.people == ""
