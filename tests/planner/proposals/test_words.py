"""Explanations in words: named causes, each with what would make room; people never."""

from __future__ import annotations

import pytest

from planner.proposals import words
from prisons.access import Access, access_for
from prisons.models import Organisation, Prison, User
from tests.factories import make_feature, make_series, make_worker

pytestmark = pytest.mark.django_db


def told(why: dict[str, object], access: Access | None = None) -> words.LeftOutReason:
    found = words.why_in_words(why, words.Names([why], access))
    assert found is not None
    return found


def test_three_need_one_room_and_one_person_and_have_two_slots_in_common(
    haren: Prison, service: Organisation
) -> None:
    series = [make_series(haren, organisation=service, label=str(n)) for n in range(3)]
    computers, chris = make_feature(name_en="computers"), make_worker(haren, name="Chris Maes")

    why = told(
        {
            "is_proven": True,
            "together": [one.pk for one in series],
            "common_slots": 2,
            "causes": [
                {"code": "rooms_taken", "features": [computers.pk], "people": 8},
                {"code": "worker_taken", "worker": chris.pk},
            ],
        }
    )

    assert why.opening.startswith("These 3 cannot all have a place, they have 2 slots in common:")
    assert [one.sentence for one in why.causes] == [
        "They all need a room with computers, and there are not enough of those.",
        "They all need Chris Maes.",
    ]
    assert why.causes[1].way_out == "A second facilitator beside Chris Maes."


@pytest.mark.parametrize("code", sorted(words.CAUSES))
def test_every_cause_is_a_whole_sentence_whatever_is_known(code: str) -> None:
    why = told({"is_proven": True, "together": [], "common_slots": 0, "causes": [{"code": code}]})
    assert "%" not in why.causes[0].sentence + why.causes[0].way_out


def test_when_time_was_too_short_it_says_so() -> None:
    assert "not enough time" in told({"is_proven": False}).opening
    assert "a place for it after all" in told({"is_proven": False, "can_be_placed": True}).opening
    assert words.why_in_words({}, words.Names([], None)) is None


@pytest.mark.parametrize("code", sorted(words.OF_PEOPLE))
def test_of_people_of_another_services_group_only_that_it_cannot_be(
    haren: Prison, service: Organisation, code: str, organiser_anna: User, organiser_emile: User
) -> None:
    series = make_series(haren, organisation=service)
    cause = {"code": code, "series": series.pk} if code == "person_in_two_places" else {"code": code}
    why = {"is_proven": True, "together": [series.pk], "common_slots": 0, "causes": [cause]}
    own, others = (told(why, access_for(user, haren)) for user in (organiser_anna, organiser_emile))
    assert "eople" in own.causes[0].sentence and "eople" not in others.causes[0].sentence
    assert others.causes[0].sentence == str(words.CAUSES["keep_apart"][0])
