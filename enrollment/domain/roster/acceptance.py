"""A list of the prison is accepted: everything in one transaction, with images for a way back.

Nobody is deleted: a stay ends.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.dates.clock import today
from core.errors import PlannerError
from core.secrets.digest import require_seen
from enrollment.domain.locking import lock_facts
from enrollment.domain.requests import inbox
from enrollment.domain.roster.comparison import MovedPerson, New, RosterPreview, arrival_of, preview
from enrollment.domain.roster.draft_forgetting import KEPT
from enrollment.domain.roster.identification import Continued, chosen_people, continue_stays
from enrollment.models import Enrollment, Participant, RosterDraft, Stay
from prisons.domain.records import audit
from prisons.domain.records.change_sets import Image, open_change_set, remember
from prisons.models import ChangeSet, Prison, Todo, User


@dataclass(frozen=True)
class AcceptedRoster:
    change_set: ChangeSet
    new: int
    moved: int
    gone: int


def accept(
    row: RosterDraft,
    links: Mapping[int, int],
    *,
    by: User,
    sure: Collection[str] = (),
    seen: str | None = None,
    now: dt.datetime | None = None,
) -> AcceptedRoster:
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
        counts = found.counts
        require_seen(seen, found.digest)
        _refuse_doubts(found, sure)
        chosen = chosen_people(found, links)
        continued = continue_stays(found, chosen, today(at))
        change_set = open_change_set(
            prison, by, "import_roster", {"as_of": _iso(prison.roster_as_of)}, now=at
        )
        images = [
            *_write_new(prison, found.new, chosen, today(at)),
            *_write_continued(continued, today(at)),
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
        row.lines, row.problems, row.loose, row.accepted_at, row.change_set = [], [], [], at, change_set
        row.counts = counts
        row.save()
        audit.record(prison, by, "accept", row, fields=["accepted_at"], change_set=change_set, now=at)
    return AcceptedRoster(change_set, len(found.new) + len(continued), len(found.moved), len(found.gone))


def _iso(at: dt.datetime | None) -> str:
    return at.isoformat() if at else ""


def _refuse_doubts(found: RosterPreview, sure: Collection[str]) -> None:
    for question in found.questions:
        if question.kind not in sure:
            raise PlannerError(
                f"many_{question.kind}",
                _("%(what)s. %(reason)s Say below that it is meant so, or send another file."),
                what=str(question.title),
                reason=str(question.reason),
            )


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
    begins = _begins(people, new, day)
    stays = [
        Stay(
            participant=person,
            prison=prison,
            unit=each.unit,
            cell=each.line.cell,
            register_number=each.line.number,
            starts_on=on,
            is_correction=on < day,
        )
        for person, each, on in zip(people, new, begins, strict=True)
    ]
    Stay.objects.bulk_create(stays, batch_size=500)
    return [
        *(Image(Participant, person.pk, None, {}) for person in made),
        *(Image(Stay, stay.pk, None, _facts_of(stay)) for stay in stays),
    ]


def _facts_of(stay: Stay) -> dict[str, object]:
    """All that a colleague may change of a stay: taking back leaves alone what is no longer so."""
    return {
        "unit_id": stay.unit_id,
        "cell": stay.cell,
        "register_number": stay.register_number,
        "walks_with_badge": stay.walks_with_badge,
        "starts_on": stay.starts_on.isoformat(),
        "ends_on": stay.ends_on.isoformat() if stay.ends_on else None,
    }


def _begins(people: list[Participant], new: list[New], day: dt.date) -> list[dt.date]:
    """The day of arrival, but never before somebody had left the prison where they were until then."""
    known = [person.pk for person in people if person.pk]
    last: dict[int, dt.date] = {}
    for start in range(0, len(known), 500):
        stays = Stay.objects.filter(participant__in=known[start : start + 500])
        for pk, ends_on in stays.values_list("participant", "ends_on"):
            last[pk] = max(last.get(pk, dt.date.min), ends_on or day)
    found = []
    for person, each in zip(people, new, strict=True):
        arrived = arrival_of(each.line, day) or day
        after = last.get(person.pk, dt.date.min)
        found.append(max(arrived, min(day, after + dt.timedelta(days=1))) if after < day else day)
    return found


def _write_continued(known: list[Continued], day: dt.date) -> list[Image]:
    """The number, unit and cell of somebody whom a note had made, whose number changed, or who is back today."""
    images = []
    for each in known:
        before = _facts_of(each.stay)
        each.stay.register_number, each.stay.ends_on = each.line.number, None
        each.stay.unit, each.stay.cell = each.unit or each.stay.unit, each.line.cell or each.stay.cell
        images.append(Image(Stay, each.stay.pk, before, _facts_of(each.stay)))
    Stay.objects.bulk_update(
        [each.stay for each in known], ["register_number", "unit", "cell", "ends_on"], batch_size=300
    )
    return images


def _write_moved(prison: Prison, moved: list[MovedPerson], day: dt.date) -> list[Image]:
    """The old stay ends the day before; one that began today is changed in place."""
    images: list[Image] = []
    in_place: list[Stay] = []
    ended: list[int] = []
    begun: list[Stay] = []
    for each in moved:
        old, unit, cell = each.stay, each.unit, each.line.cell or each.stay.cell
        if old.starts_on >= day:
            before = _facts_of(old)
            old.unit, old.cell = unit, cell
            images.append(Image(Stay, old.pk, before, _facts_of(old)))
            in_place.append(old)
        else:
            before = _facts_of(old)
            old.ends_on = day - dt.timedelta(days=1)
            images.append(Image(Stay, old.pk, before, _facts_of(old)))
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
    return images + [Image(Stay, stay.pk, None, _facts_of(stay)) for stay in begun]


def _write_gone(gone: list[Stay], day: dt.date) -> list[Image]:
    """Today is their last day; their places end in the night (continuity.settle), so that undo finds them."""
    images = []
    for stay in gone:
        before = _facts_of(stay)
        stay.ends_on = day
        images.append(Image(Stay, stay.pk, before, _facts_of(stay)))
    _end([stay.pk for stay in gone], day)
    return images


def _end(stays: list[int], last_on: dt.date) -> None:
    """In one statement: a value for each row of a whole prison takes seconds, in which nobody else can write."""
    Stay.objects.filter(pk__in=stays).update(ends_on=last_on)


def _write_inbox(prison: Prison, found: RosterPreview, change_set: ChangeSet, at: dt.datetime) -> None:
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
