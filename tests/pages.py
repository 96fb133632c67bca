"""What a person sees on a page and sends back by pressing its button."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client


def seen_on(response: Any, form: str = "") -> str:
    """The digest of what the page showed; of the form that posts to `form`, when there are several."""
    page = response.content.decode()
    start = page.index(f'action="{form}"') if form else 0
    found = re.search(r'name="seen" value="([^"]*)"', page[start:])
    assert found, "the page shows no effect that could be done"
    return found[1]


def look_and_do(client: Client, url: str, look: dict[str, Any], do: dict[str, Any]) -> Any:
    """Press the button that shows the effect, then the one that does it."""
    shown = client.post(url, look)
    assert shown.status_code == 200, shown.content.decode()
    return client.post(url, {**look, **do, "seen": seen_on(shown)})
