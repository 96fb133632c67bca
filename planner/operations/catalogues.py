"""Message catalogues with Babel alone: gettext's own programs are not on every machine.

`update` collects every text of Python files and templates into locale/<language>/LC_MESSAGES/django.po,
`compile_all` makes the .mo files that Django reads (never committed), `problems` says what is missing.
Catalogues hold no line numbers and are sorted, so that two people's additions rarely meet on one line.
"""

import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

from core.whole_files import whole_file

LANGUAGES = ("nl", "fr")
PYTHON_FOLDERS = ("core", "prisons", "rooms", "sessions", "enrollment", "planner")
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
COMMENT_TAGS = ("Translators:",)
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdif%]|\{\w*\}")


def extract_template(file: Any, keywords: Any, tags: Any, options: dict[str, Any]) -> Iterator[Any]:
    """Babel extraction method for Django templates.

    Django's templatize turns a template into text whose only real Python is calls of gettext, a line each.
    Indentation is stripped, since Python's tokenizer would stumble over it.
    """
    source = templatize(file.read().decode("utf-8"), origin=options.get("origin", "template"))
    flat = "\n".join(line.strip() for line in source.splitlines())
    yield from extract_python(io.BytesIO(flat.encode("utf-8")), keywords, tags, {"encoding": "utf-8"})


def sources() -> list[tuple[Any, Path]]:
    """Every file to look into, with the extraction method for it, in a stable order."""
    root = Path(settings.BASE_DIR)
    python = [path for folder in PYTHON_FOLDERS for path in (root / folder).rglob("*.py")]
    templates = [path for path in (root / "templates").rglob("*") if path.suffix in {".html", ".txt", ".svg"}]
    pairs = [("python", path) for path in python if "migrations" not in path.parts]
    return sorted([*pairs, *((extract_template, path) for path in templates)], key=lambda pair: str(pair[1]))


def collect() -> Catalog:
    """The catalogue of every text in the code, without translations."""
    catalog = Catalog(charset="utf-8", fuzzy=False)
    for method, path in sources():
        with path.open("rb") as file:
            options = {"origin": str(path)} if callable(method) else {}
            found = list(extract(method, file, KEYWORDS, COMMENT_TAGS, options, strip_comment_tags=True))
        for _line, message, comments, context in found:
            if message and (message[0] if isinstance(message, tuple) else message):
                catalog.add(message, auto_comments=comments, context=context)
    return catalog


def po_file(language: str) -> Path:
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """The catalogue on disk, empty when there is none."""
    path = po_file(language)
    if not path.exists():
        return Catalog(locale=language, project=settings.PRODUCT_NAME, charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str, template: Catalog) -> bytes:
    """The .po file of a language with exactly the texts of `template`, keeping its translations."""
    catalog = read(language)
    catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
    # Dates and versions in the header would differ with every run and every machine.
    catalog.header_comment = f"# {settings.PRODUCT_NAME}: {language}"
    kept = ("language", "plural-forms", "mime-version", "content-type", "content-transfer-encoding")
    headers = [(name, value) for name, value in catalog.mime_headers if name.lower() in kept]
    for message in catalog:
        message.locations = []
    buffer = io.BytesIO()
    write_po(
        buffer, catalog, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True, width=110
    )
    head = "".join(f'"{name}: {value}\\n"\n' for name, value in headers)
    comment = f"{catalog.header_comment}\n"
    return f'{comment}msgid ""\nmsgstr ""\n{head}\n'.encode() + buffer.getvalue()


def update() -> list[Path]:
    """Bring every .po file up to date with the code; returns the files that changed."""
    template, changed = collect(), []
    for language in LANGUAGES:
        path, content = po_file(language), updated(language, template)
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            changed.append(path)
    return changed


def compile_all() -> None:
    """Write the .mo file beside each .po file that is newer than it."""
    for language in LANGUAGES:
        source = po_file(language)
        target = source.with_suffix(".mo")
        if source.exists() and (not target.exists() or target.stat().st_mtime < source.stat().st_mtime):
            with whole_file(target) as file:
                write_mo(file, read(language))


def problems(template: Catalog | None = None) -> list[str]:
    """One line for each text that is absent, untranslated, fuzzy or has other placeholders."""
    template = template or collect()
    return [problem for language in LANGUAGES for problem in _problems_in(language, template)]


def _problems_in(language: str, template: Catalog) -> Iterator[str]:
    catalog = read(language)
    for wanted in template:
        if not wanted.id:
            continue
        found = catalog.get(wanted.id, wanted.context)
        reason = "not in the catalogue" if found is None else _reason(found)
        if reason:
            yield f"{language}: {reason}: {_first(wanted.id)!r}"


def _reason(message: Message) -> str:
    texts = [str(text or "") for text in _all(message.string)]
    if not all(texts):
        return "not translated"
    if message.fuzzy:
        return "fuzzy"
    if any(_placeholders(text) - _placeholders(*_all(message.id)) for text in texts):
        return "unknown placeholder"
    if not message.pluralizable and _placeholders(texts[0]) != _placeholders(_first(message.id)):
        return "other placeholders"
    return ""


def _all(identifier: Any) -> Iterable[str]:
    return identifier if isinstance(identifier, (tuple, list)) else [identifier]


def _first(identifier: Any) -> str:
    return next(iter(_all(identifier)))


def _placeholders(*texts: str) -> set[str]:
    return {found for text in texts for found in PLACEHOLDER.findall(text)}
