"""What combines all: asks between services. A larger re-plan (Proposal) joins them with the planner."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from prisons.models import Message, Organisation, Prison, PrisonScoped, User
from sessions.models import GroupSession, Worker


class Ask(models.Model):
    """One service asks the owner of a session to move, swap or cancel it. Accepting does it."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        TAKEN_BACK = "taken_back", _("taken back")

    prison = models.ForeignKey(Prison, on_delete=models.CASCADE, related_name="asks")
    from_organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="asks_sent")
    to_organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="asks_received")
    session = models.ForeignKey(GroupSession, on_delete=models.CASCADE, related_name="asks")
    swap_with = models.ForeignKey(
        GroupSession, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    changes = models.JSONField(default=list)
    versions = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = PrisonScoped["Ask"].as_manager()

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.session_id} {self.state}"


class MadeUp(models.Model):
    """A cancelled session and the one that is held instead: `session` is made up by `instead`."""

    prison = models.ForeignKey(Prison, on_delete=models.CASCADE, related_name="+")
    session = models.OneToOneField(GroupSession, on_delete=models.CASCADE, related_name="made_up")
    instead = models.OneToOneField(GroupSession, on_delete=models.CASCADE, related_name="makes_up")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = PrisonScoped["MadeUp"].as_manager()

    class Meta:
        ordering = ["-at"]
        verbose_name_plural = "made up"

    def __str__(self) -> str:
        return f"{self.session_id} -> {self.instead_id}"


class Notice(models.Model):
    """What one facilitator must know about one session: told by letter, read or called about."""

    class Kind(models.TextChoices):
        PUBLISHED = "published", _("new")
        MOVED = "moved", _("other time or place")
        CANCELLED = "cancelled", _("cancelled")
        RESTORED = "restored", _("takes place again")
        ADDED = "added", _("you lead it now")
        REMOVED = "removed", _("somebody else leads it")

    prison = models.ForeignKey(Prison, on_delete=models.CASCADE, related_name="notices")
    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="notices")
    session = models.ForeignKey(GroupSession, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    was_starts_at = models.DateTimeField(null=True, blank=True)
    is_urgent = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)
    called_at = models.DateTimeField(null=True, blank=True)
    called_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = PrisonScoped["Notice"].as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["worker", "message"], name="notice_to_tell")]

    def __str__(self) -> str:
        return f"{self.worker_id} {self.session_id} {self.kind}"
