"""Who stays here when the prison's list comes, and whom and which unit and cell its lines mean."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from core.words.folding import name_key
from enrollment.domain.participants.namesakes import Namesake
from enrollment.domain.roster.cell_values import cell_key, number_key, plain
from enrollment.domain.roster.roster_workbook import LineProblem, RosterLine
from enrollment.models import Participant, Stay
from prisons.models import Prison, Unit


def numbers_here(prison: Prison) -> set[str]:
    """Register numbers of who stays here, as `number_key` writes them."""
    rows = Stay.objects.in_prison(prison).filter(ends_on__isnull=True).exclude(register_number="")
    return {number_key(number) for number in rows.values_list("register_number", flat=True)}


class Here:
    """Who stays here, by number, by name and by cell, and who of them the list names."""

    def __init__(self, prison: Prison) -> None:
        self.prison = prison
        rows = Stay.objects.in_prison(prison).filter(ends_on__isnull=True)
        self.stays = list(rows.select_related("participant", "unit"))
        self.by_exact = {stay.register_number: stay for stay in self.stays if stay.register_number}
        self.by_key: dict[str, list[Stay]] = defaultdict(list)
        self.by_name: dict[str, list[Stay]] = defaultdict(list)
        for stay in self.stays:
            self.by_name[stay.participant.name_key].append(stay)
            if stay.register_number:
                self.by_key[number_key(stay.register_number)].append(stay)
        self.named: set[int] = set()
        self.units = _units(prison)
        self.cells = {cell_key(stay.cell) for stay in self.stays}
        widths = Counter(len(stay.cell) for stay in self.stays if stay.cell.isdigit())
        width, times = widths.most_common(1)[0] if widths else (0, 0)
        self.cell_width = width if times * 5 > widths.total() * 4 else 0

    def once(self, lines: Sequence[RosterLine]) -> tuple[list[RosterLine], list[tuple[RosterLine, int]]]:
        """One line for each number, and the others with the row of that one.

        Where several carry a number, the one with the name of whoever has it here is theirs, else the first.
        """
        found: dict[str, RosterLine] = {}
        for line in lines:
            key, stay = number_key(line.number), self.with_number(line.number)
            if key not in found or (
                stay
                and not is_same_name(found[key], stay.participant)
                and is_same_name(line, stay.participant)
            ):
                found[key] = line
        kept = {id(line) for line in found.values()}
        others = [(line, found[number_key(line.number)].row) for line in lines if id(line) not in kept]
        return [line for line in lines if id(line) in kept], others

    def before(self, numbers: Iterable[str]) -> dict[str, Namesake]:
        """Who had one of these numbers here last, and has left this prison since; by `number_key`."""
        wanted = {number_key(number) for number in numbers}
        if not wanted:
            return {}
        ended = Stay.objects.in_prison(self.prison).filter(ends_on__isnull=False).exclude(register_number="")
        rows = ended.order_by("ends_on", "starts_on", "pk").values_list("register_number", "pk")
        last = {key: pk for number, pk in rows if (key := number_key(number)) in wanted}
        stays = ended.filter(participant__anonymised_at__isnull=True).select_related("participant", "unit")
        found = stays.in_bulk(list(last.values()))
        staying = {stay.participant_id for stay in self.stays}
        return {
            key: Namesake(found[pk].participant, found[pk])
            for key, pk in last.items()
            if pk in found and found[pk].participant_id not in staying
        }

    def with_number(self, number: str) -> Stay | None:
        """Zeros before the number do not matter, unless two people differ by them alone."""
        same = self.by_key.get(number_key(number), [])
        return self.by_exact.get(number) or (same[0] if len(same) == 1 else None)

    def is_ambiguous(self, number: str) -> bool:
        return number not in self.by_exact and len(self.by_key.get(number_key(number), [])) > 1

    def unit_of(self, text: str) -> Unit | None:
        return self.units.get(_unit_words(text)) or self.units.get(_unit_words(_ASIDE.sub("", text[:80])))

    def placed(self, line: RosterLine) -> RosterLine:
        """Cell 2 where the prison writes three figures is 002, and A1-002 in the column of the cell is unit A1."""
        unit, cell = line.unit, line.cell
        both = _UNIT_AND_CELL.fullmatch(cell) if not unit and cell_key(cell) not in self.cells else None
        if both and self.unit_of(both[1]):
            unit, cell = both[1], both[2]
        return replace(line, unit=unit, cell=cell.zfill(self.cell_width) if cell.isdigit() else cell)

    def keep(self, problem: LineProblem) -> None:
        """Whoever a row names that was not understood stays: by number and by another name, else by cell."""
        same = list(self.by_key.get(number_key(problem.number), [])) if problem.number else []
        if not any(_bears(stay.participant, problem.name_key) for stay in same):
            same += self.by_name.get(problem.name_key, []) if problem.name_key else []
        if not same and problem.cell:
            same = [stay for stay in self.stays if cell_key(stay.cell) == cell_key(problem.cell)]
            same = [
                stay for stay in same if not stay.unit or not problem.unit or _means(problem.unit, stay.unit)
            ]
        self.named |= {stay.pk for stay in same}

    def keep_number(self, number: str) -> None:
        """Whoever has this number stays, whatever else the row says."""
        self.named |= {stay.pk for stay in self.by_key.get(number_key(number), [])}


def _bears(person: Participant, key: str) -> bool:
    """The name, or a part of it where the row has no more."""
    return set(key.split()) <= set(person.name_key.split())


_ASIDE = re.compile(r"\s*\(.*\)\s*$")
_UNIT_AND_CELL = re.compile(r"(.{1,20}?)\s*[-/·., ]\s*(\d{1,5}[A-Za-z]?)")


def _means(text: str, unit: Unit) -> bool:
    return plain(text).endswith(plain(unit.code))


_UNIT_WORDS = ("leefeenheid", "eenheid", "afdeling", "sectie", "vleugel", "unitedevie", "unite", "section", "aile",
               "livingunit", "unit", "wing", "le", "afd")  # fmt: skip


def _unit_words(text: str) -> str:
    """Leefeenheid A1, Unité de vie A1 and A1 are one unit; a number that lost its zeros is the same one."""
    words = plain(text)
    start = next((word for word in _UNIT_WORDS if words.startswith(word) and len(words) > len(word)), "")
    return cell_key(words.removeprefix(start))


def _units(prison: Prison) -> dict[str, Unit]:
    """A unit is meant by its code or its name."""
    found: dict[str, Unit] = {}
    units = list(Unit.objects.in_prison(prison))
    for unit in units:
        found.setdefault(_unit_words(unit.code), unit)
    for unit in units:
        for words in filter(None, (unit.name, f"{unit.code}{unit.name}")):
            found.setdefault(_unit_words(words), unit)
    return found


def is_same_name(line: RosterLine, person: Participant) -> bool:
    """However it is written; a first name that one of the two lacks does not matter either."""
    if name_key(line.last_name, line.first_name) == person.name_key:
        return True
    is_short = not line.first_name or not person.first_name
    return is_short and name_key(line.last_name) == name_key(person.last_name)
