"""A feed that a planner makes for a facilitator shows this prison only, by neutral names, while the role lives."""

from __future__ import annotations

import datetime as dt

import pytest

from prisons.access import access_for
from prisons.domain.people.tokens import hash_secret
from sessions.domain import feeds
from sessions.models import Feed
from tests.factories import at, make_membership, make_series, make_session, make_worker

NOW = at("2026-11-20 12:00")


@pytest.fixture
def chloe(haren, saint_gilles, service, worker_chloe):
    service.prisons.add(saint_gilles)
    make_membership(worker_chloe, saint_gilles, "worker", service)
    worker = make_worker(haren, saint_gilles, organisation=service, user=worker_chloe)
    for prison, hour in ((haren, 9), (saint_gilles, 14)):
        series = make_series(prison, organisation=service)
        make_session(series, f"2026-11-23 {hour:02d}:00", workers=[worker], state="published")
    return worker


def live_of(secret, now=NOW):
    return feeds.find(secret, now=now)


def test_it_shows_sessions_of_the_prison_of_whoever_made_it(haren, chloe, organiser_anna):
    _feed, secret = feeds.create(chloe, access=access_for(organiser_anna, haren), language="nl", now=NOW)
    live = live_of(secret)
    assert {row.prison for row in feeds.sessions_of(live, now=NOW)} == {haren} and not live.shows_titles


def test_the_own_feed_goes_along_and_has_titles(haren, chloe, worker_chloe):
    _feed, secret = feeds.create(chloe, access=access_for(worker_chloe, haren), language="nl", now=NOW)
    live = live_of(secret)
    assert feeds.sessions_of(live, now=NOW).count() == 2 and live.shows_titles


def test_it_dies_with_the_role_of_whoever_made_it(haren, chloe, organiser_anna):
    _feed, secret = feeds.create(chloe, access=access_for(organiser_anna, haren), language="nl", now=NOW)
    organiser_anna.memberships.update(ends_on=NOW.date() - dt.timedelta(days=1))
    assert live_of(secret) is None


def test_it_dies_when_the_facilitator_no_longer_works_for_that_service(haren, chloe, organiser_anna):
    _feed, secret = feeds.create(chloe, access=access_for(organiser_anna, haren), language="nl", now=NOW)
    chloe.organisations.clear()
    assert live_of(secret) is None


def test_the_planners_of_another_prison_do_not_see_it(haren, saint_gilles, chloe, organiser_anna, service):
    feeds.create(chloe, access=access_for(organiser_anna, haren), language="nl", now=NOW)
    make_membership(organiser_anna, saint_gilles, "organiser", service)
    assert feeds.kept_by(access_for(organiser_anna, saint_gilles)) == []


def test_nobody_without_an_account_has_a_feed_of_his_own(haren, chloe):
    secret = "geheim"
    Feed.objects.create(
        kind="worker", worker=chloe, token_hash=hash_secret(secret), language="nl", created_at=NOW
    )
    assert live_of(secret)
    chloe.user = None
    chloe.save()
    assert live_of(secret) is None
