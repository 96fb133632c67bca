from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def lay_guards(using: str, **kwargs: Any) -> None:
    """After every migrate: on SQLite a migration that remakes a table drops its triggers in silence."""
    from django.db import connections

    from prisons.guards import audit_guards, side_guards

    for guards in (audit_guards, side_guards):
        if guards.stands(connections[using]):
            guards.lay(connections[using])


class PrisonsConfig(AppConfig):
    name = "prisons"
    label = "prisons"
    verbose_name = _("Prisons")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.database import number_lookups
        from prisons import checks

        number_lookups.register()
        post_migrate.connect(lay_guards, sender=self, dispatch_uid="prisons.lay_guards")
        del checks  # importing it registers the check
