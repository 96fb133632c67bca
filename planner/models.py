"""What combines all: asks between services, made-up sessions, notices, and the planner's proposals."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from prisons.models import ChangeSet, Job, Message, Organisation, Prison, PrisonScoped, User
from rooms.models import Closure, Room
from sessions.models import GroupSession, Series, Worker


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
        DOUBTFUL = "doubtful", _("may not take place")
        CERTAIN = "certain", _("takes place after all")

    prison = models.ForeignKey(Prison, on_delete=models.CASCADE, related_name="notices")
    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="notices")
    session = models.ForeignKey(GroupSession, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    was_starts_at = models.DateTimeField(null=True, blank=True)
    is_urgent = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    change_set = models.ForeignKey(
        ChangeSet, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    """The act that it tells of: undone before anybody has heard of it, there is nothing to tell."""
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


class ClosureCall(models.Model):
    """Somebody has reached a facilitator about a closure as it stood then; ticked on the call list."""

    closure = models.ForeignKey(Closure, on_delete=models.CASCADE, related_name="calls")
    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="closure_calls")
    state = models.CharField(max_length=10, choices=Closure.State.choices)
    """Who heard that it may not take place is called once more when it is certain."""
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["closure", "worker", "state"], name="called_once_per_state")
        ]

    def __str__(self) -> str:
        return f"{self.closure_id} {self.worker_id}"


class Proposal(models.Model):
    """A re-plan beside the plan: it touches nothing until somebody accepts it, whole or line by line."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        STOPPED = "stopped", _("stopped")
        DONE = "done", _("ready")
        ACCEPTED = "accepted", _("accepted")
        PARTLY = "partly", _("partly accepted")
        DISCARDED = "discarded", _("discarded")
        FAILED = "failed", _("failed")

    class Aim(models.TextChoices):
        REPAIR = "repair", _("mend with the fewest moves")
        FRESH = "fresh", _("propose from nothing")
        BY_HAND = "by_hand", _("made by hand")

    class Scope(models.TextChoices):
        TRAY = "tray", _("only what waits in the tray")
        MINE = "mine", _("sessions of my service that are not published")
        DRAFTS = "drafts", _("every session that is not published")
        SERIES = "series", _("these series, published or not")
        ALL = "all", _("everything, published or not")

    class Preset(models.TextChoices):
        CALM = "calm", _("keep things calm")
        SPREAD = "spread", _("spread over the week")
        MOVEMENTS = "movements", _("few movements")

    prison = models.ForeignKey(Prison, on_delete=models.CASCADE, related_name="proposals")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    organisation_ids = models.JSONField(default=list)
    """The services whose sessions the maker may move: "my service" in the scope."""
    aim = models.CharField(_("aim"), max_length=8, choices=Aim.choices)
    scope = models.CharField(_("what may move"), max_length=8, choices=Scope.choices, default=Scope.TRAY)
    series_ids = models.JSONField(default=list)
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))
    is_weekly = models.BooleanField(default=False)
    """True: one weekly room and time per series; False: single sessions."""
    preset = models.CharField(_("what matters"), max_length=9, choices=Preset.choices, default=Preset.CALM)
    weights = models.JSONField(default=dict)
    seconds = models.PositiveSmallIntegerField(_("seconds"), default=60)
    seed = models.PositiveIntegerField(default=1)
    what_if = models.JSONField(default=dict)
    closure = models.ForeignKey(Closure, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.WAITING)
    cost = models.PositiveIntegerField(null=True, blank=True)
    bound = models.PositiveIntegerField(null=True, blank=True)
    left_out = models.PositiveIntegerField(null=True, blank=True)
    by_rule = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict)
    """What is proven, findings as codes and facts, how many lines of each kind."""
    draft = models.JSONField(default=list)
    """The best plan while it is being made; empty once it stands as lines."""
    plan_version = models.PositiveIntegerField(default=0)
    rules_version = models.PositiveIntegerField(default=0)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = PrisonScoped["Proposal"].as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["prison"], condition=Q(state="running"), name="one_proposal_at_a_time"
            ),
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="proposal_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.aim} {self.first_on:%Y-%m-%d} {self.state}"


class ProposalLine(models.Model):
    """One thing that a proposal places, moves or leaves out: a session, or a series over the term."""

    class Outcome(models.TextChoices):
        PLACED = "placed", _("placed")
        MOVED = "moved", _("moved")
        LEFT_OUT = "left_out", _("left out")

    class Answer(models.TextChoices):
        OPEN = "open", _("not entered yet")
        ENTERED = "entered", _("entered")
        PARTLY = "partly", _("entered in part")
        ASKED = "asked", _("asked of its owner")
        REFUSED = "refused", _("not possible any more")
        DROPPED = "dropped", _("taken out by hand")

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="lines")
    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="+")
    sessions = models.JSONField(default=list)
    """[session, version seen] of each session that goes along."""
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    on = models.DateField(null=True, blank=True)
    """The date of a single session; None where the line is weekly."""
    weekday = models.PositiveSmallIntegerField(null=True, blank=True)
    starts = models.TimeField(null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(default=0)
    room = models.ForeignKey(Room, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    was_on = models.DateField(null=True, blank=True)
    was_weekday = models.PositiveSmallIntegerField(null=True, blank=True)
    was_starts = models.TimeField(null=True, blank=True)
    was_room = models.ForeignKey(Room, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    skipped = models.JSONField(default=list)
    """Sessions of a weekly line that stay as they are, because their date cannot."""
    why = models.JSONField(default=dict)
    """Of a line left out: the explanation, as codes and facts; of one that moves: the reason. Never a person."""
    answer = models.CharField(max_length=8, choices=Answer.choices, default=Answer.OPEN)
    refusals = models.JSONField(default=list)
    change_set = models.ForeignKey(
        ChangeSet, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.series_id} {self.outcome}"


class EmergencyPack(models.Model):
    """The next days' lists in one locked file, for the day the network is down: how it stands with it.

    The passphrase is kept encrypted (core/secrets/encryption.py), so that the file can be made without
    anybody being there.
    """

    prison = models.OneToOneField(Prison, on_delete=models.CASCADE, related_name="emergency_pack")
    is_on = models.BooleanField(_("write it every evening"), default=False)
    sealed_passphrase = models.TextField(blank=True)
    passphrase_at = models.DateTimeField(null=True, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    written_at = models.DateTimeField(null=True, blank=True)
    file_name = models.CharField(max_length=120, blank=True)
    failure = models.CharField(max_length=40, blank=True)

    objects = PrisonScoped["EmergencyPack"].as_manager()

    class Meta:
        ordering = ["prison"]

    def __str__(self) -> str:
        return f"{self.prison} {self.file_name}"


class StaffNotice(models.Model):
    """What one person of a service or of the prison must know of one act: told by letter, at once or by the day.

    `facts` holds ids only: the sentences are made for the letter, with the names that the reader may know.
    """

    class Kind(models.TextChoices):
        CHANGES = "changes", _("sessions have changed")
        CLOSURE = "closure", _("no activities")
        PERMISSION = "permission", _("a permission ends soon")

    prison = models.ForeignKey(Prison, on_delete=models.CASCADE, related_name="staff_notices")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    facts = models.JSONField(default=dict)
    is_urgent = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    change_set = models.ForeignKey(
        ChangeSet, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    """The act that it tells of: undone before anybody has heard of it, there is nothing to tell."""
    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)

    objects = PrisonScoped["StaffNotice"].as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["user", "message"], name="staff_notice_to_tell")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"
