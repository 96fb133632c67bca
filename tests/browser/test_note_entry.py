"""Note entry with the keyboard alone: few keys a note, the next note follows by itself."""

import datetime as dt

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from core.dates import clock
from enrollment.models import Note, Participant
from sessions.models import Series
from tests.factories import make_activity, make_participant, make_series, make_session, make_unit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def group(haren, service):
    activity = make_activity(service, "Houtbewerking")
    series = make_series(haren, activity=activity, starts_on=clock.today(), weeks=8, label="1")
    make_session(
        series,
        dt.datetime.combine(clock.today() + dt.timedelta(days=7), dt.time(9), tzinfo=clock.BRUSSELS),
        state="published",
    )
    make_series(haren, activity=make_activity(service, "Koor"), starts_on=clock.today(), weeks=8)
    return series


class Keyboard:
    """Types, and counts the keys."""

    def __init__(self, page):
        self.page, self.keys = page, 0

    def type(self, text):
        self.page.keyboard.type(text)
        self.keys += len(text)

    def press(self, key):
        self.page.keyboard.press(key)
        self.keys += 1


ODD_NAMES = [
    ("Gérard, Zoë", "gerard"), ("Öztürk, İbrahim", "ozturk"), ("D'Hondt, An", "dhondt"), ("Łuczak, Ewa", "lucz"),
    ("Weiß, Karl", "weiss"), ("Иванов, Пётр", "ivan"), ("van den Berg, Bo", "vanden"), ("Øster, Sébastien", "sebas"),
]  # fmt: skip


def test_sixty_notes_in_twelve_keys_each_with_the_right_person_every_time(
    page, live_server, signed_in, haren, group, organiser_anna, complaints
):
    """By number, by a name with signs that no keyboard has, by code; among namesakes and people of nearly that name."""
    choir = Series.objects.exclude(pk=group.pk).get()
    pile = [
        (make_participant(haren, name, register_number=f"80{n:02}"), typed)
        for n, (name, typed) in enumerate(ODD_NAMES)
    ]
    for n in range(len(ODD_NAMES), 60):
        number = f"70{n:02}31"
        pile.append((make_participant(haren, f"Peeters, Jan{'e' * (n % 2)}", register_number=number), number))
    signed_in(organiser_anna, language="en")
    page.goto(f"{live_server.url}/p/haren/notes/")
    for number, (person, typed) in enumerate(pile, start=1):
        keyboard = Keyboard(page)
        series, what = ((group, "hout"), (choir, "koor"), (choir, choir.list_code[-4:]))[number % 3]
        expect(page.locator("input[name=who]")).to_be_focused()
        keyboard.type(typed)
        expect(page.locator("#who-choices [aria-selected=true]")).to_contain_text(
            person.stays.get().register_number
        )
        keyboard.press("Enter")
        keyboard.type(what)
        expect(page.locator("#what-choices [aria-selected=true]")).to_contain_text(series.list_code)
        keyboard.press("Enter")
        expect(page.locator("#last-notes li")).to_have_count(number)
        expect(page.locator("input[name=who]")).to_have_value("")
        note = Note.objects.latest("pk")
        assert (note.participant, note.requests.get().series) == (person, series), typed
        assert keyboard.keys <= 12, typed
    assert Note.objects.count() == 60, "what was entered stays in sight, with undo"


@pytest.mark.parametrize("width", [1440, 820, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_open_list_holds_to_the_rules_at_every_width(notes, width, scheme):
    notes.emulate_media(color_scheme=scheme)
    notes.set_viewport_size({"width": width, "height": 800})
    notes.keyboard.type("peet")
    options = notes.locator("#who-choices [role=option]")
    expect(options).to_have_count(2)
    notes.keyboard.press("ArrowDown")
    expect(notes.locator("#who-choices [aria-selected=true]")).to_have_count(1)
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    found = Axe().run(notes, options=rules)
    assert found.violations_count == 0, found.generate_report()
    box = notes.locator("#who-choices").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= width
    assert notes.evaluate("document.documentElement.scrollWidth") <= width


def test_arrows_choose_and_escape_closes(
    page, live_server, signed_in, haren, group, organiser_anna, complaints
):
    make_participant(haren, "Peeters, An")
    jan = make_participant(haren, "Peeters, Jan")
    signed_in(organiser_anna, language="en")
    page.goto(f"{live_server.url}/p/haren/notes/")
    expect(page.locator("input[name=who]")).to_be_focused()
    page.keyboard.type("peet")
    page.locator("#who-choices [role=option]").nth(1).wait_for()
    page.keyboard.press("Escape")
    assert page.locator("#who-choices [role=option]").count() == 0
    page.keyboard.type("e")
    page.locator("#who-choices [role=option]").nth(1).wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#who-choices [aria-selected=true]")).to_contain_text("Peeters, Jan")
    page.keyboard.press("Enter")
    page.keyboard.type("koor")
    page.locator("#what-choices [role=option]").first.wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("status").filter(has_text="Peeters, Jan").wait_for()
    assert Note.objects.get().participant == jan


def test_somebody_new_with_the_keyboard_alone(page, live_server, signed_in, haren, group, organiser_anna):
    signed_in(organiser_anna, language="en")
    page.goto(f"{live_server.url}/p/haren/notes/")
    expect(page.locator("input[name=who]")).to_be_focused()
    page.keyboard.type("Nieuwkomer, Ali 55321")
    page.locator("#who-choices .choice-none").wait_for()
    page.keyboard.press("Enter")
    page.keyboard.type("koor")
    page.locator("#what-choices [role=option]").first.wait_for()
    page.keyboard.press("Enter")
    name = page.locator("input[name=new_name]")
    expect(name).to_be_focused()
    name.evaluate("(field) => { field.dataset.before = 'yes'; }")
    page.keyboard.press("Enter")  # pressed once too often: asked again, and nobody is made
    expect(page.locator("input[name=new_name]:not([data-before])")).to_be_focused()
    assert Participant.objects.count() == 0
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Somebody new")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("status").filter(has_text="Nieuwkomer, Ali").wait_for()
    assert Participant.objects.get().stays.get().register_number == "55321"


@pytest.fixture
def notes(page, live_server, signed_in, haren, group, organiser_anna):
    """Two namesakes of name, told apart by number and cell."""
    unit = make_unit(haren, "A1")
    make_participant(haren, "Peeters, An", register_number="50001", unit=unit, cell="101")
    make_participant(haren, "Peeters, Jan", register_number="50002", unit=unit, cell="102")
    signed_in(organiser_anna, language="en")
    page.goto(f"{live_server.url}/p/haren/notes/")
    expect(page.locator("input[name=who]")).to_be_focused()
    return page


def test_what_is_taken_is_what_is_seen(notes, complaints):
    """None of several is chosen in silence; each row says who it is; the highlight is one that eyes can see."""
    who, options = notes.locator("input[name=who]"), notes.locator("#who-choices [role=option]")
    below = notes.locator("select[name=channel]").bounding_box()
    notes.keyboard.type("peet")
    expect(options).to_have_count(2)
    expect(options.nth(1)).to_contain_text("50002 · A1 · 102")
    expect(notes.locator("#who-choices [aria-selected=true]")).to_have_count(0)
    expect(who).to_have_attribute("aria-expanded", "true")
    assert notes.locator("select[name=channel]").bounding_box() == below, "it floats"
    notes.keyboard.press("Enter")
    expect(options).to_have_count(2)
    expect(who).to_be_focused()

    notes.keyboard.press("ArrowDown")
    expect(who).to_have_attribute("aria-activedescendant", options.first.get_attribute("id"))
    looks = "(row) => getComputedStyle(row).backgroundColor + getComputedStyle(row).outlineStyle"
    assert options.nth(0).evaluate(looks) != options.nth(1).evaluate(looks)
    assert (
        Axe().run(notes, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}).violations_count
        == 0
    )
    notes.keyboard.press("Enter")
    expect(who).to_have_value("Peeters, An")
    expect(notes.locator("input[name=what]")).to_be_focused()
    expect(notes.locator("input[name=person]")).to_have_value(
        str(Participant.objects.get(first_name="An").pk)
    )


def test_a_quick_hand_never_takes_a_row_of_an_older_text(notes, complaints):
    """The list for "50001" stands when the last figure is already another: the answer to that decides."""
    notes.keyboard.type("50001")
    expect(notes.locator("#who-choices [aria-selected=true]")).to_contain_text("Peeters, An")
    notes.keyboard.press("Backspace")
    notes.keyboard.type("2")
    notes.keyboard.press("Enter")
    notes.keyboard.type("koor")
    notes.keyboard.press("Enter")
    notes.get_by_role("status").filter(has_text="Peeters, Jan asked for").wait_for()
    assert str(Note.objects.get().participant) == "Peeters, Jan"


def test_with_the_mouse(notes, complaints):
    notes.locator("input[name=who]").press_sequentially("peet")
    notes.locator("#who-choices [role=option]").nth(1).click()
    expect(notes.locator("input[name=what]")).to_be_focused()
    notes.keyboard.type("koor")
    notes.locator("#what-choices [role=option]").first.click()
    notes.get_by_role("button", name="Enter").last.click()
    expect(notes.locator("#last-notes li").first).to_contain_text("Peeters, Jan 50002 · A1 · 102")
    assert str(Note.objects.get().participant) == "Peeters, Jan"


def _enter(page, who, what):
    page.keyboard.type(who)
    page.locator("#who-choices [aria-selected=true]").wait_for()
    page.keyboard.press("Enter")
    page.keyboard.type(what)
    page.locator("#what-choices [aria-selected=true]").wait_for()
    page.keyboard.press("Enter")
    expect(page.locator("input[name=who]")).to_have_value("")


def test_ctrl_z_takes_the_last_back_and_a_wrong_one_is_changed_in_place(notes, complaints):
    _enter(notes, "50001", "koor")
    _enter(notes, "50002", "koor")
    notes.keyboard.press("Control+z")
    expect(notes.locator("#last-notes li")).to_have_count(1)
    notes.get_by_role("status").filter(has_text="taken back").wait_for()
    assert [str(each.participant) for each in Note.objects.all()] == ["Peeters, An"]

    notes.locator("#last-notes").get_by_role("link", name="Change").click()
    who = notes.locator("input[name=who]")
    expect(who).to_have_value("Peeters, An")
    expect(who).to_be_focused()
    assert who.evaluate("(field) => field.selectionStart") == len("Peeters, An"), (
        "the caret is behind the text"
    )
    notes.keyboard.press("Control+a")
    notes.keyboard.type("50002")
    notes.locator("#who-choices [aria-selected=true]").wait_for()
    notes.keyboard.press("Enter")
    notes.get_by_role("status").filter(has_text="Peeters, Jan asked for").wait_for()
    expect(notes.locator("#last-notes li")).to_have_count(1)
    expect(notes.locator("#last-notes li")).to_contain_text("Peeters, Jan")
    assert [str(each.participant) for each in Note.objects.all()] == ["Peeters, Jan"]


def test_after_a_refusal_typing_goes_on_behind_the_text(notes):
    notes.keyboard.type("50001")
    notes.locator("#who-choices [aria-selected=true]").wait_for()
    notes.keyboard.press("Enter")
    notes.keyboard.type("xylof")
    notes.locator("#what-choices .choice-none").wait_for()
    notes.keyboard.press("Enter")
    what = notes.locator("input[name=what]")
    expect(what).to_have_attribute("aria-invalid", "true")
    expect(what).to_be_focused()
    notes.keyboard.type("oon")
    expect(what).to_have_value("xylofoon")


def test_ctrl_z_after_a_change_brings_back_what_was_before(notes, complaints):
    _enter(notes, "50001", "koor")
    notes.locator("#last-notes").get_by_role("link", name="Change").click()
    expect(notes.locator("input[name=who]")).to_have_value("Peeters, An")
    notes.keyboard.press("Control+a")
    notes.keyboard.type("50002")
    notes.locator("#who-choices [aria-selected=true]").wait_for()
    notes.keyboard.press("Enter")
    expect(notes.locator("#last-notes li")).to_contain_text("Peeters, Jan")
    notes.keyboard.press("Control+z")
    notes.get_by_role("status").filter(has_text="as it was").wait_for()
    expect(notes.locator("#last-notes li")).to_contain_text("Peeters, An")
    assert [str(each.participant) for each in Note.objects.all()] == ["Peeters, An"]


def test_escape_leaves_a_change(notes, complaints):
    _enter(notes, "50001", "koor")
    notes.locator("#last-notes").get_by_role("link", name="Change").click()
    expect(notes.locator("input[name=who]")).to_have_value("Peeters, An")
    notes.keyboard.press("Escape")
    expect(notes.locator("[data-leave]")).to_have_count(0)
    expect(notes.locator("input[name=who]")).to_have_value("")
    assert [str(each.participant) for each in Note.objects.all()] == ["Peeters, An"]


def _held(page, path):
    """Answers of this address wait until `go` is called."""
    waiting = []
    page.route(path, lambda route: waiting.append(route))

    def go():
        for route in waiting:
            route.continue_()
        page.unroute(path)

    return waiting, go


def test_arrows_and_enter_wait_for_a_list_that_is_slow(notes, complaints):
    waiting, go = _held(notes, "**/notes/people/*")
    with notes.expect_request("**/notes/people/*"):
        notes.keyboard.type("peet")
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        notes.keyboard.press(key)
    expect(notes.locator("input[name=who]")).to_be_focused()
    go()
    expect(notes.locator("input[name=who]")).to_have_value("Peeters, Jan")
    expect(notes.locator("input[name=what]")).to_be_focused()
    assert waiting


def test_enter_without_a_choice_says_what_to_do(notes):
    notes.keyboard.type("peet")
    expect(notes.locator("#who-choices [role=option]")).to_have_count(2)
    notes.keyboard.press("Enter")
    expect(notes.locator("#who-choices .choice-none")).to_contain_text("arrow keys")


def test_what_is_typed_while_a_note_is_saved_begins_the_next(notes, complaints):
    _enter(notes, "50001", "koor")
    notes.keyboard.type("50002")
    notes.locator("#who-choices [aria-selected=true]").wait_for()
    notes.keyboard.press("Enter")
    notes.keyboard.type("koor")
    notes.locator("#what-choices [aria-selected=true]").wait_for()
    _waiting, go = _held(notes, "**/p/haren/notes/")
    with notes.expect_request("**/p/haren/notes/"):
        notes.keyboard.press("Enter")
    notes.keyboard.type("5000")
    go()
    expect(notes.locator("#last-notes li")).to_have_count(2)
    expect(notes.locator("input[name=who]")).to_have_value("5000")
    expect(notes.locator("#who-choices [role=option]")).to_have_count(2)


def test_ctrl_z_three_times_takes_three_back(notes, complaints):
    for what in ("koor", "hout"):
        _enter(notes, "50001", what)
    _enter(notes, "50002", "koor")
    for _press in range(3):
        notes.keyboard.press("Control+z")
    expect(notes.locator("#last-notes li")).to_have_count(0)
    assert not Note.objects.exists()
