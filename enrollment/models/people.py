"""People in detention, with as little about them as the work needs, and where they stay."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.database.folded_field import FoldedNames, KeepsFolded
from core.words import names
from core.words.languages import language_names
from core.words.names import NameField
from prisons.models import Organisation, Prison, PrisonScoped, Unit
from rooms.models import WEEKDAYS
from sessions.models.offer import LanguageLevel

SLIP_LANGUAGES = [("nl", "Nederlands"), ("fr", "Français")]
THIRD_LANGUAGES = [
    ("en", "English"),
    ("ar", "العربية"),
    ("es", "Español"),
    ("ro", "Română"),
    ("sq", "Shqip"),
    ("tr", "Türkçe"),
    ("ru", "Русский"),
]


class ParticipantQuerySet(PrisonScoped["Participant"]):
    prison_path = "stays__prison"


class Participant(KeepsFolded):
    """One person, once in the whole database: a name and the language of the answer. Nothing else."""

    last_name = NameField(_("name"), max_length=80)
    first_name = NameField(_("first name"), max_length=80, blank=True)
    language = models.CharField(_("language of replies"), max_length=2, choices=SLIP_LANGUAGES, default="nl")
    third_language = models.CharField(_("also in"), max_length=2, choices=THIRD_LANGUAGES, blank=True)
    name_key = FoldedNames(of=["last_name", "first_name"], how="key", db_index=True)
    name_words = FoldedNames(of=["last_name", "first_name"], how="words")
    anonymised_at = models.DateTimeField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ParticipantQuerySet.as_manager()

    def get_language_display(self) -> str:  # type: ignore[no-redef]
        """As the reader calls it; the choices have the own names of the languages."""
        return language_names([self.language])

    def get_third_language_display(self) -> str:  # type: ignore[no-redef]
        return language_names([self.third_language]) if self.third_language else ""

    class Meta:
        ordering = ["last_name", "first_name", "pk"]
        indexes = [models.Index(fields=["last_name", "first_name"], name="participant_by_name")]

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **how: Any) -> Participant:
        """Who was loaded while a page was made counts as looked at."""
        row: Participant = super().from_db(db, field_names, values, **how)
        names.saw(row.pk)
        return row

    def __str__(self) -> str:
        return f"{self.last_name}, {self.first_name}" if self.first_name else self.last_name


class StayQuerySet(PrisonScoped["Stay"]):
    def open_on(self, day: dt.date) -> Self:
        """Stays that cover this date; the day of leaving is the last day."""
        return self.touching(day, day)

    def touching(self, first: dt.date, last: dt.date) -> Self:
        """Stays that cover any of these dates."""
        # A negation, which SQLite cannot look up: else it begins with who ever came, not with who is here.
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=first), ~Q(starts_on__gt=last))


class Stay(models.Model):
    """A person lives in a unit and cell of a prison, from a date to a date. A move makes a new row."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="stays")
    prison = models.ForeignKey(Prison, on_delete=models.PROTECT, related_name="stays")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="stays")
    cell = NameField(_("cell"), max_length=12, blank=True)
    register_number = NameField(_("register number"), max_length=20, blank=True)
    walks_with_badge = models.BooleanField(_("walks with a badge"), default=False)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until and including"), null=True, blank=True)
    # Dated before the day on which it was written down: the only way to date a fact in the past.
    is_correction = models.BooleanField(_("correction of the past"), default=False)

    objects = StayQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        indexes = [
            models.Index(fields=["prison", "register_number"], name="stay_by_number"),
            models.Index(fields=["prison", "ends_on"], name="stay_by_end"),
            models.Index(fields=["prison", "starts_on"], name="stay_by_start"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["prison", "register_number"],
                condition=Q(ends_on__isnull=True) & ~Q(register_number=""),
                name="register_number_once_among_open_stays",
            ),
            models.UniqueConstraint(
                fields=["prison", "participant"],
                condition=Q(ends_on__isnull=True),
                name="one_open_stay_per_prison",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="stay_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.unit_id} {self.cell}"


class Absence(models.Model):
    """Away for a while (hospital, court, leave), and expected back. Never with a reason."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="absences")
    prison = models.ForeignKey(Prison, on_delete=models.CASCADE, related_name="absences")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until and including"), null=True, blank=True)
    is_correction = models.BooleanField(_("correction of the past"), default=False)

    objects = PrisonScoped["Absence"].as_manager()

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="person_absence_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["prison", "participant"],
                condition=Q(ends_on__isnull=True),
                name="one_open_absence_per_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.starts_on}"


class Consent(models.Model):
    """This person lets this service's requests and history go along to another prison."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="consents")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="consents")
    given_on = models.DateField(_("given on"))

    class Meta:
        ordering = ["-given_on"]
        constraints = [
            models.UniqueConstraint(fields=["participant", "organisation"], name="one_consent_per_service")
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.organisation_id}"


class FixedBlock(models.Model):
    """Hours of a weekday in which this person cannot come: a label only, never a reason."""

    class Label(models.TextChoices):
        WORK = "work", _("work")
        VISIT = "visit", _("visit")
        SCHOOL = "school", _("school")

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="fixed_blocks")
    prison = models.ForeignKey(Prison, on_delete=models.CASCADE, related_name="fixed_blocks")
    label = models.CharField(_("what"), max_length=8, choices=Label.choices)
    weekday = models.PositiveSmallIntegerField(_("day"), choices=WEEKDAYS)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until and including"), null=True, blank=True)

    objects = PrisonScoped["FixedBlock"].as_manager()

    class Meta:
        ordering = ["participant", "weekday", "starts"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")),
                name="fixed_block_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.label}"


class LevelHeld(models.Model):
    """The level of a language that a service found: a listed value, no note."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="levels")
    language = models.CharField(
        _("language"), max_length=2, choices=[("nl", _("Dutch")), ("fr", _("French"))]
    )
    level = models.CharField(_("level"), max_length=2, choices=LanguageLevel.choices)
    found_on = models.DateField(_("found on"))

    class Meta:
        ordering = ["-found_on"]
        constraints = [
            models.UniqueConstraint(fields=["participant", "language"], name="one_level_per_language")
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.language} {self.level}"


class Intake(models.Model):
    """An organisation has had its first talk with this person."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="intakes")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="intakes")
    done_on = models.DateField(_("done on"))

    class Meta:
        ordering = ["-done_on"]
        constraints = [
            models.UniqueConstraint(fields=["participant", "organisation"], name="one_intake_per_service")
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.organisation_id}"


class Separation(models.Model):
    """Two people whom the prison keeps apart. Whoever lacks the right learns only that it cannot."""

    prison = models.ForeignKey(Prison, on_delete=models.CASCADE, related_name="separations")
    one = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="+")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until and including"), null=True, blank=True)

    objects = PrisonScoped["Separation"].as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(other__gt=F("one")), name="separation_lower_id_first"),
            models.UniqueConstraint(
                fields=["prison", "one", "other"],
                condition=Q(ends_on__isnull=True),
                name="separation_once_while_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"
