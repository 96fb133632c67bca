"""What changed about a session since somebody looked at it, in words: as far as the last hour remembers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prisons.models import ChangeImage
from sessions.models import GroupSession

WORDS: dict[str, str | Promise] = {
    "room_id": gettext_lazy("the room"),
    "starts_at": gettext_lazy("the time"),
    "ends_at": gettext_lazy("the time"),
    "workers": gettext_lazy("the facilitator"),
    "state": gettext_lazy("the state"),
    "cancellation": gettext_lazy("the state"),
    "waivers": gettext_lazy("what is allowed this once"),
}


def fields_changed(session: GroupSession, version: int, *, now: dt.datetime) -> list[str]:
    """Fields that differ between that version and the present one; none once the images have gone.

    Every act on a session raises its version by one and keeps one image, so the last images in that number
    are what happened since.
    """
    count = session.version - version
    images = list(
        ChangeImage.objects.filter(
            model=GroupSession._meta.label_lower, object_id=session.pk, expires_at__gt=now
        ).order_by("-pk")[: max(count, 0)]
    )
    if count <= 0 or len(images) < count:
        return []
    before: dict[str, Any] = images[-1].before or {}
    after: dict[str, Any] = images[0].after or {}
    return sorted(name for name in after if name in before and before[name] != after[name])


def in_words(fields: list[str]) -> str:
    """`the room and the time`; empty when nothing of it has a word."""
    words = dict.fromkeys(str(WORDS[name]) for name in WORDS if name in fields)
    return get_text_list(list(words), _("and"))
