"""Texts that stand in one column per language, chosen by the database: to sort by, or to tell without loading rows."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import translation

from core.words.languages import FALLBACK_ORDER


def in_language(path: str, codes: Sequence[str] = FALLBACK_ORDER) -> Coalesce:
    """What `core.words.languages.localized` says of the columns `path_nl`, `path_fr` …

    `codes` are those that there are.
    """
    reader = (translation.get_language() or settings.LANGUAGE_CODE)[:2]
    order = dict.fromkeys((reader, *codes) if reader in codes else codes)
    return Coalesce(*(NullIf(F(f"{path}_{code}"), Value("")) for code in order), Value(""))
