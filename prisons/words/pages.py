"""What a page is, in words, for the record of who looked: by the name of its address."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

_ENTRANCE = pgettext_lazy("page", "the entrance")
_GROUP = pgettext_lazy("page", "a group")
_LISTS = pgettext_lazy("page", "lists of a day")
_NOTES = pgettext_lazy("page", "entering notes")
_PEOPLE = pgettext_lazy("page", "the list of people")
_PERSON = pgettext_lazy("page", "the page of a person")
_REQUESTS = pgettext_lazy("page", "requests")
_ROSTER = pgettext_lazy("page", "the list of the prison")
_ATTENDANCE = pgettext_lazy("page", "an attendance sheet")
_SLIPS = pgettext_lazy("page", "reply slips")
_WAITING = pgettext_lazy("page", "waiting times")
_RULES = pgettext_lazy("page", "settings")
_RIGHTS = pgettext_lazy("page", "people and rights")
_OWN = pgettext_lazy("page", "the own account")

_ENROLLING = (
    "approve",
    "put_on_list",
    "decline",
    "withdraw",
    "give_place",
    "end",
    "take_back",
    "skip_date",
    "ask_again",
    "change_position",
)
PAGES: dict[str, str | Promise] = {
    "account": _ENTRANCE,
    "mfa": _ENTRANCE,
    "openid": _ENTRANCE,
    "socialaccount": _ENTRANCE,
    "usersessions": _OWN,
    "people": _OWN,
    "api": pgettext_lazy("page", "the programming interface"),
    "feed": pgettext_lazy("page", "a calendar address"),
    "enrollment": pgettext_lazy("page", "people and groups"),
    "enrollment:agreement": pgettext_lazy("page", "the prison's answers"),
    "enrollment:attendance": _ATTENDANCE,
    "enrollment:session_attendance": _ATTENDANCE,
    "enrollment:mark": _ATTENDANCE,
    "enrollment:send_sheet": _ATTENDANCE,
    "enrollment:read_sheet": _ATTENDANCE,
    "enrollment:accept_sheet": _ATTENDANCE,
    "enrollment:enter_sheet": _ATTENDANCE,
    "enrollment:sheet": _ATTENDANCE,
    "enrollment:count_heads": _ATTENDANCE,
    "enrollment:block": _PERSON,
    "enrollment:bulk": _REQUESTS,
    "enrollment:request": _REQUESTS,
    "enrollment:certificate": pgettext_lazy("page", "certificates"),
    "enrollment:change": pgettext_lazy("page", "changes of the list of the prison"),
    "enrollment:consent": _PERSON,
    "enrollment:level": _PERSON,
    "enrollment:intake": _PERSON,
    "enrollment:person": _PERSON,
    "enrollment:person_list": _PEOPLE,
    "enrollment:person_add": _PEOPLE,
    "enrollment:new_arrivals": _PEOPLE,
    "enrollment:week_slip": _PERSON,
    "enrollment:enrollment": _GROUP,
    "enrollment:series": _GROUP,
    **{f"enrollment:{name}": _GROUP for name in _ENROLLING},
    "enrollment:list": _LISTS,
    "enrollment:lists": _LISTS,
    "enrollment:post": _LISTS,
    "enrollment:posts": _LISTS,
    "enrollment:handout": _LISTS,
    "enrollment:families": _LISTS,
    "enrollment:session_sheet": _LISTS,
    "enrollment:worker_sheet": _LISTS,
    "enrollment:note": _NOTES,
    "enrollment:parked": _NOTES,
    "enrollment:reading": pgettext_lazy("page", "who looked"),
    "enrollment:audit": pgettext_lazy("page", "the record of acts"),
    "enrollment:roster": _ROSTER,
    "enrollment:separation": pgettext_lazy("page", "people kept apart"),
    "enrollment:slip": _SLIPS,
    "enrollment:batch": _SLIPS,
    "enrollment:waiting": _WAITING,
    "enrollment:wish": pgettext_lazy("page", "wishes"),
    "own": _OWN,
    "can_come": _OWN,
    "cannot_come": _OWN,
    "read_notices": _OWN,
    "planner": pgettext_lazy("page", "the plan"),
    "planner:search": pgettext_lazy("page", "the search"),
    "planner:today": pgettext_lazy("page", "the first page"),
    "planner:report": pgettext_lazy("page", "reports"),
    "planner:work_hours": pgettext_lazy("page", "hours that count as work"),
    "planner:emergency": pgettext_lazy("page", "the emergency pack"),
    "prisons": _RIGHTS,
    "prisons:audit": pgettext_lazy("page", "who did what"),
    "prisons:job": pgettext_lazy("page", "long work"),
    "rooms": _RULES,
    "sessions": pgettext_lazy("page", "the offer"),
}
"""A longer name wins over the part of it: `enrollment:person_list` over `enrollment:person`."""


def name_of_page(view_name: str) -> str:
    """The words of the longest known beginning; the name itself where there is none."""
    name = view_name
    while name:
        if name in PAGES:
            return str(PAGES[name])
        cut = max(name.rfind("_"), name.rfind(":"))
        name = name[:cut] if cut > 0 else ""
    return view_name
