"""What sends is taken off a page; everything else of it stays as it was, letter by letter."""

from __future__ import annotations

import pytest

from core.web.looking_only import looking_only


def shown(page: str) -> str:
    return looking_only(page, lambda action: action == "/end/")


@pytest.mark.parametrize(
    "page",
    [
        '<!doctype html>\n<p title="a &amp; b">één &lt; &#233; &euro; & c</p><!-- word -->',
        '<script nonce="x">if (a < b && c) { "<button>" }</script><br/><input name="q">',
        '<form method="get"><button>Search</button><input name="q"><select><option selected>a</select></form>',
        '<form method="post" action="/end/"><button>Stop</button><input type="checkbox" checked></form>',
        '<button type="button" data-open="x">Open</button><button form="filter">Show</button>',
        '<a href="/p/" hx-get="/p/">Next</a>',
    ],
)
def test_what_only_shows_stays(page):
    assert shown(page) == page


@pytest.mark.parametrize(
    ("page", "left"),
    [
        (
            '<form method="POST"><b>Ann</b><button>Go <i>x</i></button></form>',
            '<form method="POST"><b>Ann</b></form>',
        ),
        (
            '<form method=post action="/do/"><input type="submit" value="Go"></form>',
            '<form method=post action="/do/"></form>',
        ),
        (
            '<form id="f" method="post"></form><button form="f">Go</button>',
            '<form id="f" method="post"></form>',
        ),
        (
            '<button form="f">Go</button><form id="f" method="post"></form>',
            '<form id="f" method="post"></form>',
        ),
        ('<form method="post"><button type="button">Open</button></form>',) * 2,
        ('<button hx-post="/x/"><span>Go</span></button>after', "after"),
        ('<div hx-post="/x/" hx-trigger="change">a</div>', '<div hx-trigger="change">a</div>'),
        ('<div class="card" data-mine data-session="1">', '<div class="card" data-session="1">'),
        (
            '<form method="post"><input name="a"><input type="hidden" name="b"></form>',
            '<form method="post"><input disabled name="a"><input type="hidden" name="b"></form>',
        ),
        (
            '<form method="post"><textarea>a</textarea></form><textarea>b</textarea>',
            '<form method="post"><textarea disabled>a</textarea></form><textarea>b</textarea>',
        ),
    ],
)
def test_what_sends_is_gone(page, left):
    assert shown(page) == left
