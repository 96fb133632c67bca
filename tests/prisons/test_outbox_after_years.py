"""Letters are kept for ever; what is asked of them reads the few that have not left, or the newest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from benchmarks.scale import plans
from core.dates.clock import now
from planner.operations.metrics import WaitingJobs
from prisons.domain.background import outbox, schedules
from prisons.models import Message, Prison, User
from tests.factories import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
State = Message.State
MANY = 6_000
NARROW = {"letter_unsent", "letter_newest", "letter_words", "PRIMARY KEY", "prisons_message_pkey"}
"""What leads to few letters, however many there are."""


@pytest.fixture
def letters(haren: Prison, saint_gilles: Prison) -> None:
    """Years of them in two prisons, of which few have not left, and few still hold their words."""
    long_ago = now() - dt.timedelta(days=2000)
    Message.objects.bulk_create(
        Message(
            prison=(haren, saint_gilles)[each % 2],
            to_email="a@example.org",
            kind="changes",
            subject="Wijziging",
            body_text="" if each < MANY - 100 else "Dag",
            state=State.SENT,
            created_at=long_ago + dt.timedelta(hours=8 * each),
            sent_at=long_ago + dt.timedelta(hours=8 * each),
        )
        for each in range(MANY)
    )
    Message.objects.bulk_create(
        Message(
            prison=haren,
            to_email="a@example.org",
            kind="changes",
            subject="Wijziging",
            body_text="Dag",
            state=state,
            failure="unreachable" if state == State.FAILED else "",
            created_at=now() - dt.timedelta(hours=2),
            claimed_at=now() - dt.timedelta(hours=1),
            attempts=1,
        )
        for state in (State.WAITING, State.CLAIMED, State.FAILED, State.UNKNOWN)
        for _each in range(5)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    plans.forget()


def _ways(plan: Any) -> Iterator[str]:
    """The index by which each step reads letters, or what else it says."""
    if connection.vendor == "sqlite":
        for line in plan:
            if "prisons_message" in line:
                index = line.partition("INDEX ")[2].partition(" (")[0]
                yield "PRIMARY KEY" if "PRIMARY KEY" in line else index or line
        return
    for node in _nodes(plan[0]["Plan"]):
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] == "prisons_message":
            yield "Seq Scan"
        elif "Index Name" in node:
            yield node["Index Name"]


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)


def _page(by: User, question: str) -> Callable[[], object]:
    address = reverse("prisons:outbox_list", args=["haren"]) + question
    return partial(signed_in(by).get, address)


def _asking(prison: Prison, by: User) -> dict[str, Callable[[], object]]:
    """Everything that asks for letters other than by their number."""
    pages = ("", "?state=not_sent", *(f"?state={state}" for state in State.values), f"?on={now():%Y-%m-%d}")
    return {f"page {question}": _page(by, question) for question in pages} | {
        "what to look at": lambda: outbox.not_sent(prison).count(),
        "all once more": lambda: outbox.resend_failed(prison, by=by),
        "due": outbox.send_due,
        "tended": outbox.tend,
        "words forgotten": outbox.forget_old,
        "clock put right": schedules.mend_far_ahead,
        "metrics": lambda: list(WaitingJobs().collect()),
    }


@pytest.mark.usefixtures("letters")
def test_nobody_who_asks_for_letters_reads_those_of_all_years(haren: Prison, coordinator_karim: User) -> None:
    found = {}
    for what, ask in _asking(haren, coordinator_karim).items():
        asked: list[plans.Asked] = []
        with plans.listening(asked):
            ask()
        told = [each for each in asked if '"prisons_message"' in each.sql and "INSERT" not in each.sql[:6]]
        assert told, what
        ways = {way for each in told for way in _ways(plans.explain(connection, each))}
        if wide := ways - NARROW:
            found[what] = wide
    assert found == {}


@pytest.mark.usefixtures("letters")
def test_letters_of_years_ago_are_found_by_their_day(coordinator_karim: User) -> None:
    old = Message.objects.filter(prison__slug="haren").order_by("created_at")[0]
    first = _page(coordinator_karim, "")()
    assert first.context["page"].paginator.is_cut
    answer = _page(coordinator_karim, f"?on={old.created_at:%Y-%m-%d}")()
    assert old.pk in [row[0].pk for row in answer.context["rows"]]
    assert all(f"on={old.created_at:%Y-%m-%d}" in chip["url"] for chip in answer.context["chips"])


@pytest.mark.usefixtures("letters")
@pytest.mark.parametrize(
    "question", ["?on=nonsense", "?on=9999-12-31", "?on=0001-01-01", "?state=nonsense&on=x"]
)
def test_a_day_that_is_none_filters_nothing_and_says_so(coordinator_karim: User, question: str) -> None:
    answer = _page(coordinator_karim, question)()
    assert answer.status_code == 422
    assert len(answer.context["rows"]) == 50


@pytest.mark.usefixtures("letters")
def test_the_day_stays_chosen_when_a_letter_is_sent_again(coordinator_karim: User) -> None:
    failed = Message.objects.filter(state=State.FAILED)[0]
    page = f"?state=failed&on={failed.created_at:%Y-%m-%d}"
    shown = _page(coordinator_karim, page)()
    assert f'name="on" value="{failed.created_at:%Y-%m-%d}"' in shown.content.decode()
    again = reverse("prisons:outbox_resend", args=["haren", failed.pk])
    for sent, kept in (({"on": f"{failed.created_at:%Y-%m-%d}"}, page), ({"on": "x"}, "?state=failed")):
        Message.objects.filter(pk=failed.pk).update(state=State.FAILED)
        answer = signed_in(coordinator_karim).post(again, {"state": "failed"} | sent)
        assert answer["Location"] == reverse("prisons:outbox_list", args=["haren"]) + kept
