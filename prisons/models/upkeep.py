"""When the program last tidied up of its own accord, and what it will not do unasked."""

from __future__ import annotations

from django.db import models


class Upkeep(models.Model):
    """One row for each kind of tidying. `held_at`: it waits for a person, and `why` says for what."""

    name = models.CharField(max_length=40, unique=True)
    ran_at = models.DateTimeField()
    held_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=200, blank=True)
    allowed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
