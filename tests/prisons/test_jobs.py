import datetime as dt
import json

import pytest
from django.urls import reverse
from django_q.models import OrmQ

from core.dates.clock import now
from core.errors import PlannerError
from prisons.domain.background import jobs
from prisons.models import AuditEntry, Job, JobFile
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


def test_silent_job_is_begun_anew_and_a_beating_one_is_not(job):
    later = now() + jobs.SILENCE + dt.timedelta(seconds=1)
    Job.objects.update(state=State.RUNNING, heartbeat_at=now(), attempts=1)
    assert jobs.revive_silent() == 0
    assert jobs.revive_silent(now=later) == 1
    assert (state_of(job), OrmQ.objects.count()) == (State.WAITING, 2)
    with jobs.running(job.pk) as mine, jobs.running(job.pk) as second:  # both deliveries
        assert mine == job and second is None
    assert (state_of(job), job.attempts) == (State.DONE, 2)
    assert jobs.revive_silent(now=later) == 0


def test_job_that_was_lost_on_its_way_is_handed_on_for_an_hour(job):
    assert jobs.revive_silent(now=job.created_at + dt.timedelta(minutes=1)) == 0
    late = job.created_at + jobs.SILENCE + dt.timedelta(seconds=1)
    assert (jobs.revive_silent(now=late), jobs.revive_silent(now=late)) == (1, 0)
    assert (state_of(job), OrmQ.objects.count()) == (State.WAITING, 2)
    with jobs.running(job.pk) as mine:
        assert mine == job
    other = Job.objects.create(kind="solve", task="some.task", created_at=now() - dt.timedelta(hours=2))
    assert (jobs.revive_silent(), state_of(other)) == (0, State.WAITING)


def test_what_kills_its_worker_three_times_has_failed(job):
    silent = now() - jobs.SILENCE - dt.timedelta(seconds=1)
    for attempt in (1, 2, 3):
        with jobs.running(job.pk) as mine:
            assert mine is not None
            Job.objects.update(state=State.RUNNING, heartbeat_at=silent)
            raised = jobs.revive_silent()
            assert raised == (1 if attempt < 3 else 0)
    assert (state_of(job), job.failure) == (State.FAILED, "silent")
    with jobs.running(job.pk) as fourth:
        assert fourth is None


def test_pressing_twice_starts_it_once(haren, organiser_anna):
    first, second, other = (
        jobs.start_once("year", "some.task", prison=haren, by=organiser_anna, facts={"year": year})
        for year in (2026, 2026, 2027)
    )
    assert first == second != other


# --- what it made ---------------------------------------------------------------------------------------


@pytest.fixture
def made(job):
    with jobs.running(job.pk):
        jobs.keep_file(job.pk, "sheet.txt", "text/plain", b"Hello", right="report")
    return job


def test_file_is_for_its_owner_while_the_right_lasts(made, haren, organiser_anna, coordinator_karim):
    url = reverse("prisons:job_file", args=["haren", made.pk])
    answer = signed_in(organiser_anna).get(url)
    assert (answer.status_code, answer.content) == (200, b"Hello")
    assert answer["Content-Disposition"] == 'attachment; filename="sheet.txt"'
    assert AuditEntry.objects.filter(verb="download_file", by=organiser_anna).exists()
    assert signed_in(coordinator_karim).get(url).status_code == 404
    organiser_anna.memberships.update(role="worker")
    assert signed_in(organiser_anna).get(url).status_code == 403


def test_file_is_deleted_after_its_time_and_the_page_says_so(made, organiser_anna):
    assert jobs.forget_files(now=now() + dt.timedelta(days=6, hours=23)) == 0
    assert jobs.forget_files(now=now() + jobs.KEPT) == 1
    browser = signed_in(organiser_anna)
    assert b"has been deleted" in browser.get(f"/p/haren/jobs/{made.pk}/").content
    assert b"deleted" in browser.get("/p/haren/jobs/").content
    gone = browser.get(f"/p/haren/jobs/{made.pk}/file/")
    assert gone.status_code == 404 and b"has been deleted" in gone.content


def test_stopped_job_keeps_nothing(job, organiser_anna):
    with jobs.running(job.pk):
        jobs.stop(job, by=organiser_anna)
        jobs.keep_file(job.pk, "half.txt", "text/plain", b"Half")
    assert not JobFile.objects.exists()


def test_list_holds_my_own_jobs_of_this_prison(
    job, made, haren, saint_gilles, organiser_anna, coordinator_karim
):
    jobs.start("solve", "some.task", prison=saint_gilles, by=organiser_anna)
    jobs.start("solve", "some.task", prison=haren, by=coordinator_karim)
    failed = jobs.start(
        "solve", "some.task", prison=haren, by=organiser_anna, facts={"back": "/p/haren/board/"}
    )
    with jobs.running(failed.pk):
        raise PlannerError("silent", "")
    page = signed_in(organiser_anna).get("/p/haren/jobs/")
    assert [row["job"] for row in page.context["rows"]] == [failed, job]
    told = signed_in(organiser_anna).get(f"/p/haren/jobs/{failed.pk}/").content.decode()
    assert "start it again" in told and 'href="/p/haren/board/"' in told


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
    assert signed_in(organiser_emile).post(url).status_code == 404
    assert signed_in(organiser_anna).post(url).status_code == 200
    assert signed_in(organiser_anna).post(url).status_code == 409


@pytest.mark.parametrize(
    "fixture", ["organiser_emile", "liaison_bert", "auditor_greet", "worker_chloe", "stranger_dirk"]
)
def test_the_page_of_a_job_is_not_there_for_anybody_else(request, job, fixture):
    url = reverse("prisons:job_detail", args=["haren", job.pk])
    other = signed_in(request.getfixturevalue(fixture))
    missing = reverse("prisons:job_detail", args=["haren", job.pk + 1000])
    assert other.get(url).status_code == other.get(missing).status_code == 404
    page = other.get("/p/haren/jobs/")
    assert page.status_code in (403, 404) or page.context["rows"] == []
