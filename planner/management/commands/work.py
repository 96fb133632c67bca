"""The job worker. `serve` runs it and starts it anew when it ends."""

from typing import Any

from django.core.management.base import BaseCommand

from planner.operations.cluster import Cluster


class Command(BaseCommand):
    help = "Do what waits in the queue of jobs, until told to stop; ends when one of its processes is killed."

    def handle(self, *args: Any, **options: Any) -> None:
        Cluster().start()
