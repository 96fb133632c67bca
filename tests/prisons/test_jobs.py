import datetime as dt
import json

import pytest
from django.urls import reverse
from django_q.models import OrmQ

from core.clock import now
from core.errors import PlannerError
from prisons.domain import jobs
from prisons.models import Job
from tests.factories import signed_in

pytestmark = pytest.mark.postgres

State = Job.State


@pytest.fixture
def job(haren, organiser_anna):
    return jobs.start("solve", "some.task", prison=haren, by=organiser_anna, steps=10)


def state_of(job):
    job.refresh_from_db()
    return job.state


def test_job_is_queued_run_and_done(job):
    assert OrmQ.objects.count() == 1
    with jobs.running(job.pk) as mine:
        assert mine == job and state_of(job) == State.RUNNING
        assert jobs.progress(job.pk, 4)
        jobs.finish(job.pk, facts={"url": "/there/"})
    assert (state_of(job), job.done_steps, job.facts["url"]) == (State.DONE, 10, "/there/")


def test_second_delivery_does_not_run_it_again(job):
    with jobs.running(job.pk), jobs.running(job.pk) as second:
        assert second is None
    with jobs.running(job.pk) as third:
        assert third is None


def test_delivery_after_a_kill_takes_the_silent_job_over(job):
    Job.objects.update(state=State.RUNNING, heartbeat_at=now() - jobs.SILENCE - dt.timedelta(seconds=1))
    with jobs.running(job.pk) as mine:
        assert mine == job


def test_refusal_is_kept_and_surprise_is_raised(job, haren, organiser_anna):
    with jobs.running(job.pk):
        raise PlannerError("nothing_to_plan", "Nothing to plan.")
    assert (state_of(job), job.failure) == (State.FAILED, "nothing_to_plan")
    other = jobs.start("solve", "some.task", prison=haren, by=organiser_anna)
    with pytest.raises(ZeroDivisionError), jobs.running(other.pk):
        raise ZeroDivisionError
    assert (state_of(other), other.failure) == (State.FAILED, "unexpected")


def test_stopped_job_learns_it_at_its_next_heartbeat(job, organiser_anna):
    with jobs.running(job.pk):
        jobs.stop(job, by=organiser_anna)
        assert not jobs.progress(job.pk, 5) and not jobs.heartbeat(job.pk)
    assert state_of(job) == State.STOPPED
    with pytest.raises(PlannerError):
        jobs.stop(job, by=organiser_anna)


def test_silent_job_is_buried_and_a_beating_one_is_not(job):
    Job.objects.update(state=State.RUNNING, heartbeat_at=now())
    assert jobs.bury_silent() == 0
    assert jobs.bury_silent(now=now() + jobs.SILENCE + dt.timedelta(seconds=1)) == 1
    assert (state_of(job), job.failure) == (State.FAILED, "silent")


def test_part_polls_until_the_end_and_then_tells_the_page(job, organiser_anna):
    anna = signed_in(organiser_anna)
    url = reverse("prisons:job_detail", args=["haren", job.pk])
    part = anna.get(url, headers={"HX-Request": "true"})
    assert 'hx-trigger="every 1s"' in part.content.decode() and "<html" not in part.content.decode()
    with jobs.running(job.pk):
        pass
    ended = anna.get(url, headers={"HX-Request": "true"})
    assert "hx-trigger" not in ended.content.decode()
    assert json.loads(ended["HX-Trigger"])["job-ended"]["state"] == "done"
    assert "<html" in anna.get(url).content.decode()


def test_job_is_stopped_by_its_owner_or_a_coordinator(job, organiser_anna, organiser_emile, stranger_dirk):
    url = reverse("prisons:job_stop", args=["haren", job.pk])
    assert signed_in(stranger_dirk).post(url).status_code == 404
    assert signed_in(organiser_emile).post(url).status_code == 403
    assert signed_in(organiser_anna).post(url).status_code == 200
    assert signed_in(organiser_anna).post(url).status_code == 409
