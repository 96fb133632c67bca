"""People who sign in, and the dated roles that give them rights in a prison."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self

from django.contrib.auth.models import (
    AbstractBaseUser,
    BaseUserManager,
    PermissionsMixin,
)
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from prisons.models.places import Organisation, Prison
from prisons.models.scoped import PrisonScoped


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A person who signs in with an e-mail address; without a password they set one by mail."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        if password:
            user.set_password(password)
        else:
            user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """The person who installs the program: makes the first prison and its first coordinator."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class Letters(models.TextChoices):
    """When somebody wants to hear of changes that are not urgent."""

    NOW = "now", _("at once")
    DAILY = "daily", _("once a day")
    NEVER = "never", _("not at all")


class User(AbstractBaseUser, PermissionsMixin):
    """Someone who signs in. What they may do is in their memberships, never here."""

    email = models.EmailField(_("e-mail address"), unique=True)
    full_name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(
        _("language"),
        max_length=2,
        choices=[("nl", "Nederlands"), ("fr", "Français"), ("en", "English")],
        default="nl",
    )
    # What changes within two days is told at once whatever is chosen here.
    letters = models.CharField(
        _("letters about changes"), max_length=5, choices=Letters.choices, default=Letters.DAILY
    )
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False, editable=False)
    date_joined = models.DateTimeField(auto_now_add=True)
    last_prison = models.ForeignKey(
        Prison, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    objects = UserManager()

    class Meta:
        ordering = ["full_name", "email"]

    def __str__(self) -> str:
        return self.full_name or self.email

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0] if self.full_name else self.email


class Role(models.TextChoices):
    COORDINATOR = "coordinator", _("community coordinator")
    ORGANISER = "organiser", _("organiser")
    LIAISON = "liaison", _("liaison")
    WORKER = "worker", _("facilitator")
    AUDITOR = "auditor", _("auditor")


class MembershipQuerySet(PrisonScoped["Membership"]):
    def live_on(self, day: dt.date) -> Self:
        """Memberships that give rights on this date; an end date is the last day, unless ended before by hand."""
        return self.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=day),
            starts_on__lte=day,
            ended_at__isnull=True,
        )

    def ended_on(self, day: dt.date) -> Self:
        """Those that were ended by hand or whose last day is over; what comes later has not ended."""
        return self.filter(Q(ended_at__isnull=False) | Q(ends_on__lt=day))


class Membership(models.Model):
    """One role of one person in one prison, for one organisation (the prison's own people have none)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    prison = models.ForeignKey(Prison, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="memberships",
        null=True,
        blank=True,
    )
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until and including"), null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["user__full_name", "role"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "prison", "organisation", "role"],
                name="membership_once_per_organisation_and_role",
            ),
            models.UniqueConstraint(
                fields=["user", "prison", "role"],
                condition=Q(organisation__isnull=True),
                name="membership_once_per_role_of_the_prison",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="membership_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class Invitation(models.Model):
    """A role offered by mail. The secret in the link is stored only as its hash."""

    email = models.EmailField(_("e-mail address"))
    prison = models.ForeignKey(Prison, on_delete=models.CASCADE, related_name="invitations")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    full_name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=2, default="nl")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = PrisonScoped["Invitation"].as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.email
