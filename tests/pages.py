"""What a person sees on a page and sends back by pressing its button."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import lxml.html
from django.test import Client


def flat(response: Any) -> str:
    """The body of an answer without the line breaks and indents that only its template has."""
    body = re.sub(r"\s+", " ", response if isinstance(response, str) else response.content.decode())
    body = re.sub(r" ?(/?>)( (?=<))?", r"\1", body)
    return re.sub(r"(<[a-zA-Z][^>]*>) | (?=</)", r"\1", body).strip()


def seen_on(response: Any, field: str = "seen", beside: str = "") -> str:
    """The digest of what the page showed; of the form that holds `beside`, when there are several."""
    forms = flat(response).split("<form")
    for form in forms:
        found = re.search(rf'name="{field}" value="([^"]+)"', form)
        if found and beside in form:
            return found[1]
    return ""


def press(
    client: Client,
    url: str,
    data: Mapping[str, Any],
    *,
    page: str = "",
    look: Mapping[str, Any] | None = None,
    field: str = "seen",
    beside: str = "",
    **extra: Any,
) -> Any:
    """Look at the page (with `look`, press the button that shows the effect), then press the one that does it."""
    shown = client.get(page or url) if look is None else client.post(url, look, **extra)
    return client.post(url, {**data, field: seen_on(shown, field, beside)}, **extra)


def look_and_do(client: Client, url: str, look: dict[str, Any], do: dict[str, Any]) -> Any:
    """The same for a form of which both buttons send all the fields."""
    return press(client, url, {**look, **do}, look=look)


def filled(client: Client, page: str, *, action: str = "", **changes: Any) -> dict[str, Any]:
    """What a browser sends of the form on that page (of the one with this `action`), some fields changed."""
    document = lxml.html.fromstring(client.get(page).content.decode())
    wanted = {"", page} if action in ("", page) else {action}
    forms = [form for form in document.forms if (form.action or "").partition("#")[0] in wanted]
    data: dict[str, Any] = {}
    for name, value in forms[-1].form_values():
        data.setdefault(name, []).append(value)
    return data | changes


def sending(body: str) -> list[str]:
    """The buttons, filled-in fields and elements of a page that would send something, but for the frame's own."""
    page = lxml.html.document_fromstring(body) if body.strip() else lxml.html.Element("html")
    frames = ("/support/end/", "/accounts/logout/", "/language/", "/theme/", "/accounts/2fa/reauthenticate/")
    posts = [one for one in page.iter("form") if one.get("method", "").lower() == "post"]
    writing = [one for one in posts if not one.get("action", "").endswith(frames)]
    found = [each for form in writing for each in form.iter("button") if each.get("type") != "button"]
    found += [each for form in writing for each in form.xpath(".//input[@type='submit']")]
    for form in writing if page.xpath("//*[@form]") else ():
        found += page.xpath("//button[@form=$name]", name=form.get("id", "-"))
    found += page.xpath("//*[@hx-post or @hx-put or @hx-patch or @hx-delete]")
    return [lxml.html.tostring(each, encoding="unicode")[:120] for each in found]
