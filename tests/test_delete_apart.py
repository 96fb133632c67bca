"""Taking away never stands next to saving: on no page that a role finds by following links."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import lxml.html
import pytest

from benchmarks.scale.walking import crawl
from tests.town import Town, living_in

pytestmark = pytest.mark.django_db
APART = {"details", "dialog", "td", "th", "li", "dd"}
"""Folded away, asked once more, or a row of a list: nobody lands there by a slip of the hand."""


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    with living_in(django_db_blocker) as town:
        yield town


def takes_away(button: Any) -> bool:
    icons = button.xpath(".//*[local-name()='use']/@href")
    return "btn-danger" in (button.get("class") or "") or any("trash" in icon for icon in icons)


def saves(button: Any) -> bool:
    return "btn-primary" in (button.get("class") or "") and not takes_away(button)


def beside_a_save(page: Any) -> list[str]:
    """Buttons of a page that take away and stand where somebody aims at another button that saves."""
    buttons = page.xpath("//main//button[not(@type='button')]")
    savers = [button for button in buttons if saves(button)]
    found = []
    for button in filter(takes_away, buttons):
        apart = [each for each in button.iterancestors() if each.tag in APART]
        near = [one for one in savers if not apart or apart[0] in one.iterancestors()]
        if near:
            found.append(" ".join(button.text_content().split()))
    return found


def test_the_reader_sees_both_kinds_of_faults_and_neither_where_it_is_folded() -> None:
    save, away = (
        '<button class="btn btn-primary">Save</button>',
        '<button class="btn btn-danger">Remove</button>',
    )
    for body in (f"<form>{save}{away}</form>", f"<form>{save}</form><hr><form>{away}</form>"):
        assert beside_a_save(lxml.html.fromstring(f"<main>{body}</main>")) == ["Remove"]
    folded = f"<main><form>{save}</form><details><form>{away}</form></details></main>"
    assert beside_a_save(lxml.html.fromstring(folded)) == []
    inside = f"<main><details><form>{save}{away}</form></details></main>"
    assert beside_a_save(lxml.html.fromstring(inside)) == ["Remove"]


def test_nothing_is_taken_away_beside_a_button_that_saves(town: Town) -> None:
    found: dict[str, list[str]] = {}
    read = 0
    for role in ("everybody", "coordinator", "liaison"):
        for page in crawl(town.users[role], role, "haren"):
            if not page.body:
                continue
            read += 1
            if bad := beside_a_save(lxml.html.fromstring(page.body)):
                found[page.address] = bad
    assert read > 300
    assert found == {}
