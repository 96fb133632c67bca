"""Who marked what when: the last hand on each mark, and every act on the marks of a session."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from enrollment.models import Attendance
from prisons.models import AuditEntry, User
from prisons.words.verbs import words_for
from sessions.models import GroupSession

MOST = 50
_ACTS_ON_SESSION = ("unmark", "mark_all", "accept_sheet", "download_sheet_to_fill_in")
_ACTS_ON_MARK = ("mark", "excuse_ahead")


@dataclass(frozen=True)
class MarkingAct:
    """One act: by whom and when; for whom only while that mark still stands."""

    at: dt.datetime
    by: User | None
    verb: str
    participant_id: int | None = None

    @property
    def words(self) -> str:
        return words_for(self.verb)


def of_session(session: GroupSession) -> list[MarkingAct]:
    """The newest first, fifty at the most. The audit holds no values: it says that a mark changed, not how.

    Two queries.
    """
    people = dict(Attendance.objects.filter(session=session).values_list("pk", "participant_id"))
    on_session = Q(model="group_sessions.groupsession", object_id=session.pk, verb__in=_ACTS_ON_SESSION)
    on_marks = Q(model="enrollment.attendance", object_id__in=people, verb__in=_ACTS_ON_MARK)
    entries = AuditEntry.objects.in_prison(session.prison_id).filter(on_session | on_marks)
    return [
        MarkingAct(
            entry.at,
            entry.by,
            entry.verb,
            people.get(entry.object_id) if entry.verb in _ACTS_ON_MARK and entry.object_id else None,
        )
        for entry in entries.select_related("by")[:MOST]
    ]
