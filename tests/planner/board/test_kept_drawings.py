"""Cards and cells are kept drawn by value: what anybody sees must be what is true for them now."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields, replace
from typing import Any

import pytest
from django.utils import translation

from planner.board.drawing import week
from planner.board.week.cards import Card, CardMark
from planner.board.week.table import BoardColumn

CARD = Card(
    session_id=7,
    series_id=3,
    title="Schilderen & tekenen",
    title_language="nl",
    domain="culture",
    organisation_id=1,
    organisation="De Rode Antraciet",
    day=dt.date(2050, 1, 10),
    start="08:30",
    end="09:30",
    places=10,
    enrolled=4,
    state="published",
    workers="Chloé",
    worker_ids=(5,),
    languages="NL",
    room_id=2,
    version=1,
    is_mine=True,
    mark=None,
    week_on=dt.date(2050, 1, 10),
    minutes=60,
)
SEEN: dict[str, Any] = {
    "title": "Keramiek",
    "title_language": "fr",
    "domain": "sport",
    "places": 12,
    "enrolled": 10,
    "state": "draft",
    "workers": "Bram",
    "languages": "FR",
    "version": 2,
    "is_mine": False,
    "mark": CardMark("room taken", 2, is_hard=True),
}


def drawn(card: Card, language: str = "en", **other: Any) -> str:
    said = {"address": "/7/", "handle": week.MINE, "picks": False, "room": "", "css": ""}
    said |= {"more": week.EMPTY, "after": week.EMPTY, "time": card.start} | other
    with translation.override(language):
        return week._card(week._ink(translation.get_language()), card, **said)


@pytest.mark.parametrize("name", SEEN)
def test_a_card_that_changed_is_drawn_anew(name: str) -> None:
    before = drawn(CARD)
    assert drawn(replace(CARD, **{name: SEEN[name]})) != before
    assert drawn(CARD) == before


def test_a_card_that_stayed_the_same_is_not_drawn_again() -> None:
    assert drawn(CARD) is drawn(replace(CARD))


def test_every_reader_gets_their_own_drawing() -> None:
    one = drawn(CARD)
    others = [
        drawn(CARD, language="nl"),
        drawn(CARD, language="fr"),
        drawn(CARD, handle=week.THEIRS),
        drawn(CARD, handle=week.EMPTY),
        drawn(CARD, picks=True),
        drawn(CARD, room="Atelier 1"),
        drawn(CARD, address="/p/ittre/7/"),
        drawn(CARD, time="do 8:30"),
    ]
    assert len({one, *others}) == len(others) + 1


def test_what_a_card_shows_is_escaped() -> None:
    card = replace(CARD, title="<b>", workers="<i>", languages="<u>", mark=CardMark("<s>", 1, is_hard=False))
    html = drawn(card, room="<em>", picks=True)
    assert not [tag for tag in ("<b>S", "<b></", "<i>", "<u>", "<s>", "<em>") if tag in html]
    assert "&lt;em&gt;" in html and "&lt;s&gt;" in html


def test_a_card_can_be_told_apart_by_every_field() -> None:
    """A field left out of the comparison would leave an old drawing standing."""
    assert all(field.compare for field in fields(Card)) and all(field.compare for field in fields(CardMark))


def test_a_cell_says_what_closes_it_now() -> None:
    ink, column = week._ink("en"), BoardColumn(dt.date(2050, 1, 10), 4, 510, 600)
    free = week._opened(ink, 2, column, "", "", False)
    assert 'data-cell="2-20500110-4"' in free and "is-closed" not in free
    closed = week._opened(ink, 2, column, "strike <1>", "", False)
    assert "is-closed" in closed and "strike &lt;1&gt;" in closed
    announced = week._opened(ink, 2, column, "", "strike", False)
    assert "is-announced" in announced and "strike" in announced
    said_above = week._opened(ink, 2, column, "", "strike", True)
    assert "is-announced" in said_above and "strike" not in said_above
    assert week._opened(ink, 2, column, "", "", False) == free
