from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def lay_triggers(using: str, **kwargs: Any) -> None:
    """After every migrate: on SQLite a migration that remakes a table drops its triggers in silence."""
    from django.db import connections

    from enrollment import plan_version

    connection = connections[using]
    if plan_version.PRISON_OF.keys() <= set(connection.introspection.table_names()):
        plan_version.lay(connection)


class EnrollmentConfig(AppConfig):
    name = "enrollment"
    label = "enrollment"
    verbose_name = _("Enrolment")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from enrollment import checks

        post_migrate.connect(lay_triggers, sender=self, dispatch_uid="enrollment.lay_triggers")
        del checks  # importing it registers the check
