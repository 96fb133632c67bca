"""Reply slips as pages: each folded so that only name and cell show, inside the answer and its translation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from core.paper import missing_letters, printed
from enrollment.domain.slips.slip_text import SlipText
from enrollment.models import Participant, Stay
from enrollment.wording import both


@dataclass(frozen=True)
class SlipPage:
    """One sheet: outside name, unit and cell; inside the answer, and its translation below."""

    person: Participant
    stay: Stay | None
    text: SlipText
    third: SlipText | None

    @property
    def texts(self) -> tuple[SlipText, ...]:
        return (self.text, self.third) if self.third else (self.text,)

    @property
    def where(self) -> str:
        """Where to bring it."""
        unit = self.stay.unit.code if self.stay and self.stay.unit else ""
        return " · ".join(filter(None, (unit, self.stay.cell if self.stay else "")))


def slip_pages(pages: Sequence[SlipPage], *, made_at: dt.datetime) -> bytes:
    """The PDF, a sheet per slip. Raises ValueError without any."""
    if not pages:
        raise ValueError("a batch has a slip")
    facts = {
        "language": "nl",
        "title": both("slips"),
        "product": settings.PRODUCT_NAME,
        "slips": [_facts(page) for page in pages],
    }
    return printed("slips", facts, made_at=made_at)


def _facts(page: SlipPage) -> dict[str, Any]:
    told = {
        "name": str(page.person),
        "where": page.where,
        "texts": [_text(text) for text in page.texts],
    }
    return {**told, "note": both("letter_missing") if missing_letters(str(told)) else ""}


def _text(text: SlipText) -> dict[str, Any]:
    return {
        "language": text.language,
        "rtl": text.direction == "rtl",
        "translation": text.translation_word,
        "title": text.title,
        "body": text.body,
        "rhythm": text.rhythm,
        "dates": list(text.dates),
        "choices": list(text.choices),
        "extra": list(text.extra),
        "service": text.service,
    }
