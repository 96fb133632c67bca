"""Nobody is both sides: who appoints whom, one side per account and prison, names that count everywhere."""

import datetime as dt
import itertools

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from core.dates import clock
from core.dates.clock import now
from core.errors import PlannerError
from prisons.access import SIDE_OF_ROLE, Right, Side, access_for
from prisons.domain.people import invitations, memberships
from prisons.guards import side_guards
from prisons.models import AuditEntry, Invitation, Membership, Role
from sessions.domain.activities import save_activity
from tests.factories import (
    PASSWORD,
    make_activity,
    make_membership,
    make_organisation,
    make_series,
    make_user,
    signed_in,
)

pytestmark = pytest.mark.postgres

PATHS = ["give", "invite", "end", "reinstate"]
APPOINTS = {
    "coordinator_karim": {"coordinator", "organiser", "worker"},
    "liaison_bert": {"liaison"},
    "organiser_anna": set(),
    "worker_chloe": set(),
    "auditor_greet": set(),
    "stranger_dirk": set(),
    "installer": {"coordinator", "organiser", "worker"},
}


def url(name, *args):
    return reverse(f"prisons:{name}", args=["haren", *args])


@pytest.fixture
def installer(db):
    return make_user("Iris Tech", is_superuser=True)


def organisation_for(role, service):
    return service if SIDE_OF_ROLE[role] is Side.SERVICES else None


def act(path, haren, role, organisation, by):
    """One of the four ways in which a role comes or goes."""
    if path == "give":
        return memberships.give_role(haren, make_user(), role, organisation, by=by)
    if path == "invite":
        return invitations.invite(haren, email="n@example.org", role=role, organisation=organisation, by=by)
    held = make_membership(make_user(), haren, role, organisation)
    if path == "end":
        return memberships.end_role(held, by=by, is_confirmed=True)
    Membership.objects.filter(pk=held.pk).update(ended_at="2026-01-01T00:00Z")
    return memberships.reinstate(held, by=by)


def test_every_role_belongs_to_a_side():
    assert set(SIDE_OF_ROLE) == set(Role.values)


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("who", APPOINTS)
def test_who_appoints_and_ends_whom(request, haren, service, who, path, role):
    by = request.getfixturevalue(who)
    if role in APPOINTS[who]:
        act(path, haren, role, organisation_for(role, service), by)
        return
    with pytest.raises(PlannerError) as refusal:
        act(path, haren, role, organisation_for(role, service), by)
    assert (refusal.value.code, refusal.value.status) == ("not_your_people", 403)


@pytest.mark.parametrize(("held", "wanted"), list(itertools.permutations(Role.values, 2)))
def test_one_account_holds_roles_of_one_side(haren, saint_gilles, service, held, wanted):
    user = make_user("Twee Kanten")
    role = make_membership(user, haren, held, organisation_for(held, service))
    wish = {"role": wanted, "organisation": organisation_for(wanted, service), "by": user, "at": now()}
    if SIDE_OF_ROLE[held] is SIDE_OF_ROLE[wanted]:
        memberships.put_in_force(haren, user, **wish)
        return
    with pytest.raises(PlannerError, match="two sides"):
        memberships.put_in_force(haren, user, **wish)
    service.prisons.add(saint_gilles)
    memberships.put_in_force(saint_gilles, user, **wish)  # another prison is another matter
    memberships.end_at_once(role, by=user, at=now())
    memberships.put_in_force(haren, user, **wish)  # and so is another job, once the first has ended


def test_an_ended_role_of_the_other_side_is_not_taken_up_again(haren, service, coordinator_karim):
    user = make_user()
    was = make_membership(user, haren, "organiser", service)
    memberships.end_role(was, by=coordinator_karim)
    make_membership(user, haren, "liaison")
    with pytest.raises(PlannerError) as refusal:
        memberships.reinstate(was, by=coordinator_karim)
    assert refusal.value.code == "other_side"


def test_an_invitation_to_the_other_side_is_refused_when_sent_and_when_accepted(
    haren, service, coordinator_karim, liaison_bert
):
    wish = {"role": "organiser", "organisation": service, "by": coordinator_karim}
    with pytest.raises(PlannerError) as refusal:
        invitations.invite(haren, email=liaison_bert.email, **wish)
    assert refusal.value.code == "other_side" and not Invitation.objects.exists()
    newcomer = make_user("Nog Niemand")
    _invitation, link = invitations.invite(haren, email=newcomer.email, **wish)
    make_membership(newcomer, haren, "liaison")
    with pytest.raises(PlannerError) as refusal:
        invitations.accept_as(newcomer, link.rsplit("/", 2)[-2])
    assert refusal.value.code == "other_side"
    assert access_for(newcomer, haren).roles == {"liaison"}


def test_the_coordinator_who_made_himself_liaison(
    haren, service, coordinator_karim, liaison_bert, auditor_greet
):
    """By the pages, as it was found."""
    karim = signed_in(coordinator_karim)
    for role in ("liaison", "auditor"):
        answer = karim.post(url("give_role"), {"user": coordinator_karim.pk, "role": role})
        assert answer.status_code == 422
    for other in (liaison_bert, auditor_greet):
        answer = karim.post(url("membership_end", other.memberships.get().pk), {"is_confirmed": "on"})
        assert answer.status_code == 403
    assert access_for(coordinator_karim, haren).roles == {"coordinator"}
    assert access_for(liaison_bert, haren) and access_for(auditor_greet, haren)


def test_the_installer_gives_no_role_to_the_own_account(haren, service, installer):
    with pytest.raises(PlannerError) as refusal:
        memberships.give_role(haren, installer, "organiser", service, by=installer)
    assert refusal.value.code == "own_role"


def test_the_prison_appoints_its_own_and_sees_nobody_else(
    haren, liaison_bert, coordinator_karim, auditor_greet
):
    bert = signed_in(liaison_bert)
    page = bert.get(url("membership_list"))
    assert [row.user for row in page.context["page"]] == [liaison_bert]
    assert "De Brug" not in page.content.decode() and "Karim" not in page.content.decode()
    assert bert.get(url("membership_detail", coordinator_karim.memberships.get().pk)).status_code == 404
    sent = {"email": "luc@example.org", "role": "liaison", "language": "nl"}
    assert bert.post(url("invite"), sent).status_code == 302
    assert Invitation.objects.get().role == "liaison"
    assert bert.post(url("membership_end", liaison_bert.memberships.get().pk)).status_code == 409


def test_the_first_liaison_comes_with_the_prison(installer, client, capsys):
    arguments = ["haren", "Haren", "Haren", "--coordinator", "karim@example.org", "--organisation", "De Brug"]
    call_command("create_prison", *arguments, "--authority", "flemish", "--liaison", "bert@example.org")
    assert set(Invitation.objects.values_list("role", "email")) == {
        ("coordinator", "karim@example.org"),
        ("liaison", "bert@example.org"),
    }
    link = next(line for line in capsys.readouterr().out.split() if line.startswith("http"))
    client.post("/" + link.split("/", 3)[3], {"full_name": "Bert", "language": "nl", "password": PASSWORD})
    bert = Membership.objects.get(role="liaison")
    assert access_for(bert.user, bert.prison).has(Right.APPOINT)


def test_auditors_come_and_go_on_the_command_line(installer, haren, auditor_greet, coordinator_karim):
    call_command("appoint", "haren", "auditor", "new@example.org")
    assert Invitation.objects.get().email == "new@example.org"
    call_command("appoint", "haren", "auditor", auditor_greet.email, "--end")
    assert access_for(auditor_greet, haren) is None
    assert AuditEntry.objects.filter(verb="end_role", by=installer).exists()
    for wrong in (
        ["nowhere", "auditor", "new@example.org"],
        ["haren", "auditor", "no address"],
        ["haren", "auditor", coordinator_karim.email],
        ["haren", "liaison", "nobody@example.org", "--end"],
    ):
        with pytest.raises(CommandError):
            call_command("appoint", *wrong)


# --- names that are the same in every prison ---------------------------------------------------------------


@pytest.fixture
def sister(haren, saint_gilles):
    """Another service of Karim's authority, with people of its own, in both prisons."""
    organisation = make_organisation(haren, saint_gilles, name="Zuster vzw", short_name="Zuster")
    make_membership(make_user("Sofie Eigen"), haren, "organiser", organisation)
    return organisation


DATA = {
    "name": "Anders vzw",
    "short_name": "Anders",
    "kind": "partner",
    "authority": "flemish",
    "language": "nl",
}


def test_a_coordinator_renames_no_service_that_has_people_of_its_own(haren, sister, coordinator_karim):
    karim = signed_in(coordinator_karim)
    assert karim.post(url("organisation_detail", sister.pk), DATA).status_code == 403
    activity = make_activity(sister)
    assert karim.get(reverse("sessions:activity_edit", args=["haren", activity.pk])).status_code == 403
    with pytest.raises(PlannerError) as refusal:
        values = {"organisation": sister, "title_nl": "Anders"}
        save_activity(access_for(coordinator_karim, haren), values, activity=activity)
    assert refusal.value.code == "not_yours"


def test_own_people_rename_and_every_prison_reads_it(haren, saint_gilles, sister):
    sofie = signed_in(sister.memberships.get().user)
    assert sofie.post(url("organisation_detail", sister.pk), DATA).status_code == 302
    sister.refresh_from_db()
    assert (sister.name, sister.authority) == ("Anders vzw", "flemish")
    read_in = AuditEntry.objects.filter(verb="change_organisation").values_list("prison__slug", flat=True)
    assert sorted(read_in) == ["haren", "saint-gilles"]


def test_a_title_that_changes_is_read_in_every_prison_with_a_series_of_it(haren, saint_gilles, sister):
    activity = make_activity(sister)
    make_series(saint_gilles, activity=activity)
    access = access_for(sister.memberships.get().user, haren)
    save_activity(access, {"organisation": sister, "title_nl": "Nieuw"}, activity=activity)
    read_in = AuditEntry.objects.filter(verb="change_activity").values_list("prison__slug", flat=True)
    assert sorted(read_in) == ["haren", "saint-gilles"]


def test_a_partner_without_accounts_is_kept_where_its_coordinator_has_a_say(
    haren, saint_gilles, coordinator_karim, installer
):
    partner = make_organisation(haren, name="Club vzw", short_name="Club", kind="partner")
    karim = signed_in(coordinator_karim)
    assert karim.post(url("organisation_detail", partner.pk), DATA).status_code == 302
    partner.prisons.add(saint_gilles)
    assert karim.post(url("organisation_detail", partner.pk), DATA | {"name": "X"}).status_code == 403
    assert signed_in(installer).post(url("organisation_detail", partner.pk), DATA).status_code == 302


# --- the database ------------------------------------------------------------------------------------------


SIDES = ("organiser", "liaison", "auditor")


@pytest.mark.parametrize("first", SIDES)
@pytest.mark.parametrize("second", SIDES)
def test_the_database_refuses_a_role_of_another_side(haren, saint_gilles, service, first, second):
    """Past the program: by insert and by update; in another prison, or after the first has ended, it may."""
    user = make_user()

    def give(prison, role, **fields):
        return make_membership(user, prison, role, service if role == "organiser" else None, **fields)

    held = give(haren, first)
    elsewhere = give(saint_gilles, second)
    if first == second:
        return
    with pytest.raises(DatabaseError, match=side_guards.ONE_SIDE), transaction.atomic():
        give(haren, second)
    with pytest.raises(DatabaseError, match=side_guards.ONE_SIDE), transaction.atomic():
        Membership.objects.filter(pk=elsewhere.pk).update(prison=haren)
    Membership.objects.filter(pk=held.pk).update(ended_at=clock.now())
    later = give(haren, second)
    with pytest.raises(DatabaseError, match=side_guards.ONE_SIDE), transaction.atomic():
        Membership.objects.filter(pk=held.pk).update(ended_at=None)
    Membership.objects.filter(pk=later.pk).update(ended_at=clock.now())
    Membership.objects.filter(pk=held.pk).update(ended_at=None)


def test_dates_that_do_not_meet_are_no_two_sides(haren, service):
    user, day = make_user(), clock.today()
    make_membership(user, haren, "organiser", service, starts_on=day - dt.timedelta(9), ends_on=day)
    with pytest.raises(DatabaseError, match=side_guards.ONE_SIDE), transaction.atomic():
        make_membership(user, haren, "liaison", starts_on=day)
    make_membership(user, haren, "liaison", starts_on=day + dt.timedelta(1))


def test_the_guards_of_the_sides_are_asked_for(db):
    assert side_guards.missing(connection) == []
    side_guards.lift(connection)
    assert len(side_guards.missing(connection)) == 2
    side_guards.lay(connection)
    assert side_guards.missing(connection) == []
