"""A list that grows with the years or with the number of people is told in pages, however long it has become.

Here are those that what a prison does in its terms does not make longer; `tests/proof/test_scale.py` grows the others.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse

from core.dates import clock
from core.web.pages import ON_A_PAGE
from prisons.models import Announcement, Membership, Organisation, Prison, User
from tests.factories import (
    make_activity,
    make_membership,
    make_participant,
    make_separation,
    make_user,
    make_worker,
    signed_in,
)

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[1]
APPS = ("core", "enrollment", "planner", "prisons", "rooms", "sessions")
TWO_PAGES = ON_A_PAGE + 20


def _facilitator(prison: Prison, service: Organisation, name: str) -> None:
    make_worker(prison, organisation=service, name=name)


def _role(prison: Prison, service: Organisation, name: str) -> None:
    make_membership(make_user(name), prison, "organiser", service)


def _role_that_has_ended(prison: Prison, service: Organisation, name: str) -> None:
    make_membership(make_user(name), prison, "organiser", service, ends_on=dt.date(2021, 1, 1))


def _announcement(prison: Prison, _service: Organisation, name: str) -> None:
    day, by = clock.today() - dt.timedelta(days=9), Membership.objects.all()[0].user
    times = {"starts_on": day, "ends_on": day, "created_at": clock.now()}
    Announcement.objects.create(prison=prison, text_nl=name, text_fr=name, text_en=name, by=by, **times)


def _separation(prison: Prison, _service: Organisation, name: str) -> None:
    make_separation(prison, make_participant(prison, f"{name}, Jan"), make_participant(prison))


def _activity(_prison: Prison, service: Organisation, name: str) -> None:
    make_activity(service, title=name)


@pytest.mark.parametrize(
    ("make", "address", "more"),
    [
        (_facilitator, "sessions:worker_list", ""),
        (_role, "prisons:membership_list", ""),
        (_role_that_has_ended, "prisons:membership_list", "show=ended&"),
        (_announcement, "prisons:announcement_list", ""),
        (_separation, "enrollment:separation_list", ""),
        (_activity, "sessions:activity_list", ""),
    ],
)
def test_a_long_list_is_told_in_pages(
    make: Callable[[Prison, Organisation, str], None],
    address: str,
    more: str,
    haren: Prison,
    service: Organisation,
    coordinator_karim: User,
    liaison_bert: User,
) -> None:
    """Each row stands on one of two pages, and none on both."""
    names = [f"Zeldzaam{number:03}" for number in range(TWO_PAGES)]
    for name in names:
        make(haren, service, name)
    browser = signed_in(liaison_bert if address == "enrollment:separation_list" else coordinator_karim)

    pages = [
        browser.get(f"{reverse(address, args=[haren.slug])}?{more}page={page}").content.decode()
        for page in (1, 2, 3)
    ]
    first, second, beyond = ({name for name in names if name in page} for page in pages)

    assert first | second == set(names)
    assert not first & second
    assert len(first) <= ON_A_PAGE
    assert beyond == second  # the last page, as for any number that is too large


def test_all_lists_turn_their_pages_in_one_place() -> None:
    own = {"core/web/pages.py", "planner/components.py"}  # the rule, and the page that shows all parts
    found = {str(path.relative_to(ROOT)) for app in APPS for path in (ROOT / app).rglob("*.py")}
    turned = {name for name in found if re.search(r"\bPaginator\(", (ROOT / name).read_text())}
    assert turned == own
