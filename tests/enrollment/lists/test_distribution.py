"""Which post gets which list: the table, its screen, and the day split by it."""

import re

import pypdfium2
import pytest

from core.errors import PlannerError
from core.paper import to_pdf
from enrollment.domain.lists import cut_off, day_lists, distribution
from enrollment.domain.lists.distribution import DistributionLine, PostPlan
from enrollment.exports import papers
from enrollment.models import Handout, Post
from prisons.models import AuditEntry, Job
from tests.enrollment.lists.test_day_lists import (  # noqa: F401 - fixtures
    FRIDAY_EVENING,
    FRIDAY_NOON,
    MONDAY,
    room,
    series,
    session,
    units,
)
from tests.factories import make_room, make_unit, signed_in
from tests.pages import flat

Sheet = Handout.Sheet
SETTINGS = "/p/haren/settings/lists/"


def handout(post: Post, sheet: str, copies: int = 1, of=(), rooms=()) -> Handout:
    row = Handout.objects.create(post=post, sheet=sheet, copies=copies)
    row.units.set(of)
    row.rooms.set(rooms)
    return row


def pages_of(paper) -> list[str]:
    with pypdfium2.PdfDocument(to_pdf(paper)) as document:
        return [page.get_textpage().get_text_bounded().replace("\r\n", " ") for page in document]


@pytest.fixture
def day(haren, session):  # noqa: F811
    return day_lists.day_lists(haren, MONDAY, now=FRIDAY_NOON)


def test_a_post_gets_a_cover_and_its_own_people_in_so_many_copies(haren, units, day):  # noqa: F811
    post = Post.objects.create(prison=haren, name="Centrum A")
    handout(post, Sheet.MOVEMENTS, 2, [units[0]])
    handout(post, Sheet.GATE)
    (plan,) = distribution.plans(haren)
    told = pages_of(papers.for_post(plan, papers.Source(day, 1)))
    assert len(told) == 4
    assert "Voor de post / Pour le poste: Centrum A" in told[0]
    assert "Bewegingslijst / Liste de mouvements · A1 2" in told[0]
    assert all("Zeqiri" in page and "Aerts" in page and "Okafor" not in page for page in told[1:3])
    assert "Toegangslijst" in told[3]
    assert all("Centrum A · Haren 23-11-2026" in page for page in told)


def test_sheets_go_by_room_and_stay_whole(haren, units, room, day):  # noqa: F811
    post = Post.objects.create(prison=haren, name="Gang 1")
    handout(post, Sheet.SHEETS, rooms=[room])
    other = Post.objects.create(prison=haren, name="Gang 2")
    handout(other, Sheet.SHEETS, rooms=[make_room(haren, name="Klas 2")])
    first, second = (papers.for_post(plan, papers.Source(day, None)) for plan in distribution.plans(haren))
    assert all(name in pages_of(first)[1] for name in ("Zeqiri", "Aerts", "Okafor"))
    assert "Okafor" not in " ".join(pages_of(second))


def test_what_the_table_forgets_is_printed_too(haren, units, day):  # noqa: F811
    assert distribution.for_nobody([], day) is None  # no table: everything is one pile
    post = Post.objects.create(prison=haren, name="A")
    handout(post, Sheet.MOVEMENTS, 1, [units[0]])
    plans = distribution.plans(haren)
    forgotten = distribution.for_nobody(plans, day)
    assert [(line.sheet, line.units) for line in forgotten.lines] == [(Sheet.MOVEMENTS, ("B2",))]
    told = pages_of(papers.for_posts([*plans, forgotten], papers.Source(day, None)))
    assert any("NOG VOOR GEEN ENKELE POST" in page for page in told)
    assert any("Okafor" in page for page in told)
    handout(post, Sheet.MOVEMENTS)
    assert distribution.for_nobody(distribution.plans(haren), day) is None


def test_everybody_on_the_movement_list_is_in_some_pile(haren, units, day):  # noqa: F811
    for unit in units:
        handout(Post.objects.create(prison=haren, name=unit.code), Sheet.MOVEMENTS, 1, [unit])
    told = " ".join(pages_of(papers.for_posts(distribution.plans(haren), papers.Source(day, None))))
    assert [row.person.number for row in day.movements() if told.count(row.person.number) != 1] == []


def test_a_post_without_anything_is_told_so(haren, day):
    plan = PostPlan(7, "Poort", (DistributionLine(Sheet.MOVEMENTS, 1, units=("Z9",)),))
    (cover,) = pages_of(papers.for_post(plan, papers.Source(day, None)))
    assert "Niets voor deze post op deze dag / Rien pour ce poste ce jour" in cover


def test_the_page_of_changes_comes_in_the_morning_and_only_with_own_people(haren, units, day):  # noqa: F811
    post = Post.objects.create(prison=haren, name="B")
    handout(post, Sheet.MOVEMENTS, 1, [units[1]])
    handout(post, Sheet.CHANGES, 2, [units[1]])
    plans = distribution.plans(haren)
    assert papers.changes_for_posts(plans, papers.Source(day, None)) is None
    nobody = day.only(lambda _meeting: True).of_units([])
    source = papers.Source(day, 1, nobody)
    assert len(pages_of(papers.for_post(plans[0], source))) == 2
    told = pages_of(papers.changes_for_posts(plans, source))
    assert len(told) == 2
    assert all("Okafor" in page and "Aerts" not in page for page in told)


# --- the screen -----------------------------------------------------------------------------------------


def test_a_post_for_each_unit_in_one_press(haren, units, liaison_bert):  # noqa: F811
    make_unit(haren, "C3", is_active=False)
    client = signed_in(liaison_bert)
    assert client.post(f"{SETTINGS}posts/per-unit/").status_code == 302
    assert [
        (post.name, [(row.sheet, row.units.get().code) for row in post.handouts.all()])
        for post in Post.objects.all()
    ] == [(code, [("movements", code), ("changes", code)]) for code in ("A1", "B2")]
    assert client.post(f"{SETTINGS}posts/per-unit/").status_code == 409
    assert Post.objects.count() == 2


def test_the_field_of_a_post_bears_its_own_name(haren, units, coordinator_karim):  # noqa: F811
    """Not that of the page above it."""
    page = flat(signed_in(coordinator_karim).get(f"{SETTINGS}posts/add/"))
    assert re.findall(r'<label class="form-label"[^>]*>\s*([^<]*?)\s*<', page) == ["Name of the post or desk"]


def test_posts_and_lines_are_added_changed_and_taken_away(haren, units, coordinator_karim):  # noqa: F811
    client = signed_in(coordinator_karim)
    assert client.post(f"{SETTINGS}posts/add/", {"name": "  Poort "}).status_code == 302
    assert client.post(f"{SETTINGS}posts/add/", {"name": "poort"}).status_code == 422
    post = Post.objects.get(name="Poort")
    sent = {"sheet": "movements", "copies": 2, "units": [units[0].pk], "rooms": ["all"]}
    assert client.post(f"{SETTINGS}posts/{post.pk}/add/", sent).status_code == 302
    row = post.handouts.get()
    assert client.post(f"{SETTINGS}lines/{row.pk}/", {"sheet": "gate", "copies": 99}).status_code == 422
    gate = {"sheet": "gate", "copies": 3, "units": [units[0].pk], "rooms": ["all"]}
    assert client.post(f"{SETTINGS}lines/{row.pk}/", gate).status_code == 302
    row.refresh_from_db()
    assert (row.sheet, row.copies, row.units.count()) == ("gate", 3, 0)  # a gate list is not of units
    assert "3 × gate list" in flat(client.get(SETTINGS))
    assert client.post(f"{SETTINGS}lines/{row.pk}/remove/").status_code == 302
    assert client.post(f"{SETTINGS}posts/{post.pk}/remove/").status_code == 302
    assert not Post.objects.exists()
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"add_post", "add_handout", "change_handout", "remove_handout", "remove_post"} <= verbs


def test_a_stale_form_loses_nothing(haren, liaison_bert):
    post = Post.objects.create(prison=haren, name="Poort")
    client = signed_in(liaison_bert)
    page = client.get(f"{SETTINGS}posts/{post.pk}/")
    seen = page.context["form"].initial["seen"]
    distribution.save_post(haren, "Poort 2", by=liaison_bert, post=post)
    answer = client.post(f"{SETTINGS}posts/{post.pk}/", {"name": "Hoofdpoort", "seen": seen})
    assert answer.status_code == 409
    assert "Hoofdpoort" in flat(answer)


def test_units_of_another_prison_do_not_get_in(haren, saint_gilles, liaison_bert):
    post = Post.objects.create(prison=haren, name="Poort")
    foreign = make_unit(saint_gilles, "Z1")
    sent = {"sheet": "movements", "copies": 1, "units": [foreign.pk], "rooms": ["all"]}
    assert signed_in(liaison_bert).post(f"{SETTINGS}posts/{post.pk}/add/", sent).status_code == 422
    with pytest.raises(PlannerError, match="another prison"):
        distribution.save_handout(
            Handout(post=post),
            {"sheet": "movements", "copies": 1, "units": [foreign], "rooms": []},
            by=liaison_bert,
        )


def test_only_the_prison_and_coordinators_keep_the_table(haren, organiser_anna, worker_chloe, auditor_greet):
    for user in (organiser_anna, worker_chloe, auditor_greet):
        assert signed_in(user).get(SETTINGS).status_code == 403


# --- over HTTP ------------------------------------------------------------------------------------------


def test_each_post_has_its_own_files(haren, units, session, liaison_bert, organiser_anna):  # noqa: F811
    post = Post.objects.create(prison=haren, name="Centrum A")
    handout(post, Sheet.MOVEMENTS, 1, [units[0]])
    client = signed_in(liaison_bert)
    for ending in ("pdf", "xlsx"):
        answer = client.get(f"/p/haren/lists/{MONDAY}/posts/{post.pk}.{ending}")
        assert answer.status_code == 200
        assert f"haren-{MONDAY}-post-{post.pk}.{ending}" in answer["Content-Disposition"]
        assert client.get(f"/p/haren/lists/{MONDAY}/posts/{post.pk + 1}.{ending}").status_code == 404
        assert client.get(f"/p/haren/lists/{MONDAY}/posts.{ending}").status_code == 200
        assert client.get(f"/p/haren/lists/{MONDAY}/posts/0.{ending}").status_code == 200  # B2 goes nowhere
        # A service sees its own sessions only: half a pile would be taken for the whole.
        assert signed_in(organiser_anna).get(f"/p/haren/lists/{MONDAY}/posts.{ending}").status_code == 404
    told = flat(client.get(f"/p/haren/lists/?day={MONDAY}"))
    assert "Centrum A" in told
    assert "Goes to no post yet" in told
    assert AuditEntry.objects.filter(verb="download_posts", by=liaison_bert).exists()


def test_a_day_a_pile_and_its_changes_come_in_the_answer_itself(haren, session, liaison_bert):  # noqa: F811
    cut_off.latest(haren, MONDAY, now=FRIDAY_EVENING)
    Post.objects.create(prison=haren, name="Centrum A")
    client = signed_in(liaison_bert)
    for kind in ("day", "posts", "movements", "sheets", "gate", "cancelled", "slips", "changes"):
        answer = client.get(f"/p/haren/lists/{MONDAY}/{kind}.pdf")
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf"), kind
    assert not Job.objects.exists()
