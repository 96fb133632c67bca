"""What HTMX offers to take back, the plain answer offers too."""

from __future__ import annotations

import pytest

from enrollment.domain.notes.note_intake import NoteAsk, enter_note
from enrollment.models import Enrollment
from prisons.models import Organisation, Prison, User
from tests.factories import make_activity, make_participant, make_series, signed_in

HTMX = {"HX-Request": "true"}


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["approve", "put-on-list", "decline"])
def test_a_decision_can_be_taken_back_with_and_without_htmx(
    haren: Prison, service: Organisation, organiser_anna: User, verb: str
) -> None:
    series = make_series(haren, activity=make_activity(service, "Yoga"))
    browser, offers = signed_in(organiser_anna), {}
    for headers in ({}, HTMX):
        person = make_participant(haren)
        enter_note(haren, participant=person, asks=[NoteAsk(series=series)], by=organiser_anna)
        row = Enrollment.objects.get(participant=person)
        url = f"/p/haren/enrolments/{row.pk}/{verb}/"
        sent = {"tab": "", "reason": "full", "seen": row.version}
        page = browser.post(url, sent, headers=headers, follow=True).content.decode()
        row.refresh_from_db()
        assert row.state != Enrollment.State.REQUESTED, page
        offers[bool(headers)] = f"/enrolments/{row.pk}/take-back/" in page
    assert offers == {True: True, False: True}
