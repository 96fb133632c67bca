"""Words of the lists page."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.translation import gettext_lazy as _

from enrollment.domain.list_changes import Change, Kind

register = template.Library()

_CHANGES = {
    Kind.ADDED: _("added"),
    Kind.REMOVED: _("no longer"),
    Kind.MOVED: _("other time or room"),
    Kind.REHOUSED: _("other cell"),
    Kind.CANCELLED: _("cancelled"),
}


@register.filter
def change_word(change: Change) -> str:
    return str(_CHANGES[change.kind])


@register.filter
def of(table: Mapping[int, str], key: int) -> str:
    """`{{ titles|of:meeting.id }}`: the text of this key, else nothing."""
    return table.get(key, "")
