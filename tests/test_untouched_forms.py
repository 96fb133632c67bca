"""Every form that shows what is stored, saved without a touch, changes nothing: also for what is out of use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from core.dates.clock import today
from core.web.form_choices import ALL
from enrollment.models import Handout, ListRules, Post
from prisons.models import Announcement, Prison, Unit
from rooms.models import Room
from sessions.models import Activity, FeedRules, Worker
from tests.factories import (
    at,
    make_absence,
    make_activity,
    make_band,
    make_building,
    make_enrollment,
    make_feature,
    make_fixed_block,
    make_holiday,
    make_membership,
    make_participant,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_term,
    make_unit,
    make_wish,
    make_worker,
    signed_in,
)
from tests.test_strangers import address_of

APPS = ("prisons", "rooms", "group_sessions", "enrollment", "planner")
NOISE = {
    "version",
    "changed_at",
    "plan_version",
    "people_version",
    "rules_version",
    "next_cut_off_at",
    "last_login",
}
NOT_ROWS_OF_PEOPLE = {"AuditEntry", "Job", "ListVersion", "Reading", "Submission"}
"""What the program notes by itself."""

ACTS = {
    "board/proposals/by-hand/": "starts a proposal",
    "board/proposals/from-nothing/": "starts a proposal",
    "board/proposals/mend/": "starts a proposal",
    "feeds/": "makes an address",
    "people/<int:pk>/leave/": "somebody leaves, today unless another day is chosen",
}
ASKS_FOR_MORE = {
    "roster/": "the list",
    **dict.fromkeys(
        [f"settings/{kind}/paste/" for kind in ("units", "rooms", "facilitators", "slots")]
        + ["series/paste/"],
        "the rows",
    ),
    "board/sessions/<int:pk>/cancel/": "a reason",
    "board/sessions/<int:pk>/waivers/": "a reason",
    "me/tokens/": "a name",
    "notes/": "a person",
    "people-and-rights/<int:pk>/": "of another authority: refused whatever is sent",
    "people-and-rights/<int:pk>/end/": "the last who can manage people stays",
    "people-and-rights/give/": "a person",
    "people-and-rights/invite/": "an address",
    "people/<int:pk>/merge/": "the other row",
    "people/<int:pk>/transfer/": "the other prison",
    "separations/": "two people",
}
EDITED = {
    "announcements/<int:pk>/",
    "board/sessions/<int:pk>/move/",
    "materials/<int:pk>/",
    "people/<int:pk>/change/",
    "people/<int:pk>/move/",
    "series/<int:pk>/edit/",
    "series/activities/<int:pk>/",
    "settings/facilitators/<int:pk>/",
    "settings/lists/lines/<int:pk>/",
    "settings/rooms/<int:pk>/",
    "settings/slots/<int:pk>/",
    "settings/units/<int:pk>/",
}
"""Some that must be among those that the walk finds: fewer would say that it walks into nothing."""


def all_patterns() -> Iterator[str]:
    def walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
        for pattern in patterns:
            route = before + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, route)
            elif "^" not in route and not route.startswith(("api/", "accounts/", "static/")):
                yield route

    yield from walk(get_resolver().url_patterns, "")


@pytest.fixture
def house(haren, service, coordinator_karim) -> Prison:
    """Everything that a form can name, stored once, and then out of use."""
    unit, other = make_unit(haren, "Z9", building=make_building(haren)), make_unit(haren, "Z8")
    feature, term = make_feature(), make_term(haren)
    room = make_room(haren, features=[feature], inside_unit=unit, reachable_from=[unit, other])
    before = make_activity(service, "Before")
    worker = make_worker(haren, organisation=service)
    day = today() + dt.timedelta(days=9)
    series = make_series(
        haren,
        activity=make_activity(service, "Now"),
        units=[unit],
        needs_features=[feature],
        workers=[worker],
        term=term,
        needs_followed=before,
        default_room=room,
        min_level="A2",
        level_language="nl",
        languages=["nl", "fr"],
        starts_on=day,
    )
    make_session(series, f"{day} 10:00", room=room, workers=[worker], state="published")
    person = make_participant(haren, unit=unit, cell="101", walks_with_badge=True)
    make_enrollment(series, person, placed_from=today())
    make_fixed_block(person, haren)
    line = Handout.objects.create(post=Post.objects.create(prison=haren, name="Gate"), sheet="movements")
    line.units.set([unit])
    make_slot(haren)
    make_holiday(haren, day)
    make_band(haren, day, day)
    make_wish(worker)
    make_absence(worker, f"{day} 08:00", f"{day} 09:00")
    notice = Announcement.objects.create(
        prison=haren,
        text_nl="Hallo",
        text_fr="Bonjour",
        starts_on=today(),
        roles=["liaison"],
        by=coordinator_karim,
        created_at=at("2026-11-01 09:00"),
    )
    notice.organisations.set([service])
    FeedRules.objects.create(prison=haren)
    ListRules.objects.create(prison=haren)
    series.materials.create(name="Paint", count=3)
    make_out_of_use()
    return haren


def make_out_of_use() -> None:
    for model in (Unit, Room, Activity, Worker):
        model.objects.update(is_active=False)


@pytest.fixture
def clients(house, service, coordinator_karim, liaison_bert, organiser_anna) -> list[Client]:
    make_membership(coordinator_karim, house, "organiser", service)
    return [signed_in(coordinator_karim), signed_in(liaison_bert)]


def rows() -> dict[str, dict[Any, dict[str, Any]]]:
    """Every row of every table, without what the program notes by itself."""
    found = {}
    for model in (
        m for label in APPS for m in apps.get_app_config(label).get_models(include_auto_created=True)
    ):
        if model.__name__ not in NOT_ROWS_OF_PEOPLE:
            key = model._meta.pk.attname
            plain = [
                {k: v for k, v in row.items() if k not in NOISE} for row in model._default_manager.values()
            ]
            found[model.__name__] = (
                {row[key]: row for row in plain}
                if not model._meta.auto_created
                else {tuple(v for k, v in row.items() if k != "id"): row for row in plain}
            )
            if model._meta.auto_created:
                for row in found[model.__name__].values():
                    row.pop("id")
    return found


def forms_of(client: Client, address: str) -> Iterator[Any]:
    answer = client.get(address)
    if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
        return
    for form in lxml.html.fromstring(answer.content.decode()).forms:
        action = (form.action or "").partition("?")[0].partition("#")[0]
        is_own = action in ("", address)
        if form.method == "POST" and is_own and any(is_visible(control) for control in form.inputs):
            yield form


def first_with_forms(client: Client, addresses: list[str]) -> list[tuple[str, Any]]:
    """The forms of the first of these addresses that has any for this reader."""
    for address in addresses:
        if found := [(address, form) for form in forms_of(client, address)]:
            return found
    return []


def is_visible(control: Any) -> bool:
    return bool(control.get("name")) and control.get("type") not in ("hidden", "submit", "button", "file")


def press(client: Client, address: str, form: Any) -> tuple[int, set[str]]:
    """What the button does to the rows, as a browser sends the form; then all is as it was."""
    data: dict[str, list[str]] = {}
    for name, value in form.form_values():
        data.setdefault(name, []).append(value)
    before = rows()
    with transaction.atomic():
        status = client.post(address, data).status_code
        after = rows()
        transaction.set_rollback(True)
    return status, {name for name, table in before.items() if table != after[name]}


def walked(clients: list[Client]) -> Iterator[tuple[str, int, set[str]]]:
    """Each form of each page, pressed once by each who sees it: route, status, tables that are not as before."""
    numbers = sorted({number for table in rows().values() for number in table if isinstance(number, int)})
    for route in sorted(set(all_patterns())):
        addresses = list(dict.fromkeys(address_of(route, n) for n in (numbers if "<int" in route else [1])))
        for client in clients:
            for address, form in first_with_forms(client, addresses):
                yield (route.removeprefix("p/<slug:prison>/"), *press(client, address, form))


def test_a_form_that_nobody_touched_changes_nothing(clients: list[Client], house: Prison) -> None:
    found = list(walked(clients))
    edits = {route for route, _status, _tables in found} - ACTS.keys() - ASKS_FOR_MORE.keys()
    changed = {(route, *sorted(tables)) for route, _status, tables in found if tables}
    assert {one for one in changed if one[0] not in ACTS} == set()
    refused = {(route, status) for route, status, _tables in found if status not in (200, 201, 302)}
    assert {one for one in refused if one[0] not in ASKS_FOR_MORE and not one[0].endswith("add/")} == set()
    assert edits >= EDITED, "the walk no longer reaches these forms"


def test_nothing_ticked_is_asked_again_and_never_means_all(clients: list[Client], house: Prison) -> None:
    """Of every group of ticks that offers "all", on every page that the walk reaches."""
    groups = set()
    for route in sorted(set(all_patterns())):
        for client in clients:
            for address, form in first_with_forms(
                client, list(dict.fromkeys(address_of(route, n) for n in (1, 2, 3)))
            ):
                for name in {c.get("name") for c in form.inputs if c.get("value") == ALL and c.get("name")}:
                    data = [(key, value) for key, value in form.form_values() if key != name]
                    sent: dict[str, list[str]] = {}
                    for key, value in data:
                        sent.setdefault(key, []).append(value)
                    answer = client.post(address, sent)
                    assert answer.status_code == 422, (route, name)
                    groups.add((route.removeprefix("p/<slug:prison>/"), name))
    assert {name for _route, name in groups} >= {"units", "rooms", "reachable_from", "roles", "organisations"}


def test_no_form_says_that_none_means_all() -> None:
    """The words of a page, where fields are stored, would give it away."""
    root = Path(__file__).resolve().parent.parent
    apps = ("core", "prisons", "rooms", "sessions", "enrollment", "planner")
    sources = [path for app in apps for path in (root / app).rglob("*forms.py")]
    assert len(sources) > 8
    assert [path for path in sources if "one ticked" in path.read_text(encoding="utf-8")] == []
