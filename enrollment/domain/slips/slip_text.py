"""The words of a reply slip, in the language of the person; made when shown, from the kind and the facts.

The words stand in enrollment/slip_words/, one file per language, and not in the catalogues of the interface:
slips speak nine languages, the interface three.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from django.utils import translation
from django.utils.formats import date_format

from core.dates import clock
from core.dates.clock import BRUSSELS
from core.dates.timespan import Span
from core.words.languages import localized
from enrollment.models import Enrollment, Slip
from prisons.models import Prison
from sessions.models import Activity, GroupSession, Series

Kind = Slip.Kind
WORDS = Path(__file__).resolve().parents[2] / "slip_words"
SMALL_WEEKDAYS = frozenset({"nl", "fr", "es", "ro", "ru", "sq"})
RIGHT_TO_LEFT = frozenset({"ar"})
TITLE_LANGUAGES = frozenset({"nl", "fr", "en"})
"""Activities have titles in these; below a text in another language stands the title of the text above."""
NEXT = 4
"""Dates written out."""
REGULAR = 3
"""Dates that make a rhythm."""
Words = dict[str, dict[str, str]]


@cache
def words(language: str) -> Words:
    """All words of one language; a language without a file speaks Dutch."""
    path = WORDS / f"{language}.toml"
    with (path if path.is_file() else WORDS / "nl.toml").open("rb") as file:
        return tomllib.load(file)


@dataclass(frozen=True)
class SlipText:
    """What stands inside a slip, in one language."""

    language: str
    title: str
    body: str
    dates: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    service: str = ""
    choices: tuple[str, ...] = ()
    """Of a card: what can be ticked, then a line for something else and one for name and cell."""
    rhythm: str = ""
    """Every Friday from 09:00 to 10:30, until 15 January; empty when the coming dates are not regular."""

    @property
    def direction(self) -> str:
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"

    @property
    def translation_word(self) -> str:
        """Stands above a text in a third language."""
        return words(self.language)["extra"]["translation"]


def write(
    slip: Slip,
    language: str,
    *,
    coming: tuple[Span, ...] = (),
    offer: tuple[Activity, ...] = (),
) -> SlipText:
    """The slip in this language. `coming` are the published sessions to come, shown with a place.

    `offer` is what a card lets the person tick.
    """
    said, series, is_placed = words(language), series_of(slip), slip.kind == Kind.PLACED
    service = _service_of(slip, series)
    facts = {
        "title": title_of(slip, language if language in TITLE_LANGUAGES else slip.language),
        "reason": said["reason"].get(slip.reason, said["reason"]["cannot"]),
        "when": _when(slip, language),
        "services": str(slip.facts.get("services", "")),
    }
    return SlipText(
        language,
        said["title"][slip.kind],
        said["body"][slip.kind] % {name: _isolated(fact, language) for name, fact in facts.items()},
        tuple(_hours(each, language) for each in coming[:NEXT]) if is_placed else (),
        tuple(_extra(slip, said, service)),
        service,
        _choices(offer, said, language if language in TITLE_LANGUAGES else slip.language)
        if slip.kind == Kind.CARD
        else (),
        _rhythm(coming, language) if is_placed else "",
    )


def _choices(offer: tuple[Activity, ...], said: Words, language: str) -> tuple[str, ...]:
    titles = dict.fromkeys(localized(activity, "title", language) for activity in offer)
    return (*titles, said["extra"]["card_other"], said["extra"]["card_who"])


def write_week(language: str, meetings: Iterable[tuple[dt.datetime, str]]) -> SlipText:
    """The week of one person: when, and what; without a title the person is only said to be occupied."""
    said = words(language)["extra"]
    lines = tuple(f"{moment(at, language)}: {title or said['occupied']}" for at, title in meetings)
    return SlipText(language, said["week"], "" if lines else said["nothing"], lines)


def _isolated(text: str, language: str) -> str:
    """A Latin title inside a text from right to left keeps its own direction, and its full stop stays outside."""
    return f"\u2068{text}\u2069" if language in RIGHT_TO_LEFT else text


def _extra(slip: Slip, said: Words, service: str) -> list[str]:
    """That one may stop at any time; and who decided."""
    if slip.kind in (Kind.PLACED, Kind.WAITING):
        return [said["extra"]["free_to_go"]]
    if slip.reason == Enrollment.Reason.PRISON:
        return [said["extra"]["prison"]]
    if slip.kind in (Kind.DECLINED, Kind.ENDED) and service:
        return [said["extra"]["service"] % {"service": service}]
    return []


def series_of(slip: Slip) -> Series | None:
    if slip.enrollment:
        return slip.enrollment.series
    if slip.request and slip.request.series:
        return slip.request.series
    session = _session(slip)
    return session.series if session else None


def title_of(slip: Slip, language: str) -> str:
    """What the person asked for; inside a slip the real title may stand."""
    series = series_of(slip)
    if series:
        return f"{localized(series.activity, 'title', language)} {series.label}".strip()
    if slip.request and slip.request.activity:
        return localized(slip.request.activity, "title", language)
    return slip.request.wish_title if slip.request else ""


def _service_of(slip: Slip, series: Series | None) -> str:
    if series:
        return series.activity.organisation.short_name
    organisation = slip.request.organisation if slip.request else None
    return organisation.short_name if organisation else ""


def _session(slip: Slip) -> GroupSession | None:
    pk = slip.facts.get("session")
    rows = GroupSession.objects.select_related("series__activity__organisation")
    return rows.filter(pk=pk).first() if pk else None


def _when(slip: Slip, language: str) -> str:
    session = _session(slip) if slip.kind in (Kind.MOVED, Kind.CANCELLED, Kind.RESTORED) else None
    return moment(session.starts_at, language) if session and session.starts_at else ""


def moment(at: dt.datetime, language: str) -> str:
    """Day and time on the wall clock in Brussels, in that language's words."""
    return words(language)["extra"]["at"] % {"day": _day(at, language, "l j F"), "time": _time(at)}


def _hours(span: Span, language: str) -> str:
    day = _day(span.starts_at, language, "l j F")
    return words(language)["extra"]["from_to"] % {"day": day, **_from_to(span)}


def _rhythm(coming: tuple[Span, ...], language: str) -> str:
    """What the dates have in common, if nobody who keeps to it stands before a closed door."""
    if not _is_weekly(coming):
        return ""
    day, last = _day(coming[0].starts_at, language, "l"), _day(coming[-1].starts_at, language, "j F")
    said = words(language)["extra"]["weekly"] % {"day": day, "last": last, **_from_to(coming[0])}
    return said[0].upper() + said[1:]


def _is_weekly(coming: tuple[Span, ...]) -> bool:
    """Three dates or more, each a week after the one before and at the same hours of the clock."""
    local = [(span.starts_at.astimezone(BRUSSELS), span.ends_at.astimezone(BRUSSELS)) for span in coming]
    hours = {(start.time(), end.time()) for start, end in local}
    gaps = {after[0].date() - before[0].date() for before, after in pairwise(local)}
    return len(coming) >= REGULAR and len(hours) == 1 and gaps == {dt.timedelta(weeks=1)}


def _from_to(span: Span) -> dict[str, str]:
    return {"start": _time(span.starts_at), "end": _time(span.ends_at)}


def _time(at: dt.datetime) -> str:
    return f"{at.astimezone(BRUSSELS):%H:%M}"


def _day(at: dt.datetime, language: str, shape: str) -> str:
    """In that language's words, as they stand inside a sentence."""
    with translation.override(language):
        day = date_format(at.astimezone(BRUSSELS), shape)
    return day[0].lower() + day[1:] if language in SMALL_WEEKDAYS else day


def kind_of_approval(free: int, asks_agreement: bool) -> Slip.Kind | None:
    """Which slip an approval would make now; none while the prison is asked."""
    if not free:
        return Kind.WAITING
    return None if asks_agreement else Kind.PLACED


def preview(enrollment: Enrollment, kind: Slip.Kind) -> SlipText:
    """How the slip would read in the person's language, before anything is decided."""
    slip = Slip(
        prison=enrollment.series.prison,
        participant=enrollment.participant,
        enrollment=enrollment,
        request=enrollment.request,
        kind=kind,
    )
    return write(slip, enrollment.participant.language, coming=coming_dates(enrollment.series))


def coming_dates(series: Series, *, now: dt.datetime | None = None) -> tuple[Span, ...]:
    """The published sessions to come of a series, the next one first."""
    rows = GroupSession.objects.published().filter(series=series, starts_at__gte=now or clock.now())
    times = rows.order_by("starts_at").values_list("starts_at", "ends_at")
    return tuple(Span(starts_at, ends_at) for starts_at, ends_at in times if starts_at and ends_at)


def offer_of(prison: Prison, *, now: dt.datetime | None = None, most: int = 12) -> tuple[Activity, ...]:
    """What can be asked for now: activities with a published session to come that asks for a request."""
    coming = GroupSession.objects.published().in_prison(prison).filter(starts_at__gte=now or clock.now())
    series = Series.objects.filter(pk__in=coming.values("series"), is_drop_in=False, ended_on__isnull=True)
    return tuple(Activity.objects.filter(series__in=series).distinct().order_by("domain", "pk")[:most])
