"""Taking over the list of the prison: what is new, moved, gone; accepted as one transaction.

Nobody is deleted.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import clock
from core.clock import today
from core.errors import PlannerError
from enrollment.domain import inbox
from enrollment.domain.facts import lock_facts
from enrollment.domain.namesakes import Name, of_names, plain_name
from enrollment.domain.roster_file import Problem, RosterLine, plain, read
from enrollment.models import Enrollment, Participant, RosterDraft, Stay
from prisons.domain import audit
from prisons.domain.changes import Image, open_change_set, remember
from prisons.models import ChangeSet, Prison, Todo, Unit, User

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
            same = nameless.get(plain_name(line.last_name, line.first_name), [])
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
    """Accents and capitals do not matter; a first name that one of the two lacks does not either."""
    (last, first), (known_last, known_first) = (
        plain_name(line.last_name, line.first_name),
        plain_name(person.last_name, person.first_name),
    )
    return last == known_last and (not first or not known_first or first == known_first)


def _by_name(stays: Iterable[Stay]) -> dict[Name, list[Stay]]:
    found: dict[Name, list[Stay]] = defaultdict(list)
    for stay in stays:
        found[plain_name(stay.participant.last_name, stay.participant.first_name)].append(stay)
    return found


def _links(prison: Prison, lines: list[RosterLine]) -> dict[int, tuple[Participant, ...]]:
    """People of the same name who do not stay here now: a person decides whether it is the same one."""
    names = {line.row: plain_name(line.last_name, line.first_name) for line in lines}
    found = of_names(prison, names.values())
    return {row: found.get(name, ()) for row, name in names.items()}


@dataclass(frozen=True)
class Accepted:
    change_set: ChangeSet
    new: int
    moved: int
    gone: int


def accept(
    row: RosterDraft,
    links: Mapping[int, int],
    *,
    by: User,
    sure: bool = False,
    now: dt.datetime | None = None,
) -> Accepted:
    """Everything at once, compared anew under the lock. `links`: row of the file -> participant it is.

    `sure` says that somebody looked at a long list of who is gone. Raises PlannerError `accepted_already`,
    `too_old` or `many_gone` (409). The same list again changes nothing.
    """
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(row.prison_id, now=at)
        row = RosterDraft.objects.select_for_update().get(pk=row.pk)
        if row.accepted_at is not None:
            raise PlannerError("accepted_already", _("This list has been accepted already."))
        if at - row.created_at > KEPT or not row.lines:
            raise PlannerError("too_old", _("This list was read more than a day ago. Read it again."))
        row.prison = prison
        found = preview(row, now=at)
        if found.has_many_gone and not sure:
            raise PlannerError(
                "many_gone",
                _("%(count)s people would be gone. Check that the file is the list of the whole prison."),
                count=len(found.gone),
            )
        change_set = open_change_set(
            prison, by, "import_roster", {"as_of": _iso(prison.roster_as_of)}, now=at
        )
        images = [
            *_write_new(prison, found.new, links, today(at)),
            *_write_known(found.known),
            *_write_moved(prison, found.moved, today(at)),
            *_write_gone(found.gone, today(at)),
        ]
        remember(change_set, images)
        _write_inbox(prison, found, change_set, at)
        stays = {image.object_id for image in images if image.model is Stay}
        audit.record_many(
            prison, by, "import", [(Stay, pk) for pk in sorted(stays)], fields=["unit", "cell", "ends_on"],
            change_set=change_set, now=at,
        )  # fmt: skip
        prison.roster_as_of = at
        prison.save(update_fields=["roster_as_of"])
        row.lines, row.problems, row.accepted_at, row.change_set = [], [], at, change_set
        row.save()
        audit.record(prison, by, "accept", row, fields=["accepted_at"], change_set=change_set, now=at)
    return Accepted(change_set, len(found.new) + len(found.known), len(found.moved), len(found.gone))


def _iso(at: dt.datetime | None) -> str:
    return at.isoformat() if at else ""


def _write_new(prison: Prison, new: list[New], links: Mapping[int, int], day: dt.date) -> list[Image]:
    people: list[Participant] = []
    made: list[Participant] = []
    for each in new:
        linked = next((link for link in each.links if link.pk == links.get(each.line.row)), None)
        person = linked or Participant(last_name=each.line.last_name, first_name=each.line.first_name)
        people.append(person)
        if linked is None:
            made.append(person)
    Participant.objects.bulk_create(made, batch_size=500)
    stays = [
        Stay(
            participant=person,
            prison=prison,
            unit=each.unit,
            cell=each.line.cell,
            register_number=each.line.number,
            starts_on=day,
        )
        for person, each in zip(people, new, strict=True)
    ]
    Stay.objects.bulk_create(stays, batch_size=500)
    return [
        *(Image(Participant, person.pk, None, {}) for person in made),
        *(Image(Stay, stay.pk, None, {"starts_on": day.isoformat()}) for stay in stays),
    ]


def _write_known(known: list[Known]) -> list[Image]:
    """The number, unit and cell of somebody whom a note had made."""
    images = []
    for each in known:
        before = {"register_number": "", "unit_id": each.stay.unit_id, "cell": each.stay.cell}
        each.stay.register_number = each.line.number
        each.stay.unit, each.stay.cell = each.unit or each.stay.unit, each.line.cell or each.stay.cell
        after = {"register_number": each.line.number, "unit_id": each.stay.unit_id, "cell": each.stay.cell}
        images.append(Image(Stay, each.stay.pk, before, after))
    Stay.objects.bulk_update(
        [each.stay for each in known], ["register_number", "unit", "cell"], batch_size=300
    )
    return images


def _write_moved(prison: Prison, moved: list[Moved], day: dt.date) -> list[Image]:
    """The old stay ends the day before; one that began today is changed in place."""
    images: list[Image] = []
    changed: list[Stay] = []
    begun: list[Stay] = []
    for each in moved:
        old, unit, cell = each.stay, each.unit, each.line.cell or each.stay.cell
        if old.starts_on >= day:
            before = {"unit_id": old.unit_id, "cell": old.cell}
            old.unit, old.cell = unit, cell
            images.append(Image(Stay, old.pk, before, {"unit_id": old.unit_id, "cell": old.cell}))
        else:
            old.ends_on = day - dt.timedelta(days=1)
            images.append(Image(Stay, old.pk, {"ends_on": None}, {"ends_on": old.ends_on.isoformat()}))
            begun.append(
                Stay(
                    participant_id=old.participant_id,
                    prison=prison,
                    unit=unit,
                    cell=cell,
                    register_number=old.register_number,
                    walks_with_badge=old.walks_with_badge,
                    starts_on=day,
                )
            )
        changed.append(old)
    Stay.objects.bulk_update(changed, ["unit", "cell", "ends_on"], batch_size=300)
    Stay.objects.bulk_create(begun, batch_size=500)
    return images + [Image(Stay, stay.pk, None, {"starts_on": day.isoformat()}) for stay in begun]


def _write_gone(gone: list[Stay], day: dt.date) -> list[Image]:
    """Today is their last day; their places end in the night (continuity.settle), so that undo finds them."""
    for stay in gone:
        stay.ends_on = day
    Stay.objects.bulk_update(gone, ["ends_on"], batch_size=300)
    return [Image(Stay, stay.pk, {"ends_on": None}, {"ends_on": day.isoformat()}) for stay in gone]


def _write_inbox(prison: Prison, found: Preview, change_set: ChangeSet, at: dt.datetime) -> None:
    """Whoever holds a place and moved or left lands in the inbox of the service, to be acknowledged."""
    what = {each.stay.participant_id: "moved" for each in found.moved}
    what |= {stay.participant_id: "gone" for stay in found.gone}
    places = Enrollment.objects.holding_a_place().in_prison(prison)
    rows = places.values_list("participant_id", "series_id", "series__activity__organisation_id")
    Todo.objects.bulk_create(
        [
            Todo(
                prison=prison,
                organisation_id=organisation,
                kind=inbox.ROSTER,
                facts={"person": person, "series": series, "what": what[person], "change_set": change_set.pk},
                created_at=at,
            )
            for person, series, organisation in rows
            if person in what
        ],
        batch_size=500,
    )
