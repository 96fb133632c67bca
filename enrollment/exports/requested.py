"""Which pile somebody asked for, as far as the reader may see the day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from core.errors import PlannerError
from core.paper import Paper
from enrollment.domain.lists import cut_off, day_lists, distribution, list_rules
from enrollment.domain.lists.day import Day
from enrollment.domain.lists.handing_over import all_versions
from enrollment.exports import papers
from enrollment.models import ListVersion
from prisons.access import Access
from prisons.models import Prison

ALL_POSTS, CHANGES_BY_POST = "posts", "changes-by-post"
KINDS = {
    "movements": papers.movement_list,
    "sheets": papers.attendance_sheets,
    "gate": papers.gate_list,
    "slips": papers.movement_slips,
    "cancelled": papers.cancelled,
}


@dataclass(frozen=True)
class WantedFiles:
    """`kind` is one of KINDS, "day", "changes", CHANGES_BY_POST, ALL_POSTS or "post".

    Then `post` is its key, 0 for what no post gets.

    Without a `number` it is the version of the cut-off, or what is known now before there is one.
    """

    on: dt.date
    kind: str
    post: int | None = None
    number: int | None = None


@dataclass(frozen=True)
class Requested:
    """The pile, its name as a file without ending, and the version that it is made from."""

    paper: Paper
    name: str
    version: ListVersion | None


def requested(access: Access, wanted: WantedFiles, *, now: dt.datetime | None = None) -> Requested:
    """Raises PlannerError 404 for a list, a post or a version that there is not, or not for this reader."""
    prison = access.prison
    version = _version(prison, wanted, now)
    current = day_lists.scoped(day_lists.day_lists(prison, wanted.on, now=now), access)
    frozen = cut_off.day_of(version) if version else None
    source = papers.Source(current, None)
    if version and frozen:
        source = papers.Source(day_lists.scoped(frozen, access), version.number, current)
    return Requested(_paper(access, wanted, source), _name(prison, wanted), version)


def _version(prison: Prison, wanted: WantedFiles, now: dt.datetime | None) -> ListVersion | None:
    first = cut_off.latest(prison, wanted.on, now=now)
    if wanted.number is None:
        return first
    found = next((one for one in all_versions(prison, wanted.on) if one.number == wanted.number), None)
    if found is None or found.facts is None:
        raise _no_such_list()
    return found


def _paper(access: Access, wanted: WantedFiles, source: papers.Source) -> Paper:
    if make := KINDS.get(wanted.kind):
        return make(source.day, source.version)
    if wanted.kind == "day":
        slips = list_rules.wants_slips(access.prison)
        return papers.day_lists(source.day, source.version, with_slips=slips)
    if wanted.kind == "changes" and source.current is not None and source.version is not None:
        return papers.changes_page(source.day, source.current, source.version)
    if day_lists.sees_whole_day(access):
        plans = plans_of_day(access.prison, source.day)
        if wanted.kind == ALL_POSTS and plans:
            return papers.for_posts(plans, source)
        if wanted.kind == CHANGES_BY_POST and (paper := papers.changes_for_posts(plans, source)):
            return paper
        if wanted.kind == "post":
            for plan in plans:
                if (plan.pk or 0) == wanted.post:
                    return papers.for_post(plan, source)
    raise _no_such_list()


def _no_such_list() -> PlannerError:
    return PlannerError("no_such_list", _("There is no such list on this day, or it is gone."), status=404)


def plans_of_day(prison: Prison, day: Day) -> list[distribution.PostPlan]:
    """Every post, and at the end what the table forgets of this day."""
    plans = distribution.plans(prison)
    forgotten = distribution.for_nobody(plans, day)
    return [*plans, forgotten] if forgotten else plans


def _name(prison: Prison, wanted: WantedFiles) -> str:
    """It names no post and no list by its contents: prison, day, kind."""
    post = f"-{wanted.post}" if wanted.post is not None else ""
    number = f"-v{wanted.number}" if wanted.number else ""
    return f"{prison.slug}-{wanted.on}-{wanted.kind}{post}{number}"
