"""Whatever is sent as the page to go back to, it leads to a page of this site or nowhere."""

import pytest
from django.http import HttpRequest
from django.shortcuts import redirect
from django.test import RequestFactory

from core.web.address import of_this_site


@pytest.fixture
def request_(rf: RequestFactory) -> HttpRequest:
    return rf.get("/")


@pytest.mark.parametrize("wanted", ["/p/haren/board/?week=2026-W48", "http://testserver/p/haren/"])
def test_pages_of_this_site(request_: HttpRequest, wanted: str) -> None:
    assert of_this_site(wanted, request_) == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        None,
        "",
        "²",
        "planner:board",
        "a.b",
        "//elsewhere.example",
        "https://elsewhere.example/",
        "javascript:1",
        "/\\elsewhere",
        "\x00",
    ],
)
def test_everything_else(request_: HttpRequest, wanted: str | None) -> None:
    assert redirect(of_this_site(wanted, request_) or "/").url == "/"
