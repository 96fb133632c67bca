"""Who leads one session: the list of who could come, and each way of changing it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.errors import PlannerError
from planner.scheduling.placement.session_changes import Refused
from planner.scheduling.placement.session_workers import candidates, put, take_off
from planner.scheduling.placement.undo import undo
from prisons.models import Organisation, Prison, User
from sessions.domain.placing import Part
from sessions.models import GroupSession, SessionWorker, Worker
from tests.factories import at, make_absence, make_series, make_session, make_slot, make_worker

NOW = at("2026-11-22 12:00")


@pytest.fixture
def els(haren: Prison, service: Organisation) -> Worker:
    return make_worker(haren, name="Els", organisation=service, languages=["nl"])


@pytest.fixture
def session(haren: Prison, service: Organisation, els: Worker) -> GroupSession:
    make_slot(haren, 1, "08:30", "11:00")
    return make_session(make_series(haren, organisation=service, languages=["nl"]), workers=[els])


def names(session: GroupSession, part: str = "substitute", language: str = "") -> list[str]:
    return [one.worker.name for one in candidates(session, part, language)]


def parts(session: GroupSession) -> set[tuple[str, str, str]]:
    rows = SessionWorker.objects.filter(session=session)
    return set(rows.values_list("worker__name", "part", "language"))


def test_free_and_permitted_come_first_then_own_service_then_language(
    session: GroupSession, haren: Prison, service: Organisation
) -> None:
    make_worker(haren, name="A without permission", organisation=service, permitted_until=None)
    make_worker(haren, name="B speaks French", languages=["fr"])
    make_worker(haren, name="C speaks Dutch", languages=["nl"])
    make_worker(haren, name="D of the service", organisation=service, languages=["fr"])
    away = make_worker(haren, name="E away", organisation=service, languages=["nl"])
    make_absence(away, "2026-11-23 08:00", "2026-11-23 12:00")
    make_worker(haren, name="F expires soon", languages=["nl"], permitted_until=dt.date(2026, 11, 30))

    found = candidates(session)

    assert [one.worker.name for one in found if one.is_free and not one.is_there] == [
        "D of the service", "C speaks Dutch", "F expires soon", "B speaks French",
    ]  # fmt: skip
    reasons = {one.worker.name: [c.code for c in one.conflicts] for one in found if not one.is_free}
    assert reasons == {"A without permission": ["permission_missing"], "E away": ["worker_unavailable"]}
    assert [one.worker.name for one in found if one.is_there] == ["Els"]


def test_whoever_leads_another_session_then_is_taken(
    session: GroupSession, haren: Prison, saint_gilles: Prison, service: Organisation
) -> None:
    busy, elsewhere = make_worker(haren, name="Busy"), make_worker(haren, saint_gilles, name="Elsewhere")
    make_session(make_series(haren, organisation=service), "2026-11-23 10:00", workers=[busy])
    make_session(make_series(saint_gilles, organisation=service), workers=[elsewhere])

    reasons = {one.worker.name: {c.code for c in one.conflicts} for one in candidates(session)}

    assert reasons["Busy"] == {"worker_taken"}
    assert reasons["Elsewhere"] == {"worker_elsewhere"}


def test_interpreters_only_of_the_language(session: GroupSession, haren: Prison) -> None:
    make_worker(haren, name="Amal", is_interpreter=True, languages=["ar", "fr"])
    make_worker(haren, name="Pavel", is_interpreter=True, languages=["pl"])
    make_worker(haren, name="Omar", languages=["ar"])
    assert names(session, "interpreter") == ["Amal", "Pavel"]
    assert names(session, "interpreter", "ar") == ["Amal"]


def test_nobody_of_another_prison_and_nobody_who_stopped(
    session: GroupSession, haren: Prison, saint_gilles: Prison
) -> None:
    make_worker(saint_gilles, name="There")
    make_worker(haren, name="Stopped", is_active=False)
    assert names(session) == ["Els"]


def test_as_many_queries_for_forty_as_for_four(session: GroupSession, haren: Prison) -> None:
    def cost(count: int) -> int:
        for _number in range(count):
            make_worker(haren)
        with CaptureQueriesContext(connection) as queries:
            candidates(GroupSession.objects.select_related("series__activity", "prison").get(pk=session.pk))
        return len(queries)

    cost(4)  # the rules of the prison are read once
    assert cost(4) == cost(36) <= 22


def test_a_substitute_replaces_one_for_this_date_only(
    session: GroupSession, haren: Prison, els: Worker, organiser_anna: User
) -> None:
    other_date = make_session(session.series, "2026-11-30 09:00", workers=[els])
    jan = make_worker(haren, name="Jan")

    act = put(session, Part(jan.pk, "substitute"), by=organiser_anna, instead_of=els.pk, now=NOW)

    assert parts(session) == {("Jan", "substitute", "")}
    assert parts(other_date) == {("Els", "leader", "")}
    undo(act.change_set, by=organiser_anna, now=NOW)
    assert parts(session) == {("Els", "leader", "")}


def test_an_interpreter_is_booked_beside_the_facilitator(
    session: GroupSession, haren: Prison, organiser_anna: User
) -> None:
    amal = make_worker(haren, name="Amal", is_interpreter=True, languages=["ar"])
    put(session, Part(amal.pk, "interpreter", "ar"), by=organiser_anna, now=NOW)
    assert parts(session) == {("Els", "leader", ""), ("Amal", "interpreter", "ar")}


def test_a_taken_facilitator_is_refused(
    session: GroupSession, haren: Prison, service: Organisation, organiser_anna: User
) -> None:
    busy = make_worker(haren)
    make_session(make_series(haren, organisation=service), workers=[busy])
    with pytest.raises(Refused) as refusal:
        put(session, Part(busy.pk), by=organiser_anna, now=NOW)
    assert {conflict.code for conflict in refusal.value.conflicts} == {"worker_taken"}
    assert parts(session) == {("Els", "leader", "")}


def test_taking_somebody_off_leaves_nobody(session: GroupSession, els: Worker, organiser_anna: User) -> None:
    take_off(session, els.pk, by=organiser_anna, now=NOW)
    assert parts(session) == set()
    with pytest.raises(PlannerError) as refusal:
        take_off(session, els.pk, by=organiser_anna, now=NOW)
    assert refusal.value.code == "not_there"


def test_unfit_choices_are_refused_in_words(
    session: GroupSession, haren: Prison, saint_gilles: Prison, els: Worker, organiser_anna: User
) -> None:
    foreign = make_worker(saint_gilles)
    amal = make_worker(haren, is_interpreter=True, languages=["ar"])
    cases = [
        (Part(foreign.pk), None, "unknown_worker"),
        (Part(els.pk), None, "there_already"),
        (Part(els.pk, "interpreter", "nl"), els.pk, "no_interpreter"),
        (Part(amal.pk, "interpreter", "pl"), None, "no_language"),
        (Part(amal.pk, "boss"), None, "unknown_part"),
        (Part(amal.pk), foreign.pk, "not_there"),
    ]
    for part, instead_of, code in cases:
        with pytest.raises(PlannerError) as refusal:
            put(session, part, by=organiser_anna, instead_of=instead_of, now=NOW)
        assert refusal.value.code == code


def test_another_service_does_not_change_who_leads(
    session: GroupSession, haren: Prison, organiser_emile: User
) -> None:
    with pytest.raises(PlannerError) as refusal:
        put(session, Part(make_worker(haren).pk), by=organiser_emile, now=NOW)
    assert refusal.value.code == "not_yours"
