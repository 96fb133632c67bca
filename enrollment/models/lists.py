"""Lists as they were at the cut-off and who handed them over; when the cut-off is; which post gets which list."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.words.names import NamesJSONField
from enrollment.models.people import Participant
from prisons.models import Prison, PrisonScoped, Unit, User
from rooms.models import WEEKDAYS, Room
from sessions.models import GroupSession


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
    facts = NamesJSONField(null=True)
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


class ListRules(models.Model):
    """What a prison wants on paper beyond the lists that everybody has. Without a row: nothing more."""

    prison = models.OneToOneField(Prison, on_delete=models.CASCADE, related_name="list_rules")
    movement_slips = models.BooleanField(_("a movement slip for each person"), default=False)

    objects = PrisonScoped["ListRules"].as_manager()

    class Meta:
        ordering = ["prison"]
        verbose_name_plural = "list rules"

    def __str__(self) -> str:
        return f"{self.prison}"


class Post(models.Model):
    """A post or desk of the prison that gets lists on paper."""

    prison = models.ForeignKey(Prison, on_delete=models.CASCADE, related_name="posts")
    name = models.CharField(_("name of the post or desk"), max_length=40)

    objects = PrisonScoped["Post"].as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["prison", "name"], name="post_name_once_per_prison")]

    def __str__(self) -> str:
        return self.name


class HandoutQuerySet(PrisonScoped["Handout"]):
    prison_path = "post__prison"


class Handout(models.Model):
    """One line of the distribution table: which list goes to which post, in how many copies."""

    class Sheet(models.TextChoices):
        OVERVIEW = "overview", _("overview of the day, with the counts")
        MOVEMENTS = "movements", _("movement list")
        SHEETS = "sheets", _("attendance sheets")
        GATE = "gate", _("gate list")
        CANCELLED = "cancelled", _("what does not take place")
        CHANGES = "changes", _("page of changes")
        SLIPS = "slips", _("movement slips")

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="handouts")
    sheet = models.CharField(_("list"), max_length=10, choices=Sheet.choices)
    copies = models.PositiveSmallIntegerField(
        _("copies"), default=1, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    units = models.ManyToManyField(
        Unit,
        verbose_name=_("of these living units (none ticked: all)"),
        blank=True,
        related_name="+",
        help_text=_("Counts for movement list, movement slips and page of changes."),
    )
    rooms = models.ManyToManyField(
        Room,
        verbose_name=_("of these rooms (none ticked: all)"),
        blank=True,
        related_name="+",
        help_text=_("Counts for attendance sheets."),
    )

    objects = HandoutQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(copies__range=(1, 20)), name="handout_of_some_copies")
        ]

    def __str__(self) -> str:
        return f"{self.copies} × {self.get_sheet_display()}"


class FamilyVisitQuerySet(PrisonScoped["FamilyVisit"]):
    prison_path = "session__prison"


class FamilyVisit(models.Model):
    """How many visitors are announced for one person at a family afternoon: numbers, never a name."""

    session = models.ForeignKey(GroupSession, on_delete=models.CASCADE, related_name="family_visits")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="family_visits")
    adults = models.PositiveSmallIntegerField(_("adults"), default=0, validators=[MaxValueValidator(20)])
    children = models.PositiveSmallIntegerField(_("children"), default=0, validators=[MaxValueValidator(20)])

    objects = FamilyVisitQuerySet.as_manager()

    class Meta:
        ordering = ["session", "participant"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "participant"], name="family_visit_once_per_person_and_session"
            )
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.participant_id}"
