"""A prison as full as a walk through every address needs it: two services, people, requests, lists, letters.

Built once for a whole file (`living_in`), every request is taken back afterwards (`taken_back`), so that the
thousandth finds what the first one found.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Field

from core.database import kept_rows
from core.dates import clock
from core.errors import PlannerError
from enrollment.domain import group_facts
from enrollment.domain.slips import reply_slips
from enrollment.models import (
    Attendance,
    Consent,
    Enrollment,
    Handout,
    Intake,
    LevelHeld,
    Note,
    Post,
    Request,
    Slip,
)
from planner.board.drawing import shared
from planner.board.week import choices
from planner.models import Ask, Notice, Proposal, StaffNotice
from planner.notifications import letters, staff_letters
from planner.scheduling.asks.wanted_changes import as_json
from planner.scheduling.placement.session_changes import Change
from prisons.access import access_for
from prisons.domain.records import audit
from prisons.models import Announcement, Job, Message, Organisation, Prison, User
from rooms.domain import facts
from rooms.models import Closure
from sessions import feed_answers
from sessions.domain import feeds
from sessions.models import Feed, FeedRules, GroupSession, Material, Series, Worker
from tests import factories as make

NOW = make.at("2026-11-24 12:00")
"""A Tuesday: what was on Monday can be marked, what comes on Thursday can be changed."""


@dataclass
class Town:
    """What a test names of it; the rest is found by walking."""

    prison: Prison
    elsewhere: Prison
    service: Organisation
    other: Organisation
    users: dict[str, User] = field(default_factory=dict)
    series: dict[str, Series] = field(default_factory=dict)
    people: list[Any] = field(default_factory=list)
    sessions: dict[str, GroupSession] = field(default_factory=dict)
    secrets: dict[int, list[str]] = field(default_factory=dict)

    def secrets_of(self, user: User | None) -> list[str]:
        """What stands in the secret addresses that this account was given; at least one that nobody knows."""
        return ["x", *(self.secrets.get(user.pk, []) if user else [])]


@contextmanager
def living_in(blocker: Any) -> Iterator[Town]:
    """A town for a whole module, in a transaction that is never kept; the clock stands at `NOW`."""
    with blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr("django.utils.timezone.now", lambda: NOW)
        for field in _told_by_the_clock():
            patch.setattr(field, "_get_default", lambda: NOW)
        facts._rules.cache_clear()
        yield build()
        forget()
        transaction.set_rollback(True)


def _told_by_the_clock() -> Iterator[Field[Any, Any]]:
    """Fields that hold the clock itself since their module was read."""
    for model in apps.get_models():
        for each in model._meta.fields:
            if getattr(each.default, "__module__", "") == "django.utils.timezone":
                yield each


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever is written inside is gone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def forget() -> None:
    """Empties what is kept in memory between requests: after a roll back, versions come a second time."""
    facts._rules.cache_clear()
    choices._filter_choices.cache_clear()
    cache.clear()
    feed_answers.feeds._KEPT.clear()
    shared.forget()
    group_facts.forget()
    kept_rows.forget()


def build() -> Town:
    prison = make.make_prison("haren", name_nl="Haren", name_fr="Haren", roster_as_of=NOW)
    elsewhere = make.make_prison("saint-gilles", name_nl="Sint-Gillis", name_fr="Saint-Gilles")
    service = make.make_organisation(
        prison, elsewhere, name="De Brug vzw", short_name="De Brug", authority="flemish"
    )
    other = make.make_organisation(
        prison, elsewhere, name="La Passerelle asbl", short_name="La Passerelle", authority="french"
    )
    town = Town(prison, elsewhere, service, other)
    _staff(town)
    _offer(town)
    _people(town)
    _papers(town)
    return town


def _staff(town: Town) -> None:
    everybody = make.make_user("Alle Rollen")
    for role in ("coordinator", "organiser", "liaison", "worker", "auditor"):
        user = make.make_user(f"{role.title()} Peeters")
        organisation = town.service if role in ("coordinator", "organiser", "worker") else None
        make.make_membership(user, town.prison, role, organisation)
        if role not in ("liaison", "auditor"):
            make.make_membership(everybody, town.prison, role, organisation)
        town.users[role] = user
    for name, role in (("neighbour", "organiser"), ("emile", "coordinator")):
        town.users[name] = make.make_user(f"{name.title()} Dubois")
        make.make_membership(town.users[name], town.prison, role, town.other)
    town.users["everybody"] = everybody
    town.users["stranger"] = make.make_user("Dirk Wouters")
    make.make_membership(town.users["stranger"], town.elsewhere, "coordinator", town.other)
    make.make_membership(town.users["coordinator"], town.elsewhere, "coordinator", town.service)
    town.users["superuser"] = make.make_user("Installeerder", is_superuser=True, is_staff=True)


def _feeds(town: Town) -> None:
    """Each reader keeps the calendars that one may have: of oneself, a group, a room, the service, the house."""
    FeedRules.objects.update_or_create(prison=town.prison, defaults={"has_prison_feed": True})
    room = town.prison.rooms.first()
    subjects: list[Any] = [
        *Worker.objects.all(),
        *town.series.values(),
        town.service,
        town.other,
        room,
        town.prison,
    ]
    for user in town.users.values():
        if (access := access_for(user, town.prison)) is None:
            continue
        for subject in subjects:
            with suppress(PermissionDenied, PlannerError):
                _feed, secret = feeds.create(subject, access=access, language="nl", now=NOW)
                town.secrets.setdefault(user.pk, []).append(secret)


def _letters(town: Town) -> None:
    """What a letter leads to without signing in, each with the link of whoever got it."""
    prison, session = town.prison, town.sessions["secret1"]
    chloe = town.series["dutch"].usual_workers.get().worker
    mine = Notice.objects.create(
        prison=prison, worker=chloe, session=town.sessions["dutch1"], kind="moved", created_at=NOW
    )
    _keep_secret(town, "worker", letters.read_token([mine]))
    closure = Closure.objects.in_prison(prison).filter(room=None).get()
    changes = {"changes": [(session.pk, "moved", NOW.isoformat())]}
    told = {"closures": [closure.pk], "state": "announced", "changes": []}
    for name, kind, about in (
        ("organiser", "changes", changes),
        ("neighbour", "changes", changes),
        ("liaison", "closure", told),
    ):
        row = StaffNotice.objects.create(
            prison=prison, user=town.users[name], kind=kind, facts=about, created_at=NOW
        )
        _keep_secret(town, name, staff_letters.read_token([row]))


def _keep_secret(town: Town, name: str, secret: str) -> None:
    town.secrets.setdefault(town.users[name].pk, []).append(secret)


SERIES: tuple[dict[str, Any], ...] = (
    {"key": "dutch", "title": "Nederlands voor beginners", "domain": "language", "languages": ["nl"]},
    {"key": "secret", "title": "Praatgroep verslaving", "domain": "addiction", "languages": ["nl", "ar"]},
    {"key": "theirs", "title": "Théâtre du jeudi", "domain": "culture", "languages": ["fr"]},
    {"key": "quiet", "title": "Deuil et séparation", "domain": "mental_health", "languages": ["fr"]},
)


def _offer(town: Town) -> None:
    unit, other_unit = make.make_unit(town.prison, "A1"), make.make_unit(town.prison, "B2")
    make.make_unit_hours(unit, 3)
    rooms = [make.make_room(town.prison, name=f"Lokaal {number}") for number in range(1, 4)]
    make.make_room_hours(rooms[2], 5)
    for weekday in range(1, 6):
        make.make_slot(town.prison, weekday, "08:30", "11:30", max_movements=40)
        make.make_slot(town.prison, weekday, "13:30", "16:30")
    term = make.make_term(town.prison, name="Najaar")
    chloe = make.make_worker(town.prison, organisation=town.service, name="Chloe Lambert")
    chloe.user = town.users["worker"]
    chloe.save()
    amina = make.make_worker(town.prison, organisation=town.other, name="Amina Saidi")
    everybody = make.make_worker(town.prison, organisation=town.service, name="Alle Rollen")
    everybody.user = town.users["everybody"]
    everybody.save()
    make.make_absence(chloe, "2026-12-10 08:00", "2026-12-10 18:00")
    make.make_wish(amina)
    make.make_holiday(town.prison, dt.date(2026, 12, 25))
    make.make_band(town.prison, dt.date(2026, 12, 21), dt.date(2027, 1, 3))
    for number, each in enumerate(SERIES):
        organisation = town.service if number < 2 else town.other
        worker = (chloe, everybody, amina, amina)[number]
        activity = make.make_activity(organisation, each["title"], domain=each["domain"])
        series = make.make_series(
            town.prison,
            activity=activity,
            list_code=f"A10{number}",
            languages=each["languages"],
            term=term,
            workers=[worker],
            units=[unit, other_unit],
            starts_on=dt.date(2026, 11, 23) + dt.timedelta(days=number),
            start_time=dt.time(9 if number % 2 else 14),
            weeks=4,
            label="groep 1",
            default_room=rooms[number % 3],
        )
        town.series[each["key"]] = series
        for week in range(3):
            on = dt.date(2026, 11, 19) + dt.timedelta(days=number + 7 * week)
            hour = series.start_time.hour
            state = "draft" if week == 2 else "published"
            session = make.make_session(
                series, f"{on} {hour:02d}:00", room=rooms[number % 3], workers=[worker], state=state
            )
            town.sessions[f"{each['key']}{week}"] = session
        for day in ("24", "25"):  # what first pages show: today and tomorrow, each at another hour
            hour = ("13:30", "15:00", "08:30", "10:00")[number]
            town.sessions[f"{each['key']}-{day}"] = make.make_session(
                series, f"2026-11-{day} {hour}", room=rooms[number % 3], workers=[worker], state="published"
            )
        Material.objects.create(series=series, name=f"Gitaar {number}", count=2)
    _over(town, rooms[1])
    make.make_closure(town.prison, make.at("2026-12-03 08:00"), make.at("2026-12-03 18:00"), room=rooms[0])
    make.make_closure(
        town.prison, make.at("2026-12-08 22:00"), make.at("2026-12-09 22:00"), state="announced"
    )


def _over(town: Town, room: Any) -> None:
    """A series of last month, of which one date was never published."""
    activity = make.make_activity(town.service, "Rouwgroep", domain="mental_health")
    series = make.make_series(
        town.prison,
        activity=activity,
        list_code="A090",
        languages=["ar"],
        starts_on=dt.date(2026, 10, 1),
        weeks=2,
        label="groep 9",
        default_room=room,
    )
    town.series["over"] = series
    make.make_session(series, "2026-10-01 10:00", room=room, state="published")
    make.make_session(series, "2026-10-08 10:00", room=room)


def _people(town: Town) -> None:
    units = list(town.prison.units.all())
    names = "Janssens, An", "Peeters, Bram", "Claes, Cis", "Maes, Dries", "Wouters, Elke", "Dubois, Félix"
    names += "Lambert, Guy", "Haddad, Hamid", "Moreau, Inès", "Leroy, Jules", "Goossens, Kaat", "Baert, Luc"
    for number, name in enumerate(names):
        person = make.make_participant(
            town.prison, name, unit=units[0], cell=f"{100 + number}", register_number=f"{70_000 + number}"
        )
        town.people.append(person)
    series, people = town.series, town.people
    for key, states in (
        ("dutch", {0: "placed", 1: "placed", 2: "waiting", 3: "requested", 4: "awaiting"}),
        ("secret", {5: "placed", 6: "requested"}),
        ("theirs", {7: "placed", 8: "requested", 0: "placed"}),
        ("quiet", {9: "placed", 10: "waiting", 1: "requested", 2: "ended"}),
    ):
        for index, state in states.items():
            _asked(town, series[key], people[index], state)
    Attendance.objects.create(
        session=town.sessions["dutch0"],
        participant=people[0],
        mark="present",
        at=NOW,
        by=town.users["worker"],
    )
    make.make_fixed_block(people[3], town.prison)
    make.make_separation(town.prison, people[0], people[6])
    LevelHeld.objects.create(participant=people[0], language="nl", level="A2", found_on=dt.date(2026, 3, 1))
    Intake.objects.create(participant=people[0], organisation=town.service, done_on=dt.date(2026, 3, 1))
    Consent.objects.create(participant=people[0], organisation=town.service, given_on=dt.date(2026, 3, 1))


def _asked(town: Town, series: Series, person: Any, state: str) -> Enrollment:
    owner = series.activity.organisation
    by = town.users["organiser"] if owner == town.service else town.users["neighbour"]
    day, at = dt.date(2026, 11, 2), make.at("2026-11-02 10:00")
    note = Note.objects.create(
        prison=town.prison, participant=person, received_on=day, entered_by=by, entered_at=at
    )
    decided = state not in ("requested", "awaiting")
    request = Request.objects.create(
        prison=town.prison,
        note=note,
        participant=person,
        organisation=owner,
        series=series,
        received_on=day,
        state=Request.State.DECIDED if decided else Request.State.OPEN,
        decided_at=at if decided else None,
    )
    audit.record(town.prison, by, "enter", request, now=at)
    fields = {"placed_from": day, "placed_until": dt.date(2026, 11, 20)} if state == "ended" else {}
    enrollment = make.make_enrollment(series, person, state, request=request, **fields)
    audit.record(town.prison, by, "approve", enrollment, now=at)
    if state == "placed":
        reply_slips.write(
            town.prison, person, Slip.Kind.PLACED, request=request, enrollment=enrollment, now=at
        )
    return enrollment


def _papers(town: Town) -> None:
    prison, users, people = town.prison, town.users, town.people
    note = Note.objects.create(
        prison=prison,
        participant=people[3],
        received_on=dt.date(2026, 11, 3),
        entered_by=users["organiser"],
        entered_at=NOW,
    )
    Request.objects.create(
        prison=prison,
        note=note,
        participant=people[3],
        organisation=town.service,
        wish_domain="sport",
        wish_title="Schaken",
        received_on=dt.date(2026, 11, 3),
    )
    Note.objects.create(
        prison=prison,
        received_on=dt.date(2026, 11, 4),
        entered_by=users["organiser"],
        entered_at=NOW,
        state=Note.State.PARKED,
    )
    post = Post.objects.create(prison=prison, name="Centrum")
    for sheet in Handout.Sheet.values:
        Handout.objects.create(post=post, sheet=sheet)
    Announcement.objects.create(
        prison=prison,
        text_nl="Welkom",
        text_fr="Bienvenue",
        starts_on=dt.date(2026, 11, 1),
        by=users["coordinator"],
        created_at=NOW,
    )
    theirs = town.sessions["theirs1"]
    Ask.objects.create(
        prison=prison,
        from_organisation=town.service,
        to_organisation=town.other,
        session=theirs,
        changes=[as_json(Change(theirs.pk, room_id=None, starts_at=None, ends_at=None), theirs)],
        asked_by=users["organiser"],
        asked_at=NOW,
    )
    for owner in ("organiser", "everybody"):
        Proposal.objects.create(
            prison=prison,
            by=users[owner],
            aim="repair",
            first_on=dt.date(2026, 11, 23),
            last_on=dt.date(2026, 12, 20),
            state="done",
            created_at=NOW,
            ended_at=NOW,
        )
        Job.objects.create(prison=prison, by=users[owner], kind="walk", state="done", created_at=NOW)
    Message.objects.create(
        prison=prison,
        to_email="iemand@example.org",
        kind="invitation",
        subject="Welkom",
        body_text="Welkom",
        created_at=NOW,
    )
    _feeds(town)
    _letters(town)
    chloe = town.series["dutch"].usual_workers.get().worker
    Feed.objects.create(kind="worker", worker=chloe, token_hash="0" * 64, language="nl", created_at=NOW)
    audit.record(prison, users["coordinator"], "change", people[0], fields=["cell"], now=clock.now())
