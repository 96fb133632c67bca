"""Whom the new rows of a list mean: chosen by a person, back under the same number, or here already."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from core.errors import PlannerError
from enrollment.domain.roster.cell_values import cell_key
from enrollment.domain.roster.comparison import MovedPerson, New, RosterPreview
from enrollment.domain.roster.lines import RosterLine
from enrollment.models import Participant, Stay
from prisons.models import Unit


@dataclass(frozen=True)
class Continued:
    """Somebody who stays here already, made by a note or under another number: the stay goes on."""

    line: RosterLine
    unit: Unit | None
    stay: Stay


def chosen_people(found: RosterPreview, links: Mapping[int, int]) -> dict[int, Participant]:
    """Row -> whom somebody chose among the people of that name. Raises PlannerError `who_is_who` (409)."""
    chosen = {}
    for each in found.new:
        if each.must_choose and each.line.row not in links:
            raise PlannerError(
                "who_is_who",
                _("Choose who %(name)s on row %(row)s is: there is more than one answer."),
                name=f"{each.line.last_name}, {each.line.first_name}".rstrip(", "),
                row=each.line.row,
            )
        person = next((one for one in each.links if one.pk == links.get(each.line.row)), None)
        if each.back and not each.choices:
            person = each.back.person
        if person is None and links.get(each.line.row):
            raise PlannerError(
                "who_is_who", _("Choose one of the people who are shown on row %(row)s."), row=each.line.row
            )
        if person:
            chosen[each.line.row] = person
    if any(times > 1 for times in Counter(person.pk for person in chosen.values()).values()):
        raise PlannerError("who_is_who", _("The same person was chosen on two rows. Choose one of them."))
    return chosen


def continue_stays(found: RosterPreview, chosen: Mapping[int, Participant], day: dt.date) -> list[Continued]:
    """Who was chosen and stays here keeps that stay, with the number of the list; so does who left today."""
    staying = {
        each.line.row: one.stay
        for each in found.new
        for one in (*each.choices, *([each.back] if each.back else []))
        if one.stay
        and (one.is_here or (one.stay.ends_on and one.stay.ends_on >= day))
        and chosen.get(each.line.row) == one.person
    }
    for each in found.new:
        stay = staying.get(each.line.row)
        if stay and each.back and stay.starts_on < day and _lives_elsewhere(each, stay):
            found.moved.append(MovedPerson(each.line, each.unit or stay.unit, stay))
            found.new = [other for other in found.new if other is not each]
    kept = {stay.pk for stay in staying.values()}
    continued = [
        Continued(each.line, each.unit, staying[each.line.row])
        for each in found.new
        if each.line.row in staying
    ]
    found.new = [each for each in found.new if each.line.row not in staying]
    found.gone = [stay for stay in found.gone if stay.pk not in kept]
    return continued


def _lives_elsewhere(each: New, stay: Stay) -> bool:
    return (each.unit or stay.unit) != stay.unit or cell_key(each.line.cell or stay.cell) != cell_key(
        stay.cell
    )
