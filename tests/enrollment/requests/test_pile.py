"""Deciding on many requests: one a screen, or one answer for all that shows first what it does."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from core.dates import clock
from core.errors import PlannerError
from enrollment.domain.notes.note_intake import NoteAsk, enter_note
from enrollment.domain.requests import bulk, decisions, reopening
from enrollment.domain.requests.states import Verb
from enrollment.domain.slips import reply_slips
from enrollment.models import Enrollment, Request, Slip
from prisons.access import access_for
from prisons.models import AuditEntry
from tests.factories import (
    make_activity,
    make_enrollment,
    make_participant,
    make_series,
    make_session,
    signed_in,
)
from tests.pages import flat, seen_on

E = Enrollment.State


def soon(days: int = 7, hour: int = 9) -> dt.datetime:
    day = clock.today() + dt.timedelta(days=days)
    return dt.datetime.combine(day, dt.time(hour), tzinfo=clock.BRUSSELS)


@pytest.fixture
def group(haren, service):
    series = make_series(haren, activity=make_activity(service, "Koor"), places=2, starts_on=clock.today())
    make_session(series, soon(), state="published")
    return series


def ask(series, by, person=None) -> Enrollment:
    person = person or make_participant(series.prison)
    note = enter_note(series.prison, participant=person, asks=[NoteAsk(series=series)], by=by)
    return Enrollment.objects.get(request__note=note)


def url(name: str, haren: Any, *args: int) -> str:
    return reverse(f"enrollment:{name}", args=[haren.slug, *args])


def states() -> list[str]:
    return list(Enrollment.objects.order_by("pk").values_list("state", flat=True))


# --- one a screen ---------------------------------------------------------------------------------------------


def test_the_pile_goes_from_request_to_request_and_each_can_be_undone(haren, group, organiser_anna):
    first, second, third = (ask(group, organiser_anna) for _ in range(3))
    browser = signed_in(organiser_anna)
    page = browser.get(url("pile_start", haren) + f"?series={group.pk}", follow=True)
    assert (
        page.redirect_chain[-1][0] == url("enrollment_detail", haren, first.pk) + f"?pile=1&series={group.pk}"
    )
    assert "1 of 3 to decide" in flat(page)
    from_pile = {"back": "pile", "pile": "1", "series": str(group.pk)}

    page = browser.post(url("approve", haren, first.pk), from_pile | {"seen": first.version}, follow=True)
    assert f"/enrolments/{second.pk}/" in page.redirect_chain[-1][0]
    text = flat(page)
    assert "1 of 2 to decide" in text and "has a place." in text
    undo = f"{url('take_back', haren, first.pk)}?pile=1&amp;series={group.pk}"
    assert f'action="{undo}"' in text

    page = browser.post(undo.replace("&amp;", "&"), follow=True)
    assert f"/enrolments/{first.pk}/" in page.redirect_chain[-1][0]
    assert "1 of 3 to decide" in flat(page)
    for each in (first, second, third):
        each.refresh_from_db()
        page = browser.post(url("approve", haren, each.pk), from_pile | {"seen": each.version}, follow=True)
    assert page.redirect_chain[-1][0].startswith(url("request_list", haren))
    assert states() == [E.PLACED, E.PLACED, E.WAITING]


def test_the_pile_says_what_is_left_for_any_group(haren, group, organiser_anna):
    """The number of the list is that of the pile and of these together."""
    first, browser = ask(group, organiser_anna), signed_in(organiser_anna)
    for _ in range(2):
        asks = [NoteAsk(activity=group.activity)]
        enter_note(haren, participant=make_participant(haren), asks=asks, by=organiser_anna)
    page = flat(browser.get(url("pile_start", haren), follow=True))
    assert "1 of 1 to decide" in page and "2 more for any group" in page
    assert "more for any group" not in flat(browser.get(url("enrollment_detail", haren, first.pk)))
    decisions.decline(first, reason="full", by=organiser_anna)
    page = flat(browser.get(url("pile_start", haren), follow=True))
    assert "What is left asks for any group: choose one in the list first." in page


def test_a_refusal_stays_in_the_pile(haren, group, organiser_anna):
    first, _second = ask(group, organiser_anna), ask(group, organiser_anna)
    answer = signed_in(organiser_anna).post(
        url("decline", haren, first.pk), {"back": "pile", "pile": "1", "seen": first.version, "reason": ""}
    )
    assert answer.status_code == 422
    assert "1 of 2 to decide" in flat(answer)


def test_an_empty_pile_says_so(haren, organiser_anna, stranger_dirk, liaison_bert):
    page = signed_in(organiser_anna).get(url("pile_start", haren), follow=True)
    assert "There is nothing to decide here." in flat(page)
    assert signed_in(stranger_dirk).get(url("pile_start", haren)).status_code == 404
    assert signed_in(liaison_bert).get(url("pile_start", haren)).status_code == 403


def test_what_cannot_succeed_is_off_and_says_why(haren, service, group, organiser_anna):
    other = make_series(haren, activity=make_activity(service, "Yoga"), starts_on=clock.today())
    make_session(other, soon(), state="published")
    row = ask(group, organiser_anna, make_enrollment(other).participant)
    browser = signed_in(organiser_anna)
    text = flat(browser.get(url("enrollment_detail", haren, row.pk)))
    assert "Not possible: at the same time: Yoga" in text and 'data-key="a"' not in text
    assert "Swap: from Yoga" in text
    listed = flat(browser.get(url("series_detail", haren, group.pk) + "?tab=undecided"))
    assert 'aria-disabled="true" disabled title="at the same time: Yoga' in listed


# --- one for another -------------------------------------------------------------------------------------------


def test_a_swap_is_one_act_or_nothing(haren, service, group, organiser_anna):
    other = make_series(haren, activity=make_activity(service, "Yoga"), starts_on=clock.today())
    make_session(other, soon(), state="published")
    held = make_enrollment(other)
    row = ask(group, organiser_anna, held.participant)
    browser = signed_in(organiser_anna)
    browser.post(url("swap", haren, row.pk, held.pk), {"back": "decide", "seen": row.version})
    held.refresh_from_db()
    row.refresh_from_db()
    assert (held.state, held.reason, row.state) == (E.ENDED, "other_group", E.PLACED)


def test_nobody_gives_up_a_place_to_wait(haren, service, group, organiser_anna):
    held = make_enrollment(make_series(haren, activity=make_activity(service, "Yoga")))
    for _ in range(group.places):
        make_enrollment(group)
    row = ask(group, organiser_anna, held.participant)
    before = AuditEntry.objects.count()
    with pytest.raises(PlannerError, match="no free place"):
        decisions.swap(row, held, by=organiser_anna)
    held.refresh_from_db()
    assert held.state == E.PLACED and AuditEntry.objects.count() == before


def test_a_place_of_another_service_cannot_be_swapped(haren, other_service, group, organiser_anna):
    theirs = make_enrollment(make_series(haren, activity=make_activity(other_service, "Yoga")))
    row = ask(group, organiser_anna, theirs.participant)
    answer = signed_in(organiser_anna).post(url("swap", haren, row.pk, theirs.pk), {"seen": row.version})
    theirs.refresh_from_db()
    assert answer.status_code == 404 and theirs.state == E.PLACED


# --- the end of a place -----------------------------------------------------------------------------------------


def test_the_end_of_a_place_can_be_undone_with_its_dates(haren, group, organiser_anna):
    row = make_enrollment(group, placed_from=clock.today() - dt.timedelta(days=20))
    browser = signed_in(organiser_anna)
    ended = browser.post(
        url("end", haren, row.pk),
        {"reason": "dropped_out", "seen": row.version, "tab": "in_group"},
        headers={"HX-Request": "true"},
    )
    assert url("reopen_place", haren, row.pk) in flat(ended)
    browser.post(url("reopen_place", haren, row.pk))
    row.refresh_from_db()
    assert (row.state, row.placed_from) == (E.PLACED, clock.today() - dt.timedelta(days=20))
    assert row.placed_until is None
    assert not Slip.objects.filter(enrollment=row, kind="ended", replaced_at=None).exists()


@pytest.mark.parametrize("gone", ["place", "slip", "day"])
def test_an_end_that_went_its_way_stays(haren, group, organiser_anna, gone):
    rows = [make_enrollment(group) for _ in range(group.places)]
    if gone == "place":
        make_enrollment(group, state="waiting")
    now = clock.now()
    decisions.end(rows[0], "dropped_out", by=organiser_anna, now=now)
    if gone == "slip":
        desk = list(reply_slips.desk(haren).values_list("pk", flat=True))
        reply_slips.hand_out(haren, desk, by=organiser_anna, now=now)
    later = now + dt.timedelta(days=1 if gone == "day" else 0)
    with pytest.raises(PlannerError) as refused:
        reopening.reopen_place(rows[0], by=organiser_anna, now=later)
    assert refused.value.code == {"place": "full", "slip": "said_already", "day": "too_late"}[gone]


# --- many at once -----------------------------------------------------------------------------------------------


def test_many_are_shown_first_and_then_done_just_so(haren, group, organiser_anna):
    group.needs_intake = True
    group.save()
    rows = [ask(group, organiser_anna) for _ in range(4)]
    for row in rows[:3]:
        row.participant.intakes.create(organisation=group.activity.organisation, done_on=clock.today())
    browser, form = signed_in(organiser_anna), {"row": [row.pk for row in rows], "action": "approve"}

    shown = browser.post(url("bulk_decide", haren), form)
    text = " ".join(flat(shown).split())
    assert "Answer 3 requests" in text and "on the waiting list" in text
    assert states() == [E.REQUESTED] * 4 and not Slip.objects.exists()

    done = browser.post(url("bulk_decide", haren), form | {"seen": seen_on(shown)})
    assert str(rows[3].participant) in flat(done)
    assert states() == [E.PLACED, E.PLACED, E.WAITING, E.REQUESTED]


@pytest.mark.parametrize(
    ("verb", "reason", "state"),
    [("put_on_list", "", E.WAITING), ("decline", "full", E.DECLINED), ("withdraw", "", E.WITHDRAWN)],
)
def test_every_verb_can_answer_many(haren, group, organiser_anna, verb, reason, state):
    rows = [ask(group, organiser_anna) for _ in range(3)]
    form = {"row": [row.pk for row in rows], "action": verb, "reason": reason}
    browser = signed_in(organiser_anna)
    shown = browser.post(url("bulk_decide", haren), form)
    browser.post(url("bulk_decide", haren), form | {"seen": seen_on(shown)})
    assert states() == [state] * 3
    assert set(Request.objects.values_list("state", flat=True)) <= {"decided", "withdrawn"}


def test_many_are_declined_with_a_reason_only(haren, group, organiser_anna):
    row = ask(group, organiser_anna)
    browser = signed_in(organiser_anna)
    page = browser.post(url("bulk_decide", haren), {"row": [row.pk], "action": "decline", "seen": "x"})
    assert "choose a reason" in flat(page) and states() == [E.REQUESTED]


@pytest.mark.parametrize("changed", ["form", "row", "place"])
def test_nothing_is_done_that_was_not_shown(haren, group, organiser_anna, changed):
    rows = [ask(group, organiser_anna) for _ in range(2)]
    browser, form = signed_in(organiser_anna), {"row": [row.pk for row in rows], "action": "approve"}
    seen = seen_on(browser.post(url("bulk_decide", haren), form))
    if changed == "form":
        form = {"row": [rows[0].pk], "action": "approve"}
    elif changed == "row":
        decisions.withdraw(rows[0], by=organiser_anna)
    else:
        make_enrollment(group)
    before = states()
    answer = browser.post(url("bulk_decide", haren), form | {"seen": seen})
    assert answer.status_code == 409 and "Nothing was changed" in flat(answer)
    assert states() == before
    again = browser.post(url("bulk_decide", haren), form | {"seen": seen_on(answer)})
    assert again.status_code == 200 and states() != before


def test_requests_of_another_service_are_left_alone(haren, other_service, organiser_anna, organiser_emile):
    theirs = ask(make_series(haren, activity=make_activity(other_service, "Yoga")), organiser_emile)
    access_of_anna = signed_in(organiser_anna)
    access_of_anna.post(url("bulk_decide", haren), {"row": [theirs.pk], "action": "withdraw"})
    assert states() == [E.REQUESTED]


def test_the_preview_leaves_no_trace(haren, group, organiser_anna):
    row = ask(group, organiser_anna)
    before = AuditEntry.objects.count()
    access = access_for(organiser_anna, haren)
    assert access is not None
    outcome = bulk.preview(access, Verb.APPROVE, [row.pk], by=organiser_anna)
    assert [each.state for each in outcome.decided] == [E.PLACED]
    assert AuditEntry.objects.count() == before and states() == [E.REQUESTED]


def test_the_list_says_free_places_and_position(haren, group, organiser_anna):
    make_enrollment(group)
    ask(group, organiser_anna)
    ask(group, organiser_anna)
    text = flat(signed_in(organiser_anna).get(url("request_list", haren)))
    assert "1 of 2" in text and "2 in line" in text
