"""Change many dates of a series from one session: this one, this and following, or all; the effect first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from core.dates.clock import BRUSSELS
from core.dates.weeks import Week
from core.errors import PlannerError
from core.secrets import digest
from core.secrets.digest import NotAsShown
from core.web.form_choices import choose_from
from core.web.forms import PlainForm
from planner.board.answers import done, refused
from planner.offer.room_lines import room_lines, room_options
from planner.scheduling.bulk.date_edits import (
    DateEdit,
    DateEditEffect,
    Scope,
    dates_ahead,
    edit_dates,
    effect_of,
)
from planner.scheduling.choices.candidates import length_minutes
from planner.scheduling.choices.room_fits import fits_of, wanted_of
from planner.scheduling.placement.session_changes import KEEP
from planner.scheduling.rules.sentences import reasons_of_each, when
from prisons.access import Access, PrisonRequest, Right, prison_view
from prisons.models import Prison
from rooms.models import WEEKDAYS, Room
from sessions.domain.placing import Part, Placing
from sessions.models import GroupSession, Worker


class DateEditForm(PlainForm):
    """What shall be different, starting from how the session stands."""

    scope = forms.ChoiceField(
        label=gettext_lazy("Which dates"),
        choices=[
            (Scope.THIS, gettext_lazy("only this one")),
            (Scope.FOLLOWING, gettext_lazy("this one and all that follow")),
            (Scope.ALL, gettext_lazy("all that lie ahead")),
        ],
        widget=forms.RadioSelect,
        initial=Scope.FOLLOWING,
    )
    weekday = forms.TypedChoiceField(label=gettext_lazy("Day"), choices=WEEKDAYS, coerce=int)
    start = forms.TimeField(label=gettext_lazy("Starts at"), widget=forms.TimeInput(attrs={"type": "time"}))
    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=5, max_value=720)
    room = forms.ModelChoiceField(label=gettext_lazy("Room"), queryset=Room.objects.none())
    workers = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Facilitators"),
        queryset=Worker.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, session: GroupSession, access: Access, **kwargs: Any) -> None:
        self.session, self.present = session, _present(session)
        super().__init__(*args, initial=self.present, **kwargs)
        choose_from(self, "room", Room.objects.in_prison(session.prison))
        choose_from(self, "workers", Worker.objects.in_prison(session.prison))
        self.fields["room"].choices = self._rooms(access)  # type: ignore[attr-defined]

    def _rooms(self, access: Access) -> list[tuple[int, str]]:
        """Best first: on how many of this date and those that follow each is free, at their present hour."""
        dates = dates_ahead(self.session, Scope.FOLLOWING)
        rooms = {room.pk: room for room in self.fields["room"].queryset}  # type: ignore[attr-defined]
        fits = [fit for fit in fits_of(self.session.prison, wanted_of(dates)) if fit.room.room_id in rooms]
        words = dict(room_options(room_lines(fits, access)))
        label = self.fields["room"].label_from_instance  # type: ignore[attr-defined]
        return [*words.items(), *((pk, label(room)) for pk, room in rooms.items() if pk not in words)]

    def edit(self) -> DateEdit:
        """Only what differs from the session as it stands: the other dates keep what they have."""
        new, old = self.cleaned_data, self.present
        chosen = sorted(worker.pk for worker in new["workers"])
        return DateEdit(
            weekday=new["weekday"] if new["weekday"] != old["weekday"] else None,
            start=new["start"] if new["start"] != old["start"] else None,
            minutes=new["minutes"] if new["minutes"] != old["minutes"] else None,
            room_id=new["room"].pk if new["room"].pk != old["room"] else KEEP,
            workers=tuple(Part(pk) for pk in chosen) if chosen != sorted(old["workers"]) else KEEP,
        )


def _present(session: GroupSession) -> dict[str, Any]:
    local = session.starts_at.astimezone(BRUSSELS) if session.starts_at else None
    leaders = session.session_workers.filter(part="leader").values_list("worker_id", flat=True)
    return {
        "scope": Scope.FOLLOWING,
        "weekday": local.isoweekday() if local else session.series.weekday,
        "start": local.time() if local else session.series.start_time,
        "minutes": length_minutes(session),
        "room": session.room_id,
        "workers": list(leaders),
    }


@require_http_methods(["GET", "POST"])
@prison_view(Right.PLACE)
def session_dates(request: PrisonRequest, prison: Prison, pk: int) -> HttpResponse:
    """The form; its effect, date by date; and the act."""
    sessions = GroupSession.objects.in_prison(prison).live().filter(starts_at__isnull=False)
    session = get_object_or_404(sessions.select_related("series__activity__organisation", "prison"), pk=pk)
    request.access.require_change(session.series.activity.organisation)
    form = DateEditForm(request.POST or None, session=session, access=request.access)
    if request.method != "POST" or not form.is_valid():
        return _page(request, session, form, status=422 if request.method == "POST" else 200)
    try:
        if "do" in request.POST:
            return _do(request, prison, session, form)
        return _page(request, session, form, effect=_effect(session, form))
    except NotAsShown as error:
        session.refresh_from_db()
        return _page(request, session, form, effect=_effect(session, form), error=error)
    except PlannerError as error:
        sent = {"url": request.path, "fields": [], "back_url": request.path}
        return refused(request, prison, error, form=sent)


def _effect(session: GroupSession, form: DateEditForm) -> DateEditEffect:
    return effect_of(session, Scope(form.cleaned_data["scope"]), form.edit())


def _rows(request: PrisonRequest, session: GroupSession, effect: DateEditEffect) -> list[dict[str, Any]]:
    """Each date as it stands and as it would stand: time, room, who leads."""
    reasons = reasons_of_each(request.access, [date.conflicts for date in effect.dates])
    placings = [placing for date in effect.dates for placing in (date.before, date.after)]
    rooms = Room.objects.in_bulk({placing.room_id for placing in placings if placing.room_id})
    workers = Worker.objects.in_bulk({part.worker_id for placing in placings for part in placing.workers})
    return [
        {
            "date": date,
            "before": _standing(date.before, rooms, workers),
            "after": _standing(date.after, rooms, workers) if date.will_change else None,
            "staying": [str(workers[part.worker_id]) for part in date.staying],
            "reasons": said,
        }
        for date, said in zip(effect.dates, reasons, strict=True)
    ]


def _standing(placing: Placing, rooms: Mapping[int, Room], workers: Mapping[int, Worker]) -> dict[str, Any]:
    return {
        "when": when(placing.starts_at, placing.ends_at),
        "room": rooms[placing.room_id] if placing.room_id else None,
        "workers": ", ".join(str(workers[part.worker_id]) for part in placing.workers),
    }


def _do(request: PrisonRequest, prison: Prison, session: GroupSession, form: DateEditForm) -> HttpResponse:
    outcome = edit_dates(
        session,
        Scope(form.cleaned_data["scope"]),
        form.edit(),
        by=request.user,
        access=request.access,
        leave_out_refused=request.POST.get("leave_out") == "1",
        seen=request.POST.get(digest.FIELD, ""),
    )
    count = len(outcome.session_ids)
    text = ngettext("%(count)s date is changed.", "%(count)s dates are changed.", count) % {"count": count}
    session.refresh_from_db()
    day = session.starts_at.astimezone(BRUSSELS).date() if session.starts_at else session.week_on
    return done(request, prison, Week.from_date(day), text or _("Nothing changed."), outcome)


def _page(
    request: PrisonRequest,
    session: GroupSession,
    form: DateEditForm,
    *,
    effect: DateEditEffect | None = None,
    error: NotAsShown | None = None,
    status: int = 200,
) -> HttpResponse:
    dates = effect.dates if effect else ()
    context = {
        "form": form,
        "session": session,
        "effect": effect,
        "rows": _rows(request, session, effect) if effect else [],
        "refused_count": sum(date.is_refused for date in dates),
        "will_change": sum(date.will_change for date in dates),
        "error": error,
    }
    return render(request, "planner/board/dates.html", context, status=error.status if error else status)
