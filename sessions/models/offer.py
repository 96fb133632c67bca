"""The offer before it has a place: terms, activities, series and what a series asks for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.database.folded_field import FoldedField, KeepsFolded
from core.words.languages import localized
from prisons.models import Organisation, Prison, PrisonScoped, Unit
from rooms.models import Feature, Room
from sessions.models.workers import Worker


class Domain(models.TextChoices):
    """The one taxonomy of life domains."""

    WORK = "work", _("work")
    EDUCATION = "education", _("education")
    HEALTH = "health", _("health")
    FAMILY = "family", _("family")
    CULTURE = "culture", _("culture")
    SPORT = "sport", _("sport")
    HOUSING = "housing", _("housing")
    MEDIATION = "mediation", _("restorative mediation")
    MENTAL_HEALTH = "mental_health", _("mental health")
    ADDICTION = "addiction", _("addiction")
    LANGUAGE = "language", _("language")
    ADMINISTRATION = "administration", _("administration")


class Term(models.Model):
    """What is copied, planned, published and reported as one."""

    prison = models.ForeignKey(Prison, on_delete=models.CASCADE, related_name="terms")
    name = models.CharField(_("name"), max_length=80)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))

    objects = PrisonScoped["Term"].as_manager()

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["prison", "name"], name="term_name_once_per_prison"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="term_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Activity(KeepsFolded):
    """What a service offers: a title in three languages and a life domain. It has no place and no time."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="activities")
    domain = models.CharField(_("life domain"), max_length=16, choices=Domain.choices)
    title_nl = models.CharField(_("title in Dutch"), max_length=120, blank=True)
    title_fr = models.CharField(_("title in French"), max_length=120, blank=True)
    title_en = models.CharField(_("title in English"), max_length=120, blank=True)
    title_words = FoldedField(of=["title_nl", "title_fr", "title_en"], how="words")
    is_active = models.BooleanField(_("offered"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["title_nl", "title_fr", "title_en"]
        verbose_name_plural = "activities"
        constraints = [
            models.CheckConstraint(
                condition=~Q(title_nl="", title_fr="", title_en=""),
                name="activity_has_a_title_in_some_language",
            )
        ]

    @property
    def reads_as(self) -> tuple[str, ...]:
        return (str(self),)

    def __str__(self) -> str:
        return localized(self, "title")


class LanguageLevel(models.TextChoices):
    A1 = "A1", "A1"
    A2 = "A2", "A2"
    B1 = "B1", "B1"
    B2 = "B2", "B2"
    C1 = "C1", "C1"


def neutral_name(list_code: str, list_name: str = "") -> str:
    """A series as the prison may know it."""
    return list_name or f"Activiteit / Activité {list_code}"


class PatternEnd(models.DateField):
    """The day on which the pattern is past: kept beside `starts_on` and `weeks`, so that an index knows it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"editable": False, "default": dt.date.min}))

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {key: kwargs[key] for key in kwargs.keys() - {"editable", "default"}}

    def pre_save(self, model_instance: models.Model, add: bool) -> dt.date:
        series: Any = model_instance
        series.pattern_ends_on = series.starts_on + dt.timedelta(weeks=series.weeks)
        return series.pattern_ends_on


class PatternDay(models.PositiveSmallIntegerField):
    """The day of the week on which the series meets: that of its first date until its dates get another day."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"editable": False, "default": 0}))

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {key: kwargs[key] for key in kwargs.keys() - {"editable", "default"}}

    def pre_save(self, model_instance: models.Model, add: bool) -> int:
        series: Any = model_instance
        series.weekday = series.weekday or series.starts_on.isoweekday()
        return int(series.weekday)


class Series(KeepsFolded):
    """One group in one prison: its places, for whom, what it needs, and the pattern of its dates."""

    class WaitingOrder(models.TextChoices):
        FIRST_COME = "first_come", _("first come, first served")
        FIRST_TIMERS = "first_timers", _("first-timers first")

    prison = models.ForeignKey(Prison, on_delete=models.PROTECT, related_name="series")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="series")
    term = models.ForeignKey(Term, on_delete=models.PROTECT, null=True, blank=True, related_name="series")
    label = models.CharField(
        _("group"),
        max_length=40,
        blank=True,
        help_text=_("Tells groups apart: 1, beginners, Tuesday."),
    )
    list_code = models.CharField(max_length=8)
    list_name = models.CharField(
        _("name on lists"),
        max_length=80,
        blank=True,
        help_text=_("Neutral: it must not betray why somebody comes."),
    )
    label_words = FoldedField(of=["label"], how="words")
    list_name_words = FoldedField(of=["list_name"], how="words")
    places = models.PositiveSmallIntegerField(
        _("places"), validators=[MinValueValidator(1), MaxValueValidator(500)]
    )
    is_drop_in = models.BooleanField(_("drop-in: counted, without enrolment"), default=False)
    counts_as_work = models.BooleanField(
        _("counts as work: hours per participant are handed in each month"), default=False
    )
    units = models.ManyToManyField(
        Unit,
        verbose_name=_("for these units (none ticked: all)"),
        blank=True,
        related_name="series",
    )
    languages = models.JSONField(_("languages"), default=list, blank=True)
    needs_features = models.ManyToManyField(
        Feature, verbose_name=_("the room must have"), blank=True, related_name="series"
    )
    # Requirements of listed kinds only.
    min_level = models.CharField(
        _("language level at least"),
        max_length=2,
        choices=LanguageLevel.choices,
        blank=True,
    )
    level_language = models.CharField(
        _("in"),
        max_length=2,
        choices=[("nl", _("Dutch")), ("fr", _("French"))],
        blank=True,
    )
    needs_intake = models.BooleanField(_("intake done"), default=False)
    needs_followed = models.ForeignKey(
        Activity,
        on_delete=models.SET_NULL,
        verbose_name=_("followed before"),
        null=True,
        blank=True,
        related_name="+",
    )
    waiting_order = models.CharField(
        _("order of the waiting list"),
        max_length=12,
        choices=WaitingOrder.choices,
        default=WaitingOrder.FIRST_COME,
    )
    # The pattern: local wall time, calendar weeks.
    starts_on = models.DateField(_("first date"))
    start_time = models.TimeField(_("starts at"))
    duration_minutes = models.PositiveSmallIntegerField(
        _("minutes"),
        default=90,
        validators=[MinValueValidator(5), MaxValueValidator(720)],
    )
    weeks = models.PositiveSmallIntegerField(
        _("number of weeks"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(500)],
    )
    every_weeks = models.PositiveSmallIntegerField(
        _("every"), default=1, choices=[(1, _("week")), (2, _("two weeks"))]
    )
    runs_on_holidays = models.BooleanField(_("also on public holidays"), default=False)
    default_room = models.ForeignKey(
        Room,
        on_delete=models.SET_NULL,
        verbose_name=_("usual room"),
        null=True,
        blank=True,
        related_name="+",
    )
    weekday = PatternDay()
    pattern_ends_on = PatternEnd()
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    # The series of an earlier term that this one goes on from: copying it twice finds it here.
    copied_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="copies"
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = PrisonScoped["Series"].as_manager()

    class Meta:
        ordering = ["activity__title_nl", "label", "pk"]
        verbose_name_plural = "series"
        constraints = [
            models.UniqueConstraint(fields=["prison", "list_code"], name="list_code_once_per_prison"),
            models.CheckConstraint(condition=Q(places__gte=1), name="series_has_a_place"),
            models.CheckConstraint(condition=Q(weeks__range=(1, 500)), name="series_of_at_most_500_weeks"),
        ]
        indexes = [
            models.Index(fields=["prison", "starts_on"], name="series_by_start"),
            models.Index(fields=["prison", "pattern_ends_on"], name="series_by_end"),
        ]

    @property
    def reads_as(self) -> tuple[str, ...]:
        return str(self.activity), self.label

    def __str__(self) -> str:
        return f"{self.activity} {self.label}".strip()

    def save(self, *, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if update_fields is not None and {"starts_on", "weeks"} & set(update_fields):
            update_fields = {*update_fields, "pattern_ends_on"}
        super().save(update_fields=update_fields, **kwargs)

    def day_in(self, week: dt.date) -> dt.date:
        """The day of the pattern in the week of this date."""
        return week + dt.timedelta(days=self.weekday - week.isoweekday())

    @property
    def usual_day(self) -> dt.date:
        """A date of its day of the week, to be named."""
        return self.day_in(self.starts_on)

    @property
    def neutral_name(self) -> str:
        """What reaches the prison or a third party: in both languages at once, so that nobody must translate."""
        return neutral_name(self.list_code, self.list_name)


class SeriesWorker(models.Model):
    """Who usually leads a series; every session gets them when it is made."""

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="usual_workers")
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="usual_series")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["series", "worker"], name="usual_worker_once_per_series")
        ]

    def __str__(self) -> str:
        return f"{self.series} · {self.worker}"


class SkippedDate(models.Model):
    """A date on which the pattern does not run, and why."""

    class Reason(models.TextChoices):
        HOLIDAY = "holiday", _("public holiday")
        CLOSURE = "closure", _("no activities")
        ORGANISER = "organiser", _("not planned by the service")

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="skipped_dates")
    on = models.DateField(_("date"))
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)

    class Meta:
        ordering = ["on"]
        constraints = [models.UniqueConstraint(fields=["series", "on"], name="skipped_date_once_per_series")]

    def __str__(self) -> str:
        return f"{self.series} {self.on}"


class Material(models.Model):
    """Something brought in from outside: asked for, then granted or refused by the prison."""

    class State(models.TextChoices):
        ASKED = "asked", _("permission asked")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="materials")
    name = models.CharField(_("what"), max_length=80)
    count = models.PositiveSmallIntegerField(_("how many"), default=1, validators=[MinValueValidator(1)])
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.ASKED)
    granted_until = models.DateField(_("until and including"), null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.count} × {self.name}"
