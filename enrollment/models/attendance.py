"""Who came, who skips a date, and how many were there."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from enrollment.models.people import Participant
from enrollment.models.requests import Enrollment
from prisons.models import PrisonScoped, User
from sessions.models import GroupSession


class AttendanceQuerySet(PrisonScoped["Attendance"]):
    prison_path = "session__prison"


class Attendance(models.Model):
    """One mark of one person at one session. Listed marks only: no cause, no health, no free text."""

    class Mark(models.TextChoices):
        PRESENT = "present", _("present")
        EXCUSED = "excused", _("excused")
        DECLINED_SELF = "declined_self", _("did not want to come (said by the person)")
        DECLINED_STAFF = "declined_staff", _("did not want to come (said by staff)")
        NOT_BROUGHT = "not_brought", _("not brought")
        ELSEWHERE = "elsewhere", _("elsewhere")
        LEFT = "left", _("left the prison")
        CANCELLED = "cancelled", _("session cancelled")

    session = models.ForeignKey(GroupSession, on_delete=models.PROTECT, related_name="attendances")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="attendances")
    mark = models.CharField(_("mark"), max_length=16, choices=Mark.choices)
    adults = models.PositiveSmallIntegerField(_("adults"), null=True, blank=True)
    children = models.PositiveSmallIntegerField(_("children"), null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        ordering = ["session", "participant__last_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "participant"],
                name="one_mark_per_person_and_session",
            )
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.participant_id} {self.mark}"


class Headcount(models.Model):
    """How many came to a drop-in session: a number, no names."""

    session = models.OneToOneField(GroupSession, on_delete=models.CASCADE, related_name="headcount")
    people = models.PositiveSmallIntegerField(_("people"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["session"]

    def __str__(self) -> str:
        return f"{self.session_id} {self.people}"


class Skip(models.Model):
    """One person does not come to one session. The place is not free: it frees nothing."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="skips")
    session = models.ForeignKey(GroupSession, on_delete=models.CASCADE, related_name="skips")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["session"]
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "session"], name="one_skip_per_person_and_session")
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id} {self.session_id}"
