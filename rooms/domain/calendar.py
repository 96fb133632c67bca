"""Public holidays and bands to plan around: the only writer, and the import from the `holidays` library.

The library knows the public holidays of Belgium and the school holidays of its communities in our three
languages. Ramadan comes from its lunar calendar, a day off at most: every row can be corrected by hand. An
import adds what is missing and never changes a row that is there: each row keeps what it came from, however it
was moved or renamed since, and what people took away stays away.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import PlannerError
from prisons.domain.locking import lock_prison
from prisons.domain.records import audit
from prisons.models import Prison, User
from rooms.domain import rulebook
from rooms.domain.facts import bump_rules
from rooms.models import Holiday, RemovedOrigin, SoftBand

LANGUAGES = {"nl": "nl", "fr": "fr", "en": "en_US"}
COMMUNITIES = {SoftBand.Kind.SCHOOL_NL: "Flemish", SoftBand.Kind.SCHOOL_FR: "French"}
SHORTEST_BAND = dt.timedelta(days=2)


Row = TypeVar("Row", Holiday, SoftBand)


class HolidayNames(NamedTuple):
    nl: str
    fr: str
    en: str

    def as_fields(self) -> dict[str, str]:
        return {f"name_{language}": name for language, name in self._asdict().items()}


class ClosedStretch(NamedTuple):
    names: HolidayNames
    starts_on: dt.date
    ends_on: dt.date


def save_holiday(
    prison: Prison, values: Mapping[str, Any], *, by: User, holiday: Holiday | None = None, seen: str = ""
) -> Holiday:
    """Raises PlannerError `date_taken` (422) or `changed_meanwhile` (409)."""
    row = holiday or Holiday(prison=prison)
    with transaction.atomic():
        same_day = Holiday.objects.in_prison(lock_prison(prison)).filter(on=values["on"])
        if same_day.exclude(pk=row.pk).exists():
            raise PlannerError("date_taken", _("There is already a holiday on that date."), status=422)
        return rulebook.write(prison, row, values, by=by, seen=seen)


def save_band(
    prison: Prison, values: Mapping[str, Any], *, by: User, band: SoftBand | None = None, seen: str = ""
) -> SoftBand:
    """Raises PlannerError `ends_before_start`, `date_taken` (422) or `changed_meanwhile` (409)."""
    row = band or SoftBand(prison=prison)
    if values["ends_on"] < values["starts_on"]:
        raise PlannerError("ends_before_start", _("The last day must not come before the first."), status=422)
    with transaction.atomic():
        same = SoftBand.objects.in_prison(lock_prison(prison)).filter(
            kind=values["kind"], starts_on=values["starts_on"]
        )
        if same.exclude(pk=row.pk).exists():
            raise PlannerError(
                "date_taken", _("There is already one of this kind from that date."), status=422
            )
        return rulebook.write(prison, row, values, by=by, seen=seen)


def remove(row: Holiday | SoftBand, *, by: User) -> None:
    """An import does not bring it back."""
    with transaction.atomic():
        lock_prison(row.prison)
        if row.origin:
            RemovedOrigin.objects.get_or_create(prison=row.prison, origin=row.origin)
        rulebook.remove(row.prison, row, by=by)


def import_years(prison: Prison, years: Collection[int], *, by: User, now: dt.datetime | None = None) -> int:
    """Adds the holidays and bands of these years that the prison never had; returns how many rows that were."""
    with transaction.atomic():
        locked = lock_prison(prison)
        found: list[Holiday | SoftBand] = [*_new(locked, _holidays(locked, years))]
        found += _new(locked, _bands(locked, years))
        rows = [row for row in found if not _is_there(row)]
        for row in rows:
            row.save(force_insert=True)
        audit.record_many(locked, by, "import_calendar", rows, now=now)
        if rows:
            bump_rules(locked)
    prison.rules_version = locked.rules_version
    return len(rows)


def _new(prison: Prison, rows: Iterable[Row]) -> list[Row]:
    """Those that no import has brought so far."""
    found = list(rows)
    known = set(RemovedOrigin.objects.in_prison(prison).values_list("origin", flat=True))
    for model in (Holiday, SoftBand):
        known |= set(model._default_manager.filter(prison=prison).values_list("origin", flat=True))
    return [row for row in found if row.origin not in known]


def _is_there(row: Holiday | SoftBand) -> bool:
    """Under another origin, or entered by hand: that row then is what the import would bring."""
    if isinstance(row, Holiday):
        same: Any = Holiday.objects.in_prison(row.prison).filter(on=row.on)
    else:
        same = SoftBand.objects.in_prison(row.prison).filter(
            kind=row.kind, starts_on__lte=row.ends_on, ends_on__gte=row.starts_on
        )
    by_hand = same.filter(origin="").first()
    if by_hand is not None:
        type(row)._default_manager.filter(pk=by_hand.pk).update(origin=row.origin)
    return bool(by_hand) or same.exists()


def _holidays(prison: Prison, years: Collection[int]) -> Iterator[Holiday]:
    origins = _Origins()
    for on, named in public_holidays(years).items():
        origin = origins.of("public", on, named)
        yield Holiday(prison=prison, on=on, origin=origin, **named.as_fields())


def _bands(prison: Prison, years: Collection[int]) -> Iterator[SoftBand]:
    stretches = {kind: school_holidays(community, years) for kind, community in COMMUNITIES.items()}
    stretches[SoftBand.Kind.RAMADAN] = ramadans(years)
    origins = _Origins()
    for kind, found in stretches.items():
        for names, starts_on, ends_on in found:
            origin = origins.of(kind, starts_on, names)
            yield SoftBand(
                prison=prison, kind=kind, starts_on=starts_on, ends_on=ends_on, origin=origin,
                **names.as_fields(),
            )  # fmt: skip


class _Origins:
    """Names what the library knows by kind, year and name: its dates may be corrected in a later version."""

    def __init__(self) -> None:
        self._count: Counter[str] = Counter()

    def of(self, kind: str, on: dt.date, names: HolidayNames) -> str:
        name = f"{kind} {on.year} {names.en}"[:110]
        self._count[name] += 1
        return name if self._count[name] == 1 else f"{name} {self._count[name]}"


def public_holidays(years: Collection[int]) -> dict[dt.date, HolidayNames]:
    """Date -> names, of the whole of Belgium, in order."""
    return _from_library(years)


def school_holidays(community: str, years: Collection[int]) -> list[ClosedStretch]:
    """School holidays of three days or more of the community (`Flemish` or `French`), in order.

    The library knows years; so that a stretch over New Year is whole, it is asked for one more on both sides.
    """
    wider = range(min(years) - 1, max(years) + 2)
    school = _from_library(wider, subdiv=community, categories=("school",))
    stretches = [one for one in _joined(school) if one.starts_on.year in years]
    return [one for one in stretches if one.ends_on - one.starts_on >= SHORTEST_BAND]


def ramadans(years: Collection[int]) -> list[ClosedStretch]:
    """From the first day of fasting to the eve of the feast, as the library's calendar estimates them."""
    from holidays.calendars.islamic import _IslamicLunar

    calendar, names = _IslamicLunar(), HolidayNames("Ramadan", "Ramadan", "Ramadan")
    wider = range(min(years), max(years) + 2)
    feasts = sorted({on for year in wider for on, _estimated in calendar.eid_al_fitr_dates(year)})
    begins = sorted({on for year in wider for on, _estimated in calendar.ramadan_beginning_dates(year)})
    found = []
    for begin in begins:
        feast = next((on for on in feasts if on > begin), None)
        if begin.year in years and feast is not None:
            found.append(ClosedStretch(names, begin, feast - dt.timedelta(days=1)))
    return found


def _from_library(years: Collection[int], **options: Any) -> dict[dt.date, HolidayNames]:
    import holidays

    by_language = {
        code: holidays.country_holidays("BE", years=list(years), language=language, **options)
        for code, language in LANGUAGES.items()
    }
    dates = sorted(by_language["nl"])
    return {on: HolidayNames(*(by_language[code].get(on, "") for code in LANGUAGES)) for on in dates}


def _joined(days: Mapping[dt.date, HolidayNames]) -> Iterator[ClosedStretch]:
    """Days that follow each other are one stretch, under the name that most of them bear."""
    ordered = enumerate(sorted(days))
    for _gap, run in itertools.groupby(ordered, key=lambda row: row[1].toordinal() - row[0]):
        stretch = [on for _place, on in run]
        names = [days[on] for on in stretch]
        yield ClosedStretch(max(names, key=names.count), stretch[0], stretch[-1])
