"""A clock that is wrong takes nothing away: tidying up waits for somebody who says that it is right."""

from __future__ import annotations

import datetime as dt
import logging
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django_q.models import OrmQ, Schedule

from core.dates import clock
from enrollment import tasks as people_tasks
from enrollment.domain.participants import forgetting
from enrollment.models import Participant, Stay
from prisons import tasks
from prisons.domain.background import jobs, outbox, upkeep
from prisons.domain.background.schedules import keep_schedules, mend_far_ahead
from prisons.models import AuditEntry, Job, Message, Prison
from tests.factories import at, make_participant

pytestmark = pytest.mark.django_db
NOW = at("2026-11-30 12:00")


def _set(monkeypatch: pytest.MonkeyPatch, moment: dt.datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_a_clock_that_jumped_takes_nothing_away_until_somebody_says_that_it_is_right(
    haren: Prison, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    left = make_participant(haren, "Weg, Ali")
    Stay.objects.filter(participant=left).update(ends_on=NOW.date() - dt.timedelta(days=1))
    Message.objects.create(
        to_email="a@example.org",
        kind="x",
        language="nl",
        subject="s",
        body_text="Dag",
        state="sent",
        created_at=NOW,
    )
    _set(monkeypatch, NOW)
    _tidy()
    _set(monkeypatch, NOW + dt.timedelta(days=400))
    with caplog.at_level(logging.CRITICAL, "tempo.upkeep"):
        _tidy()
        _tidy()
    assert Participant.objects.get(pk=left.pk).anonymised_at is None
    assert Message.objects.get().body_text == "Dag"
    assert len([one for one in caplog.records if "is the clock right?" in one.message]) == 1
    _set(monkeypatch, NOW + dt.timedelta(minutes=5))
    _tidy()
    assert upkeep.held() == [], "the clock is right again: it goes on by itself"
    _set(monkeypatch, NOW + dt.timedelta(days=400))
    _tidy()
    said = StringIO()
    call_command("upkeep", "--go-on", stdout=said)
    _tidy()
    assert Participant.objects.get(pk=left.pk).anonymised_at is not None
    assert "goes on at its next turn" in said.getvalue()
    assert AuditEntry.objects.filter(verb="allow_upkeep").exists()


def _tidy() -> None:
    tasks.sweep()
    people_tasks.keep_lists()
    people_tasks.tend_people()


def test_very_many_at_once_are_not_forgotten_unasked(haren: Prison) -> None:
    for number in range(upkeep.MANY + 1):
        person = make_participant(haren, f"Weg {number}, Ali")
        Stay.objects.filter(participant=person).update(
            starts_on=NOW.date() - dt.timedelta(days=600), ends_on=NOW.date() - dt.timedelta(days=500)
        )
    assert forgetting.forget_released(now=NOW) == 0
    assert [row.why for row in upkeep.held()] == [
        f"{upkeep.MANY + 1} of {upkeep.MANY + 1} people would be forgotten at once"
    ]
    upkeep.go_on(now=NOW)
    assert forgetting.forget_released(now=NOW + dt.timedelta(hours=1)) == upkeep.MANY + 1


def test_a_week_of_rest_is_no_jump_and_neither_is_a_minute_back() -> None:
    assert upkeep.may_tidy(now=NOW)
    assert upkeep.may_tidy(now=NOW - dt.timedelta(minutes=1))
    assert upkeep.may_tidy(now=NOW + dt.timedelta(days=6))
    assert not upkeep.may_tidy(now=NOW), "put back by six days: nothing is over yet"
    assert upkeep.held() == []


def test_what_a_clock_that_was_ahead_put_off_is_due_at_once() -> None:
    keep_schedules(now=NOW)
    Schedule.objects.update(next_run=NOW + dt.timedelta(days=500))
    assert mend_far_ahead(now=NOW) == Schedule.objects.count()
    assert set(Schedule.objects.values_list("next_run", flat=True)) == {NOW}
    Schedule.objects.update(next_run=NOW + dt.timedelta(days=500))
    keep_schedules(now=NOW)
    assert set(Schedule.objects.values_list("next_run", flat=True)) == {NOW}
    assert mend_far_ahead(now=NOW) == 0


def test_jobs_and_letters_that_a_clock_that_was_ahead_put_off_are_due_at_once(haren: Prison) -> None:
    """And of what was at work under it the heart is looked at again: silent, it is begun anew."""
    later = NOW + dt.timedelta(days=400)
    waits = outbox.post(
        haren, "anna@example.org", "invitation", "nl", "Dag", "Dag.", at_once=False, now=later
    )
    claimed = outbox.post(haren, "anna@example.org", "invitation", "nl", "Dag", "Dag.", now=later)
    Message.objects.filter(pk=claimed.pk).update(state=Message.State.CLAIMED, claimed_at=later)
    died = jobs.start("proof", "tests.proof.work.do", prison=haren, by=None, facts={"mark": "died"})
    Job.objects.filter(pk=died.pk).update(state=Job.State.RUNNING, heartbeat_at=later)
    OrmQ.objects.update(lock=later)
    assert mend_far_ahead(now=NOW) == 3 + OrmQ.objects.count()
    assert mend_far_ahead(now=NOW) == 0
    assert set(OrmQ.objects.values_list("lock", flat=True)) == {NOW}
    waits.refresh_from_db()
    assert waits.leaves_at == NOW
    assert jobs.revive_silent(now=NOW) == 0, "whoever is alive has two minutes to say so"
    assert jobs.revive_silent(now=NOW + jobs.SILENCE * 2) == 1


def test_what_is_as_it_should_be_is_left_alone(haren: Prison) -> None:
    outbox.post(haren, "anna@example.org", "invitation", "nl", "Dag", "Dag.", at_once=False, now=NOW)
    at_work = jobs.start("proof", "tests.proof.work.do", prison=haren, by=None, facts={"mark": "works"})
    Job.objects.filter(pk=at_work.pk).update(state=Job.State.RUNNING, heartbeat_at=NOW)
    OrmQ.objects.update(lock=NOW + dt.timedelta(seconds=settings.Q_CLUSTER["retry"]))
    keep_schedules(now=NOW)
    assert mend_far_ahead(now=NOW) == 0
