"""Undo: one act taken back within the hour, through the same writer, if nothing has changed since."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import PlannerError
from enrollment.domain.facts import lock_facts
from planner.plan import asks, closing_undo, series_end
from planner.plan.changes import Allowed, Change, Outcome, Part, placing_of
from planner.plan.date_edits import restore_pattern
from planner.plan.placement import apply
from prisons.access import Access, access_for
from prisons.domain import audit
from prisons.domain.changes import images_of
from prisons.models import ChangeImage, ChangeSet, Prison, User
from sessions.models import GroupSession, Series

LABEL, SERIES = GroupSession._meta.label_lower, Series._meta.label_lower


def latest_of(prison: Prison, user: User, *, now: dt.datetime | None = None) -> ChangeSet | None:
    """The act that this person could take back now: the own latest one of this hour, if it stands."""
    now = now or clock.now()
    mine = ChangeSet.objects.in_prison(prison).filter(by=user, at__gt=now - dt.timedelta(hours=1))
    latest = mine.exclude(verb="undo").first()
    return latest if latest is not None and latest.undone_by_id is None else None


def undo(
    change_set: ChangeSet, *, by: User, now: dt.datetime | None = None, access: Access | None = None
) -> Outcome | None:
    """Put every session of the act back as it was; sessions that the act made are removed (None when all).

    Raises PlannerError `undone` or `too_late` (409), `changed_since` (409, naming who), or what `apply`
    raises when the old place is taken by now.
    """
    now = now or clock.now()
    with transaction.atomic():
        prison = lock_facts(change_set.prison_id, now=now)
        change_set = ChangeSet.objects.select_for_update(no_key=True).get(pk=change_set.pk)
        if change_set.undone_by_id is not None:
            raise PlannerError("undone", _("This has been undone already."))
        images = list(images_of(change_set, now=now))
        if not images:
            raise PlannerError("too_late", _("More than an hour has passed. Change it back by hand."))
        closures = [image for image in images if image.model == closing_undo.LABEL]
        patterns = [
            image for image in images if image.model == SERIES and "start_time" in (image.before or {})
        ]
        images = [image for image in images if image.model == LABEL]
        sessions = _unchanged_sessions(images)
        access = access or access_for(by, prison, now=now)
        if access is not None and (ask := asks.of(change_set)) is not None and asks.may_answer(ask, access):
            access = asks.for_both(ask, access)
        if _is_of_the_prison(change_set):
            closing_undo.take_back(prison, change_set, closures, by=by, now=now, access=access)
        series_end.reopen(change_set, by=by, now=now)
        backward = [_backward(image) for image in images if image.before is not None]
        outcome = (
            apply(prison, backward, by=by, verb="undo", now=now, accept_soft=True, access=access,
                  ordered_by_prison=_is_of_the_prison(change_set), undoes=change_set)
            if backward or closures or change_set.verb == series_end.VERB
            else None
        )  # fmt: skip
        _remove(
            [sessions[i.object_id] for i in images if i.before is None], prison, change_set, access, by, now
        )
        for image in patterns:
            restore_pattern(image.object_id, image.before or {})
        if outcome is not None:
            change_set.undone_by = outcome.change_set
            change_set.save(update_fields=["undone_by"])
            asks.reopen(change_set, by=by, now=now)
    return outcome


def _is_of_the_prison(change_set: ChangeSet) -> bool:
    return bool(change_set.facts.get("ordered_by_prison"))


def _unchanged_sessions(images: list[ChangeImage]) -> dict[int, GroupSession]:
    sessions = (
        GroupSession.objects.filter(pk__in=[image.object_id for image in images])
        .select_related("cancellation", "changed_by", "series__activity__organisation")
        .prefetch_related("session_workers", "waivers")
        .in_bulk()
    )
    for image in images:
        session = sessions.get(image.object_id)
        if session is None:
            raise PlannerError(
                "changed_since", _("A session of this act was removed since. Nothing was undone.")
            )
        if placing_of(session).as_json() != image.after:
            raise PlannerError(
                "changed_since",
                _("%(who)s has changed this since. Nothing was undone."),
                who=session.changed_by or "?",
            )
    return sessions


def _backward(image: ChangeImage) -> Change:
    before: dict[str, Any] = image.before or {}
    reason, closure_id, _was = before["cancellation"] or ("", None, "")
    return Change(
        image.object_id,
        before["room_id"],
        _instant(before["starts_at"]),
        _instant(before["ends_at"]),
        before["state"],
        tuple(Part(*part) for part in before["workers"]),
        reason,
        closure_id,
        waivers=tuple(Allowed(*waiver) for waiver in before.get("waivers", ())),
    )


def _instant(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


def _remove(
    sessions: list[GroupSession],
    prison: Prison,
    change_set: ChangeSet,
    access: Access | None,
    by: User,
    now: dt.datetime,
) -> None:
    """What the act had made goes again, and its series with it as long as nobody has asked for it."""
    if not sessions:
        return
    for session in sessions:
        if access is None or not access.may_change(session.series.activity.organisation):
            raise PlannerError("not_yours", _("This belongs to another service."), status=403)
    series_ids = _series_that_go({session.series_id for session in sessions}, sessions)
    if Series.objects.filter(pk__in=series_ids, enrollments__isnull=False).exists():
        raise PlannerError("has_people", _("People have asked for this series. Cancel its sessions instead."))
    audit.record_many(prison, by, "undo", sessions, change_set=change_set, now=now)
    GroupSession.objects.filter(pk__in=[session.pk for session in sessions]).delete()
    for series in Series.objects.filter(
        pk__in=series_ids, group_sessions__isnull=True, requests__isnull=True
    ):
        audit.record(prison, by, "undo", series, change_set=change_set, now=now)
        series.delete()
    change_set.undone_by = ChangeSet.objects.create(prison=prison, by=by, at=now, verb="undo", facts={})
    change_set.save(update_fields=["undone_by"])


def _series_that_go(series_ids: set[int], removed: list[GroupSession]) -> set[int]:
    """Series of which the act made every session; one more date of an old series takes nothing with it."""
    others = GroupSession.objects.filter(series__in=series_ids).exclude(pk__in=[one.pk for one in removed])
    return series_ids - set(others.values_list("series_id", flat=True))
