"""What stands on a door, and what the place behind it is called by those who read another language."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.words.languages import named


class DoorNames(models.Model):
    """A `name` of its own, and a name by language where that differs: a page shows one, the reader's."""

    name: models.CharField[str, str]
    name_nl = models.CharField(_("name in Dutch"), max_length=80, blank=True, default="")
    name_fr = models.CharField(_("name in French"), max_length=80, blank=True, default="")
    name_en = models.CharField(_("name in English"), max_length=80, blank=True, default="")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return named(self.name, self.names)

    @property
    def reads_as(self) -> tuple[str, ...]:
        return (str(self),)

    @property
    def names(self) -> dict[str, str]:
        """Its name by language; empty where it is the one on the door."""
        return {"nl": self.name_nl, "fr": self.name_fr, "en": self.name_en}

    @property
    def every_name(self) -> tuple[str, ...]:
        """In whichever language: somebody may know it by another name than the reader's."""
        return tuple(dict.fromkeys(filter(None, (self.name, *self.names.values()))))

    @property
    def name_on_paper(self) -> str:
        """In Dutch and in French, once where both are the same: what goes to the prison is in two languages."""
        return " / ".join(dict.fromkeys(named(self.name, self.names, language) for language in ("nl", "fr")))
