"""`manage.py propose`: what it prints, side by side, and what it keeps."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from core.dates import clock
from planner.management.commands import propose
from planner.models import Proposal
from prisons.models import Organisation, Prison, User
from sessions.models import GroupSession
from tests.factories import make_room, make_series, make_session, make_slot, make_term
from tests.planner.proposals.worlds import MONDAY, NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def plain(haren: Prison, service: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    """One slot, one room, two in the tray. The limit of memory would stay on the tests' own process."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(propose, "limit_memory", lambda: None)
    make_slot(haren, 1, "08:30", "11:00")
    make_room(haren, name="Class A")
    for label in ("one", "two"):
        make_session(make_series(haren, organisation=service, label=label), None, week_on=MONDAY)


def say(*words: str, **options: Any) -> str:
    out = StringIO()
    call_command("propose", *words, stdout=out, stderr=StringIO(), **({"seconds": 1} | options))
    return out.getvalue()


def row(text: str, name: str) -> list[str]:
    return next(line for line in text.splitlines() if line.startswith(name)).removeprefix(name).split()


def test_what_if_there_were_a_room_more_is_laid_beside_what_is(haren: Prison) -> None:
    text = say("haren", "2026-W48", "--more-rooms", "1", "--compare")

    assert row(text, "left out") == ["1", "0"]
    assert len(row(text, "cost")) == 2
    assert "as it is, left out: Activity" in text
    assert not Proposal.objects.exists()
    assert not GroupSession.objects.filter(room__isnull=False).exists()


@pytest.mark.parametrize(
    ("option", "value", "left_out"),
    [
        ("--slot", "tue/18:00-20:00", "0"),
        ("--without-room", "Class A", "2"),
        ("--without-day", "2026-11-23", "2"),
        ("--without-slot", "mon/08:30-11:00", "2"),
    ],
)
def test_every_supposition_counts(haren: Prison, option: str, value: str, left_out: str) -> None:
    assert row(say("haren", "2026-11-23..2026-11-29", option, value), "left out") == [left_out]


def test_dry_only_says_what_would_be_planned(haren: Prison) -> None:
    make_term(haren, name="Winter", starts_on=MONDAY, ends_on=MONDAY.replace(month=12, day=31))
    assert "2 to place (series), 1 slots, 1 rooms" in say("haren", "Winter", "--dry")


def test_it_is_kept_for_somebody_who_may_plan(haren: Prison, organiser_anna: User) -> None:
    text = say("haren", "2026-W48", "--by", organiser_anna.email)

    proposal = Proposal.objects.get()
    assert (proposal.state, proposal.left_out, proposal.lines.count()) == ("done", 1, 2)
    assert f"/p/haren/board/proposals/{proposal.pk}/" in text


def test_counted_steps_and_a_seed_give_the_same_plan_twice(haren: Prison) -> None:
    first, second = (say("haren", "2026-W48", "--steps", "3", "--seed", "5") for _ in range(2))
    assert [line for line in first.splitlines() if "seconds" not in line] == [
        line for line in second.splitlines() if "seconds" not in line
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["elsewhere", "2026-W48"], "There is no prison 'elsewhere'."),
        (["haren", "someday"], "is no week, no two dates and no term"),
        (["haren", "2026-W10"], "These days are over."),
        (["haren", "2026-W48", "--seconds", "900"], "--seconds lies between 0 and 300."),
        (["haren", "2026-W48", "--slot", "noon"], "Write a slot as wed/18:00-20:00"),
        (["haren", "2026-W48", "--worker", "Nobody"], "There is no"),
        (["haren", "2026-W48", "--weight", "wealth=3"], "No such rule: wealth."),
        (["haren", "2026-W48", "--by", "nobody@example.org"], "Nobody here has the address"),
    ],
)
def test_what_cannot_be_is_said(words: list[str], message: str) -> None:
    options = {} if "--seconds" in words else {"seconds": 0}
    with pytest.raises(CommandError, match=message.replace("(", r"\(")):
        call_command("propose", *words, stdout=StringIO(), stderr=StringIO(), **options)
