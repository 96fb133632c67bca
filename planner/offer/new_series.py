"""A new series: the form, the preview of its dates, and what is said once it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import PlannerError
from core.secrets.digest import NotAsShown
from core.web import address
from core.web.forms import DONE
from core.web.htmx import is_partial
from planner.offer.date_lines import DateLine, counts_of, lines_of, tell_made
from planner.offer.forms import NewSeriesForm, may_mix
from planner.offer.room_lines import RoomLine, room_lines
from planner.scheduling.choices.room_fits import fits_of_draft
from planner.scheduling.placement.undo_effects import address_of
from planner.scheduling.series.making import SeriesOutcome, create_series, digest_of, preview_series
from prisons.access import Access, PrisonRequest, Right, prison_view
from prisons.models import Prison
from sessions.models import Series


@dataclass(frozen=True)
class Dates:
    """What the page shows of them, and its digest: saved are these and no others."""

    lines: list[DateLine]
    digest: str
    rooms: list[RoomLine]


@prison_view(Right.PLACE)
def series_add(request: PrisonRequest, prison: Prison) -> HttpResponse:
    """A new series. The button that only shows the dates posts here too, so it works without JavaScript."""
    if request.method == "GET":
        form = NewSeriesForm(access=request.access, initial=_wished(request.access, request.GET))
        return _new_series(request, form)
    form = NewSeriesForm(request.POST, access=request.access)
    if "preview" in request.POST:
        form.is_valid()
        return _new_series(request, form, dates=_preview(form, request.access))
    if known := _saved_before(form, prison):
        messages.info(request, _("This series was saved already."))
        return redirect("enrollment:series_detail", prison.slug, known.pk)
    made: list[SeriesOutcome] = []
    how: dict[str, Any] = {
        "by": request.user,
        "seen": request.POST.get("seen_dates", ""),
        "access": request.access,
    }
    status = form.attempt(lambda _values: made.append(create_series(prison, form.draft, **how)))
    if status == DONE:
        count = len(made[0].placed) + len(made[0].in_tray)
        text = ngettext("The series has %(count)s session.", "The series has %(count)s sessions.", count)
        undo_url = address_of(made[0].outcome.change_set)
        tell_made(request, made[0], text % {"count": count}, undo_url=undo_url)
        return redirect("enrollment:series_detail", prison.slug, made[0].series.pk)
    dates = _preview(form, request.access, again=True) if isinstance(form.refusal, NotAsShown) else None
    return _new_series(request, form, dates=dates, status=status)


def _new_series(
    request: PrisonRequest, form: NewSeriesForm, *, dates: Dates | None = None, status: int = 200
) -> HttpResponse:
    lines = dates.lines if dates else None
    context = {
        "form": form,
        "lines": lines,
        "seen_dates": dates.digest if dates else "",
        "counts": counts_of(lines),
        "has_activities": _field(form, "activity").exists(),
        "mixes": may_mix(request.prison),
        "rooms": dates.rooms if dates else [],
        "is_answer": is_partial(request),
    }
    if is_partial(request) and "preview" in request.POST:
        return render(request, "planner/offer/_dates.html", context)
    return render(request, "planner/offer/series_add.html", context, status=status)


def _field(form: Any, name: str) -> Any:
    return form.fields[name].queryset


def _wished(access: Access, asked: Any) -> dict[str, Any]:
    """What an address may fill in: an activity, a series to copy, a room with day and hours from the board."""
    wished: dict[str, Any] = {name: asked[name] for name in ("start_time", "end_time") if name in asked}
    if (day := address.day(asked.get("on"))) is not None:
        wished["starts_on"] = day
    if (room := address.number(asked.get("room"))) is not None:
        wished["default_room"] = room
    if (activity := address.number(asked.get("activity"))) is not None:
        wished["activity"] = activity
    if (copied := address.number(asked.get("copy"))) is not None:
        series = Series.objects.in_prison(access.prison).filter(pk=copied).first()
        wished |= _like(series) if series else {}
    return wished


def _like(series: Series) -> dict[str, Any]:
    """Everything of a series but its dates, for a copy."""
    plain = [
        "label",
        "places",
        "is_drop_in",
        "counts_as_work",
        "languages",
        "min_level",
        "level_language",
        "needs_intake",
    ]
    pattern = ["start_time", "weeks", "every_weeks", "runs_on_holidays", "waiting_order", "list_name"]
    wished = {name: getattr(series, name) for name in [*plain, *pattern]}
    wished |= {
        f"{name}": getattr(series, f"{name}_id") for name in ("activity", "needs_followed", "default_room")
    }
    end = series.start_time.hour * 60 + series.start_time.minute + series.duration_minutes
    wished["end_time"] = f"{end // 60 % 24:02d}:{end % 60:02d}"
    wished["units"] = list(series.units.all())
    wished["needs_features"] = list(series.needs_features.all())
    wished["workers"] = [usual.worker_id for usual in series.usual_workers.all()]
    return wished


def _saved_before(form: NewSeriesForm, prison: Prison) -> Series | None:
    """The series that a first click made: same code, activity, date and hour. Any other gets a new code."""
    if not form.is_valid():
        return None
    data = form.cleaned_data
    known = Series.objects.in_prison(prison).filter(list_code=data["list_code"]).first()
    if known is None or not data["list_code"]:
        return None
    if (known.activity_id, known.starts_on, known.start_time) == (
        data["activity"].pk,
        data["starts_on"],
        data["start_time"],
    ):
        return known
    data["list_code"] = ""
    return None


def _preview(form: NewSeriesForm, access: Access, *, again: bool = False) -> Dates | None:
    """What would become of each date; None while the form cannot say, or when it is refused as a whole.

    `again`: the form is fine, and what it said of the dates is to be shown anew.
    """
    if form.errors and not again:
        return None
    try:
        draft = form.draft
        tried = preview_series(access.prison, draft)
    except PlannerError as error:
        form.refuse(error)
        return None
    rooms = room_lines(fits_of_draft(access.prison, draft), access)
    return Dates(lines_of(tried, access), digest_of(draft, tried), rooms)
