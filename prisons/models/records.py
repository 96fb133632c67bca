"""Records: who changed what, what is to be done, what was sent, which long work is running."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.words.names import NamesBinaryField
from prisons.models.people import Membership, User
from prisons.models.places import Organisation, Prison
from prisons.models.scoped import PrisonScoped


class ChangeSet(models.Model):
    """One act on the plan: everything that it moved, so that it can be undone as one."""

    prison = models.ForeignKey(Prison, on_delete=models.CASCADE, related_name="change_sets")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    verb = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    undone_by = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="undoes"
    )

    objects = PrisonScoped["ChangeSet"].as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["prison", "-at"], name="changeset_latest")]

    def __str__(self) -> str:
        return f"{self.verb} {self.at:%Y-%m-%d %H:%M}"


class ChangeImage(models.Model):
    """A row before and after a change. Lives for the hour in which undo is possible, then goes."""

    change_set = models.ForeignKey(ChangeSet, on_delete=models.CASCADE, related_name="images")
    model = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.model} {self.object_id}"


class Submission(models.Model):
    """A form that was sent: its token and what it said, so that the same sent again is not done again."""

    token = models.UUIDField()
    said = models.CharField(max_length=32)
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(db_index=True)
    location = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "said", "by"], name="submission_once")]

    def __str__(self) -> str:
        return f"{self.token}"


class AuditEntry(models.Model):
    """Who did what to which row: ids and names of fields, never their values."""

    prison = models.ForeignKey(Prison, on_delete=models.PROTECT, null=True, related_name="audit_entries")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_index=True)
    verb = models.CharField(max_length=40)
    model = models.CharField(max_length=60)
    object_id = models.BigIntegerField(null=True)
    fields = models.JSONField(default=list)
    change_set = models.ForeignKey(
        ChangeSet, on_delete=models.PROTECT, null=True, related_name="audit_entries"
    )

    objects = PrisonScoped["AuditEntry"].as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["prison", "-at", "-id"], name="audit_of_a_prison"),
            models.Index(fields=["prison", "by", "-at", "-id"], name="audit_of_a_person"),
            models.Index(fields=["prison", "verb", "-at", "-id"], name="audit_of_an_act"),
            models.Index(fields=["prison", "id"], name="audit_newest"),
            models.Index(fields=["model", "object_id"], name="audit_of_a_row"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.model} {self.object_id}"


class Reading(models.Model):
    """Who saw whom: one row for each page, file or address that showed a name, each sign-in, each refusal."""

    prison = models.ForeignKey(Prison, on_delete=models.PROTECT, null=True, related_name="readings")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    verb = models.CharField(max_length=40)
    page = models.CharField(max_length=80)
    object_id = models.BigIntegerField(null=True)
    # Numbers of participants, never names: the one whom it was about, or everybody on the list.
    person_id = models.BigIntegerField(null=True)
    people = models.TextField(blank=True)
    is_masked = models.BooleanField(default=False)

    objects = PrisonScoped["Reading"].as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["prison", "-at"], name="reading_of_a_prison"),
            models.Index(fields=["person_id", "-at"], name="reading_of_a_person"),
            models.Index(fields=["prison", "by", "-at"], name="reading_by_a_person"),
            models.Index(
                fields=["object_id", "-at"], name="reading_of_a_feed", condition=models.Q(verb="use_feed")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.page} {self.object_id}"


class AuditSeal(models.Model):
    """A digest over the rows of one hour and the seal before it: what is changed afterwards shows."""

    class Kept(models.TextChoices):
        ACTS = "acts", _("what was done")
        READINGS = "readings", _("what was looked at")

    kept = models.CharField(max_length=8, choices=Kept.choices)
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    rows = models.PositiveIntegerField()
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["kept", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["kept", "first_id"], name="audit_sealed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kept} {self.first_id}-{self.last_id}"


class ApiToken(models.Model):
    """A secret for programs. It reads what its membership may read, and dies with it."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("what it is for"), max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField()
    last_used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name


class TodoQuerySet(PrisonScoped["Todo"]):
    def waiting(self, kinds: Iterable[str], tells: Iterable[str]) -> Self:
        """What is still to be done of these kinds and tells all of this: a row that lacks it hides no other."""
        return self.filter(kind__in=list(kinds), done_at__isnull=True, facts__has_keys=list(tells))


class Todo(models.Model):
    """Something that waits for somebody: the kind names its sentence, the facts fill it."""

    prison = models.ForeignKey(Prison, on_delete=models.CASCADE, related_name="todos")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    due_on = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = TodoQuerySet.as_manager()

    class Meta:
        ordering = ["created_at"]
        indexes = [models.Index(fields=["prison"], condition=Q(done_at__isnull=True), name="todo_open")]

    def __str__(self) -> str:
        return self.kind


class Message(models.Model):
    """One letter by e-mail. The row is claimed before it is sent; an unknown end is never resent by itself."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        CLAIMED = "claimed", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        UNKNOWN = "unknown", _("not known whether it arrived")

    prison = models.ForeignKey(
        Prison, on_delete=models.CASCADE, null=True, blank=True, related_name="messages"
    )
    to_email = models.EmailField()
    to_user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=2, default="nl")
    subject = models.CharField(max_length=200)
    body_text = models.TextField()
    body_html = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    leaves_at = models.DateTimeField(null=True, blank=True)
    """Not sent before: until then the act that it tells of can be undone without anybody hearing of it."""
    change_set = models.ForeignKey(
        ChangeSet, on_delete=models.SET_NULL, null=True, blank=True, related_name="letters"
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = PrisonScoped["Message"].as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["prison", "-created_at"], name="letter_newest"),
            models.Index(fields=["prison", "state"], condition=Q(sent_at__isnull=True), name="letter_unsent"),
            models.Index(fields=["sent_at"], condition=~Q(body_text=""), name="letter_words"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.to_email}"


class Job(models.Model):
    """Long work with a progress bar. A heartbeat tells a slow job from a dead one."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        STOPPED = "stopped", _("stopped")

    prison = models.ForeignKey(Prison, on_delete=models.CASCADE, null=True, blank=True, related_name="jobs")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=40)
    task = models.CharField(max_length=120, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    facts = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    done_steps = models.PositiveIntegerField(default=0)
    all_steps = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = PrisonScoped["Job"].as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class JobFile(models.Model):
    """What a job made, in the database: worker and web need not share a disk. It goes after a week."""

    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="file")
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=100)
    content = NamesBinaryField()
    size = models.PositiveIntegerField()
    right = models.CharField(max_length=40, blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.name
