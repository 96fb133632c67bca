"""A filled sheet comes back: read, looked at, accepted. The same file twice changes nothing the second time."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from core.secrets.digest import digest, require_seen
from enrollment.domain.attendance import marking
from enrollment.domain.attendance.sheet_file import Filled, SheetFile, compare
from enrollment.domain.attendance.sheet_lines import FillSheet, SheetLine, fill_sheet
from enrollment.models import Attendance, Participant, SheetDraft
from prisons.domain.records import audit
from prisons.models import User
from sessions.models import GroupSession

Mark = Attendance.Mark
KEPT = dt.timedelta(days=1)


@dataclass(frozen=True)
class MarkChange:
    """One person whose mark or whose guests the file changes."""

    line: SheetLine
    to: Filled

    @property
    def old_label(self) -> str:
        return str(Mark(self.line.mark).label) if self.line.mark else ""

    @property
    def new_label(self) -> str:
        return str(Mark(self.to.mark).label)


@dataclass(frozen=True)
class SheetPreview:
    """What accepting would do, and what has to be confirmed first."""

    sheet: FillSheet
    changes: tuple[MarkChange, ...]
    same: int
    blank: tuple[SheetLine, ...]
    """On the file without a mark, and without one here: they can be marked present together."""
    missing: tuple[SheetLine, ...]
    """On the sheet, not in the file: their lines were deleted, or they joined the group since."""
    overwritten: tuple[MarkChange, ...]
    """Changes of a mark that somebody set after the sheet was downloaded, or before."""
    is_older: bool
    """The group, its hours or its marks changed since the sheet was downloaded."""

    @property
    def asks(self) -> bool:
        """Whether somebody has to say that it is meant so."""
        return bool(self.missing or self.overwritten or (self.is_older and self.changes))

    @property
    def digest(self) -> str:
        """Of the sheet as it stands and of all that the file would change."""
        changes = [(change.line.participant.pk, change.to) for change in self.changes]
        left = [[line.participant.pk for line in lines] for lines in (self.blank, self.missing)]
        return digest("accept_sheet", self.sheet.made_of, changes, left, self.is_older)

    @property
    def is_empty(self) -> bool:
        return not self.changes and not self.blank


def draft(session: GroupSession, file: SheetFile, *, by: User, now: dt.datetime | None = None) -> SheetDraft:
    """Keeps what was read, for a day at most. Raises PlannerError: closed, drop-in, faulty lines."""
    at = now or clock.now()
    marking.refuse_closed(session, at)
    if session.series.is_drop_in:
        raise PlannerError("drop_in", _("Here people are counted, not named: type in the number instead."))
    filled = compare(file, fill_sheet(session))
    forget_drafts(now=at)
    return SheetDraft.objects.create(
        session=session,
        by=by,
        created_at=at,
        lines=[asdict(one) for one in filled],
        made_of=file.made_of,
        ignores_columns=file.ignores_columns,
    )


def forget_drafts(*, now: dt.datetime | None = None) -> int:
    """Deletes what nobody accepted within a day; returns how many."""
    deleted, _of = SheetDraft.objects.filter(created_at__lt=(now or clock.now()) - KEPT).delete()
    return deleted


def preview(row: SheetDraft) -> SheetPreview:
    """What the file would change as the facts are now."""
    sheet = fill_sheet(row.session)
    lines = {line.participant.pk: line for line in sheet.lines}
    filled = [Filled(**one) for one in row.lines if one["participant_id"] in lines]
    told = {one.participant_id for one in filled}
    marked = [MarkChange(lines[one.participant_id], one) for one in filled if one.mark]
    changes = tuple(change for change in marked if _differs(change))
    return SheetPreview(
        sheet=sheet,
        changes=changes,
        same=len(marked) - len(changes),
        blank=tuple(line for one in filled if not one.mark and _is_open(line := lines[one.participant_id])),
        missing=tuple(line for line in sheet.lines if line.participant.pk not in told),
        overwritten=tuple(change for change in changes if change.line.mark),
        is_older=sheet.made_of != row.made_of,
    )


def _is_open(line: SheetLine) -> bool:
    return not line.mark and not line.skips


def _differs(change: MarkChange) -> bool:
    line, to = change.line, change.to
    return (line.mark, line.adults, line.children) != (to.mark, to.adults, to.children)


@transaction.atomic
def accept(
    row: SheetDraft,
    *,
    seen: str,
    confirmed: bool,
    rest_present: bool,
    by: User,
    now: dt.datetime | None = None,
) -> int:
    """Writes the marks, all or none; returns how many changed.

    `seen` is the digest of the preview. Raises NotAsShown (409), PlannerError 409 when it was accepted before or
    when the edit window has closed, and 422 while a question of the preview is not `confirmed`.
    """
    at = now or clock.now()
    row = SheetDraft.objects.select_for_update().get(pk=row.pk)
    if row.accepted_at:
        raise PlannerError("sheet_accepted", _("This file was accepted before: its marks stand."))
    marking.refuse_closed(row.session, at)
    shown = preview(row)
    require_seen(seen, shown.digest)
    if shown.asks and not confirmed:
        raise PlannerError("sheet_asks", _("First confirm what is asked below."), status=422)
    for change in shown.changes:
        _write(row.session, change.line.participant, change.to, by=by, now=at)
    for line in shown.blank if rest_present else ():
        _write(row.session, line.participant, Filled(line.participant.pk, Mark.PRESENT), by=by, now=at)
    row.accepted_at, row.lines = at, []
    row.save(update_fields=["accepted_at", "lines"])
    audit.record(row.session.prison, by, "accept_sheet", row.session, fields=["mark"], now=at)
    return len(shown.changes) + (len(shown.blank) if rest_present else 0)


def _write(session: GroupSession, person: Participant, to: Filled, *, by: User, now: dt.datetime) -> None:
    marking.mark(session, person, to.mark, by=by, adults=to.adults, children=to.children, now=now)
