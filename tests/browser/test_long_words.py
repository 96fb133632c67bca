"""A name without a space, however long, stays in its own place and covers no other."""

import pytest

from tests.factories import make_activity, make_worker

pytestmark = pytest.mark.django_db(transaction=True)

LONG = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerk" * 3
MEANT = ", ".join(f"main {one}" for one in ("label", "a", "td", "th", "span", "p", "h1", "h2"))
SPILLED = """(MEANT) => [...document.querySelectorAll(MEANT)]
    .filter((one) => one.offsetParent && getComputedStyle(one).display !== "inline")
    .filter((one) => getComputedStyle(one).overflowX === "visible" && one.scrollWidth > one.clientWidth + 1)
    .map((one) => one.textContent.trim().slice(0, 40))"""


@pytest.mark.parametrize("width", [1440, 360])
def test_no_long_name_spills_over_others(
    page, live_server, signed_in, haren, service, organiser_anna, complaints, width
):
    worker = make_worker(haren, name=LONG[:120])
    worker.organisations.add(service)
    make_activity(service, LONG[:110])
    page.set_viewport_size({"width": width, "height": 900})
    signed_in(organiser_anna, language="en")
    found = {}
    for address in (
        "series/add/",
        "settings/facilitators/",
        f"settings/facilitators/{worker.pk}/",
        "series/activities/",
    ):
        page.goto(f"{live_server.url}/p/haren/{address}")
        assert LONG[:20] in page.content()
        spilled = page.evaluate(SPILLED, MEANT)
        if spilled or page.evaluate("document.documentElement.scrollWidth") > width:
            found[address] = spilled
    assert found == {}
