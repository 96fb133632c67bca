"""Two people at the same moment: the lock lets one act, and tells the other what happened."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from core.errors import PlannerError
from prisons.domain.background import outbox
from prisons.domain.people import invitations
from prisons.models import Membership, Message, User
from tests.factories import PASSWORD

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(*acts):
    """What each act returned or raised, all begun together in threads of their own."""

    def run(act):
        try:
            return act()
        except PlannerError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return [future.result() for future in [threads.submit(run, act) for act in acts]]


def test_one_link_clicked_by_many_makes_one_person(haren, service, coordinator_karim):
    _invitation, link = invitations.invite(
        haren, email="new@example.org", role="organiser", organisation=service, by=coordinator_karim
    )
    secret = link.split("/")[-2]

    def accept():
        return invitations.accept_as_newcomer(secret, full_name="Nora", language="nl", password=PASSWORD)

    answers = at_once(accept, accept, accept, accept)
    assert sorted(type(answer).__name__ for answer in answers) == ["User", "str", "str", "str"]
    assert set(answers) - set(User.objects.all()) == {"invitation_used"}
    assert Membership.objects.filter(user__email="new@example.org").count() == 1


def test_one_letter_is_sent_by_one_of_many_workers(haren, mailoutbox):
    letter = outbox.post(haren, "a@example.org", "programme", "nl", "Programma", "Dag.")
    at_once(*[lambda: outbox.deliver(letter.pk)] * 4)
    assert len(mailoutbox) == 1 and Message.objects.get().attempts == 1
