"""The shape of a series as people type it, and the filters of the list."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from core.dates.clock import today
from core.dates.weeks import Week
from core.web import address
from core.web.form_choices import AllOrSomeRows, choose_from
from core.web.forms import PlainForm
from core.words.languages import by_name
from planner.offer.series_list import ALL, OVER, RUNNING
from planner.scheduling.series.making import SeriesDraft, next_list_code
from prisons import gate
from prisons.access import Access
from prisons.models import Organisation, Prison, Unit
from rooms.models import Feature, Room, TimeSlot
from sessions.domain.recurrence import MAX_SESSIONS, LeftOutDate
from sessions.forms import own_services
from sessions.models import Activity, Domain, Series, Term, Worker
from sessions.models.offer import LanguageLevel

FIELDS_OF_SERIES = [
    "activity",
    "label",
    "term",
    "list_name",
    "places",
    "is_drop_in",
    "counts_as_work",
    "languages",
    "min_level",
    "level_language",
    "needs_intake",
    "needs_followed",
    "waiting_order",
]
FIELDS_OF_PATTERN = ["starts_on", "start_time", "weeks", "every_weeks", "runs_on_holidays", "default_room"]
LONGEST_MINUTES = 12 * 60
SHORTEST_MINUTES = 5


class SeriesFilter(PlainForm):
    """Unusable values filter nothing."""

    q = forms.CharField(
        label=_("title or code"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": _("title or code"), "type": "search"}),
    )
    when = forms.ChoiceField(
        label=_("when"),
        required=False,
        choices=[(RUNNING, _("Running or coming")), (OVER, _("Over")), (ALL, _("All"))],
    )
    service = forms.ModelChoiceField(
        label=_("service"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("Every service"),
    )
    term = forms.ModelChoiceField(
        label=_("term"), queryset=Term.objects.none(), required=False, empty_label=_("Every term")
    )
    domain = forms.ChoiceField(
        label=_("life domain"), required=False, choices=[("", _("Every life domain")), *Domain.choices]
    )
    activity = forms.ModelChoiceField(
        queryset=Activity.objects.none(), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "service", Organisation.objects.filter(prisons=access.prison))
        choose(self, "term", Term.objects.in_prison(access.prison))
        choose(self, "activity", Activity.objects.filter(organisation__prisons=access.prison))
        self.fields = gate.answered(access, self.fields)


class ActivityField(forms.ModelChoiceField):
    """Titles with the service that offers them: a coordinator chooses among several."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} · {obj.organisation.short_name}"


class SeriesForm(PlainForm):
    """What a group is, for whom, and what it asks of people and of the room."""

    field_of = {
        "places_held": "places",
        "name_betrays": "list_name",
        "not_yours": "activity",
        "populations_mixed": "units",
    }

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    activity = ActivityField(
        label=_("activity"), queryset=Activity.objects.none(), empty_label=_("Choose an activity")
    )
    label = forms.CharField(
        label=_("group"),
        max_length=40,
        required=False,
        help_text=_("Tells groups of one activity apart: 1, beginners, Tuesday."),
    )
    term = forms.ModelChoiceField(
        label=_("term"), queryset=Term.objects.none(), required=False, empty_label=_("In no term")
    )
    list_name = forms.CharField(
        label=_("name on lists"),
        max_length=80,
        required=False,
        help_text=_(
            "Neutral: it must not betray why somebody comes. Empty: Activiteit / Activité and a code."
        ),
    )
    places = forms.IntegerField(label=_("places"), min_value=1, max_value=500)
    is_drop_in = forms.BooleanField(label=_("Drop-in: counted, without enrolment"), required=False)
    counts_as_work = forms.BooleanField(
        label=_("Counts as work"),
        required=False,
        help_text=_("Hours per participant and month can be handed in, with a line to sign: see Reports."),
    )
    units = AllOrSomeRows(label=_("for these living units"), all_label=_("All living units"))
    languages = forms.MultipleChoiceField(
        label=_("languages of the group"),
        choices=by_name,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    needs_features = forms.ModelMultipleChoiceField(
        label=_("the room must have"),
        queryset=Feature.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    level_language = forms.ChoiceField(
        label=_("knows"),
        choices=[("", _("no language in particular")), ("nl", _("Dutch")), ("fr", _("French"))],
        required=False,
    )
    min_level = forms.ChoiceField(
        label=_("at least at level"), choices=[("", "–"), *LanguageLevel.choices], required=False
    )
    needs_followed = ActivityField(
        label=_("has followed before"),
        queryset=Activity.objects.none(),
        required=False,
        empty_label=_("Nothing in particular"),
    )
    needs_intake = forms.BooleanField(label=_("An intake talk is needed"), required=False)
    waiting_order = forms.ChoiceField(
        label=_("order of the waiting list"), choices=Series.WaitingOrder.choices
    )

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        prison = access.prison
        here = Activity.objects.filter(organisation__prisons=prison).select_related("organisation")
        choose_from(self, "activity", here.filter(organisation__in=own_services(access)))
        choose_from(self, "needs_followed", here)
        choose(self, "term", Term.objects.in_prison(prison))
        choose_from(self, "units", Unit.objects.in_prison(prison))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if bool(data.get("min_level")) != bool(data.get("level_language")):
            self.add_error("min_level", _("Choose a language and a level, or neither."))
        activity, name = data.get("activity"), data.get("list_name", "")
        if activity and name and betrays(activity, name):
            self.add_error(
                "list_name", _("This is the title of the activity. Choose a name that says nothing.")
            )
        return data


class NewSeriesForm(SeriesForm):
    """A series with its dates, its room and who leads it."""

    field_of = {
        **SeriesForm.field_of,
        "dates_past": "starts_on",
        "date_out_of_range": "starts_on",
        "too_many_sessions": "weeks",
        "no_weeks": "weeks",
        "bad_duration": "end_time",
    }

    list_code = forms.CharField(max_length=8, required=False, widget=forms.HiddenInput)
    starts_on = forms.DateField(
        label=_("first date"), help_text=_("The series runs on this day of the week.")
    )
    start_time = forms.TimeField(label=_("from"))
    end_time = forms.TimeField(label=_("until"))
    weeks = forms.IntegerField(
        label=_("number of weeks"),
        min_value=1,
        max_value=MAX_SESSIONS,
        initial=8,
        help_text=_("Calendar weeks: a skipped date is not replaced."),
        error_messages={"max_value": _("A series has 500 sessions at the most.")},
    )
    every_weeks = forms.TypedChoiceField(
        label=_("every"), choices=[(1, _("week")), (2, _("two weeks"))], coerce=int, initial=1
    )
    runs_on_holidays = forms.BooleanField(label=_("Also on public holidays"), required=False)
    makes_up_skipped = forms.BooleanField(
        label=_("Make up skipped dates after the last week"), required=False
    )
    default_room = forms.ModelChoiceField(
        label=_("room"),
        queryset=Room.objects.none(),
        required=False,
        empty_label=_("No room yet: into the tray"),
    )
    workers = forms.ModelMultipleChoiceField(
        label=_("facilitators"),
        queryset=Worker.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    skip = forms.MultipleChoiceField(required=False, choices=[], widget=forms.MultipleHiddenInput)

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, access=access, **kwargs)
        self.prison: Prison = access.prison
        choose_from(self, "default_room", Room.objects.in_prison(access.prison))
        choose_from(self, "workers", Worker.objects.in_prison(access.prison))
        skip = cast(forms.MultipleChoiceField, self.fields["skip"])
        posted = self.data.getlist("skip") if hasattr(self.data, "getlist") else []
        skip.choices = [(each, each) for each in posted if address.day(each)]
        if not self.is_bound:
            self.initial.setdefault("list_code", next_list_code(access.prison))
            self.initial.setdefault("starts_on", Week.from_date(today()).next.monday)
        if may_mix(self.prison):  # "all" would be a choice that nobody made
            self.fields["units"].initial = []
        term = cast(forms.ModelChoiceField, self.fields["term"])
        term.empty_label = _("The term of the first date")
        self.fields["start_time"].help_text = slot_hours(access.prison)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("term") and data.get("starts_on"):
            data["term"] = term_on(self.prison, data["starts_on"])
        starts, ends = data.get("start_time"), data.get("end_time")
        if starts and ends:
            minutes = minutes_between(starts, ends)
            if minutes <= 0:
                self.add_error("end_time", _("The end must come after the start."))
            elif not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
                self.add_error("end_time", _("A session lasts from five minutes to twelve hours."))
        return data

    @property
    def draft(self) -> SeriesDraft:
        """What `create_series` takes. Ask only a valid form."""
        data = self.cleaned_data
        names = [*FIELDS_OF_SERIES, *FIELDS_OF_PATTERN]
        series = Series(
            prison=self.prison, list_code=data["list_code"], **{name: data[name] for name in names}
        )
        series.duration_minutes = minutes_between(data["start_time"], data["end_time"])
        return SeriesDraft(
            series=series,
            units=list(data["units"]),
            features=list(data["needs_features"]),
            workers=list(data["workers"]),
            exceptions=tuple(LeftOutDate(dt.date.fromisoformat(on), "organiser") for on in data["skip"]),
            makes_up_skipped=data["makes_up_skipped"],
        )


def may_mix(prison: Prison) -> bool:
    """Men and women live here and never meet in a group: so a group for all units must be thought about."""
    kinds = set(prison.units.filter(is_active=True).values_list("population", flat=True))
    return prison.separates_populations and len(kinds) > 1


def slot_hours(prison: Prison) -> str:
    """The hours of the time slots in force, in words: a session fits inside one of them."""
    now = TimeSlot.objects.in_prison(prison).valid_between(today(), today())
    hours = sorted(set(now.values_list("starts", "ends")))
    if not hours:
        return ""
    words = ", ".join(f"{starts:%H:%M}–{ends:%H:%M}" for starts, ends in hours)
    return _("Time slots: %(hours)s") % {"hours": words}


def term_on(prison: Prison, day: dt.date) -> Term | None:
    """The term in which a date lies; of two that overlap the later one."""
    return Term.objects.in_prison(prison).filter(starts_on__lte=day, ends_on__gte=day).first()


def minutes_between(starts: dt.time, ends: dt.time) -> int:
    """Minutes from one wall time to another of the same day; negative when it is earlier."""
    return (ends.hour - starts.hour) * 60 + ends.minute - starts.minute


def betrays(activity: Activity, name: str) -> bool:
    """Whether a name for lists is, or holds, a title of the activity."""
    words = name.casefold()
    titles = (activity.title_nl, activity.title_fr, activity.title_en)
    return any(title and title.casefold() in words for title in titles)


def choose(form: forms.BaseForm, name: str, queryset: Any) -> None:
    cast(forms.ModelChoiceField, form.fields[name]).queryset = queryset
