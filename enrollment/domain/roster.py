"""Reading the list of the prison: what is new, moved and gone, compared with who stays here. Writes no stay."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace

from django.utils.translation import gettext_lazy as _

from core import clock
from core.clock import today
from core.digest import digest
from core.folding import name_key
from enrollment.domain.namesakes import Namesake, of_keys
from enrollment.domain.roster_doubts import Question, questions
from enrollment.domain.roster_file import Problem, RosterLine, plain, read
from enrollment.domain.roster_forgetting import forget_drafts
from enrollment.domain.roster_values import cell_key, number_key
from enrollment.models import Participant, RosterDraft, Stay
from prisons.models import Prison, Unit, User


@dataclass(frozen=True)
class New:
    """A number that nobody here has. `choices` are people of that name, of whom it may be one.

    `must_choose`: more than one answer is possible, so a person gives it.
    """

    line: RosterLine
    unit: Unit | None
    choices: tuple[Namesake, ...] = ()
    must_choose: bool = False

    @property
    def links(self) -> tuple[Participant, ...]:
        return tuple(each.person for each in self.choices)


@dataclass(frozen=True)
class Known:
    """The only one of this name, who stays here without a number, made by a note: probably the same."""

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
    remarks: list[Problem] = field(default_factory=list)
    has_cells: bool = False
    """Only a list with cells makes the cells here of today."""
    questions: list[Question] = field(default_factory=list)

    @property
    def arriving(self) -> int:
        return len(self.new) + len(self.known)

    @property
    def changes(self) -> int:
        return self.arriving + len(self.moved) + len(self.gone)

    @property
    def has_many_gone(self) -> bool:
        return any(each.kind == "gone" for each in self.questions)

    @property
    def digest(self) -> str:
        """Stands for what the page shows: accepting does exactly this."""
        return digest(
            [[each.line, each.unit and each.unit.pk, each.choices] for each in self.new],
            [[each.line, each.stay.pk] for each in self.known],
            [[each.line, each.unit and each.unit.pk, each.stay.pk, each.stay.cell] for each in self.moved],
            sorted(stay.pk for stay in self.gone),
            [[each.row, each.number] for each in self.problems],
        )


def draft(
    prison: Prison, name: str, content: bytes, *, by: User, now: dt.datetime | None = None
) -> RosterDraft:
    """Reads the file and keeps its lines for a day, to look at before accepting. Raises PlannerError 422."""
    at = now or clock.now()
    found = read(name, content)
    forget_drafts(now=at)
    lines = [
        {**asdict(line), "arrived_on": line.arrived_on.isoformat() if line.arrived_on else None}
        for line in found.lines
    ]
    problems = [asdict(each) | {"why": str(each.why)} for each in (*found.problems, *found.remarks)]
    return RosterDraft.objects.create(prison=prison, by=by, created_at=at, lines=lines, problems=problems)


def preview(row: RosterDraft, *, now: dt.datetime | None = None) -> Preview:
    """Compares the draft with who stays here today. A query for each kind of fact, however long the list."""
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


class _Here:
    """Who stays here, by number, by name and by cell, and who of them the list names."""

    def __init__(self, prison: Prison) -> None:
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
        widths = Counter(len(stay.cell) for stay in self.stays if stay.cell.isdigit())
        width, times = widths.most_common(1)[0] if widths else (0, 0)
        self.cell_width = width if times * 5 > widths.total() * 4 else 0

    def with_number(self, number: str) -> Stay | None:
        """Zeros before the number do not matter, unless two people differ by them alone."""
        same = self.by_key.get(number_key(number), [])
        return self.by_exact.get(number) or (same[0] if len(same) == 1 else None)

    def cell(self, written: str) -> str:
        """Cell 2 where the prison writes three figures is 002."""
        return written.zfill(self.cell_width) if written.isdigit() else written

    def keep(self, problem: Problem) -> None:
        """Whoever a row names that was not understood stays: by number, else by name, else by cell."""
        same = self.by_key.get(number_key(problem.number), []) if problem.number else []
        same = same or self.by_name.get(problem.name_key, []) if problem.name_key else same
        if not same and problem.cell:
            same = [stay for stay in self.stays if cell_key(stay.cell) == cell_key(problem.cell)]
            same = [
                stay for stay in same if not stay.unit or not problem.unit or _means(problem.unit, stay.unit)
            ]
        self.named |= {stay.pk for stay in same}


def _means(text: str, unit: Unit) -> bool:
    return plain(text).endswith(plain(unit.code))


def compare(
    prison: Prison, lines: Iterable[RosterLine], problems: Iterable[Problem], *, day: dt.date
) -> Preview:
    """By number; a line that does not fit is a problem, and its person stays as is."""
    here, units = _Here(prison), _units(prison)
    lines = [replace(line, cell=here.cell(line.cell)) for line in lines]
    result, fresh = Preview(has_cells=any(line.cell for line in lines)), []
    for each in problems:
        here.keep(each)
        (result.remarks if each.is_remark else result.problems).append(each)
    for line in lines:
        stay = here.with_number(line.number)
        if stay:
            here.named.add(stay.pk)
        unit = units.get(_unit_words(line.unit or line.section))
        if line.unit and _unit_words(line.unit) not in units:
            result.problems.append(_problem(line, _("this living unit is not known here")))
        elif stay is None:
            fresh.append((line, unit))
        elif not _is_same_name(line, stay.participant):
            result.problems.append(_problem(line, _("this number belongs to somebody with another name")))
        elif (unit and unit != stay.unit) or (line.cell and cell_key(line.cell) != cell_key(stay.cell)):
            result.moved.append(Moved(line, unit or stay.unit, stay))
        else:
            result.same += 1
    _sort_fresh(prison, result, fresh, here)
    result.gone = [stay for stay in here.stays if stay.register_number and stay.pk not in here.named]
    result.problems.sort(key=lambda each: each.row)
    result.questions = questions(result, len(here.stays), lines, is_first=prison.roster_as_of is None)
    return result


def _sort_fresh(
    prison: Prison, result: Preview, fresh: Sequence[tuple[RosterLine, Unit | None]], here: _Here
) -> None:
    """Numbers that nobody here has: the only one of that name whom a note had made, or somebody to choose."""
    times = Counter(line.name_key for line, _unit in fresh)
    found = of_keys(prison, times)
    for line, unit in fresh:
        choices = tuple(
            each
            for each in found.get(line.name_key, ())
            if not (each.is_here and each.stay and each.stay.pk in here.named)
        )
        noted = [
            each.stay for each in choices if each.is_here and each.stay and not each.stay.register_number
        ]
        if len(choices) == times[line.name_key] == len(noted) == 1:
            result.known.append(Known(line, unit, noted[0]))
            continue
        is_doubtful = len(choices) > 1 or any(each.is_here for each in choices) or times[line.name_key] > 1
        result.new.append(New(line, unit, choices, must_choose=bool(choices) and is_doubtful))
    here.named |= {each.stay.pk for each in result.known}


def _problem(line: RosterLine, why: object) -> Problem:
    shown = f"{line.number} {line.last_name}, {line.first_name} · {line.unit}"
    return Problem(line.row, shown, str(why), line.number, line.name_key, line.unit, line.cell)


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


def _is_same_name(line: RosterLine, person: Participant) -> bool:
    """However it is written; a first name that one of the two lacks does not matter either."""
    if name_key(line.last_name, line.first_name) == person.name_key:
        return True
    is_short = not line.first_name or not person.first_name
    return is_short and name_key(line.last_name) == name_key(person.last_name)
