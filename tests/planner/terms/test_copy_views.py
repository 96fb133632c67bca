"""The pages for copying: the choice stands in the address, the preview is what is made, nothing is lost."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from core.dates.clock import today
from core.dates.weeks import Week
from planner.models import Proposal
from planner.scheduling.placement.undo import undo
from prisons.models import ChangeSet, Organisation, Prison, User
from rooms.models import Room
from sessions.models import GroupSession, Series, Term
from tests.factories import (
    at,
    make_activity,
    make_enrollment,
    make_room,
    make_series,
    make_session,
    make_slot,
    make_term,
    signed_in,
)
from tests.pages import flat, press

THIS = Week.from_date(today())


@pytest.fixture
def anna(organiser_anna: User) -> Client:
    return signed_in(organiser_anna)


@pytest.fixture
def room(haren: Prison) -> Room:
    make_slot(haren)
    return make_room(haren, name="Class A")


@pytest.fixture
def now_term(haren: Prison) -> Term:
    return make_term(haren, name="Now", starts_on=(THIS + -2).monday, ends_on=(THIS + 5).sunday)


@pytest.fixture
def next_term(haren: Prison) -> Term:
    return make_term(haren, name="Next", starts_on=(THIS + 8).monday, ends_on=(THIS + 20).sunday)


def group(term: Term, service: Organisation, title: str, room: Room | None = None, **fields: Any) -> Series:
    return make_series(
        term.prison,
        activity=make_activity(service, title),
        term=term,
        starts_on=term.starts_on,
        weeks=3,
        default_room=room,
        **fields,
    )


def url(name: str, prison: Prison, *args: int) -> str:
    return reverse(f"planner:{name}", args=[prison.slug, *args])


def text(answer: Any) -> str:
    return " ".join(flat(answer).split())


def test_it_begins_with_this_term_the_next_one_and_all_of_ones_own(
    anna: Client,
    haren: Prison,
    service: Organisation,
    other_service: Organisation,
    now_term: Term,
    next_term: Term,
) -> None:
    mine = [group(now_term, service, "Yoga"), group(now_term, service, "Koken")]
    group(now_term, other_service, "Cuisine")

    answer = anna.get(url("term_copy", haren))

    choice = answer.context["choice"]
    assert (choice.source, choice.target) == (now_term, next_term)
    assert {one.pk for one in choice.picked} == {one.pk for one in mine} and choice.others == 1
    assert "Cuisine" not in text(answer)
    assert "<strong>2</strong> series are made, <strong>6</strong> sessions" in text(answer)
    assert not GroupSession.objects.exists()


def test_the_choice_in_the_address_is_kept(
    anna: Client, haren: Prison, service: Organisation, now_term: Term, next_term: Term
) -> None:
    yoga, koken = group(now_term, service, "Yoga"), group(now_term, service, "Koken")
    query = {"was": now_term.pk, "from": now_term.pk, "to": next_term.pk, "series": yoga.pk}
    assert anna.get(url("term_copy", haren), query).context["choice"].picked == [yoga]
    del query["series"]
    answer = anna.get(url("term_copy", haren), query)
    assert answer.context["choice"].picked == [] and "Nothing is chosen yet" in text(answer)
    fresh = anna.get(url("term_copy", haren), {"from": now_term.pk, "series": koken.pk})
    assert fresh.context["choice"].picked == [koken]


def test_the_way_from_a_term_to_be_filled(
    anna: Client, coordinator_karim: User, haren: Prison, now_term: Term, next_term: Term
) -> None:
    """From the list of terms: into the next one from this one, into this one from the one before."""
    earlier = make_term(haren, name="Before", starts_on=(THIS + -20).monday, ends_on=(THIS + -4).sunday)
    for target, source in ((next_term, now_term), (now_term, earlier)):
        choice = anna.get(url("term_copy", haren), {"to": target.pk}).context["choice"]
        assert (choice.source, choice.target) == (source, target)
    terms = flat(signed_in(coordinator_karim).get(reverse("sessions:term_list", args=["haren"])))
    assert f"{url('term_copy', haren)}?to={next_term.pk}" in terms
    assert f"{url('term_copy', haren)}?to={earlier.pk}" not in terms


def test_htmx_gets_the_part(anna: Client, haren: Prison, now_term: Term, next_term: Term) -> None:
    answer = anna.get(url("term_copy", haren), headers={"HX-Request": "true"})
    assert text(answer).startswith('<div id="copy"')


def copied(anna: Client, haren: Prison, data: dict[str, Any], **extra: Any) -> Any:
    """What the page shows is copied."""
    here = url("term_copy", haren)
    return press(anna, here, data, page=f"{here}?{urlencode(data, doseq=True)}", **extra)


def test_copying_makes_what_was_shown_and_reports_what_could_not_go_along(
    anna: Client, haren: Prison, service: Organisation, now_term: Term, next_term: Term, room: Room
) -> None:
    yoga = group(now_term, service, "Yoga", room)
    stopped = group(now_term, service, "Koken", ended_on=now_term.starts_on)
    make_enrollment(yoga)
    taken = make_series(haren, organisation=service)
    make_session(taken, at(f"{(THIS + 9).monday} 09:30"), room=room)
    query = {"from": now_term.pk, "to": next_term.pk, "was": now_term.pk, "series": [yoga.pk, stopped.pk]}

    shown = text(anna.get(url("term_copy", haren), query))
    assert "<strong>1</strong> series is made, <strong>3</strong> sessions" in shown
    assert "<strong>1</strong> of them into the tray, <strong>1</strong> not copied." in shown
    answer = copied(anna, haren, query, follow=True)

    assert answer.status_code == 200 and "1 series was copied to Next." in text(answer)
    new = Series.objects.get(copied_from=yoga)
    waiting = GroupSession.objects.get(series=new, room=None)
    said = text(answer)
    assert "It was ended on" in said and "Class A is taken by" in said
    assert "Enrolled or waiting: 1. People and their wishes are never copied." in said
    assert f"{url('board', haren)}?week={Week.from_date(waiting.week_on)}" in said
    assert reverse("enrollment:series_detail", args=[haren.slug, new.pk]) in said


def test_copying_and_mending_is_one_act(
    anna: Client, haren: Prison, service: Organisation, now_term: Term, next_term: Term, room: Room
) -> None:
    yoga = group(now_term, service, "Yoga", room)
    make_session(make_series(haren, organisation=service), at(f"{(THIS + 9).monday} 09:30"), room=room)
    query = {"from": now_term.pk, "to": next_term.pk, "was": now_term.pk, "series": [yoga.pk]}
    query["conflicts"] = "mend"

    assert "Copy 1 series to Next and mend what broke" in text(anna.get(url("term_copy", haren), query))
    answer = copied(anna, haren, query)

    proposal = Proposal.objects.get()
    assert answer["Location"] == url("proposal_detail", haren, proposal.pk)
    assert (proposal.aim, proposal.scope, proposal.state) == ("repair", "mine", "waiting")
    assert (proposal.first_on, proposal.last_on) == (next_term.starts_on, next_term.ends_on)
    assert GroupSession.objects.filter(series__copied_from=yoga, room=None).count() == 1
    assert "1 series was copied to Next." in text(anna.get(answer["Location"]))


def test_nothing_is_asked_of_the_planner_when_all_has_a_place_or_nobody_wishes_it(
    anna: Client, haren: Prison, service: Organisation, now_term: Term, next_term: Term, room: Room
) -> None:
    yoga, chess = (group(now_term, service, title, make_room(haren)) for title in ("Yoga", "Chess"))
    query = {"from": now_term.pk, "to": next_term.pk, "was": now_term.pk}
    data = query | {"series": [yoga.pk], "conflicts": "mend"}

    answer = copied(anna, haren, data, follow=True)
    assert "Everything has its place: there was nothing to mend." in text(answer)
    make_session(
        make_series(haren, organisation=service), at(f"{(THIS + 9).monday} 09:30"), room=chess.default_room
    )
    copied(anna, haren, query | {"series": [chess.pk], "conflicts": "tray"})

    assert GroupSession.objects.filter(series__copied_from=chess, room=None).exists()
    assert not Proposal.objects.exists()


def test_twice_says_that_it_is_there_and_keeps_the_choice(
    anna: Client, haren: Prison, service: Organisation, now_term: Term, next_term: Term
) -> None:
    yoga = group(now_term, service, "Yoga")
    query = {"from": now_term.pk, "to": next_term.pk, "was": now_term.pk, "series": yoga.pk}
    copied(anna, haren, query)
    answer = copied(anna, haren, query)
    assert answer.status_code == 409
    assert "Nothing was copied" in text(answer) and "It is in this term already." in text(answer)
    assert Series.objects.filter(copied_from=yoga).count() == 1


def test_series_of_others_cannot_be_smuggled_in(
    anna: Client, haren: Prison, other_service: Organisation, now_term: Term, next_term: Term
) -> None:
    theirs = group(now_term, other_service, "Cuisine")
    answer = copied(
        anna,
        haren,
        {"from": now_term.pk, "to": next_term.pk, "was": now_term.pk, "series": theirs.pk},
    )
    assert answer.context["choice"].picked == [] and not Series.objects.filter(copied_from=theirs).exists()


def test_without_a_later_term_it_says_what_to_do(
    anna: Client, coordinator_karim: User, haren: Prison, service: Organisation, now_term: Term
) -> None:
    group(now_term, service, "Yoga")
    assert "Ask a community coordinator to make it." in text(anna.get(url("term_copy", haren)))
    karims = text(signed_in(coordinator_karim).get(url("term_copy", haren)))
    assert "There is no later term yet" in karims and reverse("sessions:term_add", args=["haren"]) in karims


def test_from_a_series_without_a_term(
    anna: Client, haren: Prison, service: Organisation, now_term: Term, next_term: Term
) -> None:
    loose = make_series(haren, organisation=service, starts_on=THIS.monday, weeks=2)
    other = make_series(haren, organisation=service, starts_on=THIS.monday)
    answer = anna.get(url("term_copy", haren), {"series": loose.pk})
    assert answer.context["choice"].picked == [loose] and answer.context["choice"].offered == (loose,)
    copied(anna, haren, {"was": "none", "from": "none", "to": next_term.pk, "series": loose.pk})
    assert Series.objects.filter(term=next_term).get().copied_from == loose
    assert other.copies.count() == 0


def test_the_report_after_undo_and_for_others(
    anna: Client,
    organiser_anna: User,
    organiser_emile: User,
    liaison_bert: User,
    haren: Prison,
    service: Organisation,
    now_term: Term,
    next_term: Term,
) -> None:
    yoga = group(now_term, service, "Yoga")
    query = {"from": now_term.pk, "to": next_term.pk, "was": now_term.pk, "series": yoga.pk}
    copied(anna, haren, query)
    act = ChangeSet.objects.get()
    report = url("term_copied", haren, act.pk)
    assert signed_in(organiser_emile).get(report).status_code == 404
    assert signed_in(liaison_bert).get(report).status_code == 403
    assert reverse("planner:undo", args=["haren", act.pk]) in text(anna.get(report))
    undo(act, by=organiser_anna)
    assert "This was undone" in text(anna.get(report))


def test_rights(liaison_bert: User, stranger_dirk: User, haren: Prison) -> None:
    assert signed_in(liaison_bert).get(url("term_copy", haren)).status_code == 403
    assert signed_in(stranger_dirk).get(url("term_copy", haren)).status_code == 404


def test_unusable_addresses_show_the_page(
    anna: Client, haren: Prison, now_term: Term, next_term: Term
) -> None:
    for query in ("from=x&to=99999&series=abc", "from=²&series=²", "was=none&from=none", "to=-1"):
        assert anna.get(f"{url('term_copy', haren)}?{query}").status_code == 200
