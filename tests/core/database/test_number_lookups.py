"""What no column can hold is the number of no row, one or in a list."""

import pytest

from prisons.models import Organisation
from sessions.models import Activity
from tests.factories import make_activity

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
BIG = (10**23, -(10**23), 2**63)


@pytest.mark.parametrize("number", BIG)
def test_a_list_with_it_finds_the_others(service, number):
    activity = make_activity(service)
    assert list(Organisation.objects.filter(pk__in=[str(number), service.pk])) == [service]
    assert list(Activity.objects.filter(organisation__in=[number, service])) == [activity]
    assert list(Activity.objects.filter(organisation_id__in={number, service.pk})) == [activity]
    assert not Organisation.objects.filter(pk__in=[number]).exists()


def test_a_query_stays_one(service, django_assert_num_queries):
    activity = make_activity(service)
    with django_assert_num_queries(1):
        assert list(Activity.objects.filter(organisation__in=Organisation.objects.all())) == [activity]
