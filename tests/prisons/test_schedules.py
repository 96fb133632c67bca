from django.utils.module_loading import import_string
from django_q.models import Schedule

from prisons.domain.background.schedules import keep_schedules


def test_every_regular_task_exists(settings):
    assert all(callable(import_string(task)) for task in settings.REGULAR_TASKS)


def test_schedules_follow_the_settings_and_keep_their_next_run(db, settings):
    settings.REGULAR_TASKS = {"prisons.tasks.sweep": 5}
    Schedule.objects.create(name="old", func="gone.task")
    keep_schedules()
    first = Schedule.objects.get()
    keep_schedules()
    assert (first.func, first.minutes, first.repeats) == ("prisons.tasks.sweep", 5, -1)
    assert Schedule.objects.get().next_run == first.next_run
    settings.REGULAR_TASKS = {"prisons.tasks.sweep": 7}
    keep_schedules()
    assert Schedule.objects.get().minutes == 7


def test_what_two_machines_made_at_the_same_moment_is_made_one(db, settings):
    settings.REGULAR_TASKS = {"prisons.tasks.sweep": 5}
    keep_schedules()
    kept = Schedule.objects.get()
    Schedule.objects.create(name=kept.name, func=kept.func, schedule_type=Schedule.MINUTES, minutes=5)
    keep_schedules()
    assert Schedule.objects.get() == kept
