"""Lists as they were at the cut-off, who printed them and handed them over, and when the cut-off is."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from prisons.models import Prison, PrisonScoped, User
from rooms.models import WEEKDAYS


class CutOff(models.Model):
    """Until when on this weekday the lists of the next working day may change. Without a row: 15:00."""

    prison = models.ForeignKey(Prison, on_delete=models.CASCADE, related_name="cut_offs")
    weekday = models.PositiveSmallIntegerField(_("day"), choices=WEEKDAYS)
    at = models.TimeField(_("lists close at"))

    objects = PrisonScoped["CutOff"].as_manager()

    class Meta:
        ordering = ["weekday"]
        constraints = [
            models.UniqueConstraint(fields=["prison", "weekday"], name="cut_off_once_per_weekday"),
            models.CheckConstraint(condition=Q(weekday__range=(1, 7)), name="cut_off_on_a_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.at:%H:%M}"


class ListVersion(models.Model):
    """The lists of one day as they were frozen. After ninety days only the hash stays."""

    prison = models.ForeignKey(Prison, on_delete=models.CASCADE, related_name="list_versions")
    on = models.DateField(_("day"))
    number = models.PositiveSmallIntegerField(default=1)
    made_at = models.DateTimeField()
    facts = models.JSONField(null=True)
    digest = models.CharField(max_length=64)
    printed_at = models.DateTimeField(null=True, blank=True)
    printed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    handed_over_at = models.DateTimeField(null=True, blank=True)
    handed_over_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = PrisonScoped["ListVersion"].as_manager()

    class Meta:
        ordering = ["-on", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["prison", "on", "number"], name="list_version_once_per_day"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.number}"
