"""Whom the prison calls about a group: the coordinators on duty, the same whatever the group."""

from __future__ import annotations

import re

from prisons.models import Organisation, Prison, User
from tests.factories import make_room, make_series, make_session, signed_in


def test_the_prison_calls_the_coordinators_on_duty_and_reads_no_service(
    haren: Prison,
    service: Organisation,
    other_service: Organisation,
    coordinator_karim: User,
    organiser_emile: User,
    liaison_bert: User,
) -> None:
    pages = []
    for number, owner in enumerate((service, other_service)):
        room = make_room(haren, name=f"Room {number}")
        series = make_series(haren, organisation=owner)
        session = make_session(series, "2050-01-10 09:00", room=room, state="published")
        page = signed_in(liaison_bert).get(f"/p/haren/board/sessions/{session.pk}/").content.decode()
        pages.append(re.sub(r"<[^>]+>", " ", page))
    for page in pages:
        assert str(coordinator_karim) in page and str(organiser_emile) not in page
        assert service.short_name not in page and other_service.short_name not in page
