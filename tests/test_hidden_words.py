"""A word that this reader may not know finds as much as one that nobody ever wrote: byte by byte the same page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, partial
from typing import Any
from urllib.parse import quote

import pytest

from tests.noninterference import between, blotted
from tests.town import Town, living_in
from tests.walking import Walker, asked_names, names_of, quiet

pytestmark = pytest.mark.django_db
PAGES = (
    "/p/haren/search/",
    "/p/haren/series/",
    "/p/haren/board/",
    "/p/haren/board/sessions/",
    "/p/haren/board/term/",
    "/p/haren/conflicts/",
    "/p/haren/people/",
    "/p/haren/waiting-times/",
    "/p/haren/reports/",
    "/p/haren/lists/",
    "/p/haren/attendance/",
    "/me/sessions/",
    "/api/v1/haren/sessions",
    "/api/v1/haren/series",
)
HIDDEN = {
    "q": ("verslaving", "brug", "groep"),
    "domain": ("addiction",),
    "language": ("ar",),
    "service": ("SERVICE",),
    "organisation": ("SERVICE",),
    "activity": ("ACTIVITY",),
    "sort": ("service", "domain"),
    "level": ("B1",),
}
PEOPLE = {"q": ("dubois", "70005"), "who": ("dubois",), "person": ("PERSON",), "series": ("SERIES",)}
"""Of another group than the facilitator's, and of another service than the neighbour's."""
ELSEWHERE = {"series": ("SERIES",), "session": ("SESSION",), "request": ("REQUEST",)}
WORDS = ("q", "who")
READERS = {
    "liaison": HIDDEN,
    "auditor": HIDDEN | {"q": (*HIDDEN["q"], *PEOPLE["q"])},
    "worker": HIDDEN | PEOPLE | {"q": ("verslaving", *PEOPLE["q"])},
    "neighbour": ELSEWHERE,
}
OWN = (
    "/p/haren/requests/",
    "/p/haren/requests/one-by-one/",
    "/p/haren/waiting-times/list/",
    "/p/haren/wishes/",
)
OWN += (
    "/p/haren/changes/",
    "/p/haren/slips/print/",
    "/p/haren/notes/",
    "/p/haren/asks/",
    "/p/haren/leaflet/",
)


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    with living_in(django_db_blocker) as town, quiet():
        yield town


def worded(town: Town, word: str) -> str:
    secret = town.series["secret"]
    numbers = {
        "SERVICE": town.service.pk,
        "OTHER": town.other.pk,
        "ACTIVITY": secret.activity_id,
        "PERSON": town.people[5].pk,
        "SERIES": secret.pk,
        "SESSION": town.sessions["secret1"].pk,
        "REQUEST": town.people[5].requests.get().pk,
    }
    return str(numbers.get(word, word))


def pages_of(walker: Walker, pages: Iterable[str]) -> dict[str, set[str]]:
    """The pages that this reader has, each with the names that it reads."""
    found = {}
    for page in pages:
        with asked_names() as names:
            answer = walker.ask("GET", page, {"page": "1"})
        if answer.status_code == 200:
            found[page] = names | names_of(page.removeprefix("/").replace("haren", "<prison>"))
    return found


def told(walker: Walker, page: str, name: str, word: str) -> bytes:
    """What the page says, but for the word itself where it is given back, and what that adds to the length."""
    body = re.sub(rb"Content-Length: \d+", b"", blotted(walker.ask("GET", page, {name: word})))
    if name in WORDS:
        return re.sub(rf"(?i){re.escape(word)}|{quote(word)}".encode(), b"WORD", body)
    return re.sub(rf'([?;&]{name}=|name="{name}"\s+value="){word}\b'.encode(), rb"\1WORD", body)


def unknown(word: str) -> str:
    """A number that no row has for a number, else as long as the word; nobody has ever written it."""
    return "987654321" if word.isdigit() else "".join("zwxq"[number % 4] for number in range(len(word)))


@pytest.mark.parametrize("reader", READERS)
def test_a_hidden_word_finds_no_more_than_one_that_nobody_wrote(town: Town, reader: str) -> None:
    walker, betrayed = Walker(town.users[reader]), {}
    pages = pages_of(walker, OWN if reader == "neighbour" else PAGES)
    for page, names in pages.items():
        for name in names & READERS[reader].keys():
            nothing = cache(partial(told, walker, page, name))
            for word in (worded(town, each) for each in READERS[reader][name]):
                if (found := told(walker, page, name, word)) != nothing(unknown(word)):
                    betrayed[f"{page}?{name}={word}"] = between(found, nothing(unknown(word)))
    assert pages
    assert not betrayed, "\n".join(f"{key}: {value}" for key, value in betrayed.items())


def test_who_may_know_the_words_finds_something(town: Town) -> None:
    """Else the comparison above would compare nothing."""
    walker, found = Walker(town.users["coordinator"]), set()
    pages = ("/p/haren/series/", "/p/haren/board/", "/p/haren/board/term/", "/p/haren/search/")
    for page, names in pages_of(walker, pages).items():
        for name in names & {"q", "domain", "language", "service", "sort"}:
            word = worded(town, HIDDEN[name][0])
            if told(walker, page, name, word) != told(walker, page, name, unknown(word)):
                found.add((name, page))
    assert {name for name, _page in found} == {"q", "domain", "language", "service", "sort"}
    assert {page for _name, page in found} == set(pages)
