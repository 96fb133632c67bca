"""Living units with the hours in which their people cannot come, as lines of a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import PlannerError
from core.tables import cells
from core.tables.pasted import PastedColumn
from core.words.folding import called, fold
from prisons.domain.validity import require_valid
from prisons.models import Building, Prison, Unit, User
from rooms.domain import places, units
from rooms.domain.pasting import Made
from rooms.models import UnitHours
from rooms.words import hours_in_words

_REGIMES = {
    Unit.Regime.OPEN: "open open regime régime ouvert ouvert",
    Unit.Regime.HALF: "half halfopen half open half-open semi-ouvert semi ouvert mi-ouvert",
    Unit.Regime.CLOSED: "gesloten fermé closed gesloten regime régime fermé",
}
_POPULATIONS = {
    Unit.Population.MEN: "mannen man hommes homme men m h",
    Unit.Population.WOMEN: "vrouwen vrouw femmes femme women v f",
    Unit.Population.MIXED: "gemengd mixte mixed",
}
_GROUPS = {
    Unit.TargetGroup.REMAND: "verdachten verdachte beklaagden inculpés inculpé prévenus remand",
    Unit.TargetGroup.SENTENCED: "veroordeelden veroordeelde condamnés condamné sentenced",
    Unit.TargetGroup.INTERNED: "geïnterneerden geïnterneerde internés interné interned",
}
_KINDS = {
    "yard": UnitHours.Kind.YARD,
    "visit": UnitHours.Kind.VISIT,
    "meal": UnitHours.Kind.MEAL,
    "other": UnitHours.Kind.OTHER,
}


@dataclass(frozen=True)
class UnitLines:
    """Hours may stand in columns (yard, visit, meals); a second line of the same unit adds more of them."""

    prison: Prison
    by: User
    language: str
    code = "units"
    columns = (
        PastedColumn(
            "unit",
            gettext_lazy("Code"),
            "code|leefeenheid|eenheid|vleugel|afdeling|sectie|unité|unité de vie|aile|section|unit|living unit|wing",
            True,
        ),
        PastedColumn("name", gettext_lazy("Name"), "naam|omschrijving|nom|description|name"),
        PastedColumn("building", gettext_lazy("Building"), "gebouw|blok|bâtiment|bloc|building|block"),
        PastedColumn("regime", gettext_lazy("Regime"), "regime|régime"),
        PastedColumn(
            "population",
            gettext_lazy("Population"),
            "populatie|mannen/vrouwen|m/v|geslacht|population|hommes/femmes|h/f|sexe",
        ),
        PastedColumn(
            "target_group",
            gettext_lazy("Target group"),
            "doelgroep|statuut|groupe cible|statut|target group|status",
        ),
        PastedColumn("yard", gettext_lazy("Yard"), "wandeling|wandelingen|luchten|préau|promenade|yard"),
        PastedColumn(
            "visit", gettext_lazy("Visits"), "bezoek|bezoeken|bezoekuren|visite|visites|visit|visits"
        ),
        PastedColumn("meal", gettext_lazy("Meals"), "maaltijd|maaltijden|eten|repas|meal|meals"),
        PastedColumn(
            "other",
            gettext_lazy("Not free"),
            "niet vrij|andere|overige|pas libre|indisponible|autre|not free|other",
        ),
    )

    def make(self, values: Mapping[str, str]) -> Made:
        code = values["unit"]
        if not code:
            raise PlannerError("code_missing", _("The code of the living unit is missing."), 422)
        hours = {name: cells.hours(values.get(name, ""), self.language) for name in _KINDS}
        fields = self._fields(values)
        unit = Unit.objects.in_prison(self.prison).filter(code__iexact=code).first()
        rows: list[Model] = []
        facts: list[str] = []
        if unit is None:
            unit, rows = self._new(code, fields, values.get("building", ""))
            facts = [
                unit.get_regime_display(),
                unit.get_population_display(),
                unit.get_target_group_display(),
            ]
        else:
            _refuse_other(unit, fields)
        for name, wanted in hours.items():
            for each in wanted:
                if added := self._hours(unit, each, _KINDS[name]):
                    rows += added
                    facts.append(f"{_KINDS[name].label} {hours_in_words(each)}")
        return Made(str(unit), tuple(rows), tuple(map(str, facts)))

    def _fields(self, values: Mapping[str, str]) -> dict[str, Any]:
        """What the line says; an empty cell says nothing."""
        found: dict[str, Any] = {"name": values.get("name", "")}
        for name, words in (("regime", _REGIMES), ("population", _POPULATIONS), ("target_group", _GROUPS)):
            found[name] = _choice(values.get(name, ""), words)
        return {name: value for name, value in found.items() if value}

    def _new(self, code: str, fields: dict[str, Any], building: str) -> tuple[Unit, list[Model]]:
        made: list[Model] = []
        place = None
        if building:
            place = called(building, Building.objects.in_prison(self.prison))
            if place is None:
                require_valid(Building(prison=self.prison, name=building))
                place = places.save_building(self.prison, {"name": building}, by=self.by)
                made.append(place)
        values = {"code": code, "building": place, **fields}
        require_valid(Unit(prison=self.prison, **values))
        unit = units.save_unit(self.prison, values, by=self.by)
        return unit, [*made, unit]

    def _hours(self, unit: Unit, wanted: cells.Hours, kind: str) -> list[UnitHours]:
        there = unit.hours.filter(kind=kind, starts=wanted.starts, ends=wanted.ends)
        known = set(there.values_list("weekday", flat=True))
        days = [day for day in wanted.weekdays if day not in known]
        return units.add_unit_hours(unit, days, wanted.starts, wanted.ends, kind, by=self.by) if days else []


def _choice(cell: str, words: Mapping[Any, str]) -> str:
    """The whole cell, or its first word, in any of the languages. Raises PlannerError 422."""
    text = fold(cell)
    if not text:
        return ""
    first = text.split()[0]
    for value, spellings in words.items():
        known = fold(spellings).split()
        if text in fold(spellings) and first in known:
            return str(value)
    raise cells.not_understood(cell)


def _refuse_other(unit: Unit, fields: Mapping[str, Any]) -> None:
    differs = any(str(getattr(unit, name)) != str(value) for name, value in fields.items())
    if differs:
        raise PlannerError(
            "differs", _("This living unit is there already, and differs. Change it on its own page.")
        )
