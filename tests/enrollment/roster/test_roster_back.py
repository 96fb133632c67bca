"""Coming back is no second person, many at once are asked, and taking a list back loses nothing of anybody's work."""

import datetime as dt

import pytest

from core.dates import clock
from core.errors import PlannerError
from enrollment.domain.participants import people
from enrollment.domain.roster import acceptance, acceptance_undo, comparison
from enrollment.domain.roster.doubts import LIMITS
from enrollment.models import Participant, Stay
from tests.factories import make_enrollment, make_participant, make_separation, make_series, make_unit

DAY = dt.timedelta(days=1)


@pytest.fixture
def units(haren):
    return make_unit(haren, "A1"), make_unit(haren, "A2")


@pytest.fixture
def everybody(haren, units):
    haren.roster_as_of = clock.now() - DAY
    haren.save(update_fields=["roster_as_of"])
    return [
        make_participant(
            haren, f"Naam{n}, Jan", register_number=f"{5000 + n}", unit=units[n % 2], cell=f"{n:03}",
            starts_on=clock.today() - 30 * DAY,
        )
        for n in range(100)
    ]  # fmt: skip


def rows_of(people):
    found = []
    for person in people:
        stay = person.stays.first()
        found.append([stay.register_number, person.last_name, person.first_name, stay.unit.code, stay.cell])
    return found


def text(rows, head="Nr;Naam;Voornaam;Leefeenheid;Cel"):
    return "\n".join([head, *(";".join(map(str, row)) for row in rows)]).encode()


def read(prison, rows, by, **more):
    draft = comparison.draft(prison, "list.csv", text(rows, **more), by=by)
    return draft, comparison.preview(draft)


def accept(prison, rows, by, links=None, **more):
    draft, found = read(prison, rows, by, **more)
    return acceptance.accept(draft, links or {}, by=by, sure={each.kind for each in found.questions})


def all_rows():
    return list(Stay.objects.order_by("pk").values()), list(Participant.objects.order_by("pk").values())


def test_half_a_list_and_then_the_whole_list_makes_nobody_twice(haren, everybody, organiser_anna):
    rows = rows_of(everybody)
    before = all_rows()
    accept(haren, rows[:60], organiser_anna)
    draft, found = read(haren, rows, organiser_anna)
    assert len(found.new) == 40 and not any(each.must_choose or each.choices for each in found.new)
    assert {each.back.person for each in found.new} == set(everybody[60:])
    assert sum("comes back" in each.why for each in found.remarks) == 40
    acceptance.accept(draft, {}, by=organiser_anna, sure={each.kind for each in found.questions})
    assert all_rows() == before, "who left today and is back today never left"


def left(prison, person, days=10):
    stay = person.stays.get()
    Stay.objects.filter(pk=stay.pk).update(ends_on=clock.today() - days * DAY)


def test_who_comes_back_later_is_the_same_person_with_a_new_stay(haren, everybody, organiser_anna):
    rows = rows_of(everybody)
    make_enrollment(make_series(haren), everybody[0])
    left(haren, everybody[0])
    accept(haren, [["0" + rows[0][0], "NAAM0", "jan", "A2", "9"], *rows[1:]], organiser_anna)
    assert Participant.objects.count() == 100 and everybody[0].enrollments.count() == 1
    new, old = everybody[0].stays.all()
    assert (new.starts_on, new.unit.code, new.ends_on) == (clock.today(), "A2", None)
    assert old.ends_on == clock.today() - 10 * DAY


def test_back_on_the_same_day_in_another_cell_moves(haren, everybody, organiser_anna):
    rows = rows_of(everybody)
    Stay.objects.filter(participant=everybody[0]).update(ends_on=clock.today())
    before = all_rows()
    done = accept(haren, [[*rows[0][:3], "A2", "099"], *rows[1:]], organiser_anna)
    new, old = everybody[0].stays.all()
    assert (old.ends_on, new.starts_on, new.cell) == (clock.today() - DAY, clock.today(), "099")
    acceptance_undo.undo(done.change_set, by=organiser_anna)
    assert all_rows() == before


def test_the_number_of_somebody_who_left_with_another_name_asks(haren, everybody, organiser_anna):
    rows = rows_of(everybody)
    left(haren, everybody[0])
    _draft, found = read(haren, [[rows[0][0], "Anders", "An", "A1", "1"], *rows[1:]], organiser_anna)
    (new,) = found.new
    assert new.must_choose and new.links == (everybody[0],) and new.back is None


def test_back_with_a_namesake_that_a_note_made_asks(haren, everybody, organiser_anna):
    rows = rows_of(everybody)
    left(haren, everybody[0])
    noted = make_participant(haren, "Naam0, Jan", register_number="")
    _draft, found = read(haren, rows, organiser_anna)
    (new,) = found.new
    assert new.must_choose and set(new.links) == {everybody[0], noted} and new.back.person == everybody[0]


def kinds(found):
    return {each.kind for each in found.questions}


def test_each_kind_is_asked_from_its_own_share(haren, everybody, organiser_anna):
    rows = rows_of(everybody)
    fresh = [[f"{8000 + n}", f"Nieuw{n}", "Bo", "A1", "1"] for n in range(11)]
    moved = [[*row[:4], "777"] for row in rows[:11]]
    rubbish = [[*row[:3], "Z99", "1"] for row in rows[:6]]
    for asked, these in (
        (set(), [*rows, *fresh[:10]]), ({"new"}, [*rows, *fresh]),
        (set(), [*moved[:10], *rows[10:]]), ({"moved"}, [*moved, *rows[11:]]),
        (set(), rows[5:]), ({"gone"}, rows[6:]),
        (set(), [*rubbish[:5], *rows[5:]]), ({"problems"}, [*rubbish, *rows[6:]]),
    ):  # fmt: skip
        assert kinds(read(haren, these, organiser_anna)[1]) == asked


def test_the_limits_are_those_of_the_docs():
    with open("docs/enrolment.md") as page:
        words = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in page]
    told = {row[0]: (int(row[1]), float(row[2].split(" ")[0]) / 100) for row in words if row[0] in LIMITS}
    assert told == {kind: (limit.least, limit.share) for kind, limit in LIMITS.items()}


def test_a_unit_of_which_nobody_stands_on_the_list_is_asked_by_name(haren, everybody, organiser_anna):
    small = make_unit(haren, "O1")
    two = [make_participant(haren, f"Klein{n}, An", register_number=f"60{n}", unit=small) for n in range(2)]
    rows = rows_of(everybody)
    draft, found = read(haren, rows, organiser_anna)
    assert kinds(found) == {"units"} and "O1 (2)" in str(found.questions[0].title)
    with pytest.raises(PlannerError, match="O1"):
        acceptance.accept(draft, {}, by=organiser_anna)
    _draft, found = read(haren, [*rows, *rows_of(two[:1])], organiser_anna)
    assert kinds(found) == set()


def test_everybody_moved_to_one_unit_says_so(haren, everybody, organiser_anna):
    _draft, found = read(
        haren, [[*row[:3], "A1", f"9{n}"] for n, row in enumerate(rows_of(everybody))], organiser_anna
    )
    assert "one unit" in str(found.questions[0].reason)


def test_days_of_arrival_are_used_where_they_can_be_right(haren, everybody, organiser_anna):
    today, rows = clock.today(), rows_of(everybody)
    left(haren, everybody[0])
    days = [today - 10 * DAY, today, today + 20 * DAY, dt.date(1900, 1, 5), ""]
    fresh = [
        [f"90{n}", f"Nieuw{n}", "An", "A1", "1", f"{day:%d/%m/%Y}" if day else ""]
        for n, day in enumerate(days)
    ]
    back = [*rows[0], f"{today - 40 * DAY:%d/%m/%Y}"]
    head = "Nr;Naam;Voornaam;Leefeenheid;Cel;Aankomst"
    draft, found = read(haren, [*fresh, back, *rows[1:]], organiser_anna, head=head)
    assert [each.row for each in found.remarks if "arrival" in each.why] == [4, 5]
    acceptance.accept(draft, {}, by=organiser_anna)
    starts = dict(
        Stay.objects.filter(register_number__startswith="90").values_list("register_number", "starts_on")
    )
    assert starts == {"900": today - 10 * DAY, "901": today, "902": today, "903": today, "904": today}
    assert everybody[0].stays.first().starts_on == today - 9 * DAY, "not before the stay until then ended"


def test_what_colleagues_did_since_stays_and_is_named(
    haren, units, everybody, organiser_anna, organiser_emile
):
    rows, series = rows_of(everybody), make_series(haren)
    before = {row["id"]: row for row in all_rows()[0]}
    fresh = [[f"90{n}", f"Nieuw{n}", "An", "A1", "1"] for n in range(5)]
    done = accept(
        haren, [*[[*row[:3], "A2", "070"] for row in rows[:3]], *rows[3:95], *fresh], organiser_anna
    )
    made = {person.last_name: person for person in Participant.objects.filter(last_name__startswith="Nieuw")}
    people.move(everybody[0], haren, units[0], "077", by=organiser_emile)
    people.change(
        made["Nieuw0"],
        haren,
        last_name="Nieuwer",
        first_name="An",
        language="nl",
        third_language="",
        by=organiser_emile,
    )
    make_enrollment(series, made["Nieuw1"])
    make_separation(haren, everybody[99], made["Nieuw3"])
    people.move(made["Nieuw2"], haren, units[1], "078", by=organiser_emile)
    taken = acceptance_undo.undo(done.change_set, by=organiser_anna)
    assert {str(each.person) for each in taken.left} == {
        "Naam0, Jan", "Nieuwer, An", "Nieuw1, An", "Nieuw2, An", "Nieuw3, An"
    }  # fmt: skip
    assert {each.by for each in taken.left} == {organiser_emile, None}
    assert everybody[0].stays.get(ends_on=None).cell == "077" and series.enrollments.count() == 1
    assert set(Participant.objects.filter(last_name__startswith="Nieuw").values_list("last_name", flat=True)) == {
        "Nieuwer", "Nieuw1", "Nieuw2", "Nieuw3"
    }  # fmt: skip
    after = {row["id"]: row for row in all_rows()[0]}
    ours = {pk for pk, row in before.items() if row["participant_id"] != everybody[0].pk}
    assert {pk: after[pk] for pk in ours} == {pk: before[pk] for pk in ours}


def test_a_number_that_somebody_else_has_now_is_not_given_back(haren, units, everybody, organiser_anna):
    rows = rows_of(everybody)
    done = accept(haren, rows[:99], organiser_anna)
    make_participant(haren, "Ander, Bo", register_number=rows[99][0], unit=units[0])
    taken = acceptance_undo.undo(done.change_set, by=organiser_anna)
    assert [each.person for each in taken.left] == [everybody[99]]


def test_the_later_list_is_taken_back_first(haren, everybody, organiser_anna, organiser_emile):
    rows, before = rows_of(everybody), all_rows()
    first = accept(haren, rows[:99], organiser_anna)
    second = accept(haren, rows[:98], organiser_emile)
    with pytest.raises(PlannerError, match=f"accepted by {organiser_emile}"):
        acceptance_undo.undo(first.change_set, by=organiser_anna)
    acceptance_undo.undo(second.change_set, by=organiser_anna)
    acceptance_undo.undo(first.change_set, by=organiser_anna)
    assert all_rows() == before
