"""Whether there is anything to ask for: not over, with requests, and (own services only) not asked already."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from core.dates import clock
from core.errors import PlannerError
from enrollment.models import Enrollment, Request
from sessions.domain.running import is_over
from sessions.models import Series


def refuse_over(series: Series, day: dt.date) -> None:
    """Raises PlannerError `series_over` or `drop_in` (409): there is nothing to ask for."""
    if series.is_drop_in:
        raise PlannerError(
            "drop_in", _("%(series)s needs no request: whoever wants may come."), series=str(series)
        )
    if is_over(series, day):
        raise PlannerError("series_over", _("%(series)s has ended."), series=str(series))


def live_of(series: Series, participant_id: int) -> Enrollment | None:
    """What this person asks for or holds there now; there is one at most."""
    return Enrollment.objects.live().filter(series=series, participant=participant_id).first()


def refuse_live(series: Series, participant_id: int) -> None:
    """Raises PlannerError `asked_already` (409), which says what the answer is so far."""
    if live := live_of(series, participant_id):
        raise PlannerError(
            "asked_already",
            _("This person has asked for %(series)s already: %(state)s."),
            series=str(series),
            state=Enrollment.State(live.state).label,
        )


def asked_at(request: Request, at: dt.datetime) -> dt.datetime:
    """When it was asked: the beginning of the day of the note, or now for a note of today."""
    start = dt.datetime.combine(request.received_on, dt.time(tzinfo=clock.BRUSSELS))
    return start if request.received_on < clock.today(at) else at
