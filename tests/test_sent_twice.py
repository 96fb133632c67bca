"""Every form that creates: sent twice it is done once, and the second answer leads where the first did."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import reverse

from core.dates import clock
from prisons.models import Organisation, Prison, Submission, User
from tests.factories import (
    make_activity,
    make_membership,
    make_series,
    make_session,
    make_term,
    make_worker,
    signed_in,
)
from tests.pages import filled, seen_on

pytestmark = pytest.mark.django_db


def _typed(browser: Any, page: str, data: dict[str, Any]) -> dict[str, Any]:
    """What a browser sends: every field of the form as the page drew it, and what is typed over it."""
    html = browser.get(page).content.decode()
    found: dict[str, Any] = {}
    for form in re.findall(r"<form\b.*?</form>", html, flags=re.S):
        if 'name="once"' in form:
            found = {}
            for field in re.findall(r"<(?:input|textarea)\b[^>]*>", form):
                name, value = re.search(r'name="([^"]+)"', field), re.search(r'value="([^"]*)"', field)
                is_off = re.search(r'type="(checkbox|radio)"', field) and "checked" not in field
                if name and not is_off:
                    found[name[1]] = value[1] if value else ""
            if all(name in form for name in data):
                break
    assert "once" in found, f"{page} has no form that is done once"
    return found | data


def test_a_material_a_wish_a_feed_and_an_announcement_are_made_once(
    haren: Prison, service: Organisation, coordinator_karim: User
) -> None:
    series = make_series(haren, activity=make_activity(service, "Yoga"))
    worker = make_worker(haren)
    browser = signed_in(coordinator_karim)
    slug = haren.slug
    day = clock.today().isoformat()
    forms: list[tuple[str, str, str, dict[str, Any]]] = [
        (
            "group_sessions.Material",
            reverse("planner:series_edit", args=[slug, series.pk]),
            reverse("planner:material_add", args=[slug, series.pk]),
            {"name": "Gitaar", "count": "2"},
        ),
        (
            "group_sessions.WorkerWish",
            reverse("sessions:worker_edit", args=[slug, worker.pk]),
            reverse("sessions:wish_add", args=[slug, worker.pk]),
            {"weekdays": ["5"], "starts": "13:00", "ends": "17:00"},
        ),
        (
            "enrollment.Participant",
            reverse("enrollment:person_add", args=[slug]),
            reverse("enrollment:person_add", args=[slug]),
            {"last_name": "Nieuw", "first_name": "Ali", "language": "nl"},
        ),
        (
            "prisons.Announcement",
            reverse("prisons:announcement_add", args=[slug]),
            reverse("prisons:announcement_add", args=[slug]),
            {
                "text_nl": "Morgen geen water.",
                "text_fr": "Pas d'eau demain.",
                "starts_on": day,
                "ends_on": day,
            },
        ),
    ]
    for model, page, action, data in forms:
        rows = apps.get_model(model).objects
        sent, before = _typed(browser, page, data), rows.count()
        first = browser.post(action, sent)
        assert rows.count() == before + 1, (
            model,
            first.status_code,
            re.findall(r"errors?[^<]*<[^<]*", first.content.decode())[:5],
        )
        second = browser.post(action, sent)
        assert rows.count() == before + 1, f"{model} was made twice"
        assert (second.status_code, second.headers.get("Location")) == (302, first.headers.get("Location"))
        assert "It was saved once." in browser.get(second.headers["Location"]).content.decode()


def test_a_calendar_address_is_made_once(haren: Prison, coordinator_karim: User) -> None:
    browser, page = signed_in(coordinator_karim), reverse("sessions:feed_list", args=[haren.slug])
    subject = re.search(
        r'<select name="of".*?<option value="([^"]+)"', browser.get(page).content.decode(), re.S
    )
    assert subject
    sent = _typed(browser, page, {"of": subject[1], "language": "nl"})
    assert browser.post(page, sent).status_code == 201
    again = browser.post(page, sent)
    assert again.status_code == 302
    assert apps.get_model("group_sessions.Feed").objects.count() == 1


def _scene(
    name: str, prison: Prison, service: Organisation, other: Organisation
) -> tuple[str, str, dict[str, Any]]:
    """(page with the form, where it goes, what is typed) of an act that makes something."""
    slug = prison.slug
    if name == "copy":
        term = make_term(prison, starts_on=dt.date(2050, 1, 3), ends_on=dt.date(2050, 3, 27), name="Spring")
        make_term(prison, starts_on=dt.date(2050, 4, 4), ends_on=dt.date(2050, 6, 26), name="Summer")
        old = make_series(prison, organisation=service, term=term, starts_on=dt.date(2050, 1, 10))
        make_session(old, "2050-01-10 09:00")
        new = term.prison.terms.get(name="Summer")
        query = {"was": term.pk, "from": term.pk, "to": new.pk, "conflicts": "tray", "series": old.pk}
        url = reverse("planner:term_copy", args=[slug])
        return f"{url}?{urlencode(query)}", url, {}
    if name == "ask":
        theirs = make_session(make_series(prison, organisation=other), "2050-01-10 09:00", state="published")
        page = reverse("planner:session_ask", args=[slug, theirs.pk])
        return page, reverse("planner:session_ask_cancel", args=[slug, theirs.pk]), {"reason": "not_needed"}
    if name == "proposal":
        page = reverse("planner:proposal_by_hand", args=[slug])
        return page, page, {"first": "2050-01-10", "last": "2050-01-16"}
    if name == "invitation":
        page = reverse("prisons:invite", args=[slug])
        return page, page, {"email": "new@example.org", "role": "organiser", "organisation": service.pk}
    page = reverse("planner:series_date_add", args=[slug, make_series(prison, organisation=service).pk])
    return page, page, {"on": "2050-01-13", "starts": "09:00", "room": "", "do": "1"}


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("copy", "group_sessions.Series"),
        ("ask", "planner.Ask"),
        ("proposal", "planner.Proposal"),
        ("invitation", "prisons.Invitation"),
        ("date", "group_sessions.GroupSession"),
    ],
)
def test_an_act_that_makes_something_makes_it_once(
    haren: Prison,
    service: Organisation,
    other_service: Organisation,
    coordinator_karim: User,
    name: str,
    model: str,
) -> None:
    make_membership(coordinator_karim, haren, "organiser", service)
    page, action, typed = _scene(name, haren, service, other_service)
    browser, rows = signed_in(coordinator_karim), apps.get_model(model).objects
    sent = filled(browser, page, action=action, **typed)
    if name == "date":
        sent["seen"] = seen_on(browser.post(action, {key: sent[key] for key in ("on", "starts", "room")}))
    assert sent["once"], "the form carries its token"
    before = rows.count()
    first = browser.post(action, sent)
    made = rows.count() - before
    assert made > 0, first.content.decode()[-2000:]
    second = browser.post(action, sent)
    assert rows.count() == before + made
    assert second.headers.get("Location") == first.headers.get("Location")


def test_a_closure_is_announced_once_and_the_look_before_is_no_act(haren: Prison, liaison_bert: User) -> None:
    browser, rows = signed_in(liaison_bert), apps.get_model("rooms.Closure").objects
    url = reverse("planner:closure_announce", args=[haren.slug]) + "?preset=strike-24"
    look = filled(browser, url, action="?preset=strike-24", day="2050-01-17", step="look")
    shown = browser.post(url, look)
    assert browser.post(url, look).status_code == 200, "looking twice shows twice"
    act = look | {"step": "announce", "seen": seen_on(shown), "once": seen_on(shown, "once")}
    assert browser.post(url, act).status_code == 302 and rows.count() == 1
    assert browser.post(url, act).status_code == 302 and rows.count() == 1


def test_what_was_refused_may_be_sent_again(
    haren: Prison, service: Organisation, coordinator_karim: User
) -> None:
    series = make_series(haren, activity=make_activity(service, "Yoga"))
    url = reverse("planner:material_add", args=[haren.slug, series.pk])
    browser, once = signed_in(coordinator_karim), str(uuid.uuid4())
    assert browser.post(url, {"name": "Gitaar", "count": "0", "once": once}).status_code == 422
    assert not Submission.objects.exists()
    assert browser.post(url, {"name": "Gitaar", "count": "2", "once": once}).status_code == 302
    assert browser.post(url, {"name": "Fluit", "count": "2", "once": once}).status_code == 302
    assert sorted(series.materials.values_list("name", flat=True)) == ["Fluit", "Gitaar"]


def test_every_form_drawn_by_the_component_and_every_form_that_adds_carries_a_token() -> None:
    templates = Path(settings.BASE_DIR) / "templates"
    assert "{% once %}" in (templates / "components/form.html").read_text()
    bare = []
    for path in templates.rglob("*.html"):
        for form in re.findall(r"<form\b.*?</form>", path.read_text(), flags=re.S):
            head = form.split("\n", 1)[0]
            if re.search(r"action=\"\{% url '[a-z]+:[a-z_]+_add'", head) and "{% once %}" not in form:
                bare.append(f"{path.name}: {head[:100]}")
    assert bare == []
