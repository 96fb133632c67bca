import pytest
from django.http import Http404
from django.test import RequestFactory

from core.errors import PlannerError
from prisons.access import Right
from prisons.api import TokenAuth, require
from prisons.domain.people.tokens import create_token


@pytest.fixture
def request_of(organiser_anna):
    """A request with this Authorization header; `{}` stands for Anna's token."""
    _token, secret = create_token(organiser_anna.memberships.get(), "screen", by=organiser_anna)

    def make(header):
        return RequestFactory().get("/api/v1/", headers={"Authorization": header.format(secret)})

    return make


def test_a_token_signs_in_as_its_role(request_of, organiser_anna, haren):
    request = request_of("Bearer {}")
    access = request.auth = TokenAuth()(request)
    assert (access.user, access.prison, request.user) == (organiser_anna, haren, organiser_anna)
    assert require(request, "haren", Right.SEE_BOARD) is access
    with pytest.raises(Http404):
        require(request, "saint-gilles", Right.SEE_BOARD)
    with pytest.raises(PlannerError) as refusal:
        require(request, "haren", Right.READ_AUDIT)
    assert refusal.value.status == 403


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic {}", "{}", "Bearer {0} {0}"]
)
def test_anything_else_is_nobody(request_of, header):
    assert not TokenAuth()(request_of(header))
