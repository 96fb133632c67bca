"""What happened to a session or a closure, as one sentence in the language that is active; never a participant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.dates.clock import BRUSSELS
from planner.models import Notice
from planner.notifications.session_change import WORKERS
from rooms.models import Closure
from sessions.models import GroupSession

LINK_LASTS = dt.timedelta(days=60)
"""A letter that is found later opens nothing any more."""


def sentence(row: Notice) -> str:
    """To a facilitator, who knows what the group is called."""
    return happened(row.kind, row.session, row.was_starts_at, str(row.session.series))


def happened(kind: str, session: GroupSession, was: dt.datetime | None, title: str) -> str:
    """`title` is what the reader may call it."""
    facts = {"title": title, "prison": session.prison, "when": moment(session.starts_at), "was": moment(was)}
    if kind == Notice.Kind.MOVED and session.starts_at is None:
        return _("%(title)s of %(was)s has no new time yet (%(prison)s).") % facts
    if kind == Notice.Kind.MOVED and session.starts_at == was:
        return _("%(title)s on %(when)s: the room or the end has changed (%(prison)s).") % facts
    return str(_sentences()[kind]) % facts


def _sentences() -> dict[str, str]:
    kind = Notice.Kind
    return {
        kind.PUBLISHED: _("New: %(title)s on %(when)s (%(prison)s)."),
        kind.MOVED: _("MOVED: %(title)s, from %(was)s to %(when)s (%(prison)s)."),
        kind.CANCELLED: _("CANCELLED: %(title)s on %(was)s (%(prison)s)."),
        kind.RESTORED: _("Takes place again: %(title)s on %(when)s (%(prison)s)."),
        kind.ADDED: _("You lead %(title)s on %(when)s (%(prison)s)."),
        kind.REMOVED: _("You no longer lead %(title)s on %(was)s (%(prison)s)."),
        kind.DOUBTFUL: _(
            "May not take place: %(title)s on %(when)s (%(prison)s). You hear when it is decided."
        ),
        kind.CERTAIN: _("Takes place after all: %(title)s on %(when)s (%(prison)s)."),
        WORKERS: _("Other facilitators: %(title)s on %(when)s (%(prison)s)."),
    }


def sentence_of(session: GroupSession) -> str:
    """Which session, where and when."""
    facts = {"title": str(session.series), "when": moment(session.starts_at), "prison": session.prison}
    return _("%(title)s on %(when)s (%(prison)s).") % facts


def closed(rows: Sequence[Closure], state: str) -> str:
    """What was decided about a closure and all that was announced with it; never its reason in free words."""
    facts = {
        "where": ", ".join(dict.fromkeys(str(row.room or row.unit or row.prison) for row in rows)),
        "from": moment(min(row.starts_at for row in rows)),
        "until": moment(max(row.ends_at for row in rows)),
        "kind": rows[0].get_kind_display(),
    }
    told = {
        Closure.State.ANNOUNCED: _(
            "Announced: no activities in %(where)s, %(from)s to %(until)s (%(kind)s)."
        ),
        Closure.State.CONFIRMED: _(
            "CONFIRMED: no activities in %(where)s, %(from)s to %(until)s (%(kind)s)."
        ),
        Closure.State.LIFTED: _("LIFTED: activities in %(where)s, %(from)s to %(until)s (%(kind)s)."),
    }
    return told[Closure.State(state)] % facts


def moment(at: dt.datetime | None) -> str:
    return date_format(at.astimezone(BRUSSELS), "D j N Y, H:i") if at else "–"
