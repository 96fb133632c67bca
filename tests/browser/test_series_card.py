"""A card stands for its series: Shift counts, keys take the rest along or back; an empty cell takes something new."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from sessions.models import GroupSession
from tests.factories import make_activity, make_room, make_series, make_session, make_slot

pytestmark = pytest.mark.django_db(transaction=True)
MONDAYS = ["2050-01-10", "2050-01-17", "2050-01-24"]


@pytest.fixture
def series(haren, service):
    make_slot(haren, 1, "08:30", "11:00")
    make_slot(haren, 2, "08:30", "11:00")
    room, other = make_room(haren, name="Class A"), make_room(haren, name="Class B")
    found = make_series(
        haren,
        activity=make_activity(service, "Yoga"),
        default_room=room,
        starts_on=dt.date(2050, 1, 10),
        weeks=3,
    )
    for day in MONDAYS:
        make_session(found, f"{day} 09:00", room=room)
    make_session(make_series(haren, activity=make_activity(service, "Koor")), "2050-01-18 09:30", room=other)
    return found


@pytest.fixture
def board(page, live_server, signed_in, series, organiser_anna, complaints):
    signed_in(organiser_anna, language="en")
    page.goto(f"{live_server.url}/p/haren/board/?week=2050-W02")
    return page


def cell(page, room, day):
    row = page.locator("tbody tr").filter(has_text=room)
    return row.locator(f'td[data-day="{day}"]')


def carry(page, target):
    """Take the card up and hold it over the cell."""
    box = page.locator(".card-slip").first.bounding_box()
    there = target.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 6)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 12, box["y"] + 12)
    page.mouse.move(there["x"] + there["width"] / 2, there["y"] + there["height"] / 2, steps=4)


def rooms(series):
    rows = GroupSession.objects.filter(series=series).order_by("starts_at").select_related("room")
    return [(f"{one.starts_at:%d}", one.room.name) for one in rows]


def test_two_takes_those_that_follow_along_and_u_takes_it_back(board, series):
    target = cell(board, "Class B", "20500110")
    carry(board, target)
    expect(target).to_have_class(re.compile(r"\bis-free\b"))  # another room than usual is no warning
    board.mouse.up()
    toast = board.locator("#toasts [data-toast]").last
    expect(toast).to_contain_text("only 10 January")
    expect(toast).to_contain_text("also the 2 that follow (2 of 2 free)")
    board.keyboard.press("2")
    expect(board.locator("#toasts")).to_contain_text("2 more dates went along.")
    assert rooms(series) == [("10", "Class B"), ("17", "Class B"), ("24", "Class B")]
    board.keyboard.press("u")
    expect(board.locator("#toasts")).to_contain_text("Undone")
    assert rooms(series) == [("10", "Class B"), ("17", "Class A"), ("24", "Class A")]


def test_one_leaves_the_rest_and_what_cannot_is_said_on_a_page(board, series):
    carry(board, cell(board, "Class B", "20500111"))
    board.mouse.up()
    toast = board.locator("#toasts [data-toast]").last
    expect(toast).to_contain_text("(1 of 2 free)")
    board.keyboard.press("2")
    expect(board.get_by_role("heading", level=1)).to_have_text("The dates that follow")
    expect(board.locator("main")).to_contain_text("Class B is taken by Koor")
    board.get_by_role("button", name="Take 1 date along").click()
    expect(board.locator("#messages")).to_contain_text("1 more date went along.")
    assert rooms(series) == [("11", "Class B"), ("17", "Class A"), ("25", "Class B")]


def test_shift_counts_while_the_card_is_held(board, series):
    target = cell(board, "Class B", "20500111")
    carry(board, target)
    board.keyboard.down("Shift")
    expect(target).to_have_attribute("data-along", "2/3")
    expect(board.locator(".is-carried")).to_have_attribute("data-along", "2/3")  # it lies over the cell
    board.keyboard.up("Shift")
    expect(board.locator(".is-carried")).not_to_have_attribute("data-along", "2/3")
    board.keyboard.press("Escape")
    board.mouse.up()
    expect(board.locator("[data-along]")).to_have_count(0)
    assert rooms(series) == [("10", "Class A"), ("17", "Class A"), ("24", "Class A")]


@pytest.mark.parametrize("how", ["click", "Enter", "n"])
def test_an_empty_cell_takes_something_new(board, series, how):
    target = cell(board, "Class B", "20500111")
    if how == "click":
        target.click()
    else:
        target.focus()
        board.keyboard.press(how)
    panel = board.locator("#panel")
    expect(panel).to_contain_text("Class B")
    expect(panel.locator("#panel-title")).to_be_focused()
    expect(panel.get_by_role("link", name="Yoga")).to_be_visible()
    panel.get_by_role("link", name="A new series here").click()
    expect(board.locator("[name=starts_on]")).to_have_value("2050-01-11")
    expect(board.locator("[name=start_time]")).to_have_value("08:30")
    expect(board.locator("[name=end_time]")).to_have_value("11:00")
    expect(board.locator("[name=default_room] option:checked")).to_contain_text("Class B")


def test_one_line_says_why_while_a_card_is_held(board, series):
    line = board.locator("#board-why")
    make_session(
        make_series(series.prison, activity=make_activity(series.activity.organisation, "Tekenen")),
        "2050-01-11 09:00", room=series.default_room,
    )  # fmt: skip
    board.reload()
    carry(board, cell(board, "Class B", "20500111"))
    expect(line).to_have_text("It fits.")
    taken = cell(board, "Class A", "20500111").bounding_box()
    board.mouse.move(taken["x"] + taken["width"] / 2, taken["y"] + taken["height"] / 2)
    expect(line).to_contain_text("Class A is taken by Tekenen")
    board.keyboard.press("Escape")
    board.mouse.up()
    expect(line).to_be_hidden()


def test_a_sheet_of_keys_and_a_way_to_the_table(board):
    board.keyboard.press("Tab")
    board.keyboard.press("Tab")
    expect(board.get_by_role("link", name="Go to the table")).to_be_focused()
    board.keyboard.press("Enter")
    board.keyboard.press("Tab")
    expect(board.locator("#board-table :focus")).to_have_count(1)
    board.keyboard.press("?")
    expect(board.get_by_role("dialog", name="Keys of the board")).to_contain_text(
        "something new in this cell"
    )
    board.keyboard.press("Escape")
    expect(board.get_by_role("dialog")).to_have_count(0)
