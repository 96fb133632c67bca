"""Announcements: what a coordinator tells everybody, or some roles and services, on their first page."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.words.languages import localized
from prisons.models.people import User
from prisons.models.places import Organisation, Prison
from prisons.models.scoped import PrisonScoped


class AnnouncementQuerySet(PrisonScoped["Announcement"]):
    def standing_on(self, day: dt.date) -> Self:
        """Those that are told on this day."""
        return self.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day, ended_at__isnull=True
        )


class Announcement(models.Model):
    """A few sentences in two or three languages, from a day until a day, or until somebody ends it."""

    prison = models.ForeignKey(Prison, on_delete=models.CASCADE, related_name="announcements")
    text_nl = models.TextField(_("text in Dutch"), max_length=600)
    text_fr = models.TextField(_("text in French"), max_length=600)
    text_en = models.TextField(_("text in English"), max_length=600, blank=True)
    roles = models.JSONField(_("for these roles"), default=list, blank=True)
    organisations = models.ManyToManyField(Organisation, related_name="+", blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until and including"), null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="announcement_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def text(self) -> str:
        """In the reader's language."""
        return localized(self, "text")


class Dismissal(models.Model):
    """Somebody has read an announcement and put it away."""

    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="dismissals")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["announcement", "user"], name="announcement_put_away_once")
        ]

    def __str__(self) -> str:
        return f"{self.announcement_id} {self.user_id}"
