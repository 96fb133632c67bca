"""Every form of every page, filled in and sent twice: by a double press, and from two tabs with the same page.

The walk finds by itself which forms create: it looks which rows are new. A form with several buttons is sent with
each of them; an answer that is a page is looked through for forms too, so that acts with a preview are walked to
their end. Nothing is made twice, and whoever presses again is told what was made.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from zlib import crc32

import lxml.html
import pytest
from django.apps import apps
from django.urls import Resolver404, resolve

from core.templatetags.ui import once
from enrollment.domain.lists.cut_off import freeze_everywhere
from tests.town import NOW, Town, forget, living_in, taken_back
from tests.walking import Walker, filled, parts_of, quiet, routes

pytestmark = pytest.mark.django_db
SMALL = 6 if os.environ.get("PROOF_SIZE") == "small" else 1
PART = int(os.environ.get("WALK_FROM", "0")) % SMALL
"""The small size presses every sixth kind of form, begun at `WALK_FROM`, and as one account only."""
APPS = ("prisons", "rooms", "group_sessions", "enrollment", "planner")
NOTED = {"AuditEntry", "Reading", "Submission", "Seal"}
"""What the program notes by itself, of any act."""


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    with living_in(django_db_blocker) as town, quiet():
        freeze_everywhere(now=NOW + dt.timedelta(minutes=1))
        yield town


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time goes on between two pages, as it does between two presses."""
    ticks = count(1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + dt.timedelta(milliseconds=next(ticks)))


PANEL = "the panel carries the version of the session, which refuses a second press; once undone it may be meant again"
KNOWS_ITSELF = {
    "enrollment:note_entry": "the entry has a key of its own, and is found again by it",
    "planner:session_cancel": PANEL,
    "planner:session_drop": PANEL,
    "planner:session_move": PANEL,
    "planner:session_workers": PANEL,
}
"""Creating forms without a token, and why."""
HINTS: dict[str, dict[str, list[str]]] = {
    "enrollment:person_add": {"register_number": ["70999"]},
    "rooms:slot_add": {"starts": ["19:00"], "ends": ["20:00"]},
    "rooms:unit_hours_add": {"starts": ["19:00"], "ends": ["20:00"]},
    "enrollment:separation_list": {"one": ["70002"], "other": ["70003"]},
}
"""What nobody can guess from the form."""
CREATING = {
    *("enrollment:approve", "enrollment:person_add", "enrollment:bulk_decide", "enrollment:person_transfer"),
    *("planner:closure_confirm", "planner:series_add", "planner:series_end", "planner:sessions_cancel"),
    *(
        "planner:series_date_add",
        "planner:proposal_mend",
        "planner:year_report_start",
        "planner:material_add",
    ),
    *("prisons:invite", "rooms:slot_add", "rooms:calendar_import", "sessions:feed_list", "sessions:wish_add"),
}
"""Some that must be among those that the walk finds: fewer would say that it walks into nothing."""


MOST_TRIES = 2
"""So many rows of a kind: what is refused for the first may be allowed for the next."""
DULL = 5
"""Pages of a kind that brought no new form, after which no more of them are opened."""
Rows = dict[str, set[Any]]


def rows() -> Rows:
    models = (m for label in APPS for m in apps.get_app_config(label).get_models())
    return {
        m.__name__: set(m._default_manager.values_list("pk", flat=True))
        for m in models
        if m.__name__ not in NOTED
    }


def new_in(after: Rows, before: Rows) -> set[str]:
    return {name for name in before if after[name] - before[name]}


def typed(control: Any) -> str:
    """Something that fits the field."""
    kind, name, day = control.get("type", ""), control.get("name", ""), (NOW + dt.timedelta(days=20)).date()
    fitting = {
        "date": f"{day}",
        "datetime-local": f"{day}T{'11' if name.startswith(('end', 'until')) else '10'}:00",
        "time": "11:00" if name.endswith(("ends", "until", "end_time")) else "09:00",
        "email": "somebody.new@example.org",
        "number": control.get("min") if (control.get("min") or "0") not in ("0", "") else "2",
        "url": "https://example.org/",
    }
    return fitting.get(kind) or "Nieuw"


def controls(form: Any) -> Iterator[Any]:
    for control in form.inputs:
        if control.get("name") and control.get("type") not in ("hidden", "submit", "button", "file", "image"):
            yield control


def filled_in(form: Any) -> dict[str, list[str]]:
    """As somebody would who fills in what is empty: text, the first choice, the first of the ticks."""
    data: dict[str, list[str]] = defaultdict(list)
    for name, value in form.form_values():
        data[name].append(value)
    for control in controls(form):
        name = control.get("name")
        if any(value.strip() for value in data.get(name, ())):
            continue
        if control.tag == "select":
            data[name] = [option.get("value") for option in control.iter("option") if option.get("value")][:1]
        elif control.get("type") in ("checkbox", "radio"):
            data[name] = [control.get("value") or "on"]
        else:
            data[name] = [typed(control)]
    return dict(data)


def buttons(form: Any) -> Iterator[dict[str, list[str]]]:
    """Each button by which it can be sent."""
    named = [b for b in form.iter("button", "input") if b.get("type", "submit") == "submit" and b.get("name")]
    plain = [b for b in form.iter("button") if b.get("type", "submit") == "submit" and not b.get("name")]
    if plain or not named:
        yield {}
    told: dict[str, int] = defaultdict(int)
    for button in named:
        told[button.get("name")] += 1
        if told[button.get("name")] <= 3:
            yield {button.get("name"): [button.get("value") or ""]}


def forms_in(answer: Any) -> list[Any]:
    is_page = answer.status_code in (200, 409) and answer.get("Content-Type", "").startswith("text/html")
    text = answer.content.decode() if is_page else ""
    found = lxml.html.fromstring(text).forms if text.strip() else []
    return [form for form in found if form.method == "POST"]


def name_of(address: str) -> str:
    try:
        return resolve(address.partition("?")[0]).view_name
    except Resolver404:
        return ""


@dataclass
class Found:
    """What the walk saw of the forms that lead to one address."""

    made: set[str] = field(default_factory=set)
    made_again: set[str] = field(default_factory=set)
    made_by_tab: set[str] = field(default_factory=set)
    is_bare: bool = False
    answers: set[str] = field(default_factory=set)
    statuses: set[int] = field(default_factory=set)


class Presser:
    """Presses each kind of form until one of its kind was not refused."""

    def __init__(self, walker: Walker, found: dict[str, Found]) -> None:
        self.walker, self.found = walker, found
        self.done: set[tuple[object, ...]] = set()
        self.tries = Counter[tuple[object, ...]]()

    def press(self, page: str, form: Any, *, deep: int = 2) -> None:
        to = (form.action or page).partition("#")[0] or page
        key = name_of(to), deep, tuple(sorted({str(control.get("name")) for control in form.inputs}))
        if (
            crc32(name_of(to).encode()) % SMALL != PART
            or key in self.done
            or self.tries[key] == MOST_TRIES
            or "logout" in name_of(to)
        ):
            return
        self.tries[key] += 1
        sent = {"HTTP_REFERER": f"http://testserver{page}"}
        how = sent | ({"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": page} if form.get("hx-post") else {})
        for button in buttons(form):
            data = filled_in(form) | HINTS.get(name_of(to), {}) | button
            if self._twice(to, data, how, deep) < 400:
                self.done.add(key)

    def _twice(self, to: str, data: dict[str, Any], how: dict[str, str], deep: int) -> int:
        one, client = self.found[name_of(to)], self.walker.client
        before = rows()
        with taken_back():
            first = client.post(to, data, **how)
            after = rows()
            one.statuses.add(first.status_code)
            if made := new_in(after, before):
                again = client.post(to, data, **how)
                one.made |= made
                one.made_again |= new_in(rows(), after)
                one.is_bare |= "once" not in data
                if again.status_code >= 400 or told(first) not in ("", told(again)):
                    one.answers.add(
                        f"{first.status_code} {told(first)}, then {again.status_code} {told(again)}"
                    )
        forget()
        if made and "once" in data:
            self._in_two_tabs(to, data, how, one)
        for follow in forms_in(first) if deep and not made else ():
            if name_of((follow.action or to).partition("#")[0]) == name_of(to):
                self.press(to, follow, deep=deep - 1)
        return int(first.status_code)

    def _in_two_tabs(self, to: str, data: dict[str, Any], how: dict[str, str], one: Found) -> None:
        """The same page was open in a second tab before the button of the first was pressed."""
        other = re.search(r'value="([^"]+)"', once())
        assert other
        with taken_back():
            self.walker.client.post(to, data, **how)
            after = rows()
            self.walker.client.post(to, data | {"once": [other[1]]}, **how)
            one.made_by_tab |= new_in(rows(), after)
        forget()


def told(answer: Any) -> str:
    """Where it leads."""
    return str(answer.headers.get("Location") or answer.headers.get("HX-Redirect") or "")


LINK = re.compile(r'"(/[^"\s#?]*(?:\?tab=\w+)?)[^"\s]*"')
"""Of what follows the question mark only the tab: another tab of a page has other forms."""


def walked(town: Town, names: tuple[str, ...]) -> dict[str, Found]:
    """From pages about no row on to those that they lead to: of each kind until a few brought no new form."""
    found: dict[str, Found] = defaultdict(Found)
    for name in names:
        walker = Walker(town.users[name])
        presser, pages, kinds = Presser(walker, found), Counter[str](), set[str]()
        ahead, known = deque(sorted(beginnings())), set(beginnings())
        while ahead:
            address = ahead.popleft()
            if pages[name_of(address)] == DULL:
                continue
            walker.client.cookies = walker.cookies.copy()
            page = walker.client.get(address)
            if page.status_code != 200 or not page["Content-Type"].startswith("text/html"):
                continue
            forms = forms_in(page)
            leads_to = {name_of((form.action or address).partition("#")[0]) for form in forms}
            pages[name_of(address)] += leads_to <= kinds
            kinds |= leads_to
            for form in forms:
                presser.press(address, form)
            new = {link for link in LINK.findall(page.content.decode()) if name_of(link)} - known
            known |= new
            ahead.extend(sorted(new))
    return found


def beginnings() -> set[str]:
    """Every page that is about no row in particular."""
    return {
        filled(route, {})
        for route, _pattern in routes()
        if not route.startswith(("api/", "static/", "admin/"))
        and not any(kind in ("int", "number") for kind, _name in parts_of(route))
    }


def test_what_a_form_makes_it_makes_once(town: Town, ticking: None) -> None:
    found = walked(town, ("everybody", "liaison") if SMALL == 1 else ("everybody",))
    creating = {name: one for name, one in found.items() if one.made}
    assert {name: one.made_again for name, one in creating.items() if one.made_again} == {}
    assert {name: one.made_by_tab for name, one in creating.items() if one.made_by_tab} == {}
    assert {name for name, one in creating.items() if one.is_bare} - KNOWS_ITSELF.keys() == set()
    assert {name: one.answers for name, one in creating.items() if one.answers and not one.is_bare} == {}
    assert len(creating) >= 4
    if SMALL == 1:
        assert creating.keys() >= CREATING
