"""The demo: what it holds, that it is the same every time, and that it stays away from real data."""

import datetime as dt
import json

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import transaction

from core.dates.timespan import sweep_overlaps
from core.errors import PlannerError
from enrollment.domain.taking_part import occupancy
from enrollment.models import Attendance, Enrollment, Participant, Request, Slip, Stay
from planner.demo import loading
from prisons.domain.people.tokens import authenticate_token
from prisons.models import AuditEntry, Membership, Organisation, Prison, User
from rooms.models import Closure
from sessions.domain import feeds
from sessions.models import Activity, Cancellation, GroupSession, Series, SessionWorker, Worker
from tests.factories import at, make_membership, make_prison, make_user

NOW = at("2026-11-25 10:00")
S, R = Enrollment.State, Request.State


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """Loaded once for the questions of this file; thrown away with the transaction."""
    with django_db_blocker.unblock():
        django_settings.DEMO = True
        try:
            with transaction.atomic():
                yield loading.load(now=NOW)
                transaction.set_rollback(True)
        finally:
            django_settings.DEMO = False


@pytest.fixture
def facts(demo, django_db_blocker):
    with django_db_blocker.unblock():
        yield demo


def test_it_holds_what_an_organiser_of_brussels_recognises(facts):
    assert Organisation.objects.filter(kind="service", prisons__slug="haren").count() == 6
    assert Series.objects.exclude(prison__slug="antwerpen").count() == 40
    assert Series.objects.values("term__starts_on").distinct().count() == 1
    assert Participant.objects.count() == 600
    assert Request.objects.count() == 900
    assert Worker.objects.count() == 26
    assert {term.ends_on - term.starts_on for term in Prison.objects.get(slug="haren").terms.all()} == {
        dt.timedelta(83)
    }
    assert (
        not Activity.objects.filter(title_nl="").exists()
        and not Activity.objects.filter(title_fr="").exists()
    )


def test_today_lies_in_the_middle_of_the_term(facts):
    term = Prison.objects.get(slug="haren").terms.filter(starts_on__lte=NOW.date()).get()
    assert (NOW.date() - term.starts_on).days // 7 == 5


def test_every_state_can_be_seen(facts):
    assert set(Request.objects.values_list("state", flat=True)) == set(R)
    assert set(Enrollment.objects.values_list("state", flat=True)) == set(S)
    assert set(GroupSession.objects.values_list("state", flat=True)) == set(GroupSession.State)
    assert GroupSession.objects.filter(room=None, starts_at=None).exists()
    assert GroupSession.objects.filter(room=None, starts_at__isnull=False).exists()
    assert Cancellation.objects.filter(reason="closure", closure__isnull=False).exists()
    assert set(Attendance.objects.values_list("mark", flat=True)) >= {"present", "not_brought", "excused"}
    coming = Closure.objects.get(state="announced")
    assert dt.timedelta(0) < coming.starts_at - NOW < dt.timedelta(days=12)


def test_no_room_no_facilitator_and_no_person_is_in_two_places(facts):
    held = GroupSession.objects.exclude(state="cancelled").filter(room__isnull=False)
    assert sweep_overlaps(held.values_list("room_id", "starts_at", "ends_at", "pk")) == []
    led = SessionWorker.objects.filter(live=True, starts_at__isnull=False)
    assert sweep_overlaps(led.values_list("worker_id", "starts_at", "ends_at", "pk")) == []
    for prison in Prison.objects.all():
        rows = {
            row.pk: row
            for row in GroupSession.objects.in_prison(prison).exclude(state="cancelled")
            if row.starts_at
        }
        there = occupancy(prison, rows)
        spans = [
            (person, rows[pk].starts_at, rows[pk].ends_at, pk)
            for pk, people in there.items()
            for person in people
        ]
        assert sweep_overlaps(spans) == []


@pytest.mark.postgres
def test_the_copies_of_the_guard_are_right(facts):
    for row in SessionWorker.objects.select_related("session"):
        assert (row.starts_at, row.ends_at) == (row.session.starts_at, row.session.ends_at)
        assert row.live == (row.session.state != "cancelled")


def test_no_group_holds_more_than_its_places_and_only_full_ones_wait(facts):
    for series in Series.objects.all():
        held = series.enrollments.holding_a_place().count()
        assert held <= series.places
        if series.enrollments.filter(state="waiting").exists():
            assert held == series.places


def test_no_date_ever_had_more_people_than_places(facts):
    for prison in Prison.objects.all():
        sessions = {
            s.pk: s.series.places for s in GroupSession.objects.in_prison(prison).select_related("series")
        }
        there = occupancy(prison, sessions)
        assert {pk for pk, people in there.items() if len(people) > sessions[pk]} == set()


def test_every_request_agrees_with_its_enrolment(facts):
    wanted = {
        S.REQUESTED: R.OPEN,
        S.AWAITING: R.OPEN,
        S.PLACED: R.DECIDED,
        S.WAITING: R.DECIDED,
        S.DECLINED: R.DECIDED,
        S.ENDED: R.DECIDED,
        S.WITHDRAWN: R.WITHDRAWN,
    }
    rows = Enrollment.objects.select_related("request__note", "series__prison")
    for row in rows:
        assert row.request.state == wanted[S(row.state)]
        assert (row.request.series_id, row.request.participant_id) == (row.series_id, row.participant_id)
        assert row.request.prison_id == row.series.prison_id == row.request.note.prison_id
        assert row.decided_at is None or row.requested_at <= row.decided_at <= NOW
    assert Request.objects.filter(series__isnull=False).count() == len(rows)
    assert not Request.objects.exclude(note__received_on__lte=NOW.date()).exists()
    decided = Request.objects.filter(state="decided")
    assert decided.count() == decided.filter(slips__isnull=False).distinct().count()
    assert Slip.objects.filter(handed_out_at__gt=NOW).count() == 0


def test_people_live_in_the_units_of_their_groups(facts):
    units = {
        series.pk: {unit.pk for unit in series.units.all()}
        for series in Series.objects.prefetch_related("units")
    }
    homes = dict(Stay.objects.filter(ends_on=None).values_list("participant_id", "unit_id"))
    for row in Enrollment.objects.holding_a_place():
        assert homes[row.participant_id] in units[row.series_id]


def test_everybody_can_sign_in_and_the_addresses_live(facts, settings, client):
    settings.DEMO = True
    for one in facts["sign_ins"]:
        assert User.objects.get(email=one["email"]).check_password(one["password"])
    roles = {one["role"] for one in facts["sign_ins"]}
    assert roles == set(Membership.objects.values_list("role", flat=True))
    assert authenticate_token(facts["token"], now=NOW)
    assert feeds.find(facts["feed"].removeprefix("/ical/").removesuffix(".ics"), now=NOW)
    settings.DEMO = False
    assert authenticate_token(facts["token"], now=NOW) is None
    assert feeds.find(facts["feed"].removeprefix("/ical/").removesuffix(".ics"), now=NOW) is None


def test_a_second_load_on_the_same_day_changes_nothing(facts, settings):
    settings.DEMO = True
    newest = Stay.objects.latest("pk").pk
    assert loading.load(now=NOW + dt.timedelta(hours=3)) == facts
    assert Stay.objects.latest("pk").pk == newest


# --- each with a database of its own ----------------------------------------------------------------------


def _dump() -> list[tuple]:
    """What was loaded, without ids: they go on counting."""
    fields = {
        Series: ("list_code", "places", "start_time", "default_room__name", "activity__title_nl"),
        GroupSession: ("starts_at", "state", "room__name", "series__list_code", "changed_at"),
        SessionWorker: ("starts_at", "worker__name", "live"),
        Stay: ("participant__last_name", "participant__first_name", "unit__code", "cell", "register_number"),
        Request: ("state", "received_on", "decided_at", "participant__last_name", "note__entered_at"),
        Enrollment: ("state", "placed_from", "series__list_code", "participant__last_name"),
        Attendance: ("mark", "participant__last_name", "session__starts_at"),
        Slip: ("kind", "created_at", "handed_out_at", "participant__last_name"),
    }
    return [
        row for model, names in fields.items() for row in model.objects.order_by("pk").values_list(*names)
    ]


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_same_seed_gives_the_same_rows(settings):
    settings.DEMO = True
    dumps = []
    for seed in (1, 1):
        with transaction.atomic():
            loading.load(now=NOW, seed=seed)
            dumps.append(_dump())
            transaction.set_rollback(True)
    assert dumps[0] == dumps[1]
    assert len(dumps[0]) > 4000


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_another_day_starts_anew(settings, monkeypatch):
    settings.DEMO = True
    loads = []

    def build(seed, now):
        loads.append(Prison.objects.count())
        User.objects.create(email="x@demo.example", is_demo=True)
        Prison.objects.create(slug="haren", name_nl="Haren", name_fr="Haren")
        AuditEntry.objects.create(at=now, verb="load_demo", model="prisons.prison", object_id=seed)
        return {}

    monkeypatch.setattr(loading, "_build", build)
    for days, fresh in ((0, False), (0, False), (0, True), (7, False)):
        loading.load(now=NOW + dt.timedelta(days=days), fresh=fresh)
    assert loads == [0, 0, 0]


@pytest.mark.django_db
@pytest.mark.parametrize("real", ["prison", "person"])
def test_it_stays_away_from_real_data(settings, real):
    settings.DEMO = True
    prison = make_prison("haren" if real == "person" else "dendermonde")
    if real == "person":
        make_membership(make_user("Somebody Real"), prison)
    with pytest.raises(PlannerError):
        loading.load(now=NOW)
    assert Prison.objects.count() == 1


@pytest.mark.django_db
def test_it_loads_only_where_demo_is_on(settings, tmp_path):
    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("load_demo", json=tmp_path / "demo.json")
    assert not Prison.objects.exists()


@pytest.mark.django_db
def test_the_command_writes_what_to_type_where(settings, tmp_path):
    settings.DEMO = True
    call_command("load_demo", json=tmp_path / "demo.json", verbosity=0)
    told = json.loads((tmp_path / "demo.json").read_text())
    assert {"sign_ins", "feed", "token", "api"} == set(told)
