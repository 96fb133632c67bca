"""Every form that creates: sent twice it is done once, and the second answer leads where the first did."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import reverse

from core import clock
from prisons.models import Organisation, Prison, Submission, User
from tests.factories import make_activity, make_series, make_worker, signed_in

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
