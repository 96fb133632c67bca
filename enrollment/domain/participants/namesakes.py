"""The same name here, elsewhere or before: proposed, never assumed. A person decides whether it is the same one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.words.folding import name_key
from enrollment.models import Participant, Stay
from prisons.models import Prison

MOST = 30
"""More of one name are told apart by their number alone: by the card of the person."""


@dataclass(frozen=True)
class Namesake:
    """Somebody of the same name. `stay` is where they live here now, or the last one in this prison.

    Of whom lives elsewhere `since`, and the ends of the number there, tell two people apart; where is not said.
    """

    person: Participant
    stay: Stay | None = None
    is_here: bool = False
    elsewhere: str = ""
    number_elsewhere: str = field(default="", repr=False)

    def as_seen(self) -> list[object]:
        return [self.person.pk, self.person.name_key, self.stay.pk if self.stay else None, self.is_here]


def of_keys(prison: Prison, keys: Iterable[str]) -> dict[str, tuple[Namesake, ...]]:
    """Key of a name (core.words.folding) -> people of that name, here first, then from before; a few each."""
    wanted = sorted(set(keys) - {""})
    people: list[Participant] = []
    for start in range(0, len(wanted), 500):  # a database takes so many parameters only
        rows = Participant.objects.filter(anonymised_at__isnull=True)
        people += rows.filter(name_key__in=wanted[start : start + 500]).order_by("pk")
    stays: dict[int, list[Stay]] = defaultdict(list)
    for start in range(0, len(people), 500):
        some = Stay.objects.filter(participant__in=people[start : start + 500]).select_related("unit")
        for stay in some.order_by("starts_on", "pk"):
            stays[stay.participant_id].append(stay)
    found: dict[str, list[Namesake]] = defaultdict(list)
    for person in people:
        found[person.name_key].append(_namesake(prison, person, stays[person.pk]))
    found = {key: _told_apart(each) for key, each in found.items()}
    order = {
        key: sorted(each, key=lambda one: (not one.is_here, one.stay is None)) for key, each in found.items()
    }
    return {key: tuple(each[:MOST]) for key, each in order.items()}


def _namesake(prison: Prison, person: Participant, stays: list[Stay]) -> Namesake:
    ours = [stay for stay in stays if stay.prison_id == prison.pk]
    open_ = next((stay for stay in ours if stay.ends_on is None), None)
    if ours:
        return Namesake(person, open_ or ours[-1], is_here=open_ is not None)
    number = stays[-1].register_number if stays else ""
    return Namesake(person, elsewhere=_elsewhere(person, stays, number[-2:]), number_elsewhere=number)


def _elsewhere(person: Participant, stays: list[Stay], end: str) -> str:
    """What tells two people apart who live elsewhere, without saying where."""
    facts = [_("replies in %(language)s") % {"language": person.get_language_display()}]
    if stays:
        facts.append(_("known since %(day)s") % {"day": date_format(stays[0].starts_on, "SHORT_DATE_FORMAT")})
    if end:
        facts.append(_("number there ends in %(end)s") % {"end": end})
    return " · ".join(facts)


def _told_apart(same_name: list[Namesake]) -> list[Namesake]:
    """Nobody can choose between two boxes with one text: four figures of the number, else the order of entry."""
    words = Counter(each.elsewhere for each in same_name if each.elsewhere)
    found: list[Namesake] = []
    places: Counter[str] = Counter()
    for each in same_name:
        if words[each.elsewhere] > 1:
            places[each.elsewhere] += 1
            order = _("entered as number %(place)s of %(count)s") % {
                "place": places[each.elsewhere],
                "count": words[each.elsewhere],
            }
            more = "…" + each.number_elsewhere[-4:] if len(each.number_elsewhere) > 4 else ""
            each = replace(each, elsewhere=" · ".join(filter(None, (each.elsewhere, more, order))))
        found.append(each)
    return found


def of_name(prison: Prison, last_name: str, first_name: str) -> list[Namesake]:
    """People of this name: who is here now first, then who is known here from before, then from elsewhere."""
    key = name_key(last_name, first_name)
    return list(of_keys(prison, [key]).get(key, ()))
