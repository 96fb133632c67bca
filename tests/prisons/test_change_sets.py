import datetime as dt

from prisons.domain.records import change_sets
from prisons.models import ChangeImage, Unit
from prisons.tasks import sweep

NOON = dt.datetime(2026, 11, 23, 11, tzinfo=dt.UTC)
AN_HOUR = dt.timedelta(hours=1)


def test_images_live_for_an_hour(haren, organiser_anna):
    change_set = change_sets.open_change_set(haren, organiser_anna, "move", {"count": 1}, NOON)
    change_sets.remember(change_set, [change_sets.Image(Unit, 7, {"code": "A"}, {"code": "B"})])
    assert change_sets.images_of(change_set, now=NOON + AN_HOUR - dt.timedelta(seconds=1)).get().before == {
        "code": "A"
    }
    assert not change_sets.images_of(change_set, now=NOON + AN_HOUR).exists()
    assert change_sets.purge_images(now=NOON + AN_HOUR - dt.timedelta(seconds=1)) == 0
    assert change_sets.purge_images(now=NOON + AN_HOUR) == 1
    change_set.refresh_from_db()
    assert change_set.facts == {"count": 1}


def test_many_images_are_written_at_once(haren, django_assert_max_num_queries):
    change_set = change_sets.open_change_set(haren, None, "cancel", now=NOON)
    with django_assert_max_num_queries(2):
        change_sets.remember(change_set, (change_sets.Image(Unit, pk, {}, None) for pk in range(200)))


def test_the_sweep_purges(haren):
    change_set = change_sets.open_change_set(haren, None, "move", now=NOON - dt.timedelta(days=900))
    change_sets.remember(change_set, [change_sets.Image(Unit, 7, None, {})])
    sweep()
    assert not ChangeImage.objects.exists()
