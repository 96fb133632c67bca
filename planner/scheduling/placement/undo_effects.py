"""What taking an act back would do, asked before: the sessions, what goes with them, who hears of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from core.secrets.digest import FIELD, NotAsShown, digest
from planner.notifications.unsaid import Unsaid, unsaid_of
from planner.scheduling.bulk.date_edits import pattern_of
from planner.scheduling.placement.act_words import name_of
from planner.scheduling.placement.audience_counts import AudienceCounts, told_by
from planner.scheduling.placement.session_changes import Change
from planner.scheduling.series import made_series, series_end
from prisons import gate
from prisons.access import Access
from prisons.domain.records.change_sets import images_of
from prisons.models import ChangeImage, ChangeSet
from rooms.models import Closure
from sessions.domain.placing import Allowed, Part, placing_of
from sessions.models import Cancellation, GroupSession, Series

LABEL, SERIES = GroupSession._meta.label_lower, Series._meta.label_lower
State = GroupSession.State


@dataclass(frozen=True)
class UndoEffect:
    """Nothing of it is written yet."""

    act: ChangeSet
    back: tuple[GroupSession, ...]
    """Put back where they stood."""
    cancelled: tuple[GroupSession, ...]
    """The act made them and somebody could see them: they do not take place."""
    removed: tuple[GroupSession, ...]
    """The act made them and nobody could see them."""
    series: tuple[Series, ...]
    """Made by the act: they go."""
    patterns: tuple[ChangeImage, ...]
    closures: tuple[ChangeImage, ...]
    changes: tuple[Change, ...]
    unsaid: Unsaid
    told: AudienceCounts

    @property
    def sessions(self) -> tuple[GroupSession, ...]:
        return *self.back, *self.cancelled, *self.removed

    @property
    def is_wide(self) -> bool:
        """It reaches beyond one session: whoever undoes it is shown how far."""
        return (
            len(self.sessions) > 1 or bool(self.series or self.closures) or self.act.verb == series_end.VERB
        )

    @property
    def rows_digest(self) -> str:
        """The act and the rows that it touched, as they stand: for a button beside what was just done."""
        return rows_digest(self.act, self.sessions)

    @property
    def digest(self) -> str:
        """All that the page shows, with who hears of it."""
        return digest("undo", self.rows_digest, self.series, self.told)

    def known_to(self, access: Access | None) -> UndoEffect:
        """What of it this reader may be shown: drafts are the services' own."""
        return replace(self, back=tuple(one for one in self.back if gate.knows_session(access, one)))

    def require_seen(self, seen: str | None) -> None:
        """Raises NotAsShown (409)."""
        if seen is not None and seen not in (self.rows_digest, self.digest):
            raise NotAsShown

    def name(self, access: Access | None = None) -> str:
        return name_of(self.act, self.sessions, access)


def rows_digest(act: ChangeSet, sessions: tuple[GroupSession, ...]) -> str:
    versions = sorted((session.pk, session.version) for session in sessions)
    return digest("undo", act.pk, act.undone_by_id, versions)


def digest_of(act: ChangeSet, sessions: tuple[GroupSession, ...] = ()) -> str:
    """The same for an act that was done just now, without asking what undoing it would do.

    `sessions` are all that it touched, as they were written.
    """
    if sessions:
        return rows_digest(act, sessions)
    touched = act.images.filter(model=LABEL).values("object_id")
    return rows_digest(act, tuple(GroupSession.objects.filter(pk__in=touched).only("version")))


def address_of(act: ChangeSet, sessions: tuple[GroupSession, ...] = ()) -> str:
    """Where the button beside what was just done takes it back: it carries the rows as they stand."""
    return f"{reverse('planner:undo', args=[act.prison.slug, act.pk])}?{FIELD}={digest_of(act, sessions)}"


def effect_of(act: ChangeSet, *, now: dt.datetime | None = None) -> UndoEffect:
    """Raises PlannerError `undone`, `too_late`, `changed_since` or `has_people` (409)."""
    if act.undone_by_id is not None:
        raise PlannerError("undone", _("This has been undone already."))
    images = list(images_of(act, now=now or clock.now()))
    if not images:
        raise PlannerError("too_late", _("More than an hour has passed. Change it back by hand."))
    of_sessions = [image for image in images if image.model == LABEL]
    sessions = _unchanged_sessions(of_sessions)
    made = [sessions[image.object_id] for image in of_sessions if image.before is None]
    cancelled = tuple(one for one in made if one.published_at is not None)
    removed = tuple(one for one in made if one.published_at is None)
    patterns = [image for image in images if image.model == SERIES and "start_time" in (image.before or {})]
    series = _unchanged_series([image for image in images if image.model == SERIES])
    made_series.refuse_in_use(removed)
    made_series.refuse_in_use(series)
    made_series.refuse_more_dates(series, removed)
    changes, unsaid = _changes(of_sessions, cancelled), unsaid_of(act, now=now or clock.now())
    return UndoEffect(
        act=act,
        back=tuple(sessions[image.object_id] for image in of_sessions if image.before is not None),
        cancelled=cancelled,
        removed=removed,
        series=series,
        patterns=tuple(patterns),
        closures=tuple(image for image in images if image.model == Closure._meta.label_lower),
        changes=changes,
        unsaid=unsaid,
        told=told_by(act.prison, changes, unsaid),
    )


def _unchanged_sessions(images: list[ChangeImage]) -> dict[int, GroupSession]:
    sessions = (
        GroupSession.objects.filter(pk__in=[image.object_id for image in images])
        .select_related("cancellation", "changed_by", "room", "series__activity__organisation")
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
            raise _changed(session.changed_by)
    return sessions


def _changed(who: Any) -> PlannerError:
    return PlannerError(
        "changed_since", _("%(who)s has changed this since. Nothing was undone."), who=who or _("Somebody")
    )


def _unchanged_series(images: list[ChangeImage]) -> tuple[Series, ...]:
    """Those that the act made; of them and of the patterns that it changed nothing may differ."""
    known = Series.objects.select_related("activity__organisation").in_bulk([i.object_id for i in images])
    for image in images:
        series = known.get(image.object_id)
        if series is None:
            raise PlannerError(
                "changed_since", _("A series of this act was removed since. Nothing was undone.")
            )
        if image.before is None and made_series.image_of(series) != image.after:
            raise PlannerError(
                "changed_since",
                _("%(series)s was changed since: its texts, its needs or its materials. Nothing was undone."),
                series=series,
            )
        if "start_time" in (image.before or {}) and pattern_of(series) != image.after:
            raise PlannerError(
                "changed_since", _("%(series)s was changed since. Nothing was undone."), series=series
            )
    return tuple(known[image.object_id] for image in images if image.before is None)


def _changes(images: list[ChangeImage], cancelled: tuple[GroupSession, ...]) -> tuple[Change, ...]:
    reason = Cancellation.Reason.NOT_NEEDED.value
    gone = [Change(session.pk, state=State.CANCELLED, reason=reason) for session in cancelled]
    return *(_backward(image) for image in images if image.before is not None), *gone


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


@dataclass(frozen=True)
class UndoOffer:
    """A way back: at once where all that it reaches is on screen, else by way of a page that shows how far."""

    act_id: int
    name: str
    address: str
    asks: bool


def offer_of(act: ChangeSet, access: Access) -> UndoOffer | None:
    """None when it cannot be taken back any more."""
    try:
        effect = effect_of(act)
    except PlannerError:
        return None
    address = reverse("planner:undo", args=[act.prison.slug, act.pk])
    if effect.is_wide:
        return UndoOffer(act.pk, effect.name(access), address, asks=True)
    return UndoOffer(act.pk, effect.name(access), f"{address}?{FIELD}={effect.rows_digest}", asks=False)
