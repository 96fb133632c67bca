"""Buildings with their rooms, and time slots, as lines of a spreadsheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from core.dates import clock
from core.errors import PlannerError
from core.tables import cells
from core.tables.pasted import PastedColumn
from core.words.folding import called, fold
from core.words.languages import localized
from prisons.domain.validity import require_valid
from prisons.models import Building, Prison, Unit, User
from rooms.domain import places, slots
from rooms.domain.pasting import Made
from rooms.models import Feature, Room, TimeSlot
from rooms.words import hours_in_words


def _headings(code: str, *languages: str) -> str:
    """What stands above the names in one language."""
    words = (
        "naam",
        "nom",
        "name",
        "lokaal",
        "local",
        "room",
        "zaal",
        "salle",
        "naam in het",
        "nom en",
        "name in",
    )
    return "|".join((*languages, *(f"{word} {each}" for word in words for each in (code, *languages))))


@dataclass(frozen=True)
class RoomLines:
    """A room that is there already stays as it is; its building is made when nobody has made it yet."""

    prison: Prison
    by: User
    language: str
    code = "rooms"
    columns = (
        PastedColumn(
            "name",
            gettext_lazy("Room"),
            "lokaal|lokaalnaam|naam|naam lokaal|zaal|ruimte|local|nom|nom du local|salle|room|name|room name|"
            "naam nl|lokaal nl|zaal nl|nom nl|local nl|salle nl",
            True,
        ),
        PastedColumn(
            "capacity",
            gettext_lazy("Capacity"),
            "capaciteit|plaatsen|aantal plaatsen|max|maximum|aantal|personen|capacité|places|nombre de places|"
            "personnes|capacity|people|seats",
        ),
        PastedColumn("building", gettext_lazy("Building"), "gebouw|blok|bâtiment|bloc|building|block"),
        PastedColumn(
            "features",
            gettext_lazy("Features"),
            "uitrusting|kenmerken|voorzieningen|materiaal|équipement|équipements|caractéristiques|matériel|features|equipment",
        ),
        PastedColumn(
            "inside_unit",
            gettext_lazy("Inside the living unit"),
            "in leefeenheid|binnen leefeenheid|ligt in|dans l'unité|dans l'unité de vie|"
            "inside unit|inside the living unit|inside",
        ),
        PastedColumn(
            "reachable_from",
            gettext_lazy("Who can reach it"),
            "wie kan er komen|bereikbaar voor|bereikbaar vanuit|leefeenheden|voor|accessible à|accessible depuis|"
            "unités|"
            "unités de vie|pour|who can reach it|reachable from|units|living units",
        ),
        PastedColumn(
            "hours",
            gettext_lazy("Opening hours"),
            "open|openingsuren|uren|heures d'ouverture|ouverture|heures|horaire|opening hours|hours",
        ),
        PastedColumn(
            "name_nl", gettext_lazy("name in Dutch"), _headings("nl", "dutch", "nederlands", "néerlandais")
        ),
        PastedColumn(
            "name_fr", gettext_lazy("name in French"), _headings("fr", "french", "frans", "français")
        ),
        PastedColumn(
            "name_en", gettext_lazy("name in English"), _headings("en", "english", "engels", "anglais")
        ),
    )

    def make(self, values: Mapping[str, str]) -> Made:
        name = values["name"]
        if not name:
            raise PlannerError("name_missing", _("The name is missing."), 422)
        opening = cells.hours(values.get("hours", ""), self.language)
        capacity = cells.number(values.get("capacity", ""))
        known = called(name, Room.objects.in_prison(self.prison))
        if known is not None:
            return self._known(known, capacity)
        if capacity is None:
            raise PlannerError(
                "capacity_missing", _("How many people may be in it? The number is missing."), 422
            )
        building, made = self._building(values.get("building", ""))
        features, unknown = self._features(values.get("features", ""))
        fields = {
            "name": name,
            "capacity": capacity,
            "building": building,
            "inside_unit": next(iter(self._units(values.get("inside_unit", ""))), None),
            **{field: values[field] for field in ("name_nl", "name_fr", "name_en") if values.get(field)},
        }
        require_valid(Room(prison=self.prison, **fields))
        many = {"features": features, "reachable_from": self._units(values.get("reachable_from", ""))}
        room = places.save_room(self.prison, fields | many, by=self.by)
        rows: list[Model] = [*made, room]
        for each in opening:
            rows += places.add_room_hours(room, each.weekdays, each.starts, each.ends, by=self.by)
        return Made(name, tuple(rows), self._facts(room, opening), unknown)

    def _known(self, room: Room, capacity: int | None) -> Made:
        if capacity is not None and capacity != room.capacity:
            words = _("This room is there already, with capacity %(count)s. Change it on its own page.")
            raise PlannerError("differs", words, count=room.capacity)
        return Made(room.name)

    def _building(self, name: str) -> tuple[Building, list[Model]]:
        """The one that is meant; where none is named, the first there is, or a new one."""
        here = Building.objects.in_prison(self.prison)
        known = called(name, here) if name else here.first()
        if known is not None:
            return known, []
        name = name or _("Main building")
        require_valid(Building(prison=self.prison, name=name))
        made = places.save_building(self.prison, {"name": name}, by=self.by)
        return made, [made]

    def _features(self, cell: str) -> tuple[list[Feature], tuple[str, ...]]:
        """Features are shared by all prisons, so none is made in passing: what nobody knows is said."""
        known: dict[str, Feature] = {}
        for feature in Feature.objects.all():
            names = (feature.code, feature.name_nl, feature.name_fr, feature.name_en)
            known |= {fold(name): feature for name in names}
        wanted = cells.items(cell)
        found = [known[fold(item)] for item in wanted if fold(item) in known]
        words = _("“%(name)s” is no known feature and was left out.")
        return found, tuple(words % {"name": item} for item in wanted if fold(item) not in known)

    def _units(self, cell: str) -> list[Unit]:
        return units_of(self.prison, cell)

    def _facts(self, room: Room, opening: list[cells.Hours]) -> tuple[str, ...]:
        others = [name for name in room.every_name if name != room.name]
        facts = [*others, str(room.building), for_people(room.capacity)]
        facts += [localized(feature, "name") for feature in room.features.all()]
        if room.inside_unit:
            facts.append(_("inside %(unit)s") % {"unit": room.inside_unit.code})
        if reaching := [unit.code for unit in room.reachable_from.all()]:
            facts.append(_("only for %(units)s") % {"units": ", ".join(reaching)})
        return (*facts, *(hours_in_words(each) for each in opening))


_ALL = frozenset(("", "alle", "allemaal", "iedereen", "tous", "toutes", "tout le monde", "all", "everybody"))


def units_of(prison: Prison, cell: str) -> list[Unit]:
    """The living units of which the codes or names stand in a cell. Raises PlannerError `unknown_unit` (422)."""
    if fold(cell) in _ALL:
        return []
    here: dict[str, Unit] = {}
    for unit in Unit.objects.in_prison(prison):
        here |= {fold(name): unit for name in (unit.name, unit.code, f"{unit.code} {unit.name}") if name}
    found = []
    for item in cells.items(cell):
        meant = here.get(fold(item))
        if meant is None:
            words = _("There is no living unit “%(name)s” here. Add it first.")
            raise PlannerError("unknown_unit", words, 422, name=item)
        found.append(meant)
    return found


def for_people(count: int) -> str:
    return ngettext("for %(count)s person", "for %(count)s people", count) % {"count": count}


@dataclass(frozen=True)
class SlotLines:
    """A line may hold several days: “ma-vr 08:30-11:00”."""

    prison: Prison
    by: User
    language: str
    code = "slots"
    columns = (
        PastedColumn(
            "days",
            gettext_lazy("Day"),
            "dag|dagen|weekdag|jour|jours|jour de la semaine|day|days|weekday",
            True,
        ),
        PastedColumn(
            "starts",
            pgettext_lazy("column", "From"),
            "van|begin|start|beginuur|uur|uren|de|début|heure|heures|from|starts|hours|time",
        ),
        PastedColumn(
            "ends", pgettext_lazy("column", "Until"), "tot|einde|einduur|à|fin|jusqu'à|until|to|end|ends"
        ),
        PastedColumn(
            "max_people",
            gettext_lazy("People who can be brought"),
            "max personen|personen|aantal personen|max. personen|personnes|max personnes|people|max people|"
            "capacity|capaciteit|capacité",
        ),
        PastedColumn(
            "max_movements",
            gettext_lazy("Movements"),
            "bewegingen|max bewegingen|mouvements|max mouvements|movements|max movements",
        ),
        PastedColumn(
            "valid_from",
            gettext_lazy("In force from"),
            "geldig vanaf|vanaf|valable dès|à partir du|dès le|valid from|in force from",
        ),
    )

    def make(self, values: Mapping[str, str]) -> Made:
        days, spans = self._when(values)
        limits = {name: cells.number(values.get(name, "")) for name in ("max_people", "max_movements")}
        since = cells.day(values.get("valid_from", "")) or clock.today()
        rows: list[Model] = []
        for starts, ends in spans:
            there = TimeSlot.objects.in_prison(self.prison).valid_between(since, since)
            known = set(there.filter(starts=starts, ends=ends).values_list("weekday", flat=True))
            wanted = {"starts": starts, "ends": ends, "valid_from": since, "valid_to": None, **limits}
            rows += slots.add_slots(
                self.prison, [day for day in days if day not in known], wanted, by=self.by
            )
        title = "; ".join(hours_in_words(cells.Hours(days, starts, ends)) for starts, ends in spans)
        facts = []
        if limits["max_people"] is not None:
            facts.append(for_people(limits["max_people"]))
        if rows and len(rows) < len(days) * len(spans):
            facts.append(_("some of these days were there already"))
        return Made(title, tuple(rows), tuple(facts))

    def _when(self, values: Mapping[str, str]) -> tuple[tuple[int, ...], list[tuple[dt.time, dt.time]]]:
        """Days and hours in columns of their own, or all of it in one."""
        cell, starts, ends = values["days"], values.get("starts", ""), values.get("ends", "")
        if starts and ends:
            return cells.weekdays(cell, self.language), [(cells.time(starts), cells.time(ends))]
        found = cells.hours(f"{cell} {starts}", self.language)
        days = {each.weekdays for each in found}
        if len(days) != 1:
            raise PlannerError("one_pattern", _("Put different days on lines of their own."), 422)
        return days.pop(), [(each.starts, each.ends) for each in found]
