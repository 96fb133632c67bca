"""Pages on which a series gains dates: one more, more weeks, skipped ones taken up again. The effect first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from core.dates import clock
from core.errors import PlannerError
from core.secrets.digest import FIELD, NotAsShown
from core.web import address
from core.web.form_choices import choose_from
from core.web.forms import PlainForm
from planner.offer.date_lines import counts_of, lines_of, tell_made
from planner.offer.forms import slot_hours
from planner.offer.one_series.own_series import own_series
from planner.offer.room_lines import room_lines, room_options
from planner.scheduling.choices.room_fits import fits_of_new_date
from planner.scheduling.placement.undo_effects import address_of
from planner.scheduling.series import gained_dates
from planner.scheduling.series.gained_dates import GainedDatesEffect, Longer, OneMore, TakenUp, Wish
from prisons.access import Access, PrisonRequest, Right, prison_view
from prisons.models import Prison
from rooms.models import Room
from sessions.models import Series

FAR_DAYS = 36600
"""Beyond that a date is a slip of the pen: no room is asked for it."""


def _next_on(series: Series) -> dt.date:
    """One more in the same rhythm: after the last date, and never before tomorrow."""
    last = series.group_sessions.live().aggregate(last=Max("starts_at"))["last"]
    step = dt.timedelta(weeks=series.every_weeks)
    on = (clock.today(last) if last else series.starts_on - step) + step
    while on <= clock.today():
        on += step
    return on


class OneMoreForm(PlainForm):
    """A date, an hour, a room."""

    field_of = {"dates_past": "on", "meets_then": "on", "date_out_of_range": "on"}
    on = forms.DateField(label=gettext_lazy("date"))
    starts = forms.TimeField(label=gettext_lazy("from"))
    room = forms.ModelChoiceField(
        label=gettext_lazy("room"),
        queryset=Room.objects.none(),
        required=False,
        empty_label=gettext_lazy("No room yet: into the tray"),
    )

    def __init__(self, *args: Any, series: Series, access: Access, **kwargs: Any) -> None:
        usual = {"on": _next_on(series), "starts": series.start_time, "room": series.default_room_id}
        super().__init__(*args, initial=usual | kwargs.pop("initial", {}), **kwargs)
        choose_from(self, "room", Room.objects.in_prison(series.prison))
        self.fields["starts"].help_text = slot_hours(series.prison)
        if (at := self._asked_hour()) is not None:
            fits = room_lines(fits_of_new_date(series, *at), access)
            empty = ("", str(self.fields["room"].empty_label))  # type: ignore[attr-defined]
            self.fields["room"].choices = [empty, *room_options(fits)]  # type: ignore[attr-defined]

    def _asked_hour(self) -> tuple[dt.date, dt.time] | None:
        """The date and hour that stand in the form, as far as they can be read."""
        try:
            on, starts = (self.fields[name].clean(self[name].value()) for name in ("on", "starts"))
        except ValidationError:
            return None
        return (on, starts) if abs((on - clock.today()).days) < FAR_DAYS else None

    def wish(self) -> Wish:
        room = self.cleaned_data["room"]
        return OneMore(self.cleaned_data["on"], self.cleaned_data["starts"], room and room.pk)


class LongerForm(PlainForm):
    """How many weeks more."""

    field_of = {"no_dates": "weeks", "too_many_sessions": "weeks", "date_out_of_range": "weeks"}
    weeks = forms.IntegerField(
        label=gettext_lazy("number of weeks more"),
        min_value=1,
        max_value=gained_dates.MOST_WEEKS,
        initial=4,
        help_text=gettext_lazy("Calendar weeks: a skipped date is not replaced."),
    )

    def __init__(self, *args: Any, series: Series, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def wish(self) -> Wish:
        return Longer(self.cleaned_data["weeks"])


class TakenUpForm(PlainForm):
    """Which of the dates that are skipped so far; those that are no holiday any more are ticked."""

    field_of = {"dates_past": "dates", "meets_then": "dates", "unknown_date": "dates"}
    dates = forms.TypedMultipleChoiceField(
        label=gettext_lazy("dates that are skipped so far"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick at least one date.")},
    )

    def __init__(self, *args: Any, series: Series, access: Access, **kwargs: Any) -> None:
        freed = {row.pk for row in gained_dates.freed_dates(series.prison, [series])}
        super().__init__(*args, initial={"dates": list(freed)}, **kwargs)
        self.has_dates = bool(rows := gained_dates.skipped_ahead(series))
        self.fields["dates"].choices = [(row.pk, _words(row, row.pk in freed)) for row in rows]  # type: ignore[attr-defined]

    def wish(self) -> Wish:
        return TakenUp(tuple(sorted(self.cleaned_data["dates"])))


def _words(row: Any, is_freed: bool) -> str:
    why = _("no public holiday any more") if is_freed else row.get_reason_display()
    return f"{date_format(row.on, 'l j F Y')} · {why}"


@dataclass(frozen=True)
class SeriesDatesPage:
    """What tells the three pages apart."""

    form: type[OneMoreForm | LongerForm | TakenUpForm]
    heading: Any
    lead: Any


ADD = SeriesDatesPage(
    OneMoreForm,
    gettext_lazy("Add a date"),
    gettext_lazy("One more session of this series. It is a draft until you publish it."),
)
PROLONG = SeriesDatesPage(
    LongerForm,
    gettext_lazy("Prolong"),
    gettext_lazy("More weeks in the same rhythm. The sessions are drafts until you publish them."),
)
TAKE_UP = SeriesDatesPage(
    TakenUpForm,
    gettext_lazy("Take skipped dates up again"),
    gettext_lazy("They are held after all. The sessions are drafts until you publish them."),
)


@require_http_methods(["GET", "POST"])
@prison_view(Right.PLACE)
def series_date_add(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    return _answer(request, prison, pk, ADD)


@require_http_methods(["GET", "POST"])
@prison_view(Right.PLACE)
def series_prolong(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    return _answer(request, prison, pk, PROLONG)


@require_http_methods(["GET", "POST"])
@prison_view(Right.PLACE)
def series_take_up(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    return _answer(request, prison, pk, TAKE_UP)


def _answer(request: PrisonRequest, prison: Prison, pk: int, page: SeriesDatesPage) -> HttpResponse:
    """The form; its effect, date by date; and the act, which does what was shown."""
    series = own_series(request, prison, pk)
    wished = {"initial": _wished(request.GET)} if page is ADD else {}
    form = page.form(request.POST or None, series=series, access=request.access, **wished)
    if request.method != "POST" or not form.is_valid():
        return _show(request, series, page, form, status=422 if request.method == "POST" else 200)
    try:
        if "do" in request.POST:
            return _do(request, series, form.wish())
        return _show(request, series, page, form, effect=gained_dates.effect_of(series, form.wish()))
    except NotAsShown as error:
        series = own_series(request, prison, pk)
        effect = gained_dates.effect_of(series, form.wish())
        return _show(request, series, page, form, effect=effect, error=error, status=error.status)
    except PlannerError as error:
        form.refuse(error)
        return _show(request, series, page, form, status=error.status)


def _wished(asked: QueryDict) -> dict[str, Any]:
    """What the board may fill in: the cell that somebody chose."""
    found = {"on": address.day(asked.get("on")), "room": address.number(asked.get("room"))}
    wished = {name: value for name, value in found.items() if value is not None}
    return wished | ({"starts": asked["starts"]} if "starts" in asked else {})


def _do(request: PrisonRequest, series: Series, wish: Wish) -> HttpResponse:
    made = gained_dates.add_dates(
        series, wish, by=request.user, seen=request.POST.get(FIELD, ""), access=request.access
    )
    count = len(made.placed) + len(made.in_tray)
    text = ngettext("%(count)s date was added.", "%(count)s dates were added.", count) % {"count": count}
    tell_made(request, made, text, undo_url=address_of(made.outcome.change_set))
    return redirect("enrollment:series_detail", request.prison.slug, series.pk)


def _show(
    request: PrisonRequest,
    series: Series,
    page: SeriesDatesPage,
    form: Any,
    *,
    effect: GainedDatesEffect | None = None,
    error: NotAsShown | None = None,
    status: int = 200,
) -> HttpResponse:
    lines = lines_of(effect.dates, request.access) if effect else None
    context = {
        "series": series,
        "page": page,
        "form": form,
        "effect": effect,
        "lines": lines,
        "counts": counts_of(lines),
        "error": error,
    }
    return render(request, "planner/offer/series_dates.html", context, status=status)
