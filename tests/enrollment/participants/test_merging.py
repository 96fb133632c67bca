"""Two rows of one person become one, seen side by side before and taken apart afterwards without a trace."""

import datetime as dt

import pytest
from django.urls import reverse

from core.dates.clock import now, today
from core.errors import PlannerError
from enrollment.domain.participants import forgetting, merge_image, merging
from enrollment.domain.participants.merging import MergeDecision
from enrollment.models import Consent, FixedBlock, LevelHeld, Merge, Participant, Separation, Stay
from prisons.models import AuditEntry
from tests.factories import make_enrollment, make_series, signed_in

pytestmark = pytest.mark.postgres
SURE = MergeDecision("twice", is_sure=True)


def person_of(prison, name, number=""):
    person = Participant.objects.create(last_name=name, first_name="Ali")
    Stay.objects.create(participant=person, prison=prison, register_number=number, starts_on=today())
    return person


@pytest.fixture
def two(haren, service):
    keep, gone, third = (
        person_of(haren, "Diallo"),
        person_of(haren, "Dialo", "12345"),
        person_of(haren, "Bah"),
    )
    make_enrollment(make_series(haren), participant=gone)
    for one in (keep, gone):
        LevelHeld.objects.create(participant=one, language="nl", level="A2", found_on=today())
        Consent.objects.create(participant=one, organisation=service, given_on=today())
    block = {"label": "work", "weekday": 1, "starts": dt.time(8), "ends": dt.time(9), "valid_from": today()}
    FixedBlock.objects.create(participant=gone, prison=haren, **block)
    low, high = sorted((gone.pk, third.pk))
    Separation.objects.create(prison=haren, one_id=low, other_id=high, starts_on=today())
    return keep, gone


def everything(*people):
    rows = merge_image._rows_of(*people)
    return rows, merge_image._plain(Participant.objects.filter(pk__in=people).order_by("pk"))


def test_undo_brings_every_row_back_as_it_was(haren, two, organiser_anna):
    keep, gone = (one.pk for one in two)
    before = everything(keep, gone)
    merging.merge(*two, haren, SURE, by=organiser_anna)
    assert not Participant.objects.filter(pk=gone).exists() and everything(keep, gone) != before
    merge_image.undo(Merge.objects.get(), by=organiser_anna)
    assert everything(keep, gone) == before
    assert AuditEntry.objects.filter(verb="undo_merge").count() == 2


def test_taken_apart_each_is_kept_apart_from_whom_he_was(haren, two, organiser_anna):
    """The column of a separation has no name for the way back: the one who comes again would be left unprotected."""
    before = list(Separation.objects.values())
    merging.merge(*two, haren, SURE, by=organiser_anna)
    assert list(Separation.objects.values()) != before
    merge_image.undo(Merge.objects.get(), by=organiser_anna)
    assert list(Separation.objects.values()) == before


def test_whoever_was_forgotten_meanwhile_does_not_stand_in_the_way(haren, two, organiser_anna):
    gone = two[1].pk
    merging.merge(*two, haren, SURE, by=organiser_anna)
    forgetting.forget(Participant.objects.get(last_name="Bah"))
    merge_image.undo(Merge.objects.get(), by=organiser_anna)
    assert Participant.objects.filter(pk=gone).exists() and not Separation.objects.exists()


def test_what_was_entered_since_stays_with_the_one_who_was_kept(haren, two, organiser_anna):
    keep, gone = two
    merging.merge(keep, gone, haren, SURE, by=organiser_anna)
    since = make_enrollment(make_series(haren), participant=keep)
    Stay.objects.filter(participant=keep).update(cell="9")
    merge_image.undo(Merge.objects.get(), by=organiser_anna)
    since.refresh_from_db()
    assert since.participant_id == keep.pk and keep.stays.get().cell == "9"


def test_a_number_in_use_again_stands_in_the_way(haren, two, organiser_anna):
    merging.merge(*two, haren, SURE, by=organiser_anna)
    Stay.objects.filter(participant=two[0]).update(ends_on=today())
    Stay.objects.create(participant=two[0], prison=haren, register_number="12345", starts_on=today())
    with pytest.raises(PlannerError) as refusal:
        merge_image.undo(Merge.objects.get(), by=organiser_anna)
    assert (
        refusal.value.code == "stands_in_the_way"
        and Participant.objects.filter(last_name="Dialo").count() == 0
    )


def test_thirty_days_then_the_image_goes(haren, two, organiser_anna):
    merging.merge(*two, haren, SURE, by=organiser_anna)
    late = now() + dt.timedelta(days=31)
    with pytest.raises(PlannerError):
        merge_image.undo(Merge.objects.get(), by=organiser_anna, now=late)
    assert merge_image.clear_images() == 0 and merge_image.clear_images(now=late) == 1
    assert Merge.objects.get().image is None


def test_whoever_is_forgotten_is_forgotten_here_too(haren, two, organiser_anna):
    merging.merge(*two, haren, SURE, by=organiser_anna)
    forgetting.forget(two[0])
    assert Merge.objects.get().image is None


def test_a_reason_and_certainty_are_asked(haren, two, organiser_anna):
    for decision, code in (
        (MergeDecision("because", True), "reason_missing"),
        (MergeDecision("twice"), "differs"),
    ):
        with pytest.raises(PlannerError) as refusal:
            merging.merge(*two, haren, decision, by=organiser_anna)
        assert refusal.value.code == code
    assert not Merge.objects.exists()


def test_what_differs(haren):
    one = person_of(haren, "Diallo", "1")
    assert merging.differences(one, person_of(haren, "DIALLO"), haren) == []
    assert merging.differences(one, person_of(haren, "Diallo", "2"), haren) == ["number"]
    assert merging.differences(one, person_of(haren, "Sow", "3"), haren) == ["name", "number"]


def test_the_pages(haren, two, organiser_anna):
    keep, gone = two
    anna, address = signed_in(organiser_anna), reverse("enrollment:person_merge", args=["haren", keep.pk])
    answer = anna.post(address, {"other": "12345"})
    assert answer["Location"] == f"{address}?with={gone.pk}"
    page = anna.get(answer["Location"])
    assert "The names differ" in page.content.decode() and "Dialo" in page.content.decode()
    assert anna.post(answer["Location"], {"reason": "twice"}).status_code == 409
    assert anna.post(answer["Location"], {}).status_code == 422
    assert anna.post(answer["Location"], {"reason": "twice", "is_sure": "on"}).status_code == 302
    assert anna.post(answer["Location"], {"reason": "twice", "is_sure": "on"}).status_code == 404
    shown = anna.get(reverse("enrollment:person_detail", args=["haren", keep.pk])).content.decode()
    assert "Take apart" in shown and "Dialo" in shown
    undo = reverse("enrollment:merge_undo", args=["haren", keep.pk, Merge.objects.get().pk])
    assert anna.post(undo).status_code == 302 and Participant.objects.filter(pk=gone.pk).exists()
    assert anna.post(undo).status_code == 409


def test_the_refusal_names_no_group(haren, service, two, organiser_anna):
    keep, gone = two
    series = make_series(haren, organisation=service)
    for one in two:
        make_enrollment(series, participant=one)
    with pytest.raises(PlannerError) as refusal:
        merging.merge(keep, gone, haren, SURE, by=organiser_anna)
    assert refusal.value.code == "both_live" and str(series) not in str(refusal.value)
