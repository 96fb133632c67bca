"""Which series are over: ended by hand, or the pattern is past and no session is still to come."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q

from prisons import gate
from prisons.access import Access
from prisons.models import Prison
from sessions.models import GroupSession, Series


def is_over(series: Series, day: dt.date) -> bool:
    if series.ended_on is not None:
        return series.ended_on <= day
    return series.pattern_ends_on < day and not _coming(series.prison_id, day).filter(series=series).exists()


def runs(prison: Prison, day: dt.date) -> Q:
    """The series of this prison that are not over, asked so that those of all the years before cost nothing."""
    lasting = Series.objects.in_prison(prison).filter(pattern_ends_on__gte=day).order_by().values("pk")
    ids = lasting.union(_coming(prison, day).values("series"), all=True)
    return Q(_not_ended(day), prison=prison, pk__in=ids)


def over(prison: Prison, day: dt.date) -> Q:
    """The others."""
    lasts = Q(pattern_ends_on__gte=day) | Q(pk__in=_coming(prison, day).values("series"))
    return Q(~(_not_ended(day) & lasts), prison=prison)


def runs_for(access: Access, day: dt.date) -> Q:
    """The same as far as this reader may know: whoever plans nothing learns from the dates that were published."""
    if gate.may_ask(access, gate.Fact.DRAFT):
        return runs(access.prison, day)
    return Q(_runs_in_sight(access, day), prison=access.prison)


def over_for(access: Access, day: dt.date) -> Q:
    """The others that this reader may know of."""
    if gate.may_ask(access, gate.Fact.DRAFT):
        return over(access.prison, day)
    return Q(~_runs_in_sight(access, day), prison=access.prison)


def _runs_in_sight(access: Access, day: dt.date) -> Q:
    """Without the end of the pattern: it moves when drafts are added."""
    seen = _coming(access.prison, day).filter(gate.sessions_for(access))
    return _not_ended(day) & Q(pk__in=seen.values("series"))


def _not_ended(day: dt.date) -> Q:
    return Q(ended_on__isnull=True) | Q(ended_on__gt=day)


def _coming(prison: Prison | int, day: dt.date) -> Any:
    """Live sessions of this week and later, drafts and those in the tray too."""
    sessions = GroupSession.objects.in_prison(prison).live().order_by()
    return sessions.filter(week_on__gte=day - dt.timedelta(days=6))
