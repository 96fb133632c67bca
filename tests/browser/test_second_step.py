"""Setting up the second step and signing in with it, as people do, with every page read by axe."""

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import expect

from prisons.models import Invitation
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


def with_a_key_in_the_computer(page):
    """A passkey device that confirms whoever touches it, as the finger on a laptop does; it can be made to lie."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    key = device.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    return lambda is_false: device.send(
        "WebAuthn.setResponseOverrideBits", {"authenticatorId": key, "isBogusSignature": is_false}
    )


def let_a_quarter_of_an_hour_pass(page, settings):
    """For what this session has proved."""
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    session = SessionStore(cookies[settings.SESSION_COOKIE_NAME])
    for record in session["account_authentication_methods"]:
        record["at"] -= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT + 1
    session.save()


def enrol_a_passkey(page, address):
    visit(page, f"{address}/accounts/2fa/webauthn/add/")
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Add a passkey or security key")).to_be_visible()
    page.fill("input[name=name]", "Laptop")
    page.locator("input[name=passwordless]").check()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".codes li").first).to_be_visible()


def test_a_passkey_from_setting_up_to_a_form_that_was_open_too_long(
    page, live_server, signed_in, complaints, settings, haren, service
):
    """With a passkey and nothing else: the form comes along, one touch sends it, one touch signs in."""
    settings.SECOND_FACTOR_REQUIRED = True
    user = make_user("Nora Neuf", password=PASSWORD, language="en")
    make_membership(user, haren, "coordinator", service)
    signed_in(language="en")
    with_a_key_in_the_computer(page)
    sign_in(page, live_server.url, user)
    page.wait_for_url(lambda url: "login" not in url)
    enrol_a_passkey(page, live_server.url)
    visit(page, f"{live_server.url}/p/haren/people-and-rights/invite/")
    page.fill("input[name=email]", "wim@example.org")
    page.locator("input[name=role][value=organiser]").check()
    page.select_option("select[name=organisation]", str(service.pk))
    let_a_quarter_of_an_hour_pass(page, settings)
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("heading", name="Say once more that it is you")).to_be_visible()
    assert findings(page) == [] and not Invitation.objects.exists()
    complaints.clear()  # Chromium reports every 422 as an error of the console
    page.get_by_role("button", name="Use a passkey or security key").click()
    expect(page.get_by_text("An invitation is on its way to wim@example.org.")).to_be_visible()
    assert Invitation.objects.get().email == "wim@example.org"

    let_a_quarter_of_an_hour_pass(page, settings)
    visit(
        page, f"{live_server.url}/p/haren/people-and-rights/give/"
    )  # opened, not sent: asked before it is shown
    expect(page.get_by_role("heading", name="Is it still you?")).to_be_visible()
    assert findings(page) == []
    page.get_by_role("button", name="Use a passkey or security key").click()
    page.wait_for_url("**/people-and-rights/give/")

    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    visit(page, f"{live_server.url}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator(".me-name")).to_have_text("Nora")
    visit(page, f"{live_server.url}/p/haren/board/")  # the passkey was both steps
    assert page.url.endswith("/p/haren/board/")


def test_a_touch_that_does_not_fit_leaves_the_form_as_it_was(
    page, live_server, signed_in, settings, haren, service
):
    """The answer of another key: nothing is done, what was typed is still there, and the right one goes on."""
    settings.SECOND_FACTOR_REQUIRED = True
    user = make_user("Nora Neuf", password=PASSWORD, language="en")
    make_membership(user, haren, "coordinator", service)
    signed_in(language="en")
    lie = with_a_key_in_the_computer(page)
    sign_in(page, live_server.url, user)
    page.wait_for_url(lambda url: "login" not in url)
    enrol_a_passkey(page, live_server.url)
    visit(page, f"{live_server.url}/p/haren/people-and-rights/invite/")
    page.fill("input[name=email]", "wim@example.org")
    page.locator("input[name=role][value=organiser]").check()
    page.select_option("select[name=organisation]", str(service.pk))
    let_a_quarter_of_an_hour_pass(page, settings)
    page.get_by_role("button", name="Send the invitation").click()
    key = page.get_by_role("button", name="Use a passkey or security key")
    expect(key).to_be_visible()
    lie(True)
    key.click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.locator("input[name=email]").input_value() == "wim@example.org"
    assert not Invitation.objects.exists()
    lie(False)
    key.click()
    expect(page.get_by_text("An invitation is on its way to wim@example.org.")).to_be_visible()
