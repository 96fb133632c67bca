"""What people ask on notes, what is decided, and the reply slips that tell them."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrollment.models.people import Participant
from prisons.models import Organisation, Prison, PrisonScoped, User
from sessions.models import Activity, Domain, Series


class Note(models.Model):
    """A request note as it came in: on paper, spoken, or from a terminal."""

    class Channel(models.TextChoices):
        PAPER = "paper", _("on paper")
        SPOKEN = "spoken", _("spoken")
        TERMINAL = "terminal", _("terminal")

    class State(models.TextChoices):
        ENTERED = "entered", _("entered")
        PARKED = "parked", _("parked")
        UNREADABLE = "unreadable", _("unreadable")

    prison = models.ForeignKey(Prison, on_delete=models.PROTECT, related_name="notes")
    participant = models.ForeignKey(
        Participant,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="notes",
    )
    channel = models.CharField(_("how it came"), max_length=8, choices=Channel.choices, default=Channel.PAPER)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ENTERED)
    received_on = models.DateField(_("received on"))
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    # A form sent twice (double click, reload) makes one note.
    entry_key = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    # The person was unknown until this note: taking the note back takes the person back too.
    made_person = models.BooleanField(default=False, editable=False)
    # Taken back by whoever entered it; it stands only because another service had answered already.
    taken_back_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What it was before it was changed in place, by numbers (note_undo.image_of); undo brings it back.
    before_change = models.JSONField(null=True, blank=True, editable=False)

    objects = PrisonScoped["Note"].as_manager()

    class Meta:
        ordering = ["-entered_at", "-pk"]
        indexes = [
            models.Index(fields=["prison", "state", "received_on"], name="note_by_state"),
            models.Index(fields=["prison", "entered_by", "-entered_at", "-id"], name="note_by_hand"),
        ]

    def __str__(self) -> str:
        return f"{self.received_on} {self.channel}"


class RequestQuerySet(PrisonScoped["Request"]):
    def undecided(self) -> Self:
        """Nobody has decided yet; awaiting the prison is not a decision."""
        return self.filter(state=Request.State.OPEN)

    def not_handed_out(self) -> Self:
        """Decided, but the reply slip that says so is still on the desk."""
        on_the_desk = Slip.objects.filter(
            request=models.OuterRef("pk"), handed_out_at__isnull=True, replaced_at__isnull=True
        )
        return self.filter(models.Exists(on_the_desk)).exclude(state=Request.State.OPEN)


class Request(models.Model):
    """One thing that one person asks for: a series, an activity, or a wish for what does not exist yet."""

    class State(models.TextChoices):
        OPEN = "open", _("to decide")
        DECIDED = "decided", _("decided")
        WITHDRAWN = "withdrawn", _("withdrawn")
        UNREADABLE = "unreadable", _("unreadable")
        LEFT = "left", _("left before the answer")

    prison = models.ForeignKey(Prison, on_delete=models.PROTECT, related_name="requests")
    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="requests")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="requests")
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="requests",
    )
    series = models.ForeignKey(
        Series, on_delete=models.PROTECT, null=True, blank=True, related_name="requests"
    )
    activity = models.ForeignKey(
        Activity,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="requests",
    )
    wish_domain = models.CharField(_("life domain"), max_length=16, choices=Domain.choices, blank=True)
    wish_title = models.CharField(_("what"), max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    received_on = models.DateField(_("received on"))
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ["received_on", "pk"]
        indexes = [models.Index(fields=["prison", "state", "received_on"], name="request_by_age")]
        constraints = [
            models.CheckConstraint(
                condition=Q(series__isnull=False)
                | Q(activity__isnull=False)
                | (~Q(wish_domain="") & ~Q(wish_title="")),
                name="request_asks_for_something",
            ),
            models.CheckConstraint(
                condition=~Q(state="decided") | Q(decided_at__isnull=False),
                name="decided_request_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.received_on}"


class EnrollmentQuerySet(PrisonScoped["Enrollment"]):
    prison_path = "series__prison"

    def live(self) -> Self:
        return self.filter(state__in=Enrollment.LIVE)

    def holding_a_place(self) -> Self:
        """Placed, or held while the prison is asked: these fill the group."""
        return self.filter(state__in=Enrollment.HOLDING)


class Enrollment(models.Model):
    """The way of one person through one series, from request to end."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("requested")
        AWAITING = "awaiting", _("awaiting the prison")
        PLACED = "placed", _("placed")
        WAITING = "waiting", _("on the waiting list")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")
        ENDED = "ended", _("ended")

    class Reason(models.TextChoices):
        """Why it was declined or ended: listed, never free text about a person."""

        FULL = "full", _("no place before the series ends")
        REQUIREMENT = "requirement", _("a requirement is not met")
        UNIT = "unit", _("not for this living unit")
        PRISON = "prison", _("decided by the prison")
        CANNOT = "cannot", _("it cannot be arranged")
        SERIES_ENDED = "series_ended", _("the series has ended")
        DROPPED_OUT = "dropped_out", _("dropped out")
        LEFT = "left", _("left the prison")
        OTHER_GROUP = "other_group", _("placed in another group")

    LIVE = (State.REQUESTED, State.AWAITING, State.PLACED, State.WAITING)
    HOLDING = (State.AWAITING, State.PLACED)

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="enrollments")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="enrollments")
    request = models.OneToOneField(
        Request,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="enrollment",
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.REQUESTED)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices, blank=True)
    requested_at = models.DateTimeField()
    waiting_since = models.DateTimeField(null=True, blank=True)
    hand_position = models.IntegerField(null=True, blank=True)
    placed_from = models.DateField(null=True, blank=True)
    placed_until = models.DateField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        ordering = ["series", "participant__last_name"]
        indexes = [models.Index(fields=["series", "state"], name="enrollment_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "participant"],
                condition=Q(state__in=["requested", "awaiting", "placed", "waiting"]),
                name="one_live_enrollment_per_person_and_series",
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(waiting_since__isnull=False),
                name="who_waits_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="placed") | Q(placed_from__isnull=False),
                name="who_is_placed_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.series_id} {self.state}"


class EnrollmentStep(models.Model):
    """One step on the way, with its reason: who was passed over and why can always be read back."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="steps")
    verb = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=Enrollment.State.choices)
    reason = models.CharField(max_length=20, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.enrollment_id} {self.verb}"


class SlipQuerySet(PrisonScoped["Slip"]):
    def on_the_desk(self) -> Self:
        """Written, not handed out, and not replaced by a later answer."""
        return self.filter(handed_out_at__isnull=True, replaced_at__isnull=True)

    def of_service(self, organisation: int) -> Self:
        """Each at the service of its request, else of its enrolment."""
        of_series = Q(request__isnull=True, enrollment__series__activity__organisation=organisation)
        return self.filter(Q(request__organisation=organisation) | of_series)


class Slip(models.Model):
    """A reply slip: an answer on paper. The kind names its text; it is an answer once handed out."""

    class Kind(models.TextChoices):
        PLACED = "placed", _("you have a place")
        WAITING = "waiting", _("you are on the waiting list")
        DECLINED = "declined", _("you have no place")
        NOTED = "noted", _("your wish is noted")
        WITHDRAWN = "withdrawn", _("you are no longer enrolled")
        ENDED = "ended", _("your place has ended")
        MOVED = "moved", _("the time or room has changed")
        CANCELLED = "cancelled", _("a session does not take place")
        RESTORED = "restored", _("a session takes place after all")
        CARD = "card", _("please tick what you ask for")
        ASK_THERE = "ask_there", _("whom to ask in the other prison")

    prison = models.ForeignKey(Prison, on_delete=models.CASCADE, related_name="slips")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="slips")
    request = models.ForeignKey(
        Request, on_delete=models.CASCADE, null=True, blank=True, related_name="slips"
    )
    enrollment = models.ForeignKey(
        Enrollment,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="slips",
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reason = models.CharField(max_length=12, blank=True)
    language = models.CharField(max_length=2, default="nl")
    third_language = models.CharField(max_length=2, blank=True)
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    printed_at = models.DateTimeField(null=True, blank=True)
    handed_out_at = models.DateTimeField(null=True, blank=True)
    handed_out_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # A later answer to the same request replaces one that never left the desk.
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects = SlipQuerySet.as_manager()

    @property
    def is_on_the_desk(self) -> bool:
        """The same as `on_the_desk()` of the query, for a row that is there."""
        return self.handed_out_at is None and self.replaced_at is None

    class Meta:
        ordering = ["created_at", "pk"]
        indexes = [
            models.Index(fields=["prison", "printed_at"], name="slip_by_batch"),
            models.Index(
                fields=["prison"],
                condition=Q(handed_out_at__isnull=True, replaced_at__isnull=True),
                name="slip_on_the_desk",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.kind}"
