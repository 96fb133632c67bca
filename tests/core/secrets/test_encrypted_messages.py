"""What a page says after an act may name somebody: the browser keeps no readable copy of it."""

import os
import subprocess
import sys
from pathlib import Path

from django.contrib import messages
from django.contrib.messages.storage import default_storage
from django.http import HttpResponse
from django.test import RequestFactory

ROOT = Path(__file__).resolve().parents[3]
SENTENCE = "Jan Peeters has a place in Drawing."


def after_saying(settings, *sentences):
    """The cookies of an answer that says this, as the browser sends them back."""
    request, answer = RequestFactory().get("/"), HttpResponse()
    request.session = {}
    storage = request._messages = default_storage(request)
    for sentence in sentences:
        messages.success(request, sentence)
    storage.update(answer)
    again = RequestFactory().get("/")
    again.session = request.session
    again.COOKIES = {name: cookie.value for name, cookie in answer.cookies.items()}
    return again


def test_the_cookie_shows_nothing_and_the_next_page_everything(settings):
    request = after_saying(settings, SENTENCE, "And Els.")
    cookie = request.COOKIES[settings.MESSAGES_COOKIE_NAME]
    assert "Peeters" not in cookie and len(cookie) > 100
    settings.SECRET_KEY = settings.SECRET_KEY + "x"
    assert list(default_storage(request)) == []  # sealed, not only signed
    settings.SECRET_KEY = settings.SECRET_KEY[:-1]
    assert [str(said) for said in default_storage(request)] == [SENTENCE, "And Els."]


def test_a_cookie_that_somebody_made_up_says_nothing(settings):
    for made_up in ("", "x", "é", "a" * 3000):
        request = RequestFactory().get("/")
        request.session, request.COOKIES = {}, {settings.MESSAGES_COOKIE_NAME: made_up}
        assert list(default_storage(request)) == []


def test_what_is_too_much_for_a_cookie_is_said_all_the_same(settings):
    sentences = [f"{number}: " + "é" * 300 for number in range(12)]
    request = after_saying(settings, *sentences)
    assert len(request.COOKIES[settings.MESSAGES_COOKIE_NAME]) < 3000
    assert [str(said) for said in default_storage(request)] == sentences


def test_behind_https_every_cookie_is_of_this_host_alone():
    """A browser takes `__Host-` over https only, for no other host and for every path."""
    code = (
        "import django; django.setup(); from django.conf import settings as s;"
        "print(*(getattr(s, n) for n in dir(s) if n.endswith('_COOKIE_NAME')));"
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.LANGUAGE_COOKIE_SECURE)"
    )
    environment = os.environ | {"BASE_URL": "https://planner.example.org", "COOKIE_SUFFIX": ""}
    environment["DJANGO_SETTINGS_MODULE"] = "planner.settings"
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert sorted(said[0].split()) == [
        f"__Host-{name}" for name in ("csrftoken", "language", "messages", "sessionid", "theme")
    ]
    assert said[1] == "True True True"
