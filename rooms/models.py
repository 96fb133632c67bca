"""Where and when: rooms, time slots, the hours of units, holidays, bands and closures."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.database.door_names import DoorNames
from core.words.languages import localized
from prisons.models import Building, Prison, PrisonScoped, Unit, User

WEEKDAYS = [
    (1, _("Monday")),
    (2, _("Tuesday")),
    (3, _("Wednesday")),
    (4, _("Thursday")),
    (5, _("Friday")),
    (6, _("Saturday")),
    (7, _("Sunday")),
]


class Feature(models.Model):
    """Something that a room has and a series may need: a projector, water, a stage."""

    code = models.SlugField(unique=True)
    name_nl = models.CharField(_("name in Dutch"), max_length=60)
    name_fr = models.CharField(_("name in French"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60)

    class Meta:
        ordering = ["code"]

    @property
    def reads_as(self) -> tuple[str, ...]:
        return (str(self),)

    def __str__(self) -> str:
        return localized(self, "name")


class RoomQuerySet(PrisonScoped["Room"]):
    def in_use(self) -> Self:
        return self.filter(is_active=True)


class Room(DoorNames):
    """A room where a group can meet; perhaps inside a living unit, perhaps out of reach for some."""

    prison = models.ForeignKey(Prison, on_delete=models.PROTECT, related_name="rooms")
    building = models.ForeignKey(Building, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(_("name"), max_length=80)
    capacity = models.PositiveSmallIntegerField(_("capacity"), validators=[MinValueValidator(1)])
    features = models.ManyToManyField(Feature, verbose_name=_("features"), blank=True, related_name="rooms")
    inside_unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        verbose_name=_("inside the living unit"),
        null=True,
        blank=True,
        related_name="rooms",
    )
    reachable_from = models.ManyToManyField(
        Unit,
        verbose_name=_("units that can reach it (none ticked: all)"),
        blank=True,
        related_name="reachable_rooms",
    )
    is_active = models.BooleanField(_("in use"), default=True)

    objects = RoomQuerySet.as_manager()

    class Meta:
        ordering = ["building__name", "name"]
        constraints = [
            models.UniqueConstraint(fields=["prison", "name"], name="room_name_once_per_prison"),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="room_holds_at_least_one"),
        ]

    @property
    def reads_as(self) -> tuple[str, ...]:
        return str(self.building), str(self)


class RoomHours(models.Model):
    """When a room can be used on a weekday. A room without any rows is always open."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(_("day"), choices=WEEKDAYS)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))

    class Meta:
        ordering = ["weekday", "starts"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="room_hours_end_after_start"),
            models.CheckConstraint(condition=Q(weekday__range=(1, 7)), name="room_hours_on_a_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"


class TimeSlotQuerySet(PrisonScoped["TimeSlot"]):
    def valid_between(self, first: dt.date, last: dt.date) -> Self:
        """Slots in force on at least one day of first..last, both included."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=first), valid_from__lte=last)


class TimeSlot(models.Model):
    """A part of a weekday in which people can be brought. A session's slot is derived, never stored."""

    prison = models.ForeignKey(Prison, on_delete=models.CASCADE, related_name="time_slots")
    weekday = models.PositiveSmallIntegerField(_("day"), choices=WEEKDAYS)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))
    valid_from = models.DateField(_("in force from"))
    valid_to = models.DateField(_("in force until and including"), null=True, blank=True)
    max_people = models.PositiveIntegerField(_("people who can be brought"), null=True, blank=True)
    max_movements = models.PositiveIntegerField(
        _("movements (one per session and living unit)"), null=True, blank=True
    )

    objects = TimeSlotQuerySet.as_manager()

    class Meta:
        ordering = ["weekday", "starts"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="slot_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(weekday__range=(1, 7)), name="slot_on_a_weekday"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="slot_valid_span",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"


class UnitHours(models.Model):
    """When the people of a living unit cannot come: yard, visit, meals."""

    class Kind(models.TextChoices):
        YARD = "yard", _("yard")
        VISIT = "visit", _("visit")
        MEAL = "meal", _("meal")
        OTHER = "other", _("not free")

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(_("day"), choices=WEEKDAYS)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))
    kind = models.CharField(_("what"), max_length=8, choices=Kind.choices)

    class Meta:
        ordering = ["unit", "weekday", "starts"]
        verbose_name_plural = "unit hours"
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="unit_hours_end_after_start"),
            models.CheckConstraint(condition=Q(weekday__range=(1, 7)), name="unit_hours_on_a_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.get_kind_display()}"


class Holiday(models.Model):
    """A public holiday as this prison keeps it: recurrence skips it unless the series runs on holidays."""

    prison = models.ForeignKey(Prison, on_delete=models.CASCADE, related_name="holidays")
    on = models.DateField(_("date"))
    name_nl = models.CharField(_("name in Dutch"), max_length=80)
    name_fr = models.CharField(_("name in French"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    # What an import made it of; it stays when people move or rename the row, so that no import brings it twice.
    origin = models.CharField(max_length=120, blank=True, editable=False)

    objects = PrisonScoped["Holiday"].as_manager()

    class Meta:
        ordering = ["on"]
        constraints = [models.UniqueConstraint(fields=["prison", "on"], name="holiday_once_per_day")]

    def __str__(self) -> str:
        return localized(self, "name")


class SoftBand(models.Model):
    """A stretch of days to plan around: school holidays of a community, Ramadan."""

    class Kind(models.TextChoices):
        SCHOOL_NL = "school_nl", _("Flemish school holidays")
        SCHOOL_FR = "school_fr", _("French-speaking school holidays")
        RAMADAN = "ramadan", _("Ramadan")
        OTHER = "other", _("other")

    prison = models.ForeignKey(Prison, on_delete=models.CASCADE, related_name="soft_bands")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    name_nl = models.CharField(_("name in Dutch"), max_length=80)
    name_fr = models.CharField(_("name in French"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    origin = models.CharField(max_length=120, blank=True, editable=False)

    objects = PrisonScoped["SoftBand"].as_manager()

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="band_ends_after_it_starts",
            ),
            models.UniqueConstraint(fields=["prison", "kind", "starts_on"], name="band_once_per_start"),
        ]

    def __str__(self) -> str:
        return localized(self, "name")


class RemovedOrigin(models.Model):
    """What an import had brought and people took away: it is not brought again."""

    prison = models.ForeignKey(Prison, on_delete=models.CASCADE, related_name="removed_origins")
    origin = models.CharField(max_length=120)

    objects = PrisonScoped["RemovedOrigin"].as_manager()

    class Meta:
        ordering = ["origin"]
        constraints = [models.UniqueConstraint(fields=["prison", "origin"], name="removed_origin_once")]

    def __str__(self) -> str:
        return self.origin


class ClosureQuerySet(PrisonScoped["Closure"]):
    def confirmed(self) -> Self:
        return self.filter(state=Closure.State.CONFIRMED)

    def touching(self, starts_at: dt.datetime, ends_at: dt.datetime) -> Self:
        """Closures that share at least an instant with the half-open span."""
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)


class Closure(models.Model):
    """A room, a living unit or the whole prison without activities: announced, then confirmed or lifted."""

    class Kind(models.TextChoices):
        STRIKE = "strike", _("strike")
        LOCKDOWN = "lockdown", _("lockdown")
        WORKS = "works", _("works")
        REDUCED = "reduced", _("reduced regime")
        OTHER = "other", _("other")

    class State(models.TextChoices):
        ANNOUNCED = "announced", _("announced")
        CONFIRMED = "confirmed", _("confirmed")
        LIFTED = "lifted", _("lifted")

    prison = models.ForeignKey(Prison, on_delete=models.CASCADE, related_name="closures")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, null=True, blank=True, related_name="closures")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, null=True, blank=True, related_name="closures")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    reason = models.CharField(_("reason"), max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ANNOUNCED)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    decide_by = models.DateTimeField(_("decision by"), null=True, blank=True)
    group = models.UUIDField(null=True, blank=True, editable=False)
    announced_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    objects = ClosureQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        indexes = [models.Index(fields=["prison", "starts_at"], name="closure_by_start")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="closure_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(room__isnull=True) | Q(unit__isnull=True),
                name="closure_of_a_room_or_a_unit_or_all",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_at:%Y-%m-%d}"
