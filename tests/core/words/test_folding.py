"""One folding for names and titles: how people write a name decides nothing about who it is."""

import re
from pathlib import Path

import pytest
from django.apps import apps

from core.database.folded_field import folded_fields
from core.words.folding import as_filed, asked, begins, fold, name_key, searchable
from tests.factories import make_activity, make_series, make_worker


def finds(typed: str, *written: str) -> bool:
    words = searchable(*written)
    return any(all(begins(word) in words for word in each) for each in asked(typed))


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("gerard", "Gérard"),
        ("ozturk", "Öztürk"),
        ("ÖZTÜRK", "Öztürk"),
        ("sebastien", "Sébastien"),
        ("istanbul", "İstanbullu"),
        ("yildiz", "Yıldız"),
        ("weiss", "Weiß"),
        ("lucz", "Łuczak"),
        ("oster", "Øster"),
        ("oester", "Øster"),
        ("mueller", "Müller"),
        ("muller", "Müller"),
        ("dhondt", "D’Hondt"),
        ("d'hondt", "Dhondt"),
        ("hondt", "D'Hondt"),
        ("vandenberg", "van den Berg"),
        ("van den berg", "Vandenberg"),
        ("berg", "van den Berg"),
        ("jeanpierre", "Jean-Pierre"),
        ("jean pierre", "Jean-Pierre"),
        ("ivan", "Иван"),
        ("иван", "Иван"),
        ("محمد", "محمد"),
        ("mhmd", "محمد"),
        ("o", "Öztürk"),
        ("ge\u0301rard", "Gérard"),
        ("theatre", "Atelier de théâtre"),
        ("oeuvre", "Œuvres"),
    ],
)
def test_what_is_typed_finds_what_is_written(typed, written):
    assert finds(typed, written)


@pytest.mark.parametrize(("typed", "written"), [("n", "Frans 1"), ("erard", "Gérard"), ("berg jan", "Berg")])
def test_only_the_beginning_of_each_word_counts(typed, written):
    assert not finds(typed, written)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("von der Leyen", "Ursula"), ("von der Leyen Ursula", "")),
        (("Peeters", "Jan"), ("JAN", "PEETERS")),
        (("Van den Berg", "Jean-Pierre"), ("Vandenberg", "Jean Pierre")),
        (("El Idrissi", "Mihai"), ("EL IDRISSI Mihai", "")),
        (("O'Brien", "Zoë"), ("obrien", "ZOE")),
        (("Łuczak", "Zoë"), ("luczak", "Zoe")),
        (("Щукин", "Иван"), ("Shchukin", "Ivan")),
    ],
)
def test_one_name_however_it_is_written(one, other):
    assert name_key(*one) == name_key(*other)


def test_other_names_stay_others_and_odd_signs_are_kept():
    assert name_key("Peeters", "Jan") != name_key("Peeters", "Johan")
    assert fold("𓀀") and name_key("😀") and searchable("") == "" and asked("  ") == []


LOOKED_FOR = {
    "enrollment.Participant": {"last_name", "first_name"},
    "group_sessions.Activity": {"title_nl", "title_fr", "title_en"},
    "group_sessions.Series": {"label", "list_name"},
    "group_sessions.Worker": {"name"},
}
"""Every column in which somebody looks for a name or a title by its words."""


def test_every_name_and_title_has_its_folded_column():
    kept = {
        model._meta.label: {name for field in folded_fields(model) for name in field.of}
        for model in apps.get_models()
        if folded_fields(model)
    }
    assert kept == LOOKED_FOR


@pytest.mark.parametrize("label", LOOKED_FOR)
def test_no_search_asks_the_column_itself(label):
    """`last_name__icontains` would be a second folding, of whatever the database takes for one."""
    roots = ("core", "enrollment", "planner", "prisons", "rooms", "sessions")
    here = Path(__file__).parents[3]
    look = "|".join(sorted(LOOKED_FOR[label]))
    asked = re.compile(
        rf"(?:\b(\w+)\.objects\.\w+\()?\b(?:\w+__)?(?:{look})__i?(?:contains|startswith|endswith|exact|regex)\b"
    )
    others = {model.__name__ for model in apps.get_models()} - {label.rpartition(".")[2]}
    found = [
        f"{path.relative_to(here)}: {hit[0]}"
        for root in roots
        for path in (here / root).rglob("*.py")
        if "migrations" not in path.parts
        for hit in asked.finditer(path.read_text())
        if hit[1] not in others
    ]
    assert found == []


@pytest.mark.django_db
def test_words_follow_every_way_of_saving(haren, service):
    worker = make_worker(haren, name="Gérard Öztürk")
    series = make_series(haren, activity=make_activity(service, "Théâtre"), label="Été")
    assert "ozturk" in worker.name_words and "ete" in series.label_words
    worker.name, series.label = "Łuczak", "Øst"
    worker.save(update_fields=["name"])
    series.save(update_fields=["label"])
    for row in (worker, series):
        row.refresh_from_db()
    assert "luczak" in worker.name_words and "ost" in series.label_words


def test_names_are_filed_as_people_look_them_up():
    names = [
        "Worker 10",
        "Worker 2",
        "Zeqiri",
        "d'Hoore",
        "Íñiguez",
        "Łukasiewicz",
        "Maes",
        "Şahin",
        "Ђорђевић",
        "Aerts",
    ]
    told = [
        "Aerts",
        "d'Hoore",
        "Ђорђевић",
        "Íñiguez",
        "Łukasiewicz",
        "Maes",
        "Şahin",
        "Worker 2",
        "Worker 10",
        "Zeqiri",
    ]
    assert sorted(names, key=as_filed) == told
