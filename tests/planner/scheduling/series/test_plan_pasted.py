"""The plan of an earlier term, pasted: each line a series of drafts, all of it taken back as one."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from core.dates.clock import today
from prisons.models import ChangeSet, Organisation, Prison, User
from sessions.models import Activity, GroupSession, Series, Term
from tests.factories import make_activity, make_room, make_slot, make_term, make_worker, signed_in

pytestmark = pytest.mark.django_db
PASTED = (
    "Activité\tJour\tDe\tÀ\tLocal\tPlaces\tIntervenants\tDomaine\n"
    "Yoga\tmercredi\t9h00\t10h30\tSalle 1\t8\tEls Cools, Niemand\t\n"
    "Français\tje\t13:30\t15:00\tSalle 9\t10\t\tlangue\n"
    "Théâtre\tve\t13:30\t15:00\t\t10\t\t\n"
    "Yoga\tlu, ma\t9h\t10h\t\t10\t\t\n"
)


@pytest.fixture
def term(haren: Prison, service: Organisation) -> Term:
    make_activity(service, "Yoga")
    make_room(haren, name="Salle 1", capacity=12)
    make_worker(haren, name="Els Cools")
    for weekday in range(1, 6):
        make_slot(haren, weekday, "08:30", "16:00")
    monday = today() + dt.timedelta(days=7 - today().weekday())
    return make_term(haren, name="Spring", starts_on=monday, ends_on=monday + dt.timedelta(days=27))


def url(name: str, *args: object) -> str:
    return reverse(f"planner:{name}", args=["haren", *args])


def take_over(client: Any, term: Term) -> Any:
    sent = {"pasted": PASTED, "term": term.pk}
    shown = client.post(url("plan_paste"), sent | {"look": "yes"})
    assert shown.status_code == 200, shown.content.decode()
    outcome = shown.context["outcome"]
    return outcome, client.post(url("plan_paste"), sent | {"accept": "yes", "seen": outcome.digest})


def test_each_line_becomes_a_series_in_the_term(term: Term, haren: Prison, organiser_anna: User) -> None:
    anna = signed_in(organiser_anna)
    shown, answer = take_over(anna, term)
    assert [entry.state for entry in shown.entries] == ["new", "new", "refused", "refused"]
    assert shown.new[0].facts == ("Wed 09:00–10:30", "Salle 1", "Els Cools", "4 dates")
    assert shown.new[0].remarks == ("“Niemand” is no facilitator here and was left out.",)
    assert "There is no room “Salle 9” here" in shown.new[1].remarks[0]
    assert "4 dates wait in the tray." in shown.new[1].remarks
    assert "There is no activity “Théâtre” yet" in shown.refused[0].remarks[0]
    assert answer.status_code == 302
    yoga = Series.objects.get(activity__title_nl="Yoga")
    assert (yoga.term, yoga.places, yoga.starts_on.isoweekday()) == (term, 8, 3)
    assert yoga.group_sessions.filter(room__name="Salle 1", state="draft").count() == 4
    assert [each.state for each in take_over(anna, term)[0].entries] == ["same", "same", "refused", "refused"]


def test_the_whole_paste_is_taken_back_as_one(term: Term, haren: Prison, organiser_anna: User) -> None:
    anna = signed_in(organiser_anna)
    take_over(anna, term)
    act = ChangeSet.objects.get(verb="paste_plan")
    assert anna.post(url("plan_paste_undo", act.pk)).status_code == 302
    assert not Series.objects.exists() and not GroupSession.objects.exists()
    assert [one.title_nl for one in Activity.objects.all()] == ["Yoga"]


def test_a_series_that_somebody_has_worked_on_stops_the_undo(
    term: Term, haren: Prison, organiser_anna: User
) -> None:
    anna = signed_in(organiser_anna)
    take_over(anna, term)
    Series.objects.filter(activity__title_nl="Yoga").update(label="Tuesday")
    act = ChangeSet.objects.get(verb="paste_plan")
    assert anna.post(url("plan_paste_undo", act.pk)).status_code == 409
    assert Series.objects.count() == 2


def test_without_a_term_the_form_says_what_is_missing(haren: Prison, organiser_anna: User) -> None:
    answer = signed_in(organiser_anna).post(url("plan_paste"), {"pasted": PASTED, "look": "yes"})
    assert answer.status_code == 422 and "Add one under Settings first" in answer.content.decode()
