"""Announcements: written by a coordinator, read on the first page until put away, ended or over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from prisons.access import Access
from prisons.domain.locking import lock_prison
from prisons.domain.records import audit
from prisons.domain.unchanged import require_unchanged
from prisons.models import Announcement, Dismissal, Organisation, Prison, User

FIELDS = ["text_nl", "text_fr", "text_en", "roles", "starts_on", "ends_on"]
TEXTS = {"text_nl", "text_fr", "text_en"}


def announce(
    prison: Prison, values: Mapping[str, Any], *, by: User, now: dt.datetime | None = None
) -> Announcement:
    """A new one. `values` are the FIELDS and `organisations`; no roles or organisations means everybody.

    Raises PlannerError `ends_before_start`, `over_already` or `said_already` (422).
    """
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_prison(prison)
        _check_dates(values, at)
        said = {name: values[name] for name in FIELDS}
        _require_news(Announcement.objects.in_prison(prison).filter(by=by, ended_at=None, **said), values)
        row = Announcement(prison=prison, by=by, created_at=at, **said)
        row.save()
        row.organisations.set(values.get("organisations", ()))
        audit.record(prison, by, "announce_words", row, fields=[*FIELDS, "organisations"], now=at)
    return row


def _require_news(same: QuerySet[Announcement], values: Mapping[str, Any]) -> None:
    """A form that was gone back to and saved once more says nothing twice."""
    wanted = {one.pk for one in values.get("organisations", ())}
    if any({one.pk for one in row.organisations.all()} == wanted for row in same):
        raise PlannerError("said_already", _("This announcement stands there already."), status=422)


def change_announcement(
    announcement: Announcement,
    values: Mapping[str, Any],
    *,
    by: User,
    seen: str = "",
    now: dt.datetime | None = None,
) -> Announcement:
    """Other words are shown again to those who had put it away.

    Raises PlannerError `not_the_author` (403), `ended`, `changed_meanwhile` (409), `ends_before_start` or
    `over_already` (422).
    """
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_prison(announcement.prison_id)
        row = Announcement.objects.get(pk=announcement.pk)
        if row.by_id != by.pk:
            raise PlannerError(
                "not_the_author", _("Only who wrote an announcement changes its words."), status=403
            )
        _refuse_ended(row)
        require_unchanged(prison, row, seen)
        _check_dates(values, at)
        changed = [name for name in FIELDS if getattr(row, name) != values[name]]
        wanted: list[Organisation] = list(values.get("organisations", ()))
        if {one.pk for one in wanted} != set(row.organisations.values_list("pk", flat=True)):
            changed.append("organisations")
        for name in FIELDS:
            setattr(row, name, values[name])
        row.save()
        row.organisations.set(wanted)
        if TEXTS & set(changed):
            row.dismissals.all().delete()
        if changed:
            audit.record(prison, by, "change_announcement", row, fields=changed, now=at)
    return row


def end_announcement(announcement: Announcement, *, by: User, now: dt.datetime | None = None) -> None:
    """From now on nobody reads it; who may write one may end one. Raises PlannerError `ended` (409)."""
    at = now or clock.now()
    with transaction.atomic():
        prison = lock_prison(announcement.prison_id)
        row = Announcement.objects.get(pk=announcement.pk)
        _refuse_ended(row)
        row.ended_at = at
        row.save(update_fields=["ended_at"])
        audit.record(prison, by, "end_announcement", row, fields=["ended_at"], now=at)


def put_away(announcement: Announcement, *, by: User, now: dt.datetime | None = None) -> None:
    """This reader does not see it any more. Nobody else notices, so there is nothing to audit."""
    Dismissal.objects.get_or_create(announcement=announcement, user=by, defaults={"at": now or clock.now()})


def for_reader(access: Access, *, now: dt.datetime | None = None) -> list[Announcement]:
    """What this person has still to read, the newest first."""
    rows = Announcement.objects.in_prison(access.prison).standing_on(clock.today(now))
    rows = rows.exclude(dismissals__user=access.user).prefetch_related("organisations").select_related("by")
    return [row for row in rows if is_for(row, access)]


def is_for(announcement: Announcement, access: Access) -> bool:
    """Whether one of the reader's roles is addressed; an installer without a role reads them all."""
    if not access.memberships:
        return True
    roles, services = set(announcement.roles), {one.pk for one in announcement.organisations.all()}
    return any(
        (not roles or membership.role in roles) and (not services or membership.organisation_id in services)
        for membership in access.memberships
    )


def _refuse_ended(row: Announcement) -> None:
    if row.ended_at is not None:
        raise PlannerError("ended", _("This announcement has been ended."))


def _check_dates(values: Mapping[str, Any], at: dt.datetime) -> None:
    first, last = values["starts_on"], values["ends_on"]
    if last is not None and last < first:
        raise PlannerError("ends_before_start", _("The last day must not come before the first."), 422)
    if last is not None and last < clock.today(at):
        raise PlannerError("over_already", _("The last day is over: nobody would read it."), 422)
