"""A filled sheet between reading and accepting: it holds marks of people, so it lives for a day at most."""

from __future__ import annotations

from django.db import models

from core.words.names import NamesJSONField
from prisons.models import PrisonScoped, User
from sessions.models import GroupSession


class SheetDraftQuerySet(PrisonScoped["SheetDraft"]):
    prison_path = "session__prison"


class SheetDraft(models.Model):
    """What was read from the file of one session. Accepting it empties the lines."""

    session = models.ForeignKey(GroupSession, on_delete=models.CASCADE, related_name="sheet_drafts")
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    lines = NamesJSONField(default=list)
    made_of = models.CharField(max_length=16)
    ignores_columns = models.BooleanField(default=False)
    accepted_at = models.DateTimeField(null=True, blank=True)

    objects = SheetDraftQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.session_id} {self.created_at:%Y-%m-%d %H:%M}"
