"""Planning a series on a page: what is previewed is what is made, and bad input loses nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.dates.clock import today
from prisons.domain.unchanged import fingerprint
from prisons.models import Organisation, Prison, User
from rooms.models import Room
from sessions.models import Activity, GroupSession, Material, Series, SkippedDate
from tests.factories import (
    make_activity,
    make_feature,
    make_holiday,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_unit,
    make_worker,
    signed_in,
)
from tests.pages import flat, press, seen_on

pytestmark = pytest.mark.postgres

FIRST = dt.date(2090, 11, 27)  # a Monday


@pytest.fixture
def anna(organiser_anna: User) -> Client:
    return signed_in(organiser_anna)


@pytest.fixture
def activity(service: Organisation) -> Activity:
    return make_activity(service, "Nederlands 1")


@pytest.fixture
def room(haren: Prison) -> Room:
    make_slot(haren)
    return make_room(haren, name="Class A", capacity=12)


def url(name: str, prison: Prison, *args: int) -> str:
    return reverse(f"planner:{name}", args=[prison.slug, *args])


def typed(activity: Activity, room: Room | None = None, **fields: Any) -> dict[str, Any]:
    """The form as a browser sends it: eight Mondays from nine to half past ten."""
    data = {
        "activity": activity.pk,
        "label": "A",
        "places": "8",
        "units": ["all"],
        "waiting_order": "first_come",
        "starts_on": FIRST.isoformat(),
        "start_time": "09:00",
        "end_time": "10:30",
        "weeks": "8",
        "every_weeks": "1",
        "default_room": room.pk if room else "",
        "list_code": "A-01",
    }
    return data | fields


def test_pages(anna: Client, liaison_bert: User, stranger_dirk: User, haren: Prison) -> None:
    for name in ("series_list", "series_add"):
        assert anna.get(url(name, haren)).status_code == 200
        assert signed_in(stranger_dirk).get(url(name, haren)).status_code == 404
    assert signed_in(liaison_bert).get(url("series_list", haren)).status_code == 200
    assert signed_in(liaison_bert).get(url("series_add", haren)).status_code == 403


def saved(anna: Client, haren: Prison, data: dict[str, Any], **extra: Any) -> Any:
    """The dates are shown, then saved."""
    look = {**data, "preview": "yes"}
    return press(anna, url("series_add", haren), data, look=look, field="seen_dates", **extra)


def test_a_series_is_made_with_its_sessions(
    anna: Client, haren: Prison, activity: Activity, room: Room
) -> None:
    make_holiday(haren, FIRST + dt.timedelta(weeks=2), "Feest")
    worker, unit, beamer = make_worker(haren), make_unit(haren), make_feature("beamer")
    room.features.add(beamer)
    skipped = (FIRST + dt.timedelta(weeks=3)).isoformat()
    more = {"workers": [worker.pk], "units": [unit.pk], "needs_features": [beamer.pk], "skip": [skipped]}
    answer = saved(anna, haren, typed(activity, room, **more))
    series = Series.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == reverse("enrollment:series_detail", args=["haren", series.pk])
    assert (series.duration_minutes, series.list_code) == (90, "A-01")
    assert GroupSession.objects.filter(room=room, state="draft").count() == 6
    assert set(SkippedDate.objects.values_list("reason", flat=True)) == {"holiday", "organiser"}


def test_the_preview_says_what_will_happen_to_each_date(
    anna: Client, haren: Prison, activity: Activity, room: Room, other_service: Organisation
) -> None:
    theirs = make_series(haren, activity=make_activity(other_service, "Théâtre"))
    make_session(theirs, f"{FIRST + dt.timedelta(weeks=1)} 09:30", minutes=60, room=room)
    make_holiday(haren, FIRST + dt.timedelta(weeks=2), "Feest van de dag")
    data = typed(activity, room, preview="yes", skip=[(FIRST + dt.timedelta(weeks=3)).isoformat()])
    page = anna.post(url("series_add", haren), data, headers={"HX-Request": "true"})
    text = flat(page)
    assert page.status_code == 200
    assert text.strip().startswith("<div") or "<html" not in text
    assert "<strong>5</strong> placed" in text
    assert "<strong>1</strong> into the tray" in text
    assert "Class A is taken by" in text
    assert "Feest van de dag" in text
    assert not Series.objects.filter(activity=activity).exists()
    whole = flat(anna.post(url("series_add", haren), data))
    assert "<html" in whole and "<strong>5</strong> placed" in whole


def test_a_date_that_is_taken_goes_to_the_tray(
    anna: Client, haren: Prison, activity: Activity, room: Room
) -> None:
    make_session(make_series(haren), f"{FIRST + dt.timedelta(weeks=1)} 09:30", minutes=60, room=room)
    page = saved(anna, haren, typed(activity, room), follow=True)
    assert "1 session waits in the tray" in flat(page)
    mine = GroupSession.objects.filter(series__activity=activity)
    assert (mine.filter(room=room).count(), mine.filter(room=None).count()) == (7, 1)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"end_time": "09:00"}, "The end must come after the start."),
        ({"end_time": "08:00"}, "The end must come after the start."),
        ({"start_time": "06:00", "end_time": "23:00"}, "from five minutes to twelve hours"),
        ({"weeks": "501"}, "500 sessions at the most"),
        ({"weeks": "0"}, "greater than or equal to 1"),
        ({"places": "0"}, "greater than or equal to 1"),
        ({"places": ""}, "required"),
        ({"starts_on": "2020-01-06"}, "lies in the past"),
        ({"starts_on": "31.02.2090"}, "valid date"),
        ({"label": "x" * 10_000}, "at most 40"),
        ({"label": "A\x1b"}, "cannot be printed"),
        ({"list_name": "Groep NEDERLANDS 1"}, "title of the activity"),
        ({"min_level": "A2"}, "a language and a level"),
        ({"units": ["999999"]}, "not one of the available choices"),
        ({"default_room": "999999"}, "Select a valid choice"),
        ({"activity": ""}, "required"),
    ],
)
def test_bad_input_is_said_in_place(
    anna: Client, haren: Prison, activity: Activity, room: Room, change: dict[str, Any], sentence: str
) -> None:
    page = saved(anna, haren, typed(activity, room) | change)
    text = flat(page)
    assert page.status_code in {422, 409}
    assert sentence in text
    assert 'value="A-01"' in text
    assert not Series.objects.exists() and not GroupSession.objects.exists()


def test_a_name_that_looks_like_a_formula_is_just_a_name(
    anna: Client, haren: Prison, activity: Activity
) -> None:
    assert saved(anna, haren, typed(activity, label="=1+1")).status_code == 302
    assert Series.objects.get().label == "=1+1"


def test_a_double_click_makes_one_series(anna: Client, haren: Prison, activity: Activity, room: Room) -> None:
    first = saved(anna, haren, typed(activity, room))
    second = saved(anna, haren, typed(activity, room))
    assert first["Location"] == second["Location"]
    assert Series.objects.count() == 1


def test_two_people_who_opened_the_form_together_both_save(
    anna: Client, haren: Prison, activity: Activity, service: Organisation
) -> None:
    saved(anna, haren, typed(activity))
    saved(anna, haren, typed(make_activity(service, "Frans 1")))
    assert sorted(Series.objects.values_list("list_code", flat=True)) == ["A-01", "A-02"]


def test_a_room_of_another_prison_cannot_be_chosen(
    anna: Client, haren: Prison, saint_gilles: Prison, activity: Activity
) -> None:
    foreign = make_room(saint_gilles)
    assert anna.post(url("series_add", haren), typed(activity, foreign)).status_code == 422


def test_the_activity_of_another_service_cannot_be_chosen(
    anna: Client, haren: Prison, other_service: Organisation
) -> None:
    assert anna.post(url("series_add", haren), typed(make_activity(other_service))).status_code == 422


def test_a_copy_starts_from_what_there_is(
    anna: Client, haren: Prison, activity: Activity, room: Room
) -> None:
    series = make_series(haren, activity=activity, label="Beginners", places=7, default_room=room)
    text = flat(anna.get(url("series_add", haren) + f"?copy={series.pk}"))
    assert 'value="Beginners"' in text and 'value="7"' in text and 'value="10:30"' in text


def test_the_list_keeps_titles_from_the_prison(
    anna: Client, liaison_bert: User, haren: Prison, activity: Activity, room: Room
) -> None:
    series = make_series(haren, activity=activity, list_code="A-09", default_room=room)
    session = make_session(series, f"{FIRST} 09:00", room=room)
    assert "Nederlands 1" in flat(anna.get(url("series_list", haren)))
    assert "A-09" not in flat(signed_in(liaison_bert).get(url("series_list", haren)))
    GroupSession.objects.filter(pk=session.pk).update(state="published")
    seen = flat(signed_in(liaison_bert).get(url("series_list", haren) + "?sort=title&q=Nederlands"))
    everything = flat(signed_in(liaison_bert).get(url("series_list", haren)))
    assert "A-09" in everything
    assert "Nederlands 1" not in everything + seen.replace('value="Nederlands', "")


def test_drafts_do_not_tell_the_prison_that_a_series_goes_on(
    anna: Client, liaison_bert: User, haren: Prison, activity: Activity
) -> None:
    series = make_series(haren, activity=activity, list_code="A-09", starts_on=dt.date(2020, 1, 6), weeks=1)
    make_session(series, "2020-01-06 09:00", state="published")
    make_session(series, f"{FIRST} 09:00")
    bert = signed_in(liaison_bert)

    def shown(client: Client, query: str) -> bool:
        return "A-09" in flat(client.get(url("series_list", haren) + query))

    assert (shown(anna, ""), shown(anna, "?when=over")) == (True, False)
    assert (shown(bert, ""), shown(bert, "?when=over")) == (False, True)
    Series.objects.update(weeks=500, pattern_ends_on=FIRST)
    assert (shown(bert, ""), shown(bert, "?when=over")) == (False, True)
    GroupSession.objects.filter(starts_at__year=FIRST.year).update(state="published")
    assert (shown(bert, ""), shown(bert, "?when=over")) == (True, False)


@pytest.mark.parametrize(
    "sort", ["title", "-title", "service", "day", "-day", "places", "next", "-next", "tray", "x"]
)
def test_sorting(anna: Client, haren: Prison, activity: Activity, sort: str) -> None:
    make_session(make_series(haren, activity=activity), f"{FIRST} 09:00")
    assert "Nederlands 1" in flat(anna.get(url("series_list", haren) + f"?sort={sort}"))


def test_filters(anna: Client, haren: Prison, activity: Activity, service: Organisation) -> None:
    make_session(make_series(haren, activity=activity), f"{FIRST} 09:00")
    yoga = make_activity(service, "Yoga", domain="sport")
    past = make_series(haren, activity=yoga, starts_on=dt.date(2020, 1, 6), weeks=1)
    make_session(past, "2020-01-06 09:00")

    def shown(query: str) -> set[str]:
        text = flat(anna.get(url("series_list", haren) + query))
        return {title for title in ("Nederlands 1", "Yoga") if title in text}

    assert shown("") == {"Nederlands 1"}
    assert shown("?when=over") == {"Yoga"}
    assert shown("?when=all&domain=sport") == {"Yoga"}
    assert shown("?q=neder") == {"Nederlands 1"}
    assert shown(f"?activity={activity.pk}") == {"Nederlands 1"}


def test_the_list_asks_as_often_for_thirty_series_as_for_one(
    anna: Client, haren: Prison, service: Organisation, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count() -> int:
        anna.get(url("series_list", haren))  # what is kept of the plan is counted anew when the plan changes
        with CaptureQueriesContext(connection) as queries:
            assert anna.get(url("series_list", haren)).status_code == 200
        return len(queries)

    make_session(make_series(haren, organisation=service), f"{FIRST} 09:00")
    anna.get(url("series_list", haren))
    one = count()
    for _number in range(30):
        make_session(make_series(haren, organisation=service), f"{FIRST} 09:00")
    count()  # a changed plan has the count of conflicts in the rail made anew, once for everybody
    assert count() == one


def edited(series: Series, **fields: Any) -> dict[str, Any]:
    data = {
        "activity": series.activity_id,
        "label": series.label,
        "places": str(series.places),
        "units": ["all"],
        "waiting_order": "first_come",
        "seen": fingerprint(series),
    }
    return data | fields


def test_a_series_is_changed(anna: Client, haren: Prison, activity: Activity) -> None:
    series, unit = make_series(haren, activity=activity), make_unit(haren)
    assert anna.get(url("series_edit", haren, series.pk)).status_code == 200
    data = edited(series, label="Avond", units=[unit.pk], list_name="Groep 3")
    assert anna.post(url("series_edit", haren, series.pk), data).status_code == 302
    series.refresh_from_db()
    assert (series.label, series.neutral_name, list(series.units.all()), series.version) == (
        "Avond",
        "Groep 3",
        [unit],
        2,
    )
    assert anna.post(url("series_edit", haren, series.pk), data).status_code == 409  # as it was before


def test_more_places_than_the_room_holds_asks_back(
    anna: Client, haren: Prison, activity: Activity, room: Room
) -> None:
    series = make_series(haren, activity=activity)
    make_session(series, f"{FIRST} 09:00", room=room)
    page = anna.post(url("series_edit", haren, series.pk), edited(series, places="13"))
    assert page.status_code == 409
    assert "Class A holds 12, the group has 13 places." in flat(page)
    data = edited(series, places="13", accepted=seen_on(page, "accepted"))
    assert anna.post(url("series_edit", haren, series.pk), data).status_code == 302
    series.refresh_from_db()
    assert series.places == 13


def test_the_series_of_another_service_is_not_mine(
    anna: Client, haren: Prison, other_service: Organisation
) -> None:
    theirs = make_series(haren, organisation=other_service)
    assert anna.get(url("series_edit", haren, theirs.pk)).status_code == 403
    assert (
        anna.post(url("material_add", haren, theirs.pk), {"name": "Gitaar", "count": "1"}).status_code == 403
    )


def test_material_is_asked_and_granted(anna: Client, haren: Prison, activity: Activity) -> None:
    series = make_series(haren, activity=activity)
    assert (
        anna.post(url("material_add", haren, series.pk), {"name": "Gitaar", "count": "0"}).status_code == 422
    )
    assert (
        anna.post(url("material_add", haren, series.pk), {"name": "Gitaar", "count": "2"}).status_code == 302
    )
    material = Material.objects.get()
    assert material.state == "asked"
    assert anna.get(url("material_edit", haren, material.pk)).status_code == 200
    data = {"state": "granted", "granted_until": "2090-01-01", "seen": fingerprint(material)}
    assert anna.post(url("material_edit", haren, material.pk), data).status_code == 302
    material.refresh_from_db()
    assert (material.state, material.granted_until) == ("granted", dt.date(2090, 1, 1))
    assert "granted" in flat(anna.get(url("series_edit", haren, series.pk)))
    assert anna.post(url("material_remove", haren, material.pk)).status_code == 302


def test_the_checklist_ends_with_ready_to_plan(
    coordinator_karim: User, haren: Prison, service: Organisation
) -> None:
    from tests.factories import make_band, make_term, make_unit_hours

    karim = signed_in(coordinator_karim)
    assert "Not yet ready to plan" in flat(karim.get(url("settings", haren)))
    make_room(haren)
    for weekday in range(1, 6):
        make_slot(haren, weekday)
    make_unit_hours(make_unit(haren))
    soon = today() + dt.timedelta(days=30)
    make_holiday(haren, soon)
    make_band(haren, soon, soon)
    make_term(haren, starts_on=soon, ends_on=soon)
    make_activity(service)
    assert "Not yet ready to plan" in flat(karim.get(url("settings", haren)))
    make_worker(haren)
    text = flat(karim.get(url("settings", haren)))
    assert "Not yet ready" not in text and "Ready to plan" in text
