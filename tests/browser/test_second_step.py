"""Setting up the second step and signing in with it, as people do, with every page read by axe."""

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import expect

from tests.browser.test_frame import findings, visit
from tests.factories import PASSWORD, make_membership, make_user


def code_now(secret):
    """What the app on the phone shows."""
    _before, counter, _after = yield_hotp_counters_from_time()
    return format_hotp_value(hotp_value(secret, counter))


def sign_in(page, address, user):
    visit(page, f"{address}/accounts/login/")
    page.fill("input[name=login]", user.email)
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_setting_up_and_using_the_app_with_codes(
    page, live_server, signed_in, complaints, settings, haren, service
):
    settings.MFA_TOTP_TOLERANCE = 1  # no failure because the half minute turns while the test types
    user = make_user("Nora Neuf", password=PASSWORD, language="en")
    make_membership(user, haren, "organiser", service)
    signed_in(language="en")
    sign_in(page, live_server.url, user)
    page.wait_for_url(lambda url: "login" not in url)
    visit(page, f"{live_server.url}/accounts/2fa/totp/activate/")
    expect(page.get_by_role("heading", name="Is it still you?")).to_be_visible()
    assert findings(page) == []
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Set up the app with codes")).to_be_visible()
    assert findings(page) == []
    secret = page.locator("#authenticator_secret").input_value()
    page.locator("input[name=code]").fill("000000")
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator(".errors")).to_be_focused()
    assert findings(page) == []
    page.locator("input[name=code]").fill(code_now(secret))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator(".codes li").first).to_be_visible()
    assert findings(page) == []
    recovery = page.locator(".codes li").first.inner_text()
    page.context.clear_cookies(name="sessionid")
    sign_in(page, live_server.url, user)
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    assert findings(page) == []
    page.locator("input[name=code]").fill(recovery)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "2fa" not in url)
    expect(page.locator(".me-name")).to_have_text("Nora")
