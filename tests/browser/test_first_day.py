"""The first day in Chromium: from an empty prison to "Ready to plan", pasted from a spreadsheet, every step counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from core.dates.clock import today
from prisons.models import Invitation, Organisation, Prison, User
from rooms.models import Room, TimeSlot, UnitHours
from sessions.models import WorkerAccess

pytestmark = pytest.mark.django_db(transaction=True)

MOST_STEPS = 75
"""Of an act each: a click, or a field filled. At twelve seconds each that is a quarter of an hour."""
ROOMS = "Lokaal\tCapaciteit\tGebouw\tOpeningsuren\n" + "\n".join(
    f"Klas {number}\t{10 + number}\t{'Noord' if number < 9 else 'Zuid'}\tma-vr 8:30-17:00"
    for number in range(1, 16)
)
UNITS = "Leefeenheid\tRegime\tPopulatie\tStatuut\tWandeling\tBezoek\n" + "\n".join(
    f"A{number}\topen\tmannen\tveroordeelden\tma-vr 9:00-10:00\two 14:00-16:00" for number in range(1, 18)
)
SLOTS = "Dag\tVan\tTot\tPersonen\nma-vr\t8:30\t11:00\t60\nma-vr\t13:30\t16:00\t60\ndi, do\t18:00\t20:00\t\n"
WORKERS = "Naam\tVoornaam\tE-mail\tTalen\tToelating tot\n" + "\n".join(
    f"Lesgever{number}\tAn\tan{number}@example.org\tnl, fr\t31/12/{today().year + 1}"
    for number in range(1, 26)
)


class Hands:
    """Does what a person does, and counts it."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base, self.steps = page, base, 0

    def click(self, target: Locator) -> None:
        self.steps += 1
        target.click()

    def fill(self, label: str, text: str) -> None:
        self.steps += 1
        self.page.get_by_label(label, exact=True).fill(text)

    def choose(self, label: str, option: str) -> None:
        self.steps += 1
        self.page.get_by_label(label, exact=True).select_option(option)

    def link(self, name: str) -> None:
        self.click(self.page.locator("main").get_by_role("link", name=name, exact=True).first)

    def button(self, name: str) -> None:
        self.click(self.page.locator("main").get_by_role("button", name=name, exact=True).first)

    def paste(self, rows: str, count: int) -> None:
        """From the list: paste, look, take over."""
        self.link("Plakken uit Excel")
        self.steps += 1
        self.page.get_by_label("De regels, gekopieerd uit het rekenblad").fill(rows)
        self.button("Bekijken wat het wordt")
        self.button(f"{count} regels toevoegen")
        expect(self.page.get_by_text(f"{count} regels werden overgenomen.")).to_be_visible()

    def next_step(self) -> None:
        """Back to the settings, and on with what the checklist says is next."""
        self.click(self.page.get_by_role("link", name="Instellingen", exact=True).first)
        self.click(self.page.locator(".page-head a.btn-primary"))


def test_a_prison_stands_in_a_quarter_of_an_hour(
    page: Page, live_server: Any, signed_in: Callable[..., None], complaints: list[str],
    haren: Prison, service: Organisation, coordinator_karim: User,
) -> None:  # fmt: skip
    signed_in(coordinator_karim, language="nl")
    page.goto(f"{live_server.url}/p/haren/settings/rooms/")
    hands = Hands(page, live_server.url)
    hands.paste(ROOMS, 15)
    hands.next_step()
    hands.paste(SLOTS, 3)
    hands.next_step()
    hands.paste(UNITS, 17)
    hands.next_step()
    hands.click(page.locator(".page-head button.btn-primary"))
    expect(page.get_by_text("rijen zijn toegevoegd")).to_be_visible()
    hands.next_step()
    hands.click(page.locator("a[href$='/settings/terms/add/']").first)
    hands.fill("Naam", "Lente")
    hands.fill("Eerste dag", today().isoformat())
    hands.fill("Laatste dag", (today() + dt.timedelta(weeks=12)).isoformat())
    hands.button("Bewaren")
    hands.next_step()
    hands.click(page.locator("a[href$='/series/activities/add/']").first)
    hands.choose("Dienst", "De Brug")
    hands.choose("Levensdomein", "sport")
    hands.fill("Titel in het Nederlands (niet verplicht)", "Yoga")
    hands.button("Bewaren")
    hands.next_step()
    hands.paste(WORKERS, 25)
    hands.click(page.get_by_role("link", name="Instellingen", exact=True).first)
    expect(page.get_by_text("Klaar om te plannen")).to_be_visible()
    expect(page.locator("details.checklist")).not_to_have_attribute("open", "")
    assert (Room.objects.count(), haren.units.count(), WorkerAccess.objects.count()) == (15, 17, 25)
    assert UnitHours.objects.count() == 17 * 6 and TimeSlot.objects.count() == 12
    assert not Invitation.objects.exists()
    print(f"steps: {hands.steps}")
    assert hands.steps <= MOST_STEPS


def test_the_look_names_the_exceptions_and_undo_takes_all_back(
    page: Page, live_server: Any, signed_in: Callable[..., None], complaints: list[str],
    haren: Prison, coordinator_karim: User,
) -> None:  # fmt: skip
    signed_in(coordinator_karim, language="fr")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{live_server.url}/p/haren/settings/rooms/paste/")
    page.get_by_label("Les lignes, copiées depuis la feuille de calcul").fill(
        "Local\tCapacité\nA\t12\nB\tbeaucoup\n"
    )
    page.get_by_role("button", name="Voir ce que cela donne").click()
    expect(page.get_by_text("« beaucoup » n’est pas compris.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    found = Axe().run(page).response["violations"]
    assert [(one["id"], node["target"]) for one in found for node in one["nodes"]] == []
    page.get_by_role("button", name="Ajouter 1 ligne").click()
    expect(page.get_by_role("rowheader", name="A", exact=True)).to_be_visible()
    page.get_by_role("button", name="Annuler").first.click()
    expect(page.get_by_text("Action annulée : tout est comme avant.")).to_be_visible()
    assert not Room.objects.exists()
