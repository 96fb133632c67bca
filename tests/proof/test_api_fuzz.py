"""The REST API under a shower of requests that its own description allows and forbids."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import given, settings

from prisons.domain.tokens import create_token
from tests.factories import make_room, make_series, make_session

pytestmark = pytest.mark.django_db(transaction=True)

EXAMPLES = 150


@pytest.fixture
def api(haren, organiser_anna, service):
    make_session(make_series(haren, organisation=service), room=make_room(haren), state="published")
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


@pytest.fixture
def token(organiser_anna) -> str:
    return create_token(organiser_anna.memberships.get(), "fuzz", by=organiser_anna)[1]


def test_every_answer_is_one_that_the_description_names(api, token) -> None:
    headers = {"Authorization": f"Bearer {token}", "Host": "localhost"}
    operations = [found.ok() for found in api.get_all_operations()]
    assert len(operations) >= 2
    for operation in operations:

        @settings(max_examples=EXAMPLES)
        @given(case=operation.as_strategy())
        def shower(case: Any) -> None:
            case.call_and_validate(headers=headers)

        shower()
