"""A proposal in sentences: what it costs, what is proven, why something is left out, what would have to give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from planner.models import Proposal
from prisons import gate
from prisons.access import Access
from rooms.models import Feature
from sessions.models import Series, Worker

Text = str | Promise

RULES: dict[str, Text] = {
    "preferred": gettext_lazy("Sessions outside their usual time, or against a facilitator's wish"),
    "avoided": gettext_lazy("Sessions in a closure that is announced"),
    "slot_change": gettext_lazy("Sessions at another time than they have or usually have"),
    "room_change": gettext_lazy("Sessions in another room than they have or usually have"),
    "spread": gettext_lazy("Series that meet on too few different days"),
    "room_stability": gettext_lazy("Series that use more than one room in a week"),
    "fairness": gettext_lazy("Living units that get fewer of the wished times than others"),
    "outings": gettext_lazy("Separate movements: slots in which a unit must be brought"),
    "isolated": gettext_lazy("Movements of a unit with nothing before or after"),
    "gaps": gettext_lazy("Waiting of facilitators between two sessions"),
    "over_capacity": gettext_lazy("People more than the room holds"),
}

OF_PEOPLE = {"person_taken", "person_in_two_places"}
CANNOT = "keep_apart"
CAUSES: dict[str, tuple[Text, Text]] = {
    "rooms_taken": (
        gettext_lazy("There are not enough rooms at the times that remain."),
        gettext_lazy("One more room, or one of them at another time."),
    ),
    "rooms_with_taken": (
        gettext_lazy("They all need a room with %(features)s, and there are not enough of those."),
        gettext_lazy("One more room with %(features)s, or one of them at another time."),
    ),
    "room_taken": (
        gettext_lazy("The rooms are taken by sessions that stay where they are."),
        gettext_lazy("Let more sessions move."),
    ),
    "room_closed": (gettext_lazy("The rooms are not open then."), gettext_lazy("Longer hours of a room.")),
    "room_closed_hours": (
        gettext_lazy("The rooms are not open at the times that remain for %(series)s."),
        gettext_lazy("Longer hours of a room."),
    ),
    "room_out_of_use": (gettext_lazy("A room is out of use."), gettext_lazy("The room in use again.")),
    "feature_missing": (
        gettext_lazy("It needs a room with %(feature)s."),
        gettext_lazy("Another room with %(feature)s, or do without."),
    ),
    "room_too_small": (
        gettext_lazy("The rooms that remain are too small."),
        gettext_lazy("Fewer places, or a larger room."),
    ),
    "unit_cannot_reach": (
        gettext_lazy("The living units of %(series)s cannot reach the rooms that remain."),
        gettext_lazy("Another room, or other units."),
    ),
    "unit_not_free": (
        gettext_lazy("The living units of %(series)s cannot come at the times that remain."),
        gettext_lazy("Other hours of the unit, or other units."),
    ),
    "populations_mixed": (
        gettext_lazy("%(series)s would bring men and women together."),
        gettext_lazy("Make a group for each."),
    ),
    "slot_closed": (gettext_lazy("Slots are closed."), gettext_lazy("Open a slot.")),
    "closed": (
        gettext_lazy("There are no activities at times that %(series)s could have."),
        gettext_lazy("Lift a closure."),
    ),
    "movement_limit": (
        gettext_lazy("The prison can bring only so many groups in one slot."),
        gettext_lazy("More movements in a slot, or fewer units in a group."),
    ),
    "people_limit": (
        gettext_lazy("The prison can bring only so many people in one slot."),
        gettext_lazy("More people in a slot, or fewer places."),
    ),
    "worker_taken": (
        gettext_lazy("They all need %(worker)s."),
        gettext_lazy("A second facilitator beside %(worker)s."),
    ),
    "worker_unavailable": (
        gettext_lazy("The facilitator of %(series)s cannot come at the times that remain."),
        gettext_lazy("More hours of the facilitator, or a substitute."),
    ),
    "worker_elsewhere": (
        gettext_lazy("The facilitator of %(series)s is busy elsewhere at the times that remain."),
        gettext_lazy("Another facilitator."),
    ),
    "permission_missing": (
        gettext_lazy("The facilitator of %(series)s has no permission to enter on those days."),
        gettext_lazy("Ask the prison for the permission."),
    ),
    "same_activity": (
        gettext_lazy("Two sessions of %(series)s are never in one slot."),
        gettext_lazy("Fewer sessions of it in the week."),
    ),
    "person_taken": (
        gettext_lazy("Some people take part in more than one of them."),
        gettext_lazy("Other places for these people, or other times."),
    ),
    "person_in_two_places": (
        gettext_lazy("People of %(series)s are elsewhere at the times that remain."),
        gettext_lazy("Let more sessions move."),
    ),
    "keep_apart": (
        gettext_lazy("They cannot be in one slot."),
        gettext_lazy("Only the prison can say more about this."),
    ),
    "outside_slot": (
        gettext_lazy("On some dates there is no such slot."),
        gettext_lazy("Choose days on which the slots do not change."),
    ),
    "too_long": (
        gettext_lazy("%(series)s lasts longer than the slots that remain."),
        gettext_lazy("A shorter session, or a longer slot."),
    ),
    "other_week": (
        gettext_lazy("A session stays in its own week, and that week is full."),
        gettext_lazy("Move it to another week by hand."),
    ),
    "outside_span": (
        gettext_lazy("Its other dates lie outside the chosen days."),
        gettext_lazy("Choose more days."),
    ),
    "past": (gettext_lazy("Its other dates are over."), gettext_lazy("Choose later days.")),
}

FINDINGS: dict[str, Text] = {
    "no_sessions": gettext_lazy("There is nothing to plan: no session in these days may move."),
    "no_slots": gettext_lazy("There are no time slots in these days. Add the slots of the prison first."),
    "no_rooms": gettext_lazy("There is no room in use. Add the rooms of the prison first."),
    "constructor_only": gettext_lazy(
        "The part that improves a plan is not installed here: this is a first legal plan."
    ),
    "pin_refused": gettext_lazy(
        "A session is held in a place that the rules do not allow, so it is left out."
    ),
    "pins_clash": gettext_lazy("Two sessions are held in one place, so one of them is left out."),
}


@dataclass(frozen=True)
class Because:
    """One cause, and what would make room."""

    sentence: str
    way_out: str


@dataclass(frozen=True)
class LeftOutReason:
    """Why a line was left out, in words."""

    opening: str
    causes: tuple[Because, ...] = ()


class Names:
    """The names that explanations of one proposal need, and whose groups they are: three queries."""

    def __init__(self, whys: Iterable[Mapping[str, Any]], access: Access | None) -> None:
        whys = list(whys)
        causes = [cause for why in whys for cause in why.get("causes", ())]
        series = {pk for why in whys for pk in why.get("together", ())}
        series |= {c[name] for c in causes for name in ("series", "activity") if c.get(name)}
        features = {pk for c in causes for pk in c.get("features", ())} | {
            c["feature"] for c in causes if c.get("feature")
        }
        self._access = access
        self.series = _in_bulk(Series.objects.select_related("activity__organisation"), series)
        self.workers = _in_bulk(Worker.objects.all(), {c["worker"] for c in causes if c.get("worker")})
        self.features = _in_bulk(Feature.objects.all(), features)

    def are_own(self, ids: Iterable[int]) -> bool:
        """Whether all of these groups are the reader's."""
        found = [self.series.get(pk) for pk in ids]
        return all(one is not None and gate.is_own(self._access, one.activity.organisation) for one in found)

    def fill(self, cause: Mapping[str, Any]) -> dict[str, str]:
        features = [str(self.features[pk]) for pk in cause.get("features", ()) if pk in self.features]
        series = self.series.get(cause.get("series") or cause.get("activity") or 0)
        return {
            "features": ", ".join(features),
            "feature": str(self.features.get(cause.get("feature", 0), "?")),
            "worker": str(self.workers.get(cause.get("worker", 0), "?")),
            "series": str(series) if series else _("this series"),
        }


def _in_bulk(rows: Any, ids: set[int]) -> dict[int, Any]:
    return rows.in_bulk(ids) if ids else {}


def why_in_words(why: Mapping[str, Any], names: Names) -> LeftOutReason | None:
    """None where time was too short to look."""
    if not why:
        return None
    if not why.get("is_proven"):
        if why.get("can_be_placed"):
            return LeftOutReason(
                _("There is a place for it after all. Let the planner look a little longer.")
            )
        return LeftOutReason(
            _("There was not enough time to find out why. Let the planner look a little longer.")
        )
    together = [str(names.series[pk]) for pk in why["together"] if pk in names.series]
    causes = [_as_known(cause, why, names) for cause in why["causes"] if cause["code"] in CAUSES]
    because = tuple(dict.fromkeys(_because(one, names) for one in causes))
    return LeftOutReason(_opening(together, why["common_slots"]), because)


def _as_known(cause: Mapping[str, Any], why: Mapping[str, Any], names: Names) -> Mapping[str, Any]:
    """Where people of a group of another service come in, only that it cannot be."""
    if cause["code"] not in OF_PEOPLE:
        return cause
    groups = {*why["together"], *([cause["series"]] if cause.get("series") else [])}
    return cause if names.are_own(groups) else {"code": CANNOT}


def _opening(together: list[str], common: int) -> str:
    if len(together) < 2:
        return _("No place is left for it, whatever the others do.")
    facts = {"series": ", ".join(together), "count": common, "number": len(together)}
    if not common:
        return _("These %(number)s cannot all have a place: %(series)s.") % facts
    return (
        ngettext(
            "These %(number)s cannot all have a place, they have %(count)s slot in common: %(series)s.",
            "These %(number)s cannot all have a place, they have %(count)s slots in common: %(series)s.",
            common,
        )
        % facts
    )


def _because(cause: Mapping[str, Any], names: Names) -> Because:
    has_features = cause["code"] == "rooms_taken" and cause.get("features")
    sentence, way_out = CAUSES["rooms_with_taken" if has_features else cause["code"]]
    facts = names.fill(cause)
    return Because(str(sentence) % facts, str(way_out) % facts)


def costs_in_words(by_rule: Mapping[str, int]) -> list[tuple[str, int]]:
    """Every rule that costs anything, the dearest first."""
    rows = [(str(RULES.get(rule, rule)), points) for rule, points in by_rule.items() if points]
    return sorted(rows, key=lambda row: -row[1])


def findings_in_words(proposal: Proposal) -> list[str]:
    codes = dict.fromkeys(one["code"] for one in proposal.outcome.get("findings", ()))
    return [str(FINDINGS[code]) for code in codes if code in FINDINGS]


def proof_in_words(proposal: Proposal) -> str:
    """What is known about how good it is; honest where nothing is."""
    repair = proposal.outcome.get("repair")
    if repair:
        return _repair_in_words(repair)
    match proposal.outcome.get("status"):
        case "proven":
            return _("No better plan exists for these wishes: this is proven.")
        case "within_gap" | "no_proof" if proposal.cost and proposal.bound is not None:
            percent = -(-100 * max(0, proposal.cost - proposal.bound) // proposal.cost)
            return _("At most %(percent)s %% better is possible.") % {"percent": percent}
        case "nothing_to_plan":
            return ""
        case None:
            return _("It was broken off before anything was proven.")
    return _("How much better a plan could be is not known.")


def _repair_in_words(repair: Mapping[str, Any]) -> str:
    moves, least = repair["moves"], repair["at_least"]
    if not moves:
        return _("Nothing that has a place has to move.")
    if repair["is_minimal"] or least >= moves:
        return ngettext(
            "%(count)s move. Fewer is not possible: this is proven.",
            "%(count)s moves. Fewer is not possible: this is proven.",
            moves,
        ) % {"count": moves}
    return _("At most %(moves)s moves are needed, at least %(least)s.") % {"moves": moves, "least": least}


def supposition_in_words(proposal: Proposal, names: Mapping[str, str]) -> list[str]:
    """What if, as sentences; `names` of the rows that it names, by fact."""
    facts, told = proposal.what_if, []
    if facts.get("more_rooms"):
        told.append(
            ngettext(
                "If there were %(count)s room more.",
                "If there were %(count)s rooms more.",
                facts["more_rooms"],
            )
            % {"count": facts["more_rooms"]}
        )
    sentences: dict[str, Text] = {
        "slot": gettext_lazy("If there were a slot on %(name)s."),
        "helped_worker_id": gettext_lazy("If a second facilitator helped %(name)s."),
        "lost_room_id": gettext_lazy("Without the room %(name)s."),
        "lost_unit_id": gettext_lazy("Without the living unit %(name)s."),
        "lost_worker_id": gettext_lazy("Without the facilitator %(name)s."),
        "lost_slot_id": gettext_lazy("Without the slot %(name)s."),
        "lost_day": gettext_lazy("Without %(name)s."),
    }
    told += [str(text) % {"name": names[name]} for name, text in sentences.items() if name in names]
    return told
