"""What calendars were given: the bytes of each session's event, kept until the session changes."""

from __future__ import annotations

from django.db import models

from sessions.models.placed import GroupSession


class StoredEvent(models.Model):
    """One session as one event of a calendar, in one language, with its own title or its neutral name.

    Rows are never removed while the session exists: `revision` counts what changed around the session
    (a title, a room's name, what the prison tells), and a calendar must never see a lower number again.
    """

    session = models.ForeignKey(GroupSession, on_delete=models.CASCADE, related_name="stored_events")
    variant = models.CharField(max_length=8)
    facts = models.TextField()
    """What the bytes were made of: as long as it is the same, so are they."""
    sequence = models.PositiveIntegerField()
    revision = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()
    body = models.BinaryField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "variant"], name="event_once_per_session_and_variant")
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.variant}"
