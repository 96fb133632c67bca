"""Sessions: one meeting of a series, with at most one room and one time, guarded by the database."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.dates.weeks import Week
from prisons.models import Prison, PrisonScoped, User
from rooms.models import Closure, Room
from sessions.models.offer import Series
from sessions.models.workers import Worker


class GroupSessionQuerySet(PrisonScoped["GroupSession"]):
    def live(self) -> Self:
        """Everything that holds its room: drafts too, cancelled ones not."""
        return self.exclude(state=GroupSession.State.CANCELLED)

    def published(self) -> Self:
        return self.filter(state=GroupSession.State.PUBLISHED)

    def in_week(self, week: Week) -> Self:
        """Sessions of the calendar week: by their time, or by `week_on` as long as they have none."""
        return self.filter(
            Q(starts_at__gte=week.span.starts_at, starts_at__lt=week.span.ends_at)
            | Q(starts_at__isnull=True, week_on=week.monday)
        )

    def on_day(self, day: dt.date) -> Self:
        """Sessions that start on this local date."""
        return self.filter(**clock.within("starts_at", day))

    def touching(self, starts_at: dt.datetime, ends_at: dt.datetime) -> Self:
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)


class GroupSession(models.Model):
    """One meeting of a series. `week_on` is the Monday of its week; without a room or a time it is in the tray."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        CANCELLED = "cancelled", _("cancelled")

    prison = models.ForeignKey(Prison, on_delete=models.PROTECT, related_name="group_sessions")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="group_sessions")
    week_on = models.DateField()
    # The date that the pattern gave it: tells "this and following" apart from what was moved by hand.
    pattern_on = models.DateField(null=True, blank=True)
    starts_at = models.DateTimeField(_("starts at"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True)
    room = models.ForeignKey(
        Room,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="group_sessions",
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    sequence = models.PositiveIntegerField(default=0)
    published_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = GroupSessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["room", "starts_at"], name="session_by_room"),
            models.Index(fields=["prison", "starts_at"], name="session_by_prison"),
            models.Index(fields=["prison", "week_on"], name="session_by_week"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True, ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="session_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(room__isnull=True) | Q(starts_at__isnull=False),
                name="session_in_a_room_has_a_time",
            ),
            models.UniqueConstraint(
                fields=["series", "pattern_on"],
                name="one_session_per_date_of_the_pattern",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.starts_at:%Y-%m-%d %H:%M}" if self.starts_at else f"{self.series_id}"

    @property
    def is_placed(self) -> bool:
        return self.room_id is not None

    @property
    def is_live(self) -> bool:
        return self.state != self.State.CANCELLED


class SessionWorker(models.Model):
    """Who leads a session. The times and `live` are a copy that the database itself keeps in step.

    Write only session, worker and part; never the copy (see sessions/guards.py).
    """

    class Part(models.TextChoices):
        LEADER = "leader", _("facilitator")
        SUBSTITUTE = "substitute", _("substitute")
        INTERPRETER = "interpreter", _("interpreter")

    session = models.ForeignKey(GroupSession, on_delete=models.CASCADE, related_name="session_workers")
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="session_workers")
    part = models.CharField(_("part"), max_length=12, choices=Part.choices, default=Part.LEADER)
    language = models.CharField(_("language"), max_length=8, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True, editable=False)
    ends_at = models.DateTimeField(null=True, blank=True, editable=False)
    live = models.BooleanField(default=True, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["session", "worker"], name="worker_once_per_session")]
        indexes = [models.Index(fields=["worker", "starts_at"], name="session_worker_by_worker")]

    def __str__(self) -> str:
        return f"{self.session_id} · {self.worker_id}"


class Cancellation(models.Model):
    """Why a session does not take place. A closure that is lifted offers its sessions back."""

    class Reason(models.TextChoices):
        WORKER = "worker", _("facilitator not available")
        TRAINING = "training", _("training of staff")
        ROOM = "room", _("room not available")
        NOT_NEEDED = "not_needed", _("not needed")
        PRISON = "prison", _("decided by the prison")
        CLOSURE = "closure", _("no activities")

    session = models.OneToOneField(GroupSession, on_delete=models.CASCADE, related_name="cancellation")
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices)
    closure = models.ForeignKey(
        Closure,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="cancellations",
    )
    was_state = models.CharField(max_length=10, choices=GroupSession.State.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.session_id} {self.reason}"


class Waiver(models.Model):
    """A coordinator lets one session stand in spite of one rule, with the reason."""

    session = models.ForeignKey(GroupSession, on_delete=models.CASCADE, related_name="waivers")
    code = models.CharField(max_length=32)
    reason = models.CharField(_("reason"), max_length=200)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["session", "code"], name="waiver_once_per_rule")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.code}"
