"""What waits in the queue, done as the worker would do it."""

from django.utils.module_loading import import_string
from django_q.models import OrmQ


def work_off() -> None:
    """Until nothing waits: one task may queue another."""
    while row := OrmQ.objects.order_by("pk").first():
        task = row.task
        row.delete()
        import_string(task["func"])(*task["args"], **task["kwargs"])
