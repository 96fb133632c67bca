"""A row whose facts cannot be read (of an older version, cut off, of an unknown kind) never hides the others.

Every row that keeps facts as JSON is spoiled, and every list is opened: nothing may break.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from enrollment.domain.requests import inbox
from planner.closures import upcoming
from planner.notifications import cannot_come
from planner.scheduling.asks import ask_acts
from planner.scheduling.placement import act_words
from prisons.domain.background import jobs
from prisons.models import ChangeSet, Job, Todo
from tests.test_rubbish import broken
from tests.town import NOW, Town, living_in, taken_back
from tests.walking import Walker, filled, parts_of, quiet, routes

pytestmark = pytest.mark.django_db
NOT_TOLD = {"ChangeImage", "AuditEntry"}
"""Read by the undo that wrote it alone; and what the database lets nobody change."""
KINDS = [
    (model, field.name)
    for model in apps.get_models()
    for field in model._meta.fields
    if isinstance(field, models.JSONField)
    and model._meta.app_label in ("prisons", "rooms", "group_sessions", "enrollment", "planner")
    and model.__name__ not in NOT_TOLD
]


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    with living_in(django_db_blocker) as town:
        town_with_records(town)
        yield town


def town_with_records(town: Town) -> None:
    """What the town lacks: a row of each kind of long work, of to-do and of act."""
    user = town.users["everybody"]
    here: dict[str, Any] = {"prison": town.prison, "by": user}
    for kind in ("unknown", *jobs.TITLES):
        Job.objects.create(**here, kind=kind, state="done", created_at=NOW)
        Job.objects.create(**here, kind=kind, state="failed", failure="unknown", created_at=NOW)
    for kind in (inbox.ROSTER, inbox.DROP_OUT, ask_acts.TODO, cannot_come.TODO, *upcoming.KINDS, "unknown"):
        Todo.objects.create(prison=town.prison, organisation=town.service, kind=kind, created_at=NOW)
    for number, verb in enumerate((*act_words.ACTS, "unknown")):
        at = NOW - dt.timedelta(minutes=number)
        ChangeSet.objects.create(**here, verb=verb, at=at)


def test_no_list_breaks(town: Town) -> None:
    walker = Walker(town.users["everybody"])
    with quiet(), taken_back():
        for model, field in KINDS:
            empty: Any = model._meta.get_field(field).get_default()
            model._default_manager.update(**{field: empty})
        found = [
            f"{address}: {what}"
            for address in [filled(route, {}) for route, _pattern in routes() if not parts_of(route)]
            if (what := broken(walker.ask("GET", address)))
        ]
    assert not found


def test_the_town_has_such_rows(town: Town) -> None:
    """Without them the walk would see nothing."""
    there = {model.__name__ for model, _field in KINDS if model._default_manager.exists()}
    assert {"Job", "Todo", "ChangeSet", "Ask", "Proposal", "Slip", "Announcement"} <= there
