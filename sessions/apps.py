from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def lay_guards(using: str, **kwargs: Any) -> None:
    """After every migrate: on SQLite a migration that remakes a table drops its triggers in silence."""
    from django.db import connections

    from sessions import guards

    connection = connections[using]
    if guards.SESSION_WORKER in connection.introspection.table_names():
        guards.lay(connection)


class SessionsConfig(AppConfig):
    name = "sessions"
    label = "group_sessions"
    verbose_name = _("Group sessions")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from sessions import checks

        post_migrate.connect(lay_guards, sender=self, dispatch_uid="group_sessions.lay_guards")
        del checks  # importing it registers the check
