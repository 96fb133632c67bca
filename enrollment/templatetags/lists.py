"""Words of the lists page."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.translation import gettext_lazy as _

from enrollment.domain.lists.distribution import DistributionLine
from enrollment.domain.lists.list_changes import GateChange, ListChange, ListChangeKind
from enrollment.models import Handout

register = template.Library()

_CHANGES = {
    ListChangeKind.ADDED: _("added"),
    ListChangeKind.REMOVED: _("no longer"),
    ListChangeKind.MOVED: _("other time or room"),
    ListChangeKind.REHOUSED: _("other cell"),
    ListChangeKind.CORRECTED: _("corrected"),
    ListChangeKind.CANCELLED: _("cancelled"),
}


@register.filter
def change_word(change: ListChange) -> str:
    return str(_CHANGES[change.kind])


_GATE = {
    ListChangeKind.ADDED: _("gate: added"),
    ListChangeKind.REMOVED: _("gate: no longer"),
    ListChangeKind.MOVED: _("gate: changed"),
}


@register.filter
def gate_word(change: GateChange) -> str:
    return str(_GATE[change.kind])


@register.filter
def told_line(line: DistributionLine) -> str:
    """`2 × movement list A1, A2`: a line of the distribution table, as short as it can be."""
    parts = [*line.units, *line.rooms]
    of_what = f" {', '.join(parts)}" if parts else ""
    return f"{line.copies} × {Handout.Sheet(line.sheet).label}{of_what}"


@register.filter
def of(table: Mapping[int, str], key: int) -> str:
    """`{{ titles|of:meeting.id }}`: the text of this key, else nothing."""
    return table.get(key, "")
