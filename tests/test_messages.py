"""Every text of the interface exists in Dutch and French."""

import gettext
import importlib
import io
import pkgutil
from collections.abc import Iterator

import pytest
from django import forms
from django.utils import translation

from planner.operations import catalogues


@pytest.fixture(scope="module")
def collected() -> catalogues.Catalog:
    """Every text of the code, collected once: it takes a second or two."""
    return catalogues.collect()


def test_catalogues_are_complete(collected) -> None:
    problems = catalogues.problems(collected)
    assert not problems, f"{len(problems)} texts to translate, see `make messages`:\n" + "\n".join(
        problems[:40]
    )


def test_catalogues_hold_no_text_that_the_code_has_not(collected) -> None:
    in_code = {first(message) for message in collected}
    for language in catalogues.LANGUAGES:
        assert not {first(message) for message in catalogues.read(language)} - in_code


def product_forms() -> Iterator[type[forms.BaseForm]]:
    """Every form class of the product's own apps, also those that nobody has imported yet."""
    for app in catalogues.PYTHON_FOLDERS:
        for module in pkgutil.walk_packages([app], f"{app}."):
            if module.name.rpartition(".")[2] in {"forms", "views"} or "_forms" in module.name:
                importlib.import_module(module.name)
    waiting = forms.BaseForm.__subclasses__()
    while waiting:
        found = waiting.pop()
        waiting += found.__subclasses__()
        if found.__module__.partition(".")[0] in catalogues.PYTHON_FOLDERS:
            yield found


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_no_form_shows_a_label_in_english(language: str) -> None:
    """A label that Django makes from a column's name is English for everybody."""
    known = catalogues.read(language)
    fields = [
        (form.__name__, name, field.label)
        for form in product_forms()
        for name, field in form.base_fields.items()
        if field.label and not field.widget.is_hidden
    ]
    assert len(fields) > 100
    with translation.override("en"):
        english = [str(label) for _form, _name, label in fields]
    with translation.override(language):
        shown = [str(label) for _form, _name, label in fields]
    untranslated = [
        f"{form}.{name}: {label}"
        for (form, name, _label), label, text in zip(fields, english, shown, strict=True)
        if label == text and str(getattr(known.get(label), "string", "")) != text
    ]
    assert untranslated == []


def first(message: catalogues.Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def test_templates_give_up_trimmed_plural_and_context() -> None:
    template = b"""
      {% load i18n %}
        <p title="{% translate "It's here" context 'place' %}">{# a comment (with ' quotes #}
      {% blocktranslate trimmed count n=rows|length %}
          {{ n }} row
        {% plural %}
          {{ n }} rows
      {% endblocktranslate %} } ) "
      {% blocktranslate with who=user.name trimmed %}  Hello
           {{ who }}! {% endblocktranslate %}
    """
    found = list(catalogues.extract_template(io.BytesIO(template), catalogues.KEYWORDS, (), {}))
    texts = [messages for _line, _name, messages, _comments in found]
    assert ("place", "It's here") in [tuple(t) for t in texts if isinstance(t, (tuple, list))]
    assert "Hello %(who)s!" in texts
    assert any("%(n)s row" in t and "%(n)s rows" in t for t in texts if isinstance(t, (tuple, list)))


def test_a_lost_placeholder_is_a_problem() -> None:
    message = catalogues.Message("Hello %(who)s", "Hallo", flags=("python-format",))
    assert catalogues._reason(message) == "other placeholders"
    assert catalogues._reason(catalogues.Message("Hello", "")) == "not translated"
    assert catalogues._reason(catalogues.Message("Hello", "Hallo", flags=("fuzzy",))) == "fuzzy"
    assert catalogues._reason(catalogues.Message("Hello %(who)s", "Hallo %(who)s")) == ""


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_what_is_compiled_says_what_is_translated(language) -> None:
    catalogues.compile_all()
    with catalogues.po_file(language).with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    plain = [
        m for m in catalogues.read(language) if m.id and not m.pluralizable and not m.context and m.string
    ]
    assert plain
    assert [m.id for m in plain if compiled.gettext(m.id) != m.string and not m.fuzzy] == []


@pytest.mark.django_db
def test_a_wrong_password_is_told_in_our_own_words(client) -> None:
    """Not in those of the library, which says "jij" in Dutch."""
    client.cookies["language"] = "en"
    page = client.post("/accounts/login/", {"login": "nobody@example.org", "password": "wrong-password"})
    assert "do not belong together" in page.content.decode()
