"""The frame in a real browser: readable by everybody, whole on a phone, nothing fetched from elsewhere."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

PHONE = {"width": 360, "height": 740}
OPEN = ["/accounts/login/", "/accounts/password/reset/", "/accounts/signup/", "/components/"]
MINE = ["/components/", "/me/", "/accounts/2fa/", "/accounts/logout/", "/prisons/"]
HERE = ["", "board/", "series/", "requests/", "notes/", "people/", "lists/", "conflicts/", "settings/"]


def visit(page, address):
    answer = page.goto(address)
    assert answer.ok, f"{answer.status} {address}"


def findings(page):
    """What axe holds against the page as it stands, in a form that a failing test can print."""
    found = Axe().run(page).response["violations"]
    return [(f["id"], node["target"], node["failureSummary"]) for f in found for node in f["nodes"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_open_pages_have_no_barriers(page, live_server, signed_in, complaints, foreign_requests, theme):
    signed_in(theme=theme)
    for path in OPEN:
        visit(page, live_server.url + path)
        assert (path, findings(page)) == (path, [])
    assert foreign_requests == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_own_pages_have_no_barriers(
    page, live_server, signed_in, complaints, foreign_requests, organiser_anna, theme
):
    signed_in(organiser_anna, theme=theme)
    for path in [*MINE, *(f"/p/haren/{part}" for part in HERE)]:
        visit(page, live_server.url + path)
        assert (path, findings(page)) == (path, [])
    assert foreign_requests == []


def test_a_phone_never_scrolls_sideways(page, live_server, signed_in, organiser_anna):
    page.set_viewport_size(PHONE)
    signed_in(language="fr")
    widths = {}
    for path in OPEN:
        visit(page, live_server.url + path)
        widths[path] = page.evaluate("document.documentElement.scrollWidth")
    signed_in(organiser_anna, language="fr")
    for path in [*MINE, *(f"/p/haren/{part}" for part in HERE)]:
        visit(page, live_server.url + path)
        widths[path] = page.evaluate("document.documentElement.scrollWidth")
    assert {path: width for path, width in widths.items() if width > PHONE["width"]} == {}


def test_theme_changes_at_once_and_stays(page, live_server, signed_in, complaints):
    signed_in(theme="light")
    visit(page, f"{live_server.url}/accounts/login/")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.locator("[data-theme-form] button[value=dark]").click()
    assert page.evaluate(ground) != light
    expect(page.locator("[data-theme-form] button[value=dark]")).to_have_attribute("aria-pressed", "true")
    dark = page.evaluate(ground)
    page.reload()
    assert page.evaluate(ground) == dark
    page.emulate_media(media="print")
    assert page.evaluate(ground) != dark  # paper stays light


def test_language_changes_and_keeps_the_page(page, live_server, signed_in):
    signed_in(language="nl")
    visit(page, f"{live_server.url}/components/?sort=name")
    page.get_by_role("button", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    assert page.url == f"{live_server.url}/components/?sort=name"


def test_a_form_is_sent_once_and_free_again_after_going_back(page, live_server, signed_in, db):
    signed_in()
    visit(page, f"{live_server.url}/accounts/login/")
    sent = []

    def answer(route):  # 204: the browser stays on the page, as it does while an answer is on its way
        sent.append(route.request.method)
        route.fulfill(status=204)

    page.route("**/accounts/login/", answer)
    page.fill("input[name=login]", "anna@example.org")
    page.fill("input[name=password]", "whatever it is")
    button = page.locator("form button.btn-primary").first
    button.click()
    expect(button).to_have_attribute("aria-busy", "true")
    button.click()
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(button).not_to_have_attribute("aria-busy", "true")
    assert sent == ["POST"]


def test_ticking_rows_shows_the_bulk_bar(page, live_server, signed_in, complaints):
    signed_in(language="en")
    visit(page, f"{live_server.url}/components/")
    bar = page.locator("[data-bulk-bar]")
    expect(bar).to_be_hidden()
    rows = page.locator("[data-bulk-row]")
    rows.first.check()
    rows.last.click(modifiers=["Shift"])
    expect(bar.locator("[data-bulk-count]")).to_have_text("3")
    expect(page.locator("[data-bulk-all]")).to_be_checked()
    bar.locator("[data-bulk-clear]").click()
    expect(bar).to_be_hidden()


def test_menus_and_dialogs_by_keyboard(page, live_server, signed_in, complaints, organiser_anna):
    signed_in(organiser_anna, language="en")
    visit(page, f"{live_server.url}/components/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.locator("[data-dialog]").press("Enter")
    expect(page.locator("#sample-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#sample-dialog")).to_be_hidden()
    me = page.locator(".menu-end > summary.chip-round")
    me.press("Enter")
    expect(page.locator(".menu-end[open] .menu-list").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(me).to_be_focused()


def test_a_lost_connection_is_said_and_nothing_is_lost(page, live_server, signed_in):
    signed_in(language="en")
    visit(page, f"{live_server.url}/components/")
    page.route("**/somewhere/", lambda route: route.abort())
    page.evaluate("htmx.ajax('POST', '/somewhere/', {swap: 'none'}).catch(() => {})")
    toast = page.locator("#toasts [data-sentence=offline]")
    expect(toast).to_be_visible()
    toast.locator("[data-close-toast]").click()
    expect(toast).to_have_count(0)


@pytest.mark.parametrize(("status", "sentence"), [(500, "broken"), (404, "refused"), (403, "refused")])
def test_a_refusal_leaves_the_page_as_it_was(page, live_server, signed_in, status, sentence):
    signed_in(language="en")
    visit(page, f"{live_server.url}/components/")
    refusal = "<div data-refusal>This is not for your role.</div>"
    page.route(
        "**/somewhere/", lambda route: route.fulfill(status=status, body=refusal, content_type="text/html")
    )
    page.evaluate("htmx.ajax('POST', '/somewhere/', {target: '.counts', swap: 'outerHTML'}).catch(() => {})")
    expect(page.locator(f"#toasts [data-sentence={sentence}]")).to_be_visible()
    expect(page.locator(".counts")).to_be_visible()


@pytest.mark.parametrize("status", [409, 422])
def test_a_conflict_is_shown_in_place(page, live_server, signed_in, status):
    signed_in(language="en")
    visit(page, f"{live_server.url}/components/")
    body = '<ul class="counts"><li>The room is taken.</li></ul>'
    page.route(
        "**/somewhere/", lambda route: route.fulfill(status=status, body=body, content_type="text/html")
    )
    page.evaluate("htmx.ajax('POST', '/somewhere/', {target: '.counts', swap: 'outerHTML'})")
    expect(page.locator(".counts")).to_have_text("The room is taken.")
    expect(page.locator("#toasts [data-toast]")).to_have_count(0)


def test_works_without_javascript(browser, live_server, organiser_anna):
    context = browser.new_context(java_script_enabled=False, locale="en")
    page = context.new_page()
    visit(page, f"{live_server.url}/components/")
    page.locator("[data-theme-form] button[value=dark]").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    expect(page.locator("[data-bulk-bar]")).to_be_visible()
    context.close()
