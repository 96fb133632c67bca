"""The settings page offers nobody a link that would refuse them."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from prisons.models import Prison
from tests.factories import signed_in


@pytest.mark.parametrize("cast", ["organiser_anna", "coordinator_karim"])
def test_every_link_of_the_settings_opens(request: pytest.FixtureRequest, haren: Prison, cast: str) -> None:
    client = signed_in(request.getfixturevalue(cast))
    page = client.get(reverse("planner:settings", args=["haren"])).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    links = set(re.findall(r'href="(/p/haren/[^"#?]*)', main))
    assert links
    assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)
