"""A list of the prison between reading and accepting: it holds names, so it lives for a day at most."""

from __future__ import annotations

from django.db import models

from core.words.names import NameField, NamesJSONField
from prisons.models import ChangeSet, Prison, PrisonScoped, User


class RosterDraft(models.Model):
    """What was read from a file. Accepting it makes one ChangeSet and empties the lines."""

    prison = models.ForeignKey(Prison, on_delete=models.CASCADE, related_name="roster_drafts")
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    lines = NamesJSONField(default=list)
    problems = NamesJSONField(default=list)
    loose = NamesJSONField(default=list)
    """Numbers of people who stay here that stand elsewhere in the file than in its lines."""
    file_name = NameField(max_length=120, blank=True)
    """Whoever names a file may name a person by it."""
    counts = models.JSONField(default=dict)
    """How many were new, moved, gone and not understood when the list was accepted."""
    accepted_at = models.DateTimeField(null=True, blank=True)
    change_set = models.OneToOneField(
        ChangeSet, on_delete=models.SET_NULL, null=True, blank=True, related_name="roster_draft"
    )

    objects = PrisonScoped["RosterDraft"].as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"
