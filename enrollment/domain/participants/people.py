"""People and where they stay: made, moved, gone. They are found in `finding`.

Stays are dated, never deleted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from core.dates.clock import today
from core.errors import PlannerError
from core.words.text import one_line
from enrollment.domain.locking import lock_facts, refuse_past
from enrollment.domain.roster.cell_values import number_key, number_of
from enrollment.models import Participant, Stay
from prisons.domain.records import audit
from prisons.domain.unchanged import require_unchanged
from prisons.models import Prison, Unit, User

NAME_LENGTH, NUMBER_LENGTH, CELL_LENGTH = 80, 20, 12


@dataclass(frozen=True)
class PersonData:
    """What note entry, the form and the roster know about somebody new."""

    last_name: str
    first_name: str = ""
    register_number: str = ""
    unit: Unit | None = None
    cell: str = ""
    walks_with_badge: bool = False
    language: str = "nl"
    third_language: str = ""
    same_as: Participant | None = None
    """Somebody of the same name from elsewhere or from before, who somebody says this is."""


def here(prison: Prison, day: dt.date) -> QuerySet[Participant]:
    """Everybody who stays in this prison on the date, each with that stay as `current` (a list of one)."""
    stays = Stay.objects.in_prison(prison).open_on(day).select_related("unit")
    return Participant.objects.filter(pk__in=stays.order_by().values("participant")).prefetch_related(
        Prefetch("stays", queryset=stays, to_attr="current")
    )


def numbers_by_name(prison: Prison, day: dt.date, *, unit: int | None = None) -> list[int]:
    """The numbers of everybody who stays here, or in that living unit, in order of name: a page of them is read then.

    Asked from the stays: from the names on, the database would read whoever ever stayed anywhere.
    """
    stays = Stay.objects.in_prison(prison).open_on(day)
    if unit is not None:
        stays = stays.filter(unit=unit)
    ordered = stays.order_by("participant__last_name", "participant__first_name", "participant")
    return list(dict.fromkeys(ordered.values_list("participant", flat=True)))


def with_current(rows: Sequence[Participant], prison: Prison, day: dt.date) -> None:
    """Gives each of these people their stay of the date as `current`, as `here` does."""
    stays = Stay.objects.in_prison(prison).open_on(day).select_related("unit")
    prefetch_related_objects(list(rows), Prefetch("stays", queryset=stays, to_attr="current"))


def stay_of(participant: Participant, prison: Prison, day: dt.date) -> Stay | None:
    """Where this person lives in this prison on this date."""
    stays = Stay.objects.in_prison(prison).open_on(day).filter(participant=participant)
    return stays.select_related("unit").first()


def clean(data: PersonData) -> PersonData:
    """Fit to be stored and printed. Raises PlannerError 422 for what no name or number can be."""
    last_name = one_line(data.last_name)
    first_name, number, cell = (
        one_line(data.first_name),
        clean_number(data.register_number),
        one_line(data.cell),
    )
    if not last_name:
        raise PlannerError("name_missing", _("A name is needed."), status=422)
    if not any(letter.isalpha() for letter in last_name + first_name):
        raise PlannerError(
            "name_of_figures", _("A name has letters; the number has a field of its own."), status=422
        )
    if len(last_name) > NAME_LENGTH or len(first_name) > NAME_LENGTH:
        raise PlannerError("name_too_long", _("The name is too long: at most 80 characters."), status=422)
    if len(cell) > CELL_LENGTH:
        raise PlannerError("cell_too_long", _("The cell is too long: at most 12 characters."), status=422)
    return PersonData(
        last_name,
        first_name,
        number,
        data.unit,
        cell,
        data.walks_with_badge,
        data.language if data.language in ("nl", "fr") else "nl",
        data.third_language,
        data.same_as,
    )


def clean_number(typed: str) -> str:
    """A register number as the roster reads it: 2.169 is 2169. Empty for none. Raises PlannerError 422."""
    text = one_line(typed)
    if len(text) > NUMBER_LENGTH:
        raise PlannerError("number_too_long", _("The number is too long: at most 20 characters."), status=422)
    number = number_of(text)
    if text and not number:
        raise PlannerError(
            "no_number", _("“%(text)s” is no number: a register number has figures."), status=422, text=text
        )
    return number


def create(prison: Prison, data: PersonData, *, by: User, now: dt.datetime | None = None) -> Participant:
    """A person with a stay from today: somebody new, or whom `same_as` names.

    Raises PlannerError `number_taken` (409), which names who has it, or `already_here` (409).
    """
    with transaction.atomic():
        prison = lock_facts(prison, now=now)
        return create_locked(prison, data, by=by, now=now)


def create_locked(
    prison: Prison, data: PersonData, *, by: User, now: dt.datetime | None = None
) -> Participant:
    """The same, for callers that hold the prison's lock already."""
    data = clean(data)
    if data.same_as is not None:
        return _arrive_locked(prison, data.same_as, data, by=by, now=now).participant
    refuse_taken_number(prison, data.register_number)
    refuse_foreign_unit(prison, data.unit)
    participant = Participant.objects.create(
        last_name=data.last_name,
        first_name=data.first_name,
        language=data.language,
        third_language=data.third_language,
    )
    stay = Stay.objects.create(
        participant=participant,
        prison=prison,
        unit=data.unit,
        cell=data.cell,
        register_number=data.register_number,
        walks_with_badge=data.walks_with_badge,
        starts_on=today(now),
    )
    audit.record(prison, by, "create", participant, fields=["last_name", "first_name", "language"], now=now)
    audit.record(prison, by, "arrive", stay, fields=["unit", "cell", "register_number", "starts_on"], now=now)
    return participant


def refuse_taken_number(prison: Prison, number: str, *, but: Participant | None = None) -> None:
    """Raises PlannerError `number_taken` when somebody who still stays here has this number."""
    if not number:
        return
    ending_so = Q(register_number=number) | Q(register_number__iendswith=number.lstrip("0") or number)
    rows = (
        Stay.objects.in_prison(prison).filter(ending_so, ends_on__isnull=True).select_related("participant")
    )
    same = (each for each in rows if number_key(each.register_number) == number_key(number))
    holder = next((each for each in same if each.participant != but), None)
    if holder:
        raise PlannerError(
            "number_taken",
            _("%(name)s has this number already. Choose that person, or correct the number."),
            name=str(holder.participant),
        )


def refuse_foreign_unit(prison: Prison, unit: Unit | None) -> None:
    if unit is not None and unit.prison_id != prison.pk:
        raise PlannerError("unit_unknown", _("This living unit is not in this prison."), status=404)


def change(
    participant: Participant,
    prison: Prison,
    *,
    last_name: str,
    first_name: str,
    language: str,
    third_language: str,
    by: User,
    seen: str = "",
    now: dt.datetime | None = None,
) -> Participant:
    """Corrects a name, or changes the language of replies.

    `seen` is the fingerprint of the row that the page showed. Raises PlannerError `changed_meanwhile` (409).
    """
    data = clean(PersonData(last_name, first_name, language=language, third_language=third_language))
    with transaction.atomic():
        prison = lock_facts(prison, now=now)
        if seen:
            require_unchanged(prison, participant, seen)
        participant = Participant.objects.get(pk=participant.pk)
        wanted = {
            name: getattr(data, name) for name in ("last_name", "first_name", "language", "third_language")
        }
        fields = [name for name, value in wanted.items() if getattr(participant, name) != value]
        for name in fields:
            setattr(participant, name, wanted[name])
        if fields:
            participant.version += 1
            participant.save(update_fields=[*fields, "version"])
            audit.record(prison, by, "change", participant, fields=fields, now=now)
    return participant


def correct_number(
    stay: Stay, number: str, *, by: User, seen: str = "", now: dt.datetime | None = None
) -> Stay:
    """The number was written down wrongly. Raises PlannerError `changed_meanwhile` (409) as `change` does."""
    number = clean_number(number)
    with transaction.atomic():
        prison = lock_facts(stay.prison, now=now)
        if seen:
            require_unchanged(prison, stay, seen)
        refuse_taken_number(prison, number, but=stay.participant)
        stay.register_number = number
        stay.save(update_fields=["register_number"])
        audit.record(prison, by, "correct", stay, fields=["register_number"], now=now)
    return stay


def move(
    participant: Participant,
    prison: Prison,
    unit: Unit | None,
    cell: str,
    *,
    by: User,
    walks_with_badge: bool | None = None,
    on: dt.date | None = None,
    is_correction: bool = False,
    seen: str = "",
    now: dt.datetime | None = None,
) -> Stay:
    """From this date (today) the person lives in another unit or cell: the old stay ends the day before."""
    with transaction.atomic():
        prison = lock_facts(prison, now=now)
        refuse_foreign_unit(prison, unit)
        on = refuse_past(on, is_correction=is_correction, now=now)
        old = open_stay(participant, prison)
        require_unchanged(prison, old, seen)
        if walks_with_badge is None:
            walks_with_badge = old.walks_with_badge
        return move_locked(
            old, unit, clean_cell(cell), walks_with_badge, on=on, by=by, is_correction=is_correction, now=now
        )


def move_locked(
    old: Stay,
    unit: Unit | None,
    cell: str,
    walks_with_badge: bool,
    *,
    on: dt.date,
    by: User,
    is_correction: bool = False,
    now: dt.datetime | None = None,
) -> Stay:
    """For callers that hold the lock. A second move on one day changes the stay that began that day.

    Where nothing differs nothing is written.
    """
    fields = ["unit", "cell", "walks_with_badge"]
    if (old.unit, old.cell, old.walks_with_badge) == (unit, cell, walks_with_badge):
        return old
    if on <= old.starts_on:
        old.unit, old.cell, old.walks_with_badge = unit, cell, walks_with_badge
        old.save(update_fields=fields)
        audit.record(old.prison, by, "move", old, fields=fields, now=now)
        return old
    old.ends_on = on - dt.timedelta(days=1)
    old.save(update_fields=["ends_on"])
    stay = Stay.objects.create(
        participant_id=old.participant_id,
        prison=old.prison,
        unit=unit,
        cell=cell,
        register_number=old.register_number,
        walks_with_badge=walks_with_badge,
        starts_on=on,
        is_correction=is_correction,
    )
    audit.record(old.prison, by, "move", stay, fields=[*fields, "starts_on"], now=now)
    return stay


def clean_cell(cell: str) -> str:
    cell = one_line(cell)
    if len(cell) > CELL_LENGTH:
        raise PlannerError("cell_too_long", _("The cell is too long: at most 12 characters."), status=422)
    return cell


def open_stay(participant: Participant, prison: Prison) -> Stay:
    """The stay that has no end yet. Raises PlannerError `not_here` (409)."""
    stay = Stay.objects.in_prison(prison).filter(participant=participant, ends_on__isnull=True).first()
    if stay is None:
        raise PlannerError("not_here", _("%(name)s does not stay in this prison."), name=str(participant))
    return stay


def arrive(
    participant: Participant, prison: Prison, data: PersonData, *, by: User, now: dt.datetime | None = None
) -> Stay:
    """Somebody known (from another prison, or from before) stays here from today. 409 when already here."""
    with transaction.atomic():
        prison = lock_facts(prison, now=now)
        return _arrive_locked(prison, participant, clean(data), by=by, now=now)


def _arrive_locked(
    prison: Prison, participant: Participant, data: PersonData, *, by: User, now: dt.datetime | None
) -> Stay:
    """For callers that hold the lock."""
    refuse_taken_number(prison, data.register_number, but=participant)
    refuse_foreign_unit(prison, data.unit)
    try:
        with transaction.atomic():
            stay = Stay.objects.create(
                participant=participant,
                prison=prison,
                unit=data.unit,
                cell=data.cell,
                register_number=data.register_number,
                walks_with_badge=data.walks_with_badge,
                starts_on=today(now),
            )
    except IntegrityError as error:
        raise PlannerError(
            "already_here", _("%(name)s stays in this prison already."), name=str(participant)
        ) from error
    audit.record(prison, by, "arrive", stay, fields=["unit", "cell", "register_number", "starts_on"], now=now)
    return stay
