"""Facilitators pasted from a spreadsheet: known ones recognised, invited only when that was ticked."""

from __future__ import annotations

from typing import Any

import pytest
from babel import Locale
from django.urls import reverse

from core.words.languages import OWN_NAMES, SPOKEN
from prisons.models import ChangeSet, Invitation, Message, Organisation, Prison, User
from sessions.domain.pasted_workers import spoken_in
from sessions.models import Worker, WorkerAccess
from tests.factories import make_worker, signed_in

PASTED = (
    "Nom\tPrénom\tE-mail\tService\tLangues\tAutorisation jusqu'au\tTéléphone\n"
    "Cools\tEls\tels@example.org\tDe Brug\tnl, français, klingon\t30/06/2027\t0470 00 00 00\n"
    "Haddad\tKarim\t\t\tar\t\t\n"
    "Peeters\tJan\tjan at example\t\t\t\t\n"
    "Diallo\tAwa\tawa@example.org\tDe Maan\t\t\t\n"
    "Bekend\tIemand\t\t\t\t\t\n"
)


def url(name: str, *args: object) -> str:
    return reverse(f"sessions:{name}", args=["haren", *args])


def take_over(client: Any, **more: str) -> Any:
    shown = client.post(url("worker_paste"), {"pasted": PASTED, "look": "yes"} | more)
    assert shown.status_code == 200
    seen = shown.context["outcome"].digest
    return shown.context["outcome"], client.post(
        url("worker_paste"), {"pasted": PASTED, "accept": "yes", "seen": seen} | more
    )


@pytest.mark.django_db
def test_facilitators_are_taken_over_and_nobody_is_written_to(
    haren: Prison, service: Organisation, coordinator_karim: User
) -> None:
    make_worker(haren, name="Iemand Bekend")
    karim = signed_in(coordinator_karim)
    shown, answer = take_over(karim)
    assert [entry.state for entry in shown.entries] == ["new", "new", "refused", "refused", "same"]
    assert shown.new[0].facts == ("els@example.org", "De Brug", "permission until 30/06/2027")
    assert shown.new[0].remarks == ("“klingon” is no known language and was left out.",)
    assert "is no e-mail address" in shown.refused[0].remarks[0]
    assert "No service “De Maan” works here" in shown.refused[1].remarks[0]
    assert answer.status_code == 302
    els = Worker.objects.get(email="els@example.org")
    assert (els.name, els.languages, els.language) == ("Els Cools", ["nl", "fr"], "nl")
    assert list(els.organisations.all()) == [service]
    assert not Invitation.objects.exists() and not Message.objects.exists()
    act = ChangeSet.objects.get(verb="paste_workers")
    assert karim.post(url("worker_paste_undo", act.pk)).status_code == 302
    assert [access.worker.name for access in WorkerAccess.objects.in_prison(haren)] == ["Iemand Bekend"]
    assert not Worker.objects.filter(name="Els Cools").exists()


@pytest.mark.django_db
def test_with_the_tick_who_has_an_address_is_invited_and_undo_withdraws_it(
    haren: Prison, service: Organisation, coordinator_karim: User
) -> None:
    karim = signed_in(coordinator_karim)
    shown, _answer = take_over(karim, invites="on")
    assert "is invited by mail" in shown.new[0].facts and shown.new[1].facts == (
        "De Brug",
        "no permission yet",
    )
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role, invitation.organisation) == (
        "els@example.org",
        "worker",
        service,
    )
    karim.post(url("worker_paste_undo", ChangeSet.objects.get(verb="paste_workers").pk))
    invitation.refresh_from_db()
    assert invitation.withdrawn_at and not Worker.objects.exists()


@pytest.mark.django_db
def test_an_organiser_pastes_facilitators_and_invites_nobody(
    haren: Prison, service: Organisation, organiser_anna: User
) -> None:
    anna = signed_in(organiser_anna)
    assert 'name="invites"' not in anna.get(url("worker_paste")).content.decode()
    take_over(anna, invites="on")
    assert Worker.objects.filter(name="Els Cools").exists() and not Invitation.objects.exists()


@pytest.mark.django_db
def test_somebody_of_another_prison_keeps_their_own_details(
    haren: Prison, saint_gilles: Prison, service: Organisation, coordinator_karim: User
) -> None:
    known = make_worker(saint_gilles, name="Els C.", email="els@example.org")
    karim = signed_in(coordinator_karim)
    take_over(karim)
    known.refresh_from_db()
    assert known.name == "Els C." and known.accesses.count() == 2
    karim.post(url("worker_paste_undo", ChangeSet.objects.get(verb="paste_workers").pk))
    assert known.accesses.get().prison == saint_gilles
    assert not known.organisations.exists(), "the service that the paste gave goes with it"


@pytest.mark.django_db
def test_undo_leaves_the_services_that_somebody_had_before(
    haren: Prison, saint_gilles: Prison, service: Organisation, coordinator_karim: User
) -> None:
    known = make_worker(saint_gilles, name="Els C.", email="els@example.org")
    known.organisations.add(service)
    karim = signed_in(coordinator_karim)
    take_over(karim)
    karim.post(url("worker_paste_undo", ChangeSet.objects.get(verb="paste_workers").pk))
    assert known.accesses.get().prison == saint_gilles
    assert list(known.organisations.all()) == [service]


@pytest.mark.django_db
def test_a_service_taken_away_meanwhile_stops_the_undo_whole(
    haren: Prison, saint_gilles: Prison, service: Organisation, coordinator_karim: User
) -> None:
    known = make_worker(saint_gilles, name="Els C.", email="els@example.org")
    karim = signed_in(coordinator_karim)
    take_over(karim)
    known.organisations.clear()
    answer = karim.post(url("worker_paste_undo", ChangeSet.objects.get(verb="paste_workers").pk))
    assert answer.status_code == 409 and known.accesses.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_every_language_that_can_be_chosen_is_understood_in_a_cell(language: str) -> None:
    """As its speakers call it, and as a reader of any language writes it."""
    readers = Locale.parse(language).languages
    cells = {code: f"{OWN_NAMES[code]}; {readers[code]}; {code}" for code, _label in SPOKEN}
    assert {code: spoken_in(cell) for code, cell in cells.items()} == {code: ([code], []) for code in cells}
