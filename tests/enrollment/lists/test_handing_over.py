"""After the cut-off: what the posts know, what they do not know yet, closing times, announced families."""

import datetime as dt
import io

import openpyxl
import pypdfium2
import pytest

from core.errors import PlannerError
from core.paper import to_pdf
from core.words.text import as_counted
from enrollment.domain.lists import cut_off, day_lists, family_visits, handing_over, list_rules
from enrollment.domain.lists.list_changes import ListChangeKind, changes, gate_changes
from enrollment.exports import papers
from enrollment.models import Enrollment, FamilyVisit, ListVersion, Skip, Stay
from prisons.access import access_for
from prisons.models import AuditEntry
from sessions.models import GroupSession, Material, SessionWorker, Worker
from tests.enrollment.lists.test_day_lists import (  # noqa: F401 - fixtures
    FRIDAY_EVENING,
    FRIDAY_NOON,
    MONDAY,
    room,
    series,
    session,
    texts,
    units,
)
from tests.factories import (
    at,
    make_activity,
    make_enrollment,
    make_participant,
    make_series,
    make_session,
    make_worker,
    signed_in,
)

SATURDAY, SUNDAY = at("2026-11-21 09:00"), at("2026-11-22 09:00")


# --- pages of changes -----------------------------------------------------------------------------------


def test_a_page_of_changes_that_was_handed_over_becomes_a_version(haren, series, session, liaison_bert):  # noqa: F811
    first = cut_off.latest(haren, MONDAY, now=FRIDAY_EVENING)
    make_enrollment(series, make_participant(haren, "Nieuw, Piet"))
    current = day_lists.day_lists(haren, MONDAY, now=SATURDAY)
    access = access_for(liaison_bert, haren)
    assert handing_over.untold(handing_over.all_versions(haren, MONDAY), current, access) == 1
    second = handing_over.hand_over_changes(haren, MONDAY, by=liaison_bert, now=SATURDAY)
    assert (second.number, second.handed_over_by) == (2, liaison_bert)
    assert handing_over.untold(handing_over.all_versions(haren, MONDAY), current, access) == 0
    # The list itself stays that of the cut-off; the page still tells all that changed since.
    assert cut_off.latest(haren, MONDAY, now=SUNDAY).pk == first.pk
    assert len(changes(cut_off.day_of(first), current)) == 1


def test_pressing_twice_notes_it_once_and_no_change_can_be_handed_over_too(haren, session, liaison_bert):  # noqa: F811
    cut_off.latest(haren, MONDAY, now=FRIDAY_EVENING)
    one, two = (
        handing_over.hand_over_changes(haren, MONDAY, by=liaison_bert, now=moment)
        for moment in (SATURDAY, SUNDAY)
    )
    assert one.pk == two.pk
    assert ListVersion.objects.count() - ListVersion.objects.exclude(on=MONDAY).count() == 2
    assert AuditEntry.objects.filter(verb="hand_over_changes").count() == 1


def test_before_the_cut_off_there_is_no_page(haren, session, liaison_bert):  # noqa: F811
    with pytest.raises(PlannerError, match="not closed"):
        handing_over.hand_over_changes(haren, MONDAY, by=liaison_bert, now=FRIDAY_NOON)


def test_a_service_counts_only_its_own_changes(haren, series, session, organiser_emile, organiser_anna):  # noqa: F811
    cut_off.latest(haren, MONDAY, now=FRIDAY_EVENING)
    make_enrollment(series, make_participant(haren, "Nieuw, Piet"))
    known = handing_over.all_versions(haren, MONDAY)
    current = day_lists.day_lists(haren, MONDAY, now=SATURDAY)
    for user, number in ((organiser_anna, 1), (organiser_emile, 0)):
        assert handing_over.untold(known, current, access_for(user, haren)) == number


def test_the_only_session_of_a_service_that_leaves_the_day_is_a_change_too(
    haren,
    series,  # noqa: F811
    session,  # noqa: F811
    liaison_bert,
    organiser_anna,
    organiser_emile,
):
    """Nobody of that service is left on the day; the posts would bring people to an empty room."""
    make_enrollment(series, make_participant(haren, "Nieuw, Piet"))
    cut_off.latest(haren, MONDAY, now=FRIDAY_EVENING)
    session.starts_at, session.ends_at = (
        moment + dt.timedelta(days=2) for moment in (session.starts_at, session.ends_at)
    )
    session.save()
    known, current = (
        handing_over.all_versions(haren, MONDAY),
        day_lists.day_lists(haren, MONDAY, now=SATURDAY),
    )
    for user, number in ((liaison_bert, 1), (organiser_anna, 1), (organiser_emile, 0)):
        assert handing_over.untold(known, current, access_for(user, haren)) == number


def test_the_organiser_sees_what_was_printed_and_handed_over(
    haren,
    session,  # noqa: F811
    liaison_bert,
    organiser_anna,
):
    version = cut_off.latest(haren, MONDAY, now=FRIDAY_EVENING)
    page = f"/p/haren/lists/?day={MONDAY}"
    assert "Nobody has said yet" in signed_in(organiser_anna).get(page).content.decode()
    bert = signed_in(liaison_bert)
    for what in ("printed", "handed-over"):
        assert bert.post(f"/p/haren/lists/versions/{version.pk}/{what}/").status_code == 302
    assert bert.post(f"/p/haren/lists/{MONDAY}/changes/handed-over/").status_code == 302
    anna = signed_in(organiser_anna)
    assert anna.post(f"/p/haren/lists/{MONDAY}/changes/handed-over/").status_code == 403
    told = anna.get(page).content.decode()
    assert "Printed by Bert Claes" in told
    assert told.count("Handed over by Bert Claes") == 2


def test_every_version_can_be_fetched_until_it_is_forgotten(haren, series, session, liaison_bert):  # noqa: F811
    cut_off.latest(haren, MONDAY, now=FRIDAY_EVENING)
    make_enrollment(series, make_participant(haren, "Nieuw, Piet"))
    handing_over.hand_over_changes(haren, MONDAY, by=liaison_bert, now=SATURDAY)
    client = signed_in(liaison_bert)
    path = f"/p/haren/lists/{MONDAY}/sheets.xlsx?version="
    assert "Nieuw, Piet" not in str(texts(client.get(f"{path}1").content))
    assert "Nieuw, Piet" in str(texts(client.get(f"{path}2").content))
    assert client.get(f"{path}3").status_code == 404
    assert cut_off.forget_old(now=at("2027-02-22 12:00")) >= 2
    assert client.get(f"{path}2").status_code == 404
    assert set(ListVersion.objects.filter(on=MONDAY).values_list("facts", flat=True)) == {None}
    assert all(ListVersion.objects.filter(on=MONDAY).values_list("digest", flat=True))
    assert "only its hash" in client.get(f"/p/haren/lists/?day={MONDAY}").content.decode()


def test_whoever_else_comes_in_is_told_to_the_gate(haren, service, series, room):  # noqa: F811
    first, second = (make_worker(haren, organisation=service, name=name) for name in ("Ann", "Ben"))
    meeting = make_session(series, room=room, workers=[first], state="published")
    frozen = day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON)
    SessionWorker.objects.filter(session=meeting).delete()
    SessionWorker.objects.create(session=meeting, worker=second, part="substitute")
    Material.objects.create(series=series, name="Gitaar", count=1, state="granted")
    current = day_lists.day_lists(haren, MONDAY, now=FRIDAY_EVENING)
    told = [(one.kind, one.visitor.name if one.visitor else "") for one in gate_changes(frozen, current)]
    assert sorted(told) == [
        (ListChangeKind.ADDED, "Ben"),
        (ListChangeKind.MOVED, ""),
        (ListChangeKind.REMOVED, "Ann"),
    ]
    rows = texts_of(papers.changes_page(frozen, current, 1))
    assert any("ERBIJ / EN PLUS" in row and "Ben (vervanger / remplaçant)" in row for row in rows)
    assert any("1 × Gitaar" in " ".join(row) for row in rows)
    assert not any("Geen wijzigingen" in " ".join(row) for row in rows)


def texts_of(paper) -> list[list[str]]:
    from core.paper import to_xlsx

    return texts(to_xlsx(paper))


# --- closing times --------------------------------------------------------------------------------------


def times(**changed: str) -> dict[str, str]:
    return {f"day_{day}": changed.get(f"day_{day}", "15:00") for day in range(1, 6)}


def test_closing_times_are_set_per_working_day(haren, session, coordinator_karim):  # noqa: F811
    client, page = signed_in(coordinator_karim), "/p/haren/settings/lists/"
    assert client.get(page).content.decode().count('value="15:00"') == 5
    assert client.post(page, times(day_5="12:00") | {"movement_slips": "on"}).status_code == 302
    assert cut_off.cut_off_of(haren, MONDAY, at("2026-11-19 08:00")) == at("2026-11-20 12:00")
    assert list_rules.wants_slips(haren)
    assert [entry.fields for entry in AuditEntry.objects.filter(verb="change_cutoff")] == [["at"]]
    assert client.post(page, times(day_5="noon")).status_code == 422
    assert client.post(page, times()).status_code == 302  # back, and no more slips
    assert not list_rules.wants_slips(haren)


def test_a_later_closing_time_reopens_nothing(haren, series, session, liaison_bert):  # noqa: F811
    list_rules.set_closing_times(haren, {5: dt.time(20)}, by=liaison_bert, now=FRIDAY_EVENING)
    version = ListVersion.objects.get(on=MONDAY)  # it had closed at three: frozen before the hour changed
    assert version.made_at == at("2026-11-20 15:00")


def test_an_earlier_closing_time_holds_at_once(haren, session, liaison_bert):  # noqa: F811
    list_rules.set_closing_times(haren, {5: dt.time(10)}, by=liaison_bert, now=FRIDAY_NOON)
    haren.refresh_from_db()
    assert cut_off.latest(haren, MONDAY, now=FRIDAY_NOON).made_at == at("2026-11-20 10:00")


def test_the_page_of_lists_needs_no_lock_while_nothing_is_due(haren, session, django_assert_num_queries):  # noqa: F811
    cut_off.latest(haren, MONDAY, now=FRIDAY_EVENING)
    haren.refresh_from_db()
    with django_assert_num_queries(1):
        cut_off.latest(haren, MONDAY, now=FRIDAY_EVENING)


# --- families -------------------------------------------------------------------------------------------


@pytest.fixture
def afternoon(haren, service, room, units):  # noqa: F811
    """A family afternoon on Monday, with two people."""
    activity = make_activity(service, "Samen spelen", domain="family")
    group = make_series(haren, activity=activity, list_code="F1")
    people = [
        make_participant(haren, name, unit=units[0], cell="1") for name in ("Aerts, Jan", "Baert, Piet")
    ]
    for person in people:
        make_enrollment(group, person)
    return make_session(group, room=room, state="published"), people


def test_the_gate_reads_sums_of_those_who_come(haren, afternoon, organiser_anna):
    meeting, (jan, piet) = afternoon
    numbers = {jan.pk: (2, 3), piet.pk: (1, 0)}
    assert family_visits.announce(meeting, numbers, by=organiser_anna, now=FRIDAY_NOON) == 2
    day = day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON)
    assert day.meetings[0].family == (3, 3)
    (told,) = [row[0] for row in texts_of(papers.gate_list(day)) if "volwassenen" in row[0]]
    assert "3 volwassenen, 3 kinderen / Visiteurs familiaux : 3 adultes, 3 enfants" in told
    assert "Samen spelen" not in told and "Aerts" not in told
    Skip.objects.create(enrollment=Enrollment.objects.get(participant=jan), session=meeting, at=FRIDAY_NOON)
    assert day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON).meetings[0].family == (1, 0)


def test_numbers_after_the_cut_off_are_changes_at_the_gate(haren, afternoon, organiser_anna):
    meeting, (jan, _piet) = afternoon
    family_visits.announce(meeting, {jan.pk: (2, 3)}, by=organiser_anna, now=FRIDAY_EVENING)
    frozen = cut_off.day_of(cut_off.latest(haren, MONDAY, now=FRIDAY_EVENING))
    current = day_lists.day_lists(haren, MONDAY, now=FRIDAY_EVENING)
    assert (frozen.meetings[0].family, current.meetings[0].family) == ((0, 0), (2, 3))
    assert [one.kind for one in gate_changes(frozen, current)] == [ListChangeKind.MOVED]


@pytest.mark.parametrize(
    ("numbers", "moment", "code"),
    [
        ({"jan": (21, 0)}, FRIDAY_NOON, "too_many_visitors"),
        ({"jan": (-1, 0)}, FRIDAY_NOON, "too_many_visitors"),
        ({"other": (1, 0)}, FRIDAY_NOON, "not_in_group"),
        ({"jan": (1, 0)}, at("2026-11-23 09:30"), "began_already"),
    ],
)
def test_what_cannot_be_announced(haren, afternoon, organiser_anna, numbers, moment, code):
    meeting, (jan, _piet) = afternoon
    who = {"jan": jan.pk, "other": make_participant(haren).pk}
    with pytest.raises(PlannerError) as refusal:
        family_visits.announce(
            meeting, {who[name]: pair for name, pair in numbers.items()}, by=organiser_anna, now=moment
        )
    assert refusal.value.code == code
    assert not FamilyVisit.objects.exists()


def test_other_groups_have_no_visitors(haren, session, organiser_anna):  # noqa: F811
    with pytest.raises(PlannerError, match="life domain family"):
        family_visits.announce(session, {}, by=organiser_anna, now=FRIDAY_NOON)
    assert signed_in(organiser_anna).get(f"/p/haren/lists/sessions/{session.pk}/families/").status_code == 404


def test_the_screen_of_visitors(haren, afternoon, organiser_anna, organiser_emile, liaison_bert):
    meeting, (jan, piet) = afternoon
    GroupSession.objects.filter(pk=meeting.pk).update(
        starts_at=at("2050-11-21 09:00"), ends_at=at("2050-11-21 10:00")
    )
    page, anna = f"/p/haren/lists/sessions/{meeting.pk}/families/", signed_in(organiser_anna)
    assert "Aerts" in anna.get(page).content.decode()
    assert anna.post(page, {f"adults_{jan.pk}": "2", f"children_{jan.pk}": ""}).status_code == 302
    assert [(row.participant, row.adults, row.children) for row in FamilyVisit.objects.all()] == [(jan, 2, 0)]
    answer = anna.post(page, {f"adults_{jan.pk}": "99", f"adults_{piet.pk}": "4"})
    assert answer.status_code == 422
    assert 'value="4"' in answer.content.decode()
    assert signed_in(organiser_emile).get(page).status_code == 404
    assert signed_in(liaison_bert).get(page).status_code == 403
    assert "families/" in anna.get("/p/haren/lists/?day=2050-11-21").content.decode()


# --- order and slips ------------------------------------------------------------------------------------


def test_cells_and_units_are_sorted_as_people_count():
    assert sorted(["2.3", "1.12", "1.3", "10.1", "B", ""], key=as_counted) == [
        "",
        "1.3",
        "1.12",
        "2.3",
        "10.1",
        "B",
    ]
    assert sorted(["A10", "A2", "a1"], key=as_counted) == ["a1", "A2", "A10"]


def test_slips_come_by_unit_and_cell_one_per_movement(haren, series, session, units, room):  # noqa: F811
    Stay.objects.filter(participant__last_name="Zeqiri").update(cell="2.3")
    Stay.objects.filter(participant__last_name="Aerts").update(cell="1.12")
    make_session(series, "2026-11-23 14:00", room=room, state="published")
    day = day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON)
    with pypdfium2.PdfDocument(to_pdf(papers.movement_slips(day))) as document:
        told = " ".join(document[0].get_textpage().get_text_bounded().split())  # a line may be broken
    names = ["Aerts, Jan", "Zeqiri, Arben", "Okafor, Zacharie"]
    assert sorted(names, key=told.index) == names
    assert [told.count(name) for name in names] == [2, 2, 2]
    assert told.count("Klas 1") == 6
    assert told.count("Vernietigen na gebruik") == 6


def test_slips_are_in_the_pile_of_the_day_where_the_prison_wants_them(haren, session, liaison_bert):  # noqa: F811
    client, address = signed_in(liaison_bert), f"/p/haren/lists/{MONDAY}/day.xlsx"
    for wanted in (False, True):
        list_rules.set_slips(haren, wanted, by=liaison_bert)
        tabs = openpyxl.load_workbook(io.BytesIO(client.get(address).content)).sheetnames
        assert any(tab.startswith("Bewegingsbriefje") for tab in tabs) == wanted
        page = client.get(f"/p/haren/lists/?day={MONDAY}").content.decode()
        assert ("Movement slips" in page) == wanted


def test_a_renamed_facilitator_is_told_to_the_gate_only_once_it_matters(haren, service, series, room):  # noqa: F811
    worker = make_worker(haren, organisation=service, name="Ann")
    make_session(series, room=room, workers=[worker], state="published")
    frozen = cut_off.day_of(cut_off.latest(haren, MONDAY, now=FRIDAY_EVENING))
    Worker.objects.filter(pk=worker.pk).update(phone="0470")
    assert gate_changes(frozen, day_lists.day_lists(haren, MONDAY, now=FRIDAY_EVENING)) == []
