"""The words for codes of this app: computed facts are codes, sentences are made when shown."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from enrollment.domain.deciding.clashes import CANNOT, NOT_HERE, OCCUPIED, POPULATION, UNIT

Text = str | Promise

REFUSALS: dict[str, Text] = {
    NOT_HERE: _("%(name)s does not stay in this prison."),
    OCCUPIED: _("%(name)s is occupied at that time. Nothing was changed."),
    CANNOT: _("It cannot be arranged for %(name)s in this slot. Nothing was changed."),
    UNIT: _("%(series)s is not for the living unit of %(name)s. Change the units of the series first."),
    POPULATION: _("Men and women are not in one group here. Nothing was changed."),
}

PASSED_OVER: dict[str, Text] = {
    NOT_HERE: _("was not staying in this prison"),
    OCCUPIED: _("was occupied at that time"),
    CANNOT: _("it could not be arranged"),
    UNIT: _("the living unit does not belong to the series"),
    POPULATION: _("men and women are not in one group here"),
    "not_now": _("the prison said “not now”"),
    "asked_earlier": _("somebody else asked earlier than was written down"),
    "leaves_soon": _("somebody else leaves the prison soon"),
    "group": _("somebody else fits the level of the group"),
    "finish": _("somebody else must finish what was begun"),
    "agreed": _("agreed between the services"),
}

WHY_HERE: dict[str, Text] = {
    "first_come": _("asked on"),
    "first_timer": _("first time in this activity, asked on"),
    "followed_before": _("has followed this activity before, asked on"),
    "by_hand": _("put here by hand"),
}
