"""What a few letters of a note mean: the start of words, what is open for requests, groups told apart."""

from __future__ import annotations

import datetime as dt

import pytest

from core.dates import clock
from enrollment.domain.participants.finding import find_things
from prisons.models import Organisation, Prison
from tests.factories import make_activity, make_series, make_session

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 30)


def titles(prison: Prison, text: str) -> list[str]:
    return [each.title for each in find_things(prison, text, day=TODAY)]


@pytest.fixture
def offer(haren: Prison, service: Organisation) -> None:
    for title, label in [
        ("Frans", "1"),
        ("Onthaalklas", "NL"),
        ("Onthaalklas", "FR"),
        ("Modern jazz", ""),
        ("Jazz", ""),
        ("Houtbewerking", ""),
        ("Knutselen met hout", ""),
        ("Café José", ""),
    ]:
        make_series(haren, activity=make_activity(service, title), label=label, starts_on=TODAY, weeks=8)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("onthaalklas n", ["Onthaalklas NL"]),
        ("onth f", ["Onthaalklas FR"]),
        ("jazz", ["Jazz", "Modern jazz"]),
        ("hout", ["Houtbewerking", "Knutselen met hout"]),
        ("werking", []),
        ("cafe jose", ["Café José"]),
        ("CAFÉ", ["Café José"]),
        ("zz", []),
    ],
)
def test_the_start_of_words_comes_first(haren: Prison, offer: None, text: str, first: list[str]) -> None:
    assert titles(haren, text) == first


def test_drafts_are_not_offered_and_what_has_ended_only_when_nothing_else_fits(
    haren: Prison, service: Organisation
) -> None:
    draft, public, over = (
        make_series(haren, activity=make_activity(service, title), starts_on=on, weeks=2)
        for title, on in [("Koor A", TODAY), ("Koor B", TODAY), ("Koor C", dt.date(2026, 1, 5))]
    )
    at = dt.datetime(2026, 12, 7, 9, tzinfo=clock.BRUSSELS)
    make_session(draft, at)
    make_session(public, at, state="published")
    found = find_things(haren, "koor", day=TODAY)
    assert [each.series for each in found if each.series] == [public]
    assert [
        (each.series, each.is_over) for each in find_things(haren, "koor c", day=TODAY) if each.series
    ] == []
    over.activity.is_active = False
    over.activity.save()
    assert [(each.series, each.is_over) for each in find_things(haren, "koor c", day=TODAY)] == [(over, True)]


def test_groups_of_the_same_title_are_told_apart(haren: Prison, service: Organisation) -> None:
    activity = make_activity(service, "Yoga")
    make_series(haren, activity=activity, starts_on=dt.date(2026, 12, 1), start_time=dt.time(9))
    make_series(haren, activity=activity, starts_on=dt.date(2026, 12, 3), start_time=dt.time(13, 30))
    lines = [each.line for each in find_things(haren, "yoga", day=TODAY) if each.series]
    assert [line.partition(" · ")[0] for line in lines] == [
        "Tue 09:00, from 1 Dec.",
        "Thu 13:30, from 3 Dec.",
    ]
