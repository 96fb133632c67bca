"""Two rows of one person that became one, and for thirty days what it takes to have two again."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.words.names import NamesJSONField
from prisons.models import Prison, PrisonScoped, User


class Merge(models.Model):
    """Numbers and no keys: of the two people one is gone, and the other may be merged again."""

    class Reason(models.TextChoices):
        TWICE = "twice", _("entered twice by mistake")
        SPELLING = "spelling", _("the name was spelled differently")
        NUMBER = "number", _("came back with another number")
        ROSTER = "roster", _("stands twice in the prison's own list")

    prison = models.ForeignKey(Prison, on_delete=models.CASCADE, related_name="merges")
    kept_id = models.BigIntegerField(db_index=True)
    gone_id = models.BigIntegerField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    undone_at = models.DateTimeField(null=True)
    # Every row of the two before and after: holds names, so it goes after thirty days or with the person.
    image = NamesJSONField(null=True, encoder=DjangoJSONEncoder)

    objects = PrisonScoped["Merge"].as_manager()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.gone_id} > {self.kept_id}"
