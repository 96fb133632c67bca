"""A page is in the language of the person, else of the cookie, else of the browser; its address stays."""

from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import translation

from core.database.language_columns import in_language
from core.words.languages import SPOKEN, localized
from sessions.models import Activity
from tests.factories import signed_in


@pytest.mark.parametrize(
    ("titles", "language", "wanted"),
    [
        ({"title_nl": "Koken", "title_fr": "Cuisine"}, "fr", "Cuisine"),
        ({"title_nl": "Koken", "title_fr": ""}, "fr", "Koken"),
        ({"title_nl": "", "title_fr": "Cuisine"}, "nl-be", "Cuisine"),
        ({"title_nl": "", "title_fr": "", "title_en": "Cooking"}, "nl", "Cooking"),
        ({}, "nl", ""),
    ],
)
def test_a_title_is_shown_in_the_language_or_the_nearest(titles, language, wanted) -> None:
    assert localized(SimpleNamespace(**titles), "title", language) == wanted
    with translation.override(language):
        assert localized(SimpleNamespace(**titles), "title") == wanted


@pytest.mark.django_db
@pytest.mark.parametrize(("header", "wanted"), [("fr-BE,fr;q=0.9", "fr"), ("en", "en"), ("de", "nl")])
def test_a_visitor_gets_the_language_of_the_browser(client, header, wanted) -> None:
    response = client.get(reverse("account_login"), headers={"Accept-Language": header})
    assert response.headers["Content-Language"] == wanted


@pytest.mark.django_db
def test_a_cookie_wins_over_the_browser_and_the_person_over_the_cookie(
    organiser_anna, haren, settings
) -> None:
    browser = signed_in(organiser_anna)
    organiser_anna.language = "fr"
    organiser_anna.save(update_fields=["language"])
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = browser.get(f"/p/{haren.slug}/audit/", headers={"Accept-Language": "nl"})
    assert page.headers["Content-Language"] == "fr"
    browser.logout()
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = browser.get(reverse("account_login"), headers={"Accept-Language": "nl"})
    assert page.headers["Content-Language"] == "en"


@pytest.mark.parametrize(
    ("reader", "code", "wanted"),
    [
        ("nl", "ti", "Tigrinya · ትግርኛ"),
        ("fr", "ti", "Tigrigna · ትግርኛ"),
        ("nl", "nl", "Nederlands"),
        ("fr", "nl", "Néerlandais · Nederlands"),
        ("en", "sq", "Albanian · Shqip"),
    ],
)
def test_a_language_is_named_as_the_reader_says_it_too(reader: str, code: str, wanted: str) -> None:
    with translation.override(reader):
        assert str(dict(SPOKEN)[code]) == wanted


@pytest.mark.django_db
@pytest.mark.parametrize("reader", ["nl", "fr", "en"])
def test_the_database_chooses_the_text_that_a_page_shows(service, reader) -> None:
    """Sorting by another language than the one on the page looks like no order at all."""
    for titles in (("Koken", "Cuisine", ""), ("", "Art", "Painting"), ("Yoga", "", ""), ("", "", "Chess")):
        Activity.objects.create(
            organisation=service,
            domain="culture",
            **dict(zip(("title_nl", "title_fr", "title_en"), titles, strict=True)),
        )
    with translation.override(reader):
        rows = list(Activity.objects.annotate(told=in_language("title")).order_by("told"))
        assert [row.told for row in rows] == [str(row) for row in rows] == sorted(str(row) for row in rows)
