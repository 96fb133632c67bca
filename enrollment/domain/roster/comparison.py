"""Reading the list of the prison: what is new, moved and gone, compared with who stays here. Writes no stay."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.dates.clock import today
from core.secrets.digest import digest
from core.words.text import one_line
from enrollment.domain.participants.namesakes import Namesake, of_keys
from enrollment.domain.roster.cell_values import cell_key, number_key
from enrollment.domain.roster.doubts import Question, questions
from enrollment.domain.roster.draft_forgetting import forget_drafts
from enrollment.domain.roster.loose_numbers import LooseNumber
from enrollment.domain.roster.present import Here, is_same_name, numbers_here
from enrollment.domain.roster.roster_workbook import LineProblem, RosterLine, read
from enrollment.models import Participant, RosterDraft, Stay
from prisons.models import Prison, Unit, User


def _by_reason(rows: Iterable[LineProblem]) -> list[tuple[str, list[LineProblem]]]:
    found: dict[str, list[LineProblem]] = {}
    for each in rows:
        found.setdefault(str(each.why), []).append(each)
    return list(found.items())


LONGEST_STAY = dt.timedelta(days=365 * 50)


@dataclass(frozen=True)
class New:
    """A number that nobody here has. `choices` are people of that name or with that number before: it may be one.

    `must_choose`: more than one answer is possible, so a person gives it. `back`: who had this very number and
    name here before, and comes back.
    """

    line: RosterLine
    unit: Unit | None
    choices: tuple[Namesake, ...] = ()
    must_choose: bool = False
    back: Namesake | None = None

    @property
    def links(self) -> tuple[Participant, ...]:
        return tuple(each.person for each in self.choices)


@dataclass(frozen=True)
class MovedPerson:
    line: RosterLine
    unit: Unit | None
    stay: Stay


@dataclass
class RosterPreview:
    """What accepting the list would change, line by line."""

    new: list[New] = field(default_factory=list)
    moved: list[MovedPerson] = field(default_factory=list)
    gone: list[Stay] = field(default_factory=list)
    same: int = 0
    problems: list[LineProblem] = field(default_factory=list)
    remarks: list[LineProblem] = field(default_factory=list)
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
    def counts(self) -> dict[str, int]:
        return {
            "new": len(self.new),
            "moved": len(self.moved),
            "gone": len(self.gone),
            "same": self.same,
            "problems": len(self.problems),
        }

    @property
    def to_choose(self) -> list[New]:
        """Rows of which a person says who it is, before the list is accepted."""
        return [each for each in self.new if each.must_choose]

    @property
    def grouped_problems(self) -> list[tuple[str, list[LineProblem]]]:
        return _by_reason(self.problems)

    @property
    def grouped_remarks(self) -> list[tuple[str, list[LineProblem]]]:
        return _by_reason(self.remarks)

    @property
    def has_many_gone(self) -> bool:
        return any(each.kind == "gone" for each in self.questions)

    @property
    def digest(self) -> str:
        """Stands for what the page shows: accepting does exactly this."""
        return digest(
            [[each.line, each.unit and each.unit.pk, each.choices, each.back] for each in self.new],
            [[each.line, each.unit and each.unit.pk, each.stay.pk, each.stay.cell] for each in self.moved],
            sorted(stay.pk for stay in self.gone),
            [[each.row, each.number] for each in self.problems],
        )


def draft(
    prison: Prison, name: str, content: bytes, *, by: User, now: dt.datetime | None = None
) -> RosterDraft:
    """Reads the file and keeps its lines for a day, to look at before accepting. Raises PlannerError 422."""
    at = now or clock.now()
    found = read(name, content, numbers_here(prison))
    forget_drafts(now=at)
    lines = [
        {**asdict(line), "arrived_on": line.arrived_on.isoformat() if line.arrived_on else None}
        for line in found.lines
    ]
    problems = [asdict(each) | {"why": str(each.why)} for each in (*found.problems, *found.remarks)]
    loose = [asdict(each) for each in found.loose]
    return RosterDraft.objects.create(
        prison=prison,
        by=by,
        created_at=at,
        lines=lines,
        problems=problems,
        loose=loose,
        file_name=one_line(name, 120),
    )


def preview(row: RosterDraft, *, now: dt.datetime | None = None) -> RosterPreview:
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
    problems = [LineProblem(**each) for each in row.problems]
    loose = [LooseNumber(**each) for each in row.loose]
    return compare(row.prison, lines, problems, loose, day=today(now))


def compare(
    prison: Prison,
    lines: Iterable[RosterLine],
    problems: Iterable[LineProblem],
    loose: Iterable[LooseNumber] = (),
    *,
    day: dt.date,
) -> RosterPreview:
    """By number; a line that does not fit is a problem, and its person stays as is."""
    here = Here(prison)
    lines = [here.placed(line) for line in lines]
    result, fresh = RosterPreview(has_cells=any(line.cell for line in lines)), []
    for each in problems:
        here.keep(each)
        (result.remarks if each.is_remark else result.problems).append(each)
    lines, doubles = here.once(lines)
    for line, row in doubles:
        result.problems.append(_problem(line, _("the number stands on row %(row)s already") % {"row": row}))
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
            result.moved.append(MovedPerson(line, unit or stay.unit, stay))
        else:
            result.same += 1
    for each in result.problems:
        here.keep(each)
    result.has_cells = result.has_cells and len(lines) > len(result.problems) * 2
    _sort_fresh(prison, result, fresh, here)
    absent = [stay for stay in here.stays if stay.register_number and stay.pk not in here.named]
    elsewhere = {each.number: each for each in loose}
    result.remarks += _kept(absent, elsewhere)
    result.gone = [stay for stay in absent if number_key(stay.register_number) not in elsewhere]
    result.remarks += _doubtful_arrivals(result.new, day)
    result.problems.sort(key=lambda each: each.row)
    result.questions = questions(result, here.stays, lines, is_first=prison.roster_as_of is None)
    return result


def _sort_fresh(
    prison: Prison, result: RosterPreview, fresh: Sequence[tuple[RosterLine, Unit | None]], here: Here
) -> None:
    """Numbers that nobody here has: whoever is known by that name is shown, and a person chooses."""
    times = Counter(line.name_key for line, _unit in fresh)
    found = of_keys(prison, times)
    before = here.before(line.number for line, _unit in fresh)
    for line, unit in fresh:
        choices = [
            each
            for each in found.get(line.name_key, ())
            if not (each.is_here and each.stay and each.stay.pk in here.named)
        ]
        had = before.get(number_key(line.number))
        is_back = bool(had) and is_same_name(line, had.person)  # type: ignore[union-attr]
        if had:
            choices = [had, *(each for each in choices if each.person != had.person)]
        is_here = any(each.is_here for each in choices)
        is_doubtful = len(choices) > 1 or is_here or times[line.name_key] > 1 or bool(had)
        if had and is_back and not is_here:
            result.new.append(New(line, unit, back=had))
            result.remarks.append(_comes_back(line, had))
        else:
            back = had if is_back else None
            result.new.append(New(line, unit, tuple(choices), bool(choices) and is_doubtful, back))


def _kept(absent: Sequence[Stay], loose: Mapping[str, LooseNumber]) -> list[LineProblem]:
    """No line names these people, and their number stands somewhere in the file all the same: they stay."""
    found = []
    for stay in absent:
        if each := loose.get(number_key(stay.register_number)):
            why = _("no line names this person, but the number stands on this row: the person stays")
            if each.sheet:
                why = _("the number stands on the sheet “%(name)s”, which was not read: the person stays")
            shown = f"{stay.register_number} {stay.participant}"
            found.append(LineProblem(each.row, shown, str(why) % {"name": each.sheet}, is_remark=True))
    return sorted(found, key=lambda each: each.row)


def _comes_back(line: RosterLine, had: Namesake) -> LineProblem:
    day = date_format(had.stay.ends_on, "SHORT_DATE_FORMAT") if had.stay and had.stay.ends_on else ""
    why = _("stayed here until %(day)s with this number and comes back: what was asked before stays") % {
        "day": day
    }
    return LineProblem(line.row, f"{line.number} {had.person}", why, is_remark=True)


def arrival_of(line: RosterLine, day: dt.date) -> dt.date | None:
    """The day of arrival, where it can be one: not to come, and within a long life."""
    arrived = line.arrived_on
    return arrived if arrived and day - LONGEST_STAY <= arrived <= day else None


def _doubtful_arrivals(new: Iterable[New], day: dt.date) -> list[LineProblem]:
    why = str(_("the day of arrival cannot be right: the stay begins today"))
    return [
        LineProblem(
            each.line.row, f"{each.line.number} · {each.line.arrived_on:%d/%m/%Y}", why, is_remark=True
        )
        for each in new
        if each.line.arrived_on and not arrival_of(each.line, day)
    ]


def _problem(line: RosterLine, why: object) -> LineProblem:
    shown = f"{line.number} {line.last_name}, {line.first_name} · {line.unit}"
    return LineProblem(line.row, shown, str(why), line.number, line.name_key, line.unit, line.cell)
