"""Words that whoever knows this house tries first: no password is made of them and a few signs more."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.words.folding import fold
from prisons.models import Organisation, Prison

WORDS = [
    "planner",
    "planning",
    "prison",
    "gevangenis",
    "gevang",
    "cellule",
    "cel",
    "brussel",
    "bruxelles",
    "brussels",
    "coordinator",
    "coordinateur",
    "coordinatrice",
    "organisator",
    "organisateur",
    "organisatrice",
    "begeleider",
    "animateur",
    "directie",
    "direction",
    "welkom",
    "bienvenue",
    "welcome",
    "wachtwoord",
    "motdepasse",
    "password",
    "groepen",
    "groupes",
    "activiteiten",
    "activites",
]
"""Beside the name of the program, of every prison and of every organisation."""
LEFT = 6
"""So many letters and digits must be left when the known words are taken out."""


class NoWordsOfTheHouse:
    """Of Django's password validators: "haren-2026!" and "tempo tempo tempo" are refused."""

    def validate(self, password: str, user: Any = None) -> None:
        left = _plain(password)
        for word in sorted(_known(), key=len, reverse=True):
            left = left.replace(word, "")
        if len(left) < LEFT:
            raise ValidationError(self.get_help_text(), code="known_words")

    def get_help_text(self) -> str:
        return _("Not the name of a prison, an organisation or this program with a few signs more.")


def _known() -> set[str]:
    names = [settings.PRODUCT_NAME]
    names += [name for row in Prison.objects.values_list("slug", "name_nl", "name_fr") for name in row]
    names += [name for row in Organisation.objects.values_list("name", "short_name") for name in row]
    words = {_plain(name) for name in names} | {_plain(word) for name in names for word in name.split()}
    return {word for word in words if len(word) >= 4} | set(WORDS)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", fold(text))
