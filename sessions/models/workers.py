"""Facilitators from outside: when they can, where they may, and their calendar feeds."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.database.folded_field import FoldedField, KeepsFolded
from prisons.models import Letters, Membership, Organisation, Prison, PrisonScoped, User
from rooms.models import WEEKDAYS, Room


class WorkerQuerySet(PrisonScoped["Worker"]):
    prison_path = "accesses__prison"

    def active(self) -> Self:
        return self.filter(is_active=True)


class Worker(KeepsFolded):
    """A teacher, guide, volunteer or interpreter. Global: one person, in one prison or in many."""

    user = models.OneToOneField(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="worker")
    name = models.CharField(_("name"), max_length=120)
    name_words = FoldedField(of=["name"], how="words")
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    language = models.CharField(_("language of messages"), max_length=2, default="nl")
    languages = models.JSONField(_("languages spoken"), default=list, blank=True)
    is_interpreter = models.BooleanField(_("interpreter"), default=False)
    organisations = models.ManyToManyField(Organisation, related_name="workers", blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    # What changes within two days is told at once whatever is chosen here.
    letters = models.CharField(
        _("letters about changes"), max_length=5, choices=Letters.choices, default=Letters.NOW
    )

    objects = WorkerQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    @property
    def letter_language(self) -> str:
        """Whoever has an account chose a language there; it holds for letters too."""
        return (self.user.language if self.user else "") or self.language

    @property
    def reads_as(self) -> tuple[str, ...]:
        return (self.name,)

    def __str__(self) -> str:
        return self.name


class WorkerAccess(models.Model):
    """The worker works in this prison; outsiders need its permission, which expires."""

    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="accesses")
    prison = models.ForeignKey(Prison, on_delete=models.CASCADE, related_name="worker_accesses")
    needs_permission = models.BooleanField(_("needs a permission"), default=True)
    permitted_until = models.DateField(_("permission until and including"), null=True, blank=True)
    # The last day of the permission whose end was told: once for each permission.
    warned_until = models.DateField(null=True, blank=True, editable=False)

    objects = PrisonScoped["WorkerAccess"].as_manager()

    class Meta:
        ordering = ["worker__name"]
        constraints = [
            models.UniqueConstraint(fields=["worker", "prison"], name="worker_access_once_per_prison")
        ]

    def __str__(self) -> str:
        return f"{self.worker} · {self.prison}"

    def is_permitted_on(self, day: dt.date) -> bool:
        return not self.needs_permission or (self.permitted_until is not None and self.permitted_until >= day)


class WorkerAbsence(models.Model):
    """Dates I cannot: a stretch of time in which the worker is not there. Never with a reason."""

    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="absences")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="absence_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return f"{self.worker} {self.starts_at:%Y-%m-%d}"


class WorkerWish(models.Model):
    """A weekday and hours that a worker would rather not work: soft."""

    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="wishes")
    weekday = models.PositiveSmallIntegerField(_("day"), choices=WEEKDAYS)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))

    class Meta:
        ordering = ["weekday", "starts"]
        verbose_name_plural = "worker wishes"
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="wish_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return f"{self.worker} {self.get_weekday_display()}"


class Feed(models.Model):
    """A secret calendar address. Only the hash of its secret is stored; it dies with its membership."""

    class Kind(models.TextChoices):
        WORKER = "worker", _("sessions of a facilitator")
        SERIES = "series", _("sessions of a series")
        ROOM = "room", _("sessions in a room")
        ORGANISATION = "organisation", _("sessions of a service")
        PRISON = "prison", _("all sessions of a prison")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, null=True, blank=True, related_name="feeds")
    series = models.ForeignKey(
        "group_sessions.Series",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="feeds",
    )
    room = models.ForeignKey(Room, on_delete=models.CASCADE, null=True, blank=True, related_name="feeds")
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="feeds",
    )
    prison = models.ForeignKey(Prison, on_delete=models.CASCADE, null=True, blank=True, related_name="feeds")
    membership = models.ForeignKey(
        Membership,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="feeds",
    )
    language = models.CharField(_("language"), max_length=2, default="nl")
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField()
    last_used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    # What was last given out and since when: Last-Modified never goes back, whatever leaves the feed.
    tag = models.CharField(max_length=64, blank=True, editable=False)
    tag_since = models.DateTimeField(null=True, blank=True, editable=False)
    # The newest entry of the audit when it was read, and when that was: nothing written since, nothing changed.
    tag_stamp = models.BigIntegerField(default=0, editable=False)
    tag_seen_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class FeedRules(models.Model):
    """What the calendar feeds of a prison tell beside the hours. Without a row: the main entrance, no room."""

    prison = models.OneToOneField(Prison, on_delete=models.CASCADE, related_name="feed_rules")
    shows_room = models.BooleanField(_("the feed names the room"), default=False)
    shows_number = models.BooleanField(_("the feed says how many people are expected"), default=False)
    has_prison_feed = models.BooleanField(
        _("there may be a calendar of all sessions of the prison"), default=False
    )
    gate_minutes = models.PositiveSmallIntegerField(
        _("minutes before the start at which to be at the gate"), default=20
    )
    entrance_nl = models.CharField(_("entrance in Dutch"), max_length=120, blank=True)
    entrance_fr = models.CharField(_("entrance in French"), max_length=120, blank=True)
    bring_nl = models.CharField(_("what to bring, in Dutch"), max_length=200, blank=True)
    bring_fr = models.CharField(_("what to bring, in French"), max_length=200, blank=True)
    call = models.CharField(_("whom to call"), max_length=120, blank=True)

    objects = PrisonScoped["FeedRules"].as_manager()

    class Meta:
        verbose_name_plural = "feed rules"

    def __str__(self) -> str:
        return f"{self.prison}"
