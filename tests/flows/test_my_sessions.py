"""Where somebody is signed in, signing out everywhere, and an hour without doing anything."""

import datetime as dt
import re
from pathlib import Path
from unittest import mock

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from core.dates import clock
from core.dates.clock import now
from prisons.domain.people import accounts
from prisons.middleware.idle import POLL
from tests.factories import PASSWORD, make_user, signed_in

LIST = reverse("people:session_list")
BOARD = "/p/haren/board/"


def is_in(client: Client) -> bool:
    return client.get(reverse("people:me")).status_code == 200


@pytest.fixture(autouse=True)
def _limit(settings):
    settings.IDLE_MINUTES = 60


def later(minutes: float):
    return mock.patch("core.dates.clock.now", return_value=now() + dt.timedelta(minutes=minutes))


def test_one_browser_is_signed_out_from_another(haren, organiser_anna):
    here, there = signed_in(organiser_anna), signed_in(organiser_anna)
    assert is_in(here) and is_in(there)
    page = here.get(LIST, headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"})
    assert len(page.context["rows"]) == 2
    away = UserSession.objects.get(session_key=there.session.session_key)
    here.post(LIST, {"session": away.pk})
    assert is_in(here) and not is_in(there)


@pytest.mark.parametrize(("which", "stays"), [("others", True), ("all", False)])
def test_sign_out_everywhere(haren, organiser_anna, which, stays):
    here, *others = (signed_in(organiser_anna) for _browser in range(3))
    assert is_in(here) and all(is_in(other) for other in others)
    answer = here.post(LIST, {"session": which})
    assert answer.status_code == 302 and is_in(here) is stays
    assert not any(is_in(other) for other in others)


def test_nobody_ends_or_sees_the_sessions_of_somebody_else(haren, organiser_anna, coordinator_karim):
    anna, karim = signed_in(organiser_anna), signed_in(coordinator_karim)
    assert is_in(anna) and is_in(karim)
    theirs = UserSession.objects.get(user=coordinator_karim)
    for rubbish in (str(theirs.pk), "", "²", "9" * 30, "\x00"):
        anna.post(LIST, {"session": rubbish})
    assert is_in(karim) and is_in(anna)
    assert [row.user for row, _words in anna.get(LIST).context["rows"]] == [organiser_anna]


@pytest.mark.parametrize("fixture", ["organiser_anna", "coordinator_karim", "liaison_bert"])
def test_an_hour_without_doing_anything_signs_out_who_sees_names(request, haren, fixture):
    client = signed_in(request.getfixturevalue(fixture))
    assert client.get(BOARD).status_code == 200
    with later(59):
        assert client.get(BOARD).status_code == 200
    with later(59 + 61):
        answer = client.get(BOARD)
        assert answer["Location"] == f"{reverse('account_login')}?next={BOARD}"
        assert "60 minutes" in client.get(answer["Location"]).content.decode()


def test_whoever_installs_is_signed_out_too(haren):
    client = signed_in(make_user(is_superuser=True))
    client.get(BOARD)
    with later(61):
        assert client.get(BOARD).status_code == 302


@pytest.mark.parametrize("fixture", ["worker_chloe", "auditor_greet"])
def test_whoever_sees_no_names_stays(request, haren, fixture):
    client = signed_in(request.getfixturevalue(fixture))
    assert is_in(client)
    with later(90):
        assert is_in(client)


def test_the_limit_is_a_setting(haren, organiser_anna, settings):
    settings.IDLE_MINUTES = 0
    client = signed_in(organiser_anna)
    client.get(BOARD)
    with later(300):
        assert client.get(BOARD).status_code == 200


def test_a_page_that_asks_by_itself_is_no_activity(haren, organiser_anna):
    client = signed_in(organiser_anna)
    client.get(BOARD)
    for minutes in (20, 40, 59):
        with later(minutes):
            client.get(BOARD, headers={"HX-Request": "true", POLL: "yes"})
    with later(61):
        answer = client.get(BOARD, headers={"HX-Request": "true", POLL: "yes"})
        assert answer.headers["HX-Redirect"].startswith(reverse("account_login"))


def test_every_page_that_asks_by_itself_says_so():
    """And only it: what hangs below inherits no header."""
    templates = Path(__file__).resolve().parent.parent.parent / "templates"
    found = 0
    for path in templates.rglob("*.html"):
        for element in re.findall(r"<[^>]*hx-trigger=\"every[^>]*>", path.read_text(encoding="utf-8")):
            found += 1
            assert f'"{POLL}"' in element and 'hx-disinherit="hx-headers"' in element, path
    assert found >= 3


def test_a_visit_writes_once_a_minute(haren, organiser_anna, django_assert_num_queries):
    client = signed_in(organiser_anna)
    client.get(LIST)
    before = client.session["seen_at"]
    with later(0.5):
        client.get(LIST)
    assert client.session["seen_at"] == before
    with later(1.5):
        client.get(LIST)
    assert client.session["seen_at"] > before


def test_a_session_that_ran_out_leaves_nothing(db):
    user = make_user("Nora Neuf", password=PASSWORD)
    for _browser in range(2):
        Client().post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    old = Session.objects.order_by("pk").first()
    assert old is not None and Session.objects.count() == UserSession.objects.count() == 2
    Session.objects.filter(pk=old.pk).update(expire_date=clock.now() - dt.timedelta(seconds=1))
    accounts.forget_old_sessions()
    assert Session.objects.count() == UserSession.objects.count() == 1
    assert UserSession.objects.get().session_key != old.session_key


@pytest.mark.parametrize("fixture", ["organiser_anna", "worker_chloe", "auditor_greet"])
def test_after_a_working_day_everybody_signs_in_again_however_busy(request, haren, fixture):
    client = signed_in(request.getfixturevalue(fixture))
    for minutes in range(0, 12 * 60, 45):
        with later(minutes):
            assert is_in(client)
    with later(12 * 60 + 1):
        answer = client.get(BOARD)
        assert answer["Location"] == f"{reverse('account_login')}?next={BOARD}"
        assert "12 hours ago" in client.get(answer["Location"]).content.decode()


def test_a_session_that_has_proved_more_gets_a_new_key(haren, service, settings):
    """Signing in, setting up the second step and showing it again: whoever had the old key has nothing."""
    from tests.factories import make_membership
    from tests.flows.test_second_factor import enrol, sign_in, with_code

    settings.SECOND_FACTOR_REQUIRED = True
    user = make_user("Nora Neuf", password=PASSWORD)
    make_membership(user, haren, "organiser", service)
    client = sign_in(user)
    keys = [client.session.session_key]
    secret = enrol(client)  # the password once more, then the code
    keys.append(client.session.session_key)
    with_code(client, secret)
    keys.append(client.session.session_key)
    assert len(set(keys)) == 3 and client.get(BOARD).status_code == 200
    for key in keys[:2]:
        thief = Client()
        thief.cookies[settings.SESSION_COOKIE_NAME] = key
        assert thief.get(BOARD)["Location"].startswith(reverse("account_login"))
    here = UserSession.objects.get()
    assert here.session_key == keys[2]
    client.post(LIST, {"session": "all"})  # signing out everywhere finds it under its new name
    assert not is_in(client)


def test_whoever_is_signed_out_leaves_nothing_in_the_browser(haren, organiser_anna):
    client = signed_in(organiser_anna)
    assert "Clear-Site-Data" not in client.get(BOARD).headers
    assert client.post(reverse("account_logout")).headers["Clear-Site-Data"] == '"storage"'
    client = signed_in(organiser_anna)
    assert client.post(LIST, {"session": "all"}).headers["Clear-Site-Data"] == '"storage"'


def test_taking_the_second_step_off_ends_every_other_session(haren, organiser_anna, settings):
    from tests.flows.test_second_factor import enrol, sign_in, with_code

    settings.SECOND_FACTOR_REQUIRED = True
    organiser_anna.set_password(PASSWORD)
    organiser_anna.save()
    here = sign_in(organiser_anna)
    secret = enrol(here)
    other = Client()
    other.force_login(organiser_anna)
    assert is_in(other)
    with_code(here, secret)
    assert here.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert is_in(here) and not is_in(other)
