"""Reading the list of the prison: what is new, moved and gone, compared with who stays here. Writes no stay."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

from django.utils.translation import gettext_lazy as _

from core import clock
from core.clock import today
from core.digest import digest
from enrollment.domain.namesakes import Namesake, of_keys
from enrollment.domain.roster_doubts import Question, questions
from enrollment.domain.roster_file import Problem, RosterLine, read
from enrollment.domain.roster_forgetting import forget_drafts
from enrollment.domain.roster_here import Here, is_same_name
from enrollment.domain.roster_values import cell_key
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
class Moved:
    line: RosterLine
    unit: Unit | None
    stay: Stay


@dataclass
class Preview:
    """What accepting the list would change, line by line."""

    new: list[New] = field(default_factory=list)
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
        return len(self.new)

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


def compare(
    prison: Prison, lines: Iterable[RosterLine], problems: Iterable[Problem], *, day: dt.date
) -> Preview:
    """By number; a line that does not fit is a problem, and its person stays as is."""
    here = Here(prison)
    lines = [here.placed(line) for line in lines]
    result, fresh = Preview(has_cells=any(line.cell for line in lines)), []
    for each in problems:
        here.keep(each)
        (result.remarks if each.is_remark else result.problems).append(each)
    for line in lines:
        here.keep_number(line.number)
        here.keep_number(line.section)  # a line with one text is a heading, unless it is somebody's number
        stay, unit = here.with_number(line.number), here.unit_of(line.unit or line.section)
        if line.unit and unit is None:
            result.problems.append(_problem(line, _("this living unit is not known here")))
        elif here.is_ambiguous(line.number):
            result.problems.append(_problem(line, _("the number of two people differs by zeros only")))
        elif stay is None:
            fresh.append((line, unit))
        elif not is_same_name(line, stay.participant):
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
    prison: Prison, result: Preview, fresh: Sequence[tuple[RosterLine, Unit | None]], here: Here
) -> None:
    """Numbers that nobody here has: whoever is known by that name is shown, and a person chooses."""
    times = Counter(line.name_key for line, _unit in fresh)
    found = of_keys(prison, times)
    for line, unit in fresh:
        choices = tuple(
            each
            for each in found.get(line.name_key, ())
            if not (each.is_here and each.stay and each.stay.pk in here.named)
        )
        is_doubtful = len(choices) > 1 or any(each.is_here for each in choices) or times[line.name_key] > 1
        result.new.append(New(line, unit, choices, must_choose=bool(choices) and is_doubtful))


def _problem(line: RosterLine, why: object) -> Problem:
    shown = f"{line.number} {line.last_name}, {line.first_name} · {line.unit}"
    return Problem(line.row, shown, str(why), line.number, line.name_key, line.unit, line.cell)
