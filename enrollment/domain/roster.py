"""Reading the list of the prison: what is new, moved and gone, compared with who stays here. Writes no stay."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from django.utils.translation import gettext_lazy as _

from core import clock
from core.clock import today
from core.folding import name_key
from enrollment.domain.namesakes import of_names
from enrollment.domain.roster_file import Problem, RosterLine, plain, read
from enrollment.models import Participant, RosterDraft, Stay
from prisons.models import Prison, Unit, User

KEPT = dt.timedelta(days=1)
MANY_GONE, MANY_GONE_SHARE = 10, 0.2


@dataclass(frozen=True)
class New:
    """Somebody who does not stay here yet.

    `links` are people of the same name from elsewhere or from before.
    """

    line: RosterLine
    unit: Unit | None
    links: tuple[Participant, ...] = ()


@dataclass(frozen=True)
class Known:
    """Somebody of the same name who stays here without a number, made by a note: probably the same."""

    line: RosterLine
    unit: Unit | None
    stay: Stay


@dataclass(frozen=True)
class Moved:
    line: RosterLine
    unit: Unit | None
    stay: Stay


@dataclass
class Preview:
    """What accepting the list would change, line by line."""

    new: list[New] = field(default_factory=list)
    known: list[Known] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    gone: list[Stay] = field(default_factory=list)
    same: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def arriving(self) -> int:
        return len(self.new) + len(self.known)

    @property
    def changes(self) -> int:
        return self.arriving + len(self.moved) + len(self.gone)

    @property
    def has_many_gone(self) -> bool:
        """More than happens between two lists: probably the list of one wing, or the wrong file."""
        stays = self.same + len(self.known) + len(self.moved)
        return len(self.gone) > max(MANY_GONE, (stays + len(self.gone)) * MANY_GONE_SHARE)


def draft(
    prison: Prison, name: str, content: bytes, *, by: User, now: dt.datetime | None = None
) -> RosterDraft:
    """Reads the file and keeps its lines for a day, to look at before accepting. Raises PlannerError 422."""
    at = now or clock.now()
    found = read(name, content)
    RosterDraft.objects.in_prison(prison).filter(created_at__lt=at - KEPT).update(lines=[], problems=[])
    lines = [
        {**asdict(line), "arrived_on": line.arrived_on.isoformat() if line.arrived_on else None}
        for line in found.lines
    ]
    problems = [{"row": each.row, "text": each.text, "why": str(each.why)} for each in found.problems]
    return RosterDraft.objects.create(prison=prison, by=by, created_at=at, lines=lines, problems=problems)


def preview(row: RosterDraft, *, now: dt.datetime | None = None) -> Preview:
    """Compares the draft with who stays here today. Six queries."""
    lines = [
        RosterLine(
            **{
                **each,
                "arrived_on": dt.date.fromisoformat(each["arrived_on"]) if each["arrived_on"] else None,
            }
        )
        for each in row.lines
    ]
    problems = [Problem(**each) for each in row.problems]
    return compare(row.prison, lines, problems, day=today(now))


def compare(
    prison: Prison, lines: Iterable[RosterLine], problems: Iterable[Problem], *, day: dt.date
) -> Preview:
    """By number; a line whose name or unit does not fit is a problem, and its person stays as is."""
    result = Preview(problems=list(problems))
    open_ = list(
        Stay.objects.in_prison(prison).filter(ends_on__isnull=True).select_related("participant", "unit")
    )
    by_number = {stay.register_number: stay for stay in open_ if stay.register_number}
    nameless = _by_name(stay for stay in open_ if not stay.register_number)
    units = _units(prison)
    mentioned: set[int] = set()
    fresh: list[tuple[RosterLine, Unit | None]] = []
    for line in lines:
        stay = by_number.get(line.number)
        if stay:
            mentioned.add(stay.pk)
        unit = units.get(plain(line.unit))
        if line.unit and unit is None:
            result.problems.append(_problem(line, _("this living unit is not known here")))
        elif stay is None:
            same = nameless.get(name_key(line.last_name, line.first_name), [])
            if len(same) == 1 and same[0].pk not in mentioned:
                mentioned.add(same[0].pk)
                result.known.append(Known(line, unit, same[0]))
            else:
                fresh.append((line, unit))
        elif not _is_same_name(line, stay.participant):
            result.problems.append(_problem(line, _("this number belongs to somebody with another name")))
        elif (line.unit and unit != stay.unit) or (line.cell and line.cell != stay.cell):
            result.moved.append(Moved(line, unit or stay.unit, stay))
        else:
            result.same += 1
    links = _links(prison, [line for line, _unit in fresh])
    result.new = [New(line, unit, links.get(line.row, ())) for line, unit in fresh]
    result.gone = [stay for stay in open_ if stay.register_number and stay.pk not in mentioned]
    result.problems.sort(key=lambda each: each.row)
    return result


def _problem(line: RosterLine, why: object) -> Problem:
    return Problem(line.row, f"{line.number} {line.last_name}, {line.first_name} · {line.unit}", str(why))


def _units(prison: Prison) -> dict[str, Unit]:
    """A unit is meant by its code or its name."""
    found: dict[str, Unit] = {}
    for unit in Unit.objects.in_prison(prison):
        found.setdefault(plain(unit.code), unit)
        if unit.name:
            found.setdefault(plain(unit.name), unit)
            found.setdefault(plain(f"{unit.code}{unit.name}"), unit)
    return found


def _is_same_name(line: RosterLine, person: Participant) -> bool:
    """However it is written; a first name that one of the two lacks does not matter either."""
    if name_key(line.last_name, line.first_name) == person.name_key:
        return True
    is_short = not line.first_name or not person.first_name
    return is_short and name_key(line.last_name) == name_key(person.last_name)


def _by_name(stays: Iterable[Stay]) -> dict[str, list[Stay]]:
    found: dict[str, list[Stay]] = defaultdict(list)
    for stay in stays:
        found[stay.participant.name_key].append(stay)
    return found


def _links(prison: Prison, lines: list[RosterLine]) -> dict[int, tuple[Participant, ...]]:
    """People of the same name who do not stay here now: a person decides whether it is the same one."""
    names = {line.row: name_key(line.last_name, line.first_name) for line in lines}
    found = of_names(prison, names.values())
    return {row: found.get(name, ()) for row, name in names.items()}
