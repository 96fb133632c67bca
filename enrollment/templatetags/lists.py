"""Words of the lists page."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.translation import gettext_lazy as _

from enrollment.domain.lists.distribution import Line
from enrollment.domain.lists.list_changes import Change, GateChange, Kind
from enrollment.models import Handout

register = template.Library()

_CHANGES = {
    Kind.ADDED: _("added"),
    Kind.REMOVED: _("no longer"),
    Kind.MOVED: _("other time or room"),
    Kind.REHOUSED: _("other cell"),
    Kind.CORRECTED: _("corrected"),
    Kind.CANCELLED: _("cancelled"),
}


@register.filter
def change_word(change: Change) -> str:
    return str(_CHANGES[change.kind])


_GATE = {
    Kind.ADDED: _("gate: added"),
    Kind.REMOVED: _("gate: no longer"),
    Kind.MOVED: _("gate: changed"),
}


@register.filter
def gate_word(change: GateChange) -> str:
    return str(_GATE[change.kind])


@register.filter
def told_line(line: Line) -> str:
    """`2 × movement list A1, A2`: a line of the distribution table, as short as it can be."""
    parts = [*line.units, *line.rooms]
    of_what = f" {', '.join(parts)}" if parts else ""
    return f"{line.copies} × {Handout.Sheet(line.sheet).label}{of_what}"


@register.filter
def of(table: Mapping[int, str], key: int) -> str:
    """`{{ titles|of:meeting.id }}`: the text of this key, else nothing."""
    return table.get(key, "")
