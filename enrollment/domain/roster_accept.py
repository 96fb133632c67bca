"""A list of the prison is accepted: everything in one transaction, with images for a way back.

Nobody is deleted: a stay ends.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import clock
from core.clock import today
from core.digest import require_seen
from core.errors import PlannerError
from enrollment.domain import inbox
from enrollment.domain.facts import lock_facts
from enrollment.domain.roster import Moved, New, Preview, preview
from enrollment.domain.roster_forgetting import KEPT
from enrollment.domain.roster_lines import RosterLine
from enrollment.models import Enrollment, Participant, RosterDraft, Stay
from prisons.domain import audit
from prisons.domain.changes import Image, open_change_set, remember
from prisons.models import ChangeSet, Prison, Todo, Unit, User


@dataclass(frozen=True)
class Accepted:
    change_set: ChangeSet
    new: int
    moved: int
    gone: int


@dataclass(frozen=True)
class Continued:
    """Somebody who stays here already, made by a note or under another number: the stay goes on."""

    line: RosterLine
    unit: Unit | None
    stay: Stay


def accept(
    row: RosterDraft,
    links: Mapping[int, int],
    *,
    by: User,
    sure: Collection[str] = (),
    seen: str | None = None,
    now: dt.datetime | None = None,
) -> Accepted:
    """Everything at once, compared anew under the lock. `links`: row of the file -> participant, 0 for nobody known.

    `sure` names the questions to which somebody said yes; `seen` is the digest of what was shown. Raises
    PlannerError `accepted_already`, `too_old`, `many_...`, `who_is_who`, NotAsShown (409). The same list again
    changes nothing.
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
        require_seen(seen, found.digest)
        _refuse_doubts(found, sure)
        chosen = _chosen(found, links)
        continued = _continue_stays(found, chosen)
        change_set = open_change_set(
            prison, by, "import_roster", {"as_of": _iso(prison.roster_as_of)}, now=at
        )
        images = [
            *_write_new(prison, found.new, chosen, today(at)),
            *_write_continued(continued),
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
        if found.has_cells:
            prison.roster_as_of = at
            prison.save(update_fields=["roster_as_of"])
        row.lines, row.problems, row.accepted_at, row.change_set = [], [], at, change_set
        row.save()
        audit.record(prison, by, "accept", row, fields=["accepted_at"], change_set=change_set, now=at)
    return Accepted(change_set, len(found.new) + len(continued), len(found.moved), len(found.gone))


def _iso(at: dt.datetime | None) -> str:
    return at.isoformat() if at else ""


def _refuse_doubts(found: Preview, sure: Collection[str]) -> None:
    for question in found.questions:
        if question.kind not in sure:
            raise PlannerError(
                f"many_{question.kind}",
                _("%(what)s. %(reason)s Say below that it is meant so, or send another file."),
                what=str(question.title),
                reason=str(question.reason),
            )


def _chosen(found: Preview, links: Mapping[int, int]) -> dict[int, Participant]:
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
        if person:
            chosen[each.line.row] = person
    if any(times > 1 for times in Counter(person.pk for person in chosen.values()).values()):
        raise PlannerError("who_is_who", _("The same person was chosen on two rows. Choose one of them."))
    return chosen


def _continue_stays(found: Preview, chosen: Mapping[int, Participant]) -> list[Continued]:
    """Who was chosen and stays here keeps that stay, with the number of the list."""
    staying = {
        each.line.row: one.stay
        for each in found.new
        for one in each.choices
        if one.is_here and one.stay and chosen.get(each.line.row) == one.person
    }
    kept = {stay.pk for stay in staying.values()}
    continued = [
        Continued(each.line, each.unit, staying[each.line.row])
        for each in found.new
        if each.line.row in staying
    ]
    found.new = [each for each in found.new if each.line.row not in staying]
    found.gone = [stay for stay in found.gone if stay.pk not in kept]
    return continued


def _write_new(
    prison: Prison, new: list[New], chosen: Mapping[int, Participant], day: dt.date
) -> list[Image]:
    people: list[Participant] = []
    made: list[Participant] = []
    for each in new:
        linked = chosen.get(each.line.row)
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


def _write_continued(known: list[Continued]) -> list[Image]:
    """The number, unit and cell of somebody whom a note had made, or whose number changed."""
    images = []
    for each in known:
        before = {
            "register_number": each.stay.register_number,
            "unit_id": each.stay.unit_id,
            "cell": each.stay.cell,
        }
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
    in_place: list[Stay] = []
    ended: list[int] = []
    begun: list[Stay] = []
    for each in moved:
        old, unit, cell = each.stay, each.unit, each.line.cell or each.stay.cell
        if old.starts_on >= day:
            before = {"unit_id": old.unit_id, "cell": old.cell}
            old.unit, old.cell = unit, cell
            images.append(Image(Stay, old.pk, before, {"unit_id": old.unit_id, "cell": old.cell}))
            in_place.append(old)
        else:
            old.ends_on = day - dt.timedelta(days=1)
            images.append(Image(Stay, old.pk, {"ends_on": None}, {"ends_on": old.ends_on.isoformat()}))
            ended.append(old.pk)
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
    Stay.objects.bulk_update(in_place, ["unit", "cell"], batch_size=300)
    _end(ended, day - dt.timedelta(days=1))
    Stay.objects.bulk_create(begun, batch_size=500)
    return images + [Image(Stay, stay.pk, None, {"starts_on": day.isoformat()}) for stay in begun]


def _write_gone(gone: list[Stay], day: dt.date) -> list[Image]:
    """Today is their last day; their places end in the night (continuity.settle), so that undo finds them."""
    _end([stay.pk for stay in gone], day)
    return [Image(Stay, stay.pk, {"ends_on": None}, {"ends_on": day.isoformat()}) for stay in gone]


def _end(stays: list[int], last_on: dt.date) -> None:
    """In one statement: a value for each row of a whole prison takes seconds, in which nobody else can write."""
    Stay.objects.filter(pk__in=stays).update(ends_on=last_on)


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
