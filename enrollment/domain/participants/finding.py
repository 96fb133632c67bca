"""People by number or name, and what a note asks for by title or code: however it is typed.

Every word that is typed must begin a word of the name or the title, both folded (core.words.folding).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rapidfuzz import process
from rapidfuzz.distance import OSA

from core.errors import PlannerError
from core.web import address
from core.words.folding import asked, begins, fold, name_key
from core.words.text import as_counted, one_line
from enrollment.domain.notes.note_intake import NoteAsk
from enrollment.models import Participant, Stay
from prisons.models import Prison
from sessions.domain import running as running_series
from sessions.models import Activity, GroupSession, Series

SHORTEST_NEAR = 4
"""A word of three letters resembles too many others."""


def find_people(
    prison: Prison, text: str, *, day: dt.date, most: int = 20, near: bool = False
) -> list[Participant]:
    """People who stay here, each with that stay as `current` (a list) and with `is_near`.

    By part of the register number, or by the beginnings of their names in any order; whoever fits best comes
    first. `near` adds names that differ by a letter or two, below all others: to be offered, never chosen.
    """
    stays = Stay.objects.in_prison(prison).open_on(day)
    found = _people(_that_fit(stays, text), text, most)
    if near and len(found) < most:
        known = {person.pk for person in found}
        close = _people(_that_nearly_fit(stays, text), text, most)
        found += [person for person in close if person.pk not in known][: most - len(found)]
        for person in found:
            person.is_near = person.pk not in known  # type: ignore[attr-defined]
    return found


def the_one(prison: Prison, text: str, *, day: dt.date, besides: Participant | None = None) -> Participant:
    """The one person, `besides` somebody, whom a number or a name means.

    Raises PlannerError 422 when nobody or several are meant: it names up to five with number, unit and cell.
    """
    people = [each for each in find_people(prison, text, day=day, most=6, near=True) if each != besides]
    exact = [each for each in people if not each.is_near]  # type: ignore[attr-defined]
    if len(exact) == 1:
        return exact[0]
    if exact:
        words = gettext_lazy("“%(text)s” means several people: %(people)s. Type the number.")
    elif people:
        words = gettext_lazy("Nobody here is “%(text)s”. Did you mean %(people)s?")
    else:
        words = gettext_lazy("Nobody here is “%(text)s”.")
    named = "; ".join(map(_with_place, (exact or people)[:5]))
    raise PlannerError("who", words, status=422, text=text[:80], people=named)


def _with_place(person: Participant) -> str:
    """Name, number, unit and cell: what tells namesakes apart."""
    stay = person.current[0]  # type: ignore[attr-defined]
    unit = stay.unit.code if stay.unit else ""
    return f"{person} ({' · '.join(filter(None, (stay.register_number, unit, stay.cell))) or '–'})"


def _that_fit(stays: QuerySet[Stay], text: str) -> QuerySet[Stay]:
    found = Q(pk__in=[])
    for words in asked(one_line(text, 200)):
        found |= _all_of(words)
    return stays.filter(found)


def _all_of(words: Iterable[str]) -> Q:
    condition = Q()
    for word in words:
        by_name = Q(participant__name_words__contains=begins(word))
        figures = word.lstrip("0") or word  # 002169 is 2169
        condition &= Q(register_number__contains=figures) if word.isdigit() else by_name | _by_number(word)
    return condition


def _by_number(word: str) -> Q:
    return Q(register_number__icontains=word)


def _that_nearly_fit(stays: QuerySet[Stay], text: str) -> QuerySet[Stay]:
    """Each word begins a word of the name, or is a slip of the finger away from one."""
    words = name_key(one_line(text, 200)).split()[:4]
    if not words or any(word.isdigit() for word in words) or max(map(len, words)) < SHORTEST_NEAR:
        return stays.none()
    keys = stays.order_by().values_list("participant__name_words", flat=True)
    vocabulary = list(set("".join(keys.iterator(chunk_size=5000)).split()))
    condition = Q()
    for word in words:
        either = Q(participant__name_words__contains=begins(word))
        for close in _close_to(word, vocabulary):
            either |= Q(participant__name_words__contains=begins(close))
        condition &= either
    return stays.filter(condition)


def _close_to(word: str, vocabulary: list[str], most: int = 8) -> list[str]:
    if len(word) < SHORTEST_NEAR:
        return []
    slips = 1 if len(word) < 8 else 2
    found = process.extract(word, vocabulary, scorer=OSA.distance, score_cutoff=slips, limit=most)
    return [str(close) for close, _distance, _index in found]


def _people(stays: QuerySet[Stay], text: str, most: int) -> list[Participant]:
    """The best first: the whole number, its beginning, all words whole and as they are typed, the first name's
    beginning, the rest."""
    word, words = one_line(text, 200), fold(text).split()[:6]
    rank = Case(
        When(register_number__iexact=word, then=Value(0)),
        When(register_number__istartswith=word, then=Value(1)),
        When(_whole(words), then=Value(2)),
        When(participant__name_words__startswith=begins(words[0] if words else ""), then=Value(3)),
        default=Value(4),
        output_field=IntegerField(),
    )
    rows = stays.select_related("participant", "unit").order_by(
        rank, "participant__last_name", "participant__first_name", "participant_id", "-starts_on"
    )
    found: dict[int, Participant] = {}
    for stay in rows[: most + 5]:
        person = found.setdefault(stay.participant_id, stay.participant)
        person.is_near = False  # type: ignore[attr-defined]
        person.current = [*getattr(person, "current", []), stay]  # type: ignore[attr-defined]
    return list(found.values())[:most]


def _whole(words: list[str]) -> Q:
    condition = Q(participant__isnull=False)
    for word in words:
        whole = Q(participant__name_words__contains=f"{begins(word)} ")
        condition &= whole | Q(participant__name_words__endswith=begins(word))
    return condition


@dataclass(frozen=True)
class Thing:
    """A series, or any group of an activity. `key` is what the form sends back: s12 or a3."""

    key: str
    title: str
    line: str
    series: Series | None = None
    activity: Activity | None = None
    is_over: bool = False

    def as_ask(self) -> NoteAsk:
        return NoteAsk(series=self.series, activity=self.activity)


def find_things(prison: Prison, text: str, *, day: dt.date, most: int = 12) -> list[Thing]:
    """Series that are open for requests, best first, then activities without exactly one of them; ended series
    (the latest first) when nothing else fits. Groups of which no date is published yet are not offered. Two or
    three queries.

    Every word must begin a word of the title (in any language) or of the group, or be the code: the code alone
    comes first, then titles that begin with the whole text.
    """
    words = fold(one_line(text)).split()[:6]
    if not words:
        return []
    fitting = _offered(prison, day).filter(_matches(words, "activity__"))
    running = list(fitting.filter(running_series.runs(prison, day)))
    running.sort(
        key=lambda series: (_rank(series, words), as_counted(str(series)), series.starts_on, series.pk)
    )
    exact = [series for series in running if _rank(series, words) == Rank.CODE]
    if exact:
        return _series_things(exact)[:most]
    activities = Activity.objects.filter(_titles(words, ""), organisation__prisons=prison, is_active=True)
    things = [
        *_series_things(running),
        *_activity_things(activities.select_related("organisation").distinct(), running),
    ]
    if things:
        return things[:most]
    ended = fitting.filter(running_series.over(prison, day)).order_by("-starts_on", "-pk")
    return _series_things(ended[:most], is_over=True)


class Rank(IntEnum):
    """How well a text fits, best first."""

    CODE = 0
    BEGINNING = 1
    WORDS = 2


def _rank(series: Series, words: list[str]) -> Rank:
    text, activity = " ".join(words), series.activity
    if fold(series.list_code) == text:
        return Rank.CODE
    titles = [activity.title_nl, activity.title_fr, activity.title_en]
    begins_so = any(fold(f"{title} {series.label}").startswith(text) for title in titles if title)
    return Rank.BEGINNING if begins_so else Rank.WORDS


def _offered(prison: Prison, day: dt.date) -> QuerySet[Series]:
    """Every series to ask for; no drop-in, nothing that is draft only."""
    live = GroupSession.objects.live().filter(series=OuterRef("pk"))
    drafts = live.filter(state=GroupSession.State.DRAFT)
    rows = Series.objects.in_prison(prison).filter(is_drop_in=False)
    rows = rows.filter(Exists(live.exclude(state=GroupSession.State.DRAFT)) | ~Exists(drafts))
    return rows.select_related("activity__organisation")


def _matches(words: list[str], path: str) -> Q:
    condition = Q()
    for word in words:
        condition &= _title(word, path) | Q(label_words__contains=begins(word)) | _code(word)
    return condition


def _titles(words: list[str], path: str) -> Q:
    condition = Q()
    for word in words:
        condition &= _title(word, path)
    return condition


def _title(word: str, path: str) -> Q:
    return Q(**{f"{path}title_words__contains": begins(word)})


def _code(word: str) -> Q:
    """H-12 is found by its whole code, by its letter or by its number."""
    return Q(list_code__istartswith=word) | Q(list_code__iendswith=f"-{word}")


def _series_things(rows: Iterable[Series], *, is_over: bool = False) -> list[Thing]:
    return [
        Thing(f"s{series.pk}", str(series), _line(series), series=series, is_over=is_over) for series in rows
    ]


def _line(series: Series) -> str:
    """Tells groups of the same title apart: day, hour, first date; then service and code."""
    facts = {
        "day": date_format(series.usual_day, "D"),
        "time": f"{series.start_time:%H:%M}",
        "start": date_format(series.starts_on, "j N"),
    }
    when = _("%(day)s %(time)s, from %(start)s") % facts
    return f"{when} · {series.activity.organisation} · {series.list_code}"


def _activity_things(activities: Iterable[Activity], running: Iterable[Series]) -> list[Thing]:
    """Any group: only where that says something else than the one open series."""
    groups: dict[int, int] = defaultdict(int)
    for series in running:
        groups[series.activity_id] += 1
    return [
        Thing(
            f"a{activity.pk}", str(activity), f"{activity.organisation} · {_('any group')}", activity=activity
        )
        for activity in activities
        if groups[activity.pk] != 1
    ]


def thing_of(prison: Prison, key: str, *, day: dt.date) -> Thing | None:
    """The series or activity that a form names by its key; None for anything that is not in this prison."""
    kind, number = key[:1], address.number(key[1:])
    if number is None:
        return None
    if kind == "s":
        rows = Series.objects.in_prison(prison).filter(pk=number).select_related("activity__organisation")
        return next(iter(_series_things(rows)), None)
    if kind == "a":
        activities = Activity.objects.filter(pk=number, organisation__prisons=prison)
        found = activities.select_related("organisation").first()
        return Thing(f"a{found.pk}", str(found), str(found.organisation), activity=found) if found else None
    return None
