"""What a series asks of a person: each requirement with the person's value, and met, not met or unknown.

Listed kinds only: living unit, language level, followed before, intake done.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.dates.clock import today
from enrollment.models import Consent, Enrollment, Intake, LevelHeld, Stay
from sessions.models import Series
from sessions.models.offer import LanguageLevel

MET, NOT_MET, UNKNOWN = "met", "not_met", "unknown"
UNIT, LEVEL, FOLLOWED, INTAKE = "unit", "level", "followed", "intake"
LABELS: dict[str, str | Promise] = {
    UNIT: _("living unit"),
    LEVEL: _("language level"),
    FOLLOWED: _("followed before"),
    INTAKE: _("intake done"),
}
_LEVELS = list(LanguageLevel.values)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of the table on the decide page.

    `wanted` and `value` are short texts, empty when there is none.
    """

    kind: str
    wanted: str
    value: str
    state: str

    @property
    def label(self) -> str:
        return str(LABELS[self.kind])


def level_state(wanted: str, held: str) -> str:
    """Pure: whether a level that somebody holds suffices; not found yet is unknown."""
    if held not in _LEVELS:
        return UNKNOWN
    return MET if _LEVELS.index(held) >= _LEVELS.index(wanted) else NOT_MET


def of_people(
    series: Series, participant_ids: Collection[int], *, now: dt.datetime | None = None
) -> dict[int, list[Requirement]]:
    """Person -> every requirement of the series; at most five queries whatever the number of people."""
    people, day = list(participant_ids), today(now)
    columns = [
        column
        for column in (
            _units(series, people, day),
            _levels(series, people),
            _followed(series, people),
            _intakes(series, people),
        )
        if column is not None
    ]
    return {person: [column[person] for column in columns] for person in people}


Column = dict[int, Requirement]


def _units(series: Series, people: list[int], day: dt.date) -> Column | None:
    wanted = {unit.pk: unit.code for unit in series.units.all()}
    if not wanted:
        return None
    stays = Stay.objects.in_prison(series.prison_id).open_on(day).filter(participant__in=people)
    live = {
        person: (pk, code)
        for person, pk, code in stays.values_list("participant_id", "unit_id", "unit__code")
    }
    codes = ", ".join(sorted(wanted.values()))
    return {
        person: Requirement(
            UNIT,
            codes,
            live.get(person, (None, ""))[1] or "",
            UNKNOWN if not live.get(person, (None,))[0] else MET if live[person][0] in wanted else NOT_MET,
        )
        for person in people
    }


def _levels(series: Series, people: list[int]) -> Column | None:
    if not series.min_level or not series.level_language:
        return None
    rows = LevelHeld.objects.filter(participant__in=people, language=series.level_language)
    held = dict(rows.values_list("participant_id", "level"))
    wanted = f"{series.get_level_language_display()} {series.min_level}"
    return {
        person: Requirement(
            LEVEL, wanted, held.get(person, ""), level_state(series.min_level, held.get(person, ""))
        )
        for person in people
    }


def _followed(series: Series, people: list[int]) -> Column | None:
    """Had a place in any series of that activity, here or (with consent) elsewhere.

    Of an activity of another service it is unknown: only the person can say it.
    """
    if series.needs_followed_id is None:
        return None
    rows = Enrollment.objects.filter(
        known_here(series, people),
        series__activity=series.needs_followed_id,
        series__activity__organisation=series.activity.organisation_id,
        participant__in=people,
        placed_from__isnull=False,
    ).exclude(state=Enrollment.State.AWAITING)
    followed = set(rows.values_list("participant_id", flat=True))
    wanted = str(series.needs_followed)
    is_own = series.needs_followed.organisation_id == series.activity.organisation_id  # type: ignore[union-attr]
    return {
        person: Requirement(
            FOLLOWED,
            wanted,
            str(_("yes")) if person in followed else "",
            MET if person in followed else NOT_MET if is_own else UNKNOWN,
        )
        for person in people
    }


def known_here(series: Series, people: Collection[int]) -> Q:
    """Enrolments of this prison, and of others where the person let the service take the history along."""
    agreed = Consent.objects.filter(participant__in=people, organisation=series.activity.organisation_id)
    return Q(series__prison=series.prison_id) | Q(participant__in=agreed.values("participant"))


def _intakes(series: Series, people: list[int]) -> Column | None:
    if not series.needs_intake:
        return None
    rows = Intake.objects.filter(participant__in=people, organisation=series.activity.organisation_id)
    done = dict(rows.values_list("participant_id", "done_on"))
    return {
        person: Requirement(
            INTAKE,
            "",
            f"{done[person]:%d/%m/%Y}" if person in done else "",
            MET if person in done else UNKNOWN,
        )
        for person in people
    }
