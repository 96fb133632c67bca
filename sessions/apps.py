from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SessionsConfig(AppConfig):
    name = "sessions"
    label = "group_sessions"
    verbose_name = _("Group sessions")
    default_auto_field = "django.db.models.BigAutoField"
