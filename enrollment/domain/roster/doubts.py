"""When a list changes more than happens between two lists: asked, each kind by its own share, with a likely reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

if TYPE_CHECKING:
    from enrollment.domain.roster.comparison import RosterPreview
    from enrollment.domain.roster.roster_workbook import RosterLine
    from enrollment.models import Stay


@dataclass(frozen=True)
class Limit:
    """Asked from `least` rows on, when they are more than this share of those who stay here, or of the lines."""

    least: int
    share: float


LIMITS = {
    "new": Limit(10, 0.1),
    "moved": Limit(10, 0.1),
    "gone": Limit(5, 0.05),
    "problems": Limit(5, 0.05),
}
"""The same as the table in docs/enrolment.md: who goes loses places, so that is asked soonest."""
LEAST_OF_A_UNIT = 2


@dataclass(frozen=True)
class Question:
    """So many of so many: somebody says that it is meant so before it is done."""

    kind: str
    count: int
    title: str | Promise
    reason: str | Promise
    yes: str | Promise


def questions(
    found: RosterPreview, here: Sequence[Stay], lines: Sequence[RosterLine], *, is_first: bool
) -> list[Question]:
    """`here` is who stays here. The first list of all may make everybody new."""
    of = dict.fromkeys(LIMITS, len(here)) | {"problems": len(lines) + len(found.problems)}
    counts = {
        "new": 0 if is_first else len(found.new),
        "moved": len(found.moved),
        "gone": len(found.gone),
        "problems": len(found.problems),
    }
    makers = {"new": _new, "moved": _moved, "gone": _gone, "problems": _problems}
    asked = [
        kind
        for kind, count in counts.items()
        if count >= LIMITS[kind].least and count > of[kind] * LIMITS[kind].share
    ]
    if found.gone and "gone" not in asked and any(each.names_nobody for each in found.problems):
        asked.append("gone")
    return [*(makers[kind](found, counts[kind], lines) for kind in asked), *_units(found, here)]


def _units(found: RosterPreview, here: Sequence[Stay]) -> list[Question]:
    """Everybody of a living unit is gone: always asked, however small the unit."""
    living = Counter(stay.unit for stay in here if stay.unit and stay.register_number)
    gone = Counter(stay.unit for stay in found.gone if stay.unit)
    missing = [(unit, gone[unit]) for unit, times in living.items() if times == gone[unit] >= LEAST_OF_A_UNIT]
    if not missing:
        return []
    names = ", ".join(
        f"{unit.code} ({count})" for unit, count in sorted(missing, key=lambda each: each[0].code)
    )
    count = sum(times for _unit, times in missing)
    title = ngettext_lazy(
        "Nobody of living unit %(units)s stands on the list",
        "Nobody of the living units %(units)s stands on the list",
        len(missing),
    ) % {"units": names}
    reason = _("Perhaps a page or a sheet is missing.")
    return [Question("units", count, title, reason, _("Yes: nobody stays there any more."))]


def _people(what: str, count: int) -> str | Promise:
    titles = {
        "new": ngettext_lazy("%(count)s person would be new", "%(count)s people would be new", count),
        "moved": ngettext_lazy(
            "%(count)s person would have moved", "%(count)s people would have moved", count
        ),
        "gone": ngettext_lazy("%(count)s person would be gone", "%(count)s people would be gone", count),
    }
    return titles[what] % {"count": count}


def _new(found: RosterPreview, count: int, lines: Sequence[RosterLine]) -> Question:
    if len(found.gone) * 2 > count:
        reason = _("As many are gone: perhaps this is the list of another prison, or another kind of number.")
    else:
        reason = _("Perhaps this is the list of another prison, or of several.")
    title = _people("new", count)
    return Question("new", count, title, reason, _("Yes: everybody named under “New” has arrived."))


def _moved(found: RosterPreview, count: int, lines: Sequence[RosterLine]) -> Question:
    cells = Counter(each.line.cell for each in found.moved)
    if max(cells.values()) * 2 > count:
        reason = _("The same cell stands on most lines: perhaps another column was taken for the cell.")
    elif all(each.unit == each.stay.unit for each in found.moved):
        reason = _(
            "The units are the same and the cells are not: perhaps the cells are written in another way."
        )
    elif len({each.unit for each in found.moved}) == 1 and len({each.stay.unit for each in found.moved}) > 1:
        reason = _("All of them would live in one unit: perhaps another column was taken for the unit.")
    elif not found.same:
        reason = _("Nobody stays where they were: perhaps the lines and their cells were sorted apart.")
    else:
        reason = _("Has a whole unit moved since the last list?")
    title = _people("moved", count)
    return Question("moved", count, title, reason, _("Yes: everybody named under “Moved” lives there now."))


def _gone(found: RosterPreview, count: int, lines: Sequence[RosterLine]) -> Question:
    left = {each.unit_id for each in found.gone}
    units = {line.unit or line.section for line in lines}
    reason: str | Promise
    if any(each.names_nobody for each in found.problems):
        reason = _("Rows without a number and a name were not understood: these people may stand on them.")
    elif len(found.new) * 2 > count:
        reason = _("As many are new: perhaps this is the list of another prison, or another kind of number.")
    elif len(units) <= len(left):
        reason = ngettext_lazy(
            "Only one living unit stands on the list: perhaps it is the list of one wing.",
            "Only %(count)s living units stand on the list: perhaps it is the list of some wings.",
            len(units),
        ) % {"count": len(units)}
    else:
        reason = _("That is more than usual. Is this the list of the whole prison, and of today?")
    title = _people("gone", count)
    return Question("gone", count, title, reason, _("Yes: everybody named under “Gone” has left."))


def _problems(found: RosterPreview, count: int, lines: Sequence[RosterLine]) -> Question:
    why, times = Counter(str(each.why) for each in found.problems).most_common(1)[0]
    title = ngettext_lazy("%(count)s row was not understood", "%(count)s rows were not understood", count)
    reason = _("Most often (%(times)s ×): %(why)s. Perhaps a column holds something else.") % {
        "times": times,
        "why": why,
    }
    return Question(
        "problems",
        count,
        title % {"count": count},
        reason,
        _("Yes: accept the other rows; these change nothing."),
    )
