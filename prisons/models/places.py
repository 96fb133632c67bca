"""Prisons with their buildings and living units, and the organisations that work in them."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.database.door_names import DoorNames
from core.words.languages import localized
from prisons.models.scoped import PrisonScoped


class Prison(models.Model):
    """One prison: the wall around almost every row in the database."""

    slug = models.SlugField(_("short name in addresses"), unique=True)
    name_nl = models.CharField(_("name in Dutch"), max_length=80)
    name_fr = models.CharField(_("name in French"), max_length=80)
    unit_label_nl = models.CharField(
        _("word for a living unit in Dutch"), max_length=40, default="leefeenheid"
    )
    unit_label_fr = models.CharField(
        _("word for a living unit in French"), max_length=40, default="unité de vie"
    )
    number_label_nl = models.CharField(
        _("word for the register number in Dutch"),
        max_length=40,
        default="opsluitingsnummer",
    )
    number_label_fr = models.CharField(
        _("word for the register number in French"),
        max_length=40,
        default="numéro d'écrou",
    )
    asks_agreement = models.BooleanField(_("the prison agrees on who takes part"), default=False)
    separates_populations = models.BooleanField(_("men and women are never in one group"), default=True)
    badge_walkers_apart = models.BooleanField(
        _("people who walk with a badge do not count as movements"), default=False
    )
    promise_days = models.PositiveSmallIntegerField(
        _("days within which every request is answered"),
        default=7,
        validators=[MinValueValidator(1)],
    )
    turnaround_minutes = models.PositiveSmallIntegerField(
        _("minutes between two sessions in a room"), default=0
    )
    roster_as_of = models.DateTimeField(_("cells as of"), null=True, blank=True)
    rules_version = models.PositiveIntegerField(default=1, editable=False)
    plan_version = models.PositiveIntegerField(default=1, editable=False)
    people_version = models.PositiveIntegerField(default=1, editable=False)
    """Rises with what says who takes part, and in what (enrollment/plan_version.py): not with a card that is moved."""
    next_cut_off_at = models.DateTimeField(null=True, editable=False)
    """Before this moment no list falls due: all that were due are frozen. None: nobody knows, look."""

    class Meta:
        ordering = ["name_nl"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(promise_days__gte=1),
                name="prison_promise_is_a_day_or_more",
            )
        ]

    @property
    def name(self) -> str:
        """In the reader's language."""
        return localized(self, "name")

    @property
    def reads_as(self) -> tuple[str, ...]:
        return (self.name,)

    def __str__(self) -> str:
        return self.name_nl if self.name_nl == self.name_fr else f"{self.name_nl} / {self.name_fr}"


class Building(DoorNames):
    """A building of a prison; rooms and living units stand in it."""

    prison = models.ForeignKey(Prison, on_delete=models.PROTECT, related_name="buildings")
    name = models.CharField(_("name"), max_length=80)

    objects = PrisonScoped.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["prison", "name"], name="building_name_once_per_prison")
        ]


class Regime(models.TextChoices):
    OPEN = "open", _("open regime")
    HALF = "half", _("half-open regime")
    CLOSED = "closed", _("closed regime")


class Population(models.TextChoices):
    MEN = "men", _("men")
    WOMEN = "women", _("women")
    MIXED = "mixed", _("men and women")


class TargetGroup(models.TextChoices):
    REMAND = "remand", _("on remand")
    SENTENCED = "sentenced", _("sentenced")
    INTERNED = "interned", _("interned")


class Unit(models.Model):
    """A living unit: the people who leave it together and come back together."""

    Regime = Regime
    Population = Population
    TargetGroup = TargetGroup

    prison = models.ForeignKey(Prison, on_delete=models.PROTECT, related_name="units")
    building = models.ForeignKey(
        Building, on_delete=models.PROTECT, related_name="units", null=True, blank=True
    )
    code = models.CharField(_("code"), max_length=12)
    name = models.CharField(_("name"), max_length=80, blank=True)
    regime = models.CharField(_("regime"), max_length=8, choices=Regime.choices, default=Regime.HALF)
    population = models.CharField(
        _("population"),
        max_length=8,
        choices=Population.choices,
        default=Population.MEN,
    )
    target_group = models.CharField(
        _("target group"),
        max_length=12,
        choices=TargetGroup.choices,
        default=TargetGroup.SENTENCED,
    )
    is_active = models.BooleanField(_("in use"), default=True)

    objects = PrisonScoped.as_manager()

    class Meta:
        ordering = ["prison", "code"]
        constraints = [models.UniqueConstraint(fields=["prison", "code"], name="unit_code_once_per_prison")]

    @property
    def reads_as(self) -> tuple[str, ...]:
        return self.code, self.name

    def __str__(self) -> str:
        return f"{self.code} {self.name}".strip()


class Authority(models.TextChoices):
    FLEMISH = "flemish", _("Flemish Community")
    FRENCH = "french", _("French Community")
    COMMON = "common", _("Common Community Commission")


class Organisation(models.Model):
    """A service or a partner that offers activities, in one prison or in many."""

    class Kind(models.TextChoices):
        SERVICE = "service", _("service")
        PARTNER = "partner", _("partner")

    Authority = Authority

    name = models.CharField(_("name"), max_length=160, unique=True)
    short_name = models.CharField(_("short name"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.SERVICE)
    authority = models.CharField(_("authority"), max_length=8, choices=Authority.choices)
    language = models.CharField(
        _("language"),
        max_length=2,
        choices=[("nl", _("Dutch")), ("fr", _("French")), ("en", _("English"))],
        default="nl",
    )
    prisons = models.ManyToManyField(
        Prison, verbose_name=_("works in"), related_name="organisations", blank=True
    )

    class Meta:
        ordering = ["short_name"]

    @property
    def reads_as(self) -> tuple[str, ...]:
        return (self.short_name,)

    def __str__(self) -> str:
        return self.short_name
