"""Reply slips in nine languages: every language says the same, and a slip betrays nothing outside."""

import re

import pytest

from enrollment.domain.requests import decisions
from enrollment.domain.slips import reply_slips, slip_text
from enrollment.domain.slips.slip_text import moment, words
from enrollment.models import Enrollment, Slip
from enrollment.models.people import SLIP_LANGUAGES, THIRD_LANGUAGES
from tests.factories import at, make_activity, make_enrollment, make_series, make_session

LANGUAGES = [code for code, _name in [*SLIP_LANGUAGES, *THIRD_LANGUAGES]]
HOLES = re.compile(r"%\((\w+)\)s")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything(language):
    mine, dutch = words(language), words("nl")
    assert {part: set(mine[part]) for part in mine} == {part: set(dutch[part]) for part in dutch}
    for part, texts in dutch.items():
        for key, text in texts.items():
            assert sorted(HOLES.findall(mine[part][key])) == sorted(HOLES.findall(text)), (part, key)
            assert mine[part][key] != text or language == "nl", (part, key)


def test_every_kind_and_reason_has_words():
    assert set(words("nl")["title"]) == set(words("nl")["body"]) == set(Slip.Kind.values)
    assert set(words("nl")["reason"]) == set(Enrollment.Reason.values)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", Slip.Kind.values)
@pytest.mark.django_db
def test_every_slip_can_be_written(haren, service, kind, language):
    series = make_series(haren, organisation=service)
    session = make_session(series, "2026-11-30 09:00", state="published")
    slip = Slip(
        prison=haren,
        enrollment=make_enrollment(series),
        kind=kind,
        reason="full",
        facts={"session": session.pk},
    )
    text = slip_text.write(slip, language, coming=slip_text.coming_dates(series, now=at("2026-11-23 12:00")))
    assert text.title and text.body and "%(" not in text.body + "".join(text.extra)
    assert (text.direction == "rtl") == (language == "ar")


@pytest.mark.parametrize(
    ("language", "words_of_date"),
    [("nl", "maandag 30 november om 09:00"), ("fr", "lundi 30 novembre à 09:00")],
)
def test_dates_in_the_words_of_the_language(language, words_of_date):
    assert moment(at("2026-11-30 09:00"), language) == words_of_date


@pytest.mark.django_db
def test_who_decided_is_said(haren, service, organiser_anna):
    row = decisions.decline(
        make_enrollment(make_series(haren, organisation=service), state="requested"),
        "requirement",
        by=organiser_anna,
    )
    slip = Slip.objects.select_related("enrollment__series__activity__organisation", "participant").get(
        enrollment=row
    )
    assert "De Brug heeft dit beslist." in slip_text.write(slip, "nl").extra
    slip.reason = "prison"
    assert "La Passerelle" not in str(slip_text.write(slip, "fr")) and "la prison" in " ".join(
        slip_text.write(slip, "fr").extra
    )


@pytest.mark.django_db
def test_a_slip_that_was_never_said_is_replaced_by_the_next(haren, service):
    series = make_series(haren, activity=make_activity(service, "Koor"))
    session = make_session(series, "2026-11-30 09:00", state="published")
    there = make_enrollment(series)
    for _ in range(2):
        wanted = {(session.pk, there.participant_id): Slip.Kind.MOVED}
        assert reply_slips.tell(haren, wanted, about=[session.pk], now=at("2026-11-23 12:00")) == 1
    slip = reply_slips.desk(haren).get()
    assert (slip.participant, slip.enrollment) == (there.participant, there)


FRIDAYS = ("2026-12-18", "2026-12-25", "2027-01-01", "2027-01-08", "2027-01-15")


def _placed(haren, service, *starts, hours="09:00", minutes=90):
    series = make_series(haren, organisation=service)
    for day in starts:
        make_session(series, f"{day} {hours}", minutes=minutes, state="published")
    slip = Slip(prison=haren, enrollment=make_enrollment(series), kind="placed")
    return slip, series


@pytest.mark.parametrize(
    ("language", "rhythm", "first"),
    [
        (
            "nl",
            "Elke vrijdag van 09:00 tot 10:30, tot en met 15 januari",
            "vrijdag 18 december van 09:00 tot 10:30",
        ),
        (
            "fr",
            "Chaque vendredi de 09:00 à 10:30, jusqu’au 15 janvier",
            "vendredi 18 décembre de 09:00 à 10:30",
        ),
        (
            "en",
            "Every Friday from 09:00 to 10:30, until 15 January",
            "Friday 18 December from 09:00 to 10:30",
        ),
    ],
)
@pytest.mark.django_db
def test_a_place_says_the_rhythm_the_end_and_the_last_date(haren, service, language, rhythm, first):
    slip, series = _placed(haren, service, *FRIDAYS)
    coming = slip_text.coming_dates(series, now=at("2026-12-14 12:00"))
    text = slip_text.write(slip, language, coming=coming)
    assert (text.rhythm, text.dates[0], len(text.dates)) == (rhythm, first, 4)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.django_db
def test_every_language_says_the_hours_in_a_rhythm(haren, service, language):
    slip, series = _placed(haren, service, *FRIDAYS)
    text = slip_text.write(slip, language, coming=slip_text.coming_dates(series, now=at("2026-12-14 12:00")))
    assert all(told in text.rhythm for told in ("09:00", "10:30", "15"))
    assert "09:00" in text.dates[0] and "10:30" in text.dates[0]


@pytest.mark.parametrize(
    "days",
    [
        FRIDAYS[:2],  # two dates are no rhythm
        (*FRIDAYS[:1], *FRIDAYS[2:]),  # nobody waits at the door on Christmas Day
        (*FRIDAYS, "2027-01-18"),
    ],
)
@pytest.mark.django_db
def test_dates_that_are_not_regular_stay_dates_with_their_end(haren, service, days):
    slip, series = _placed(haren, service, *days)
    coming = slip_text.coming_dates(series, now=at("2026-12-14 12:00"))
    text = slip_text.write(slip, "nl", coming=coming)
    assert (text.rhythm, text.dates[0]) == ("", "vrijdag 18 december van 09:00 tot 10:30")


@pytest.mark.django_db
def test_other_hours_on_one_day_are_no_rhythm(haren, service):
    slip, series = _placed(haren, service, *FRIDAYS)
    make_session(series, "2027-01-22 10:00", minutes=90, state="published")
    coming = slip_text.coming_dates(series, now=at("2026-12-14 12:00"))
    assert slip_text.write(slip, "nl", coming=coming).rhythm == ""


@pytest.mark.django_db
def test_the_clock_that_goes_back_does_not_break_the_rhythm(haren, service):
    slip, series = _placed(haren, service, "2026-10-16", "2026-10-23", "2026-10-30")
    coming = slip_text.coming_dates(series, now=at("2026-10-12 12:00"))
    assert slip_text.write(slip, "nl", coming=coming).rhythm.startswith("Elke vrijdag van 09:00")
