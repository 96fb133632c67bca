"""What pages have in common looks the same on every one of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import translation

from core.words.folding import in_reading_order
from core.words.languages import by_name
from enrollment.forms import LevelForm, PersonForm
from planner.offer.forms import SeriesForm
from planner.offer.series_list import in_order, series_rows
from prisons.access import access_for
from prisons.models import Organisation, Prison, User
from rooms.forms import PasteForm
from rooms.models import Building, Feature, Room
from sessions.forms import WorkerFilter
from sessions.models import Activity, Series
from tests import factories

pytestmark = pytest.mark.django_db
TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
CRUMBS = re.compile(r"{% block crumbs %}(.*?){% endblock %}", re.DOTALL)
TITLES = {"Koken": "Cuisine", "Zingen": "Échecs", "Aarde": "Yoga", "Borduren": "dessin"}
IN_FRENCH = ["Cuisine", "dessin", "Échecs", "Yoga"]


def test_the_way_back_is_a_small_list_everywhere() -> None:
    ways = {path: CRUMBS.search(path.read_text(encoding="utf-8")) for path in TEMPLATES.rglob("*.html")}
    found = {path.name: way[1] for path, way in ways.items() if way and way[1]}
    assert len(found) > 30
    assert [
        name for name, way in found.items() if 'class="crumbs"' not in way and "_crumbs.html" not in way
    ] == []


def bar(asked: str, prison: Prison) -> str:
    filters = WorkerFilter(QueryDict(asked) or None, prison=prison)
    return render_to_string("components/filters.html", {"form": filters, "clear_url": "/all/"})


def test_all_is_offered_only_where_something_is_hidden(haren: Prison) -> None:
    for asked in ("", "q=&organisation=&permission=&language=", "sort=name"):
        assert "/all/" not in bar(asked, haren), asked
    for asked in ("q=els", "language=ar", "organisation=99999"):
        assert "/all/" in bar(asked, haren), asked


def test_one_of_two_is_not_called_optional() -> None:
    form = PasteForm(asks={})
    shown = [render_to_string("components/field.html", {"field": form[name]}) for name in ("pasted", "file")]
    assert [html for html in shown if "field-optional" in html] == []


@pytest.fixture
def offered(service: Organisation) -> list[Activity]:
    return [
        factories.make_activity(service, title_nl=dutch, title_fr=french) for dutch, french in TITLES.items()
    ]


@pytest.mark.parametrize(("language", "wanted"), [("nl", sorted(TITLES)), ("fr", IN_FRENCH)])
def test_lists_and_choices_are_in_the_order_of_the_reader(
    language: str, wanted: list[str], offered: list[Activity], haren: Prison, organiser_anna: User
) -> None:
    for number, activity in enumerate(offered):
        factories.make_series(haren, activity=activity, list_code=f"X{number}")
    access = access_for(organiser_anna, haren)
    with translation.override(language):
        assert [
            str(one) for one in in_reading_order(Activity.objects.filter(pk__in=[o.pk for o in offered]))
        ] == wanted
        choices = [
            str(label).split(" · ")[0]
            for _value, label in SeriesForm(access=access)["activity"].field.choices
        ]
        assert [title for title in choices if title in wanted] == wanted
        rows = in_order(series_rows(access).filter(activity__in=offered), "title", access)
        assert [str(one.activity) for one in rows] == wanted
        turned = in_order(series_rows(access).filter(activity__in=offered), "-title", access)
        assert [str(one.activity) for one in turned] == wanted[::-1]


@pytest.mark.parametrize("model", [Activity, Building, Feature, Organisation, Prison, Room, Series])
def test_what_has_a_name_by_language_says_by_what_it_is_sorted(model: type) -> None:
    assert hasattr(model, "reads_as")


def test_rooms_count_and_languages_stand_by_their_name(haren: Prison) -> None:
    house = factories.make_building(haren, name="A")
    for name, french in (
        ("Lokaal 10", "Classe 10"),
        ("Lokaal 9", "Classe 9"),
        ("Atelier", "Salle de travail"),
    ):
        factories.make_room(haren, building=house, name=name, name_fr=french)
    with translation.override("fr"):
        names = [
            str(room) for room in in_reading_order(Room.objects.in_prison(haren).select_related("building"))
        ]
        assert names.index("Classe 9") < names.index("Classe 10") < names.index("Salle de travail")
        codes = [code for code, _label in by_name()]
        assert codes[:4] == ["nl", "fr", "en", "sq"], "Albanais comes first of the others"
    with translation.override("nl"):
        assert [code for code, _label in by_name()][3] == "sq"


def test_what_a_bar_begins_with_hides_nothing(haren: Prison) -> None:
    filters = WorkerFilter({"language": "nl"}, prison=haren, initial={"language": "nl"})
    html = render_to_string("components/filters.html", {"form": filters, "clear_url": "/all/"})
    assert "/all/" not in html


def test_a_person_is_answered_in_a_language_that_the_reader_names(haren: Prison) -> None:
    person = factories.make_participant(haren, language="fr", third_language="sq")
    with translation.override("nl"):
        assert (person.get_language_display(), person.get_third_language_display()) == ("Frans", "Albanees")
        labels = [str(label) for _code, label in PersonForm(prison=haren).fields["third_language"].choices]
        assert labels[:3] == ["—", "Engels · English", "Albanees · Shqip"]


def test_nothing_chosen_is_said_in_words(haren: Prison) -> None:
    for form in (PersonForm(prison=haren), LevelForm(), WorkerFilter(prison=haren)):
        labels = [str(label) for field in form.fields.values() for _v, label in getattr(field, "choices", ())]
        assert [label for label in labels if label.startswith("---")] == []
    assert str(LevelForm().fields["language"].choices[0][1]) == "Choose"


NEUTRAL = re.compile(r"{% block (?:crumbs|heading|title) %}(?:(?!{% endblock).)*neutral_name", re.DOTALL)


def test_no_heading_and_no_way_back_hides_a_title_that_the_page_shows() -> None:
    """Who may not know a title gets its neutral name from the gate (`known_to`), everybody else the title."""
    pages = {path.name: path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html")}
    assert [name for name, html in pages.items() if NEUTRAL.search(html)] == []
