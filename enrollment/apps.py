from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnrollmentConfig(AppConfig):
    name = "enrollment"
    label = "enrollment"
    verbose_name = _("Enrolment")
    default_auto_field = "django.db.models.BigAutoField"
