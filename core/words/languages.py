"""Which language a page is in, and which of an object's titles to show in it."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from babel import Locale
from django.conf import settings
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.functional import lazy

from core.words.folding import as_filed

FALLBACK_ORDER = ("nl", "fr", "en")

# Languages in which groups are held and facilitators speak, each under its own name.
OWN_NAMES = {
    "nl": "Nederlands",
    "fr": "Français",
    "en": "English",
    "ar": "العربية",
    "es": "Español",
    "pt": "Português",
    "it": "Italiano",
    "de": "Deutsch",
    "tr": "Türkçe",
    "sq": "Shqip",
    "ro": "Română",
    "bg": "Български",
    "pl": "Polski",
    "ru": "Русский",
    "uk": "Українська",
    "fa": "فارسی",
    "ps": "پښتو",
    "so": "Soomaali",
    "ti": "ትግርኛ",
    "ln": "Lingála",
    "zh": "中文",
}


def _spoken(code: str) -> str:
    """`Tigrinya · ትግርኛ`: in the reader's language, then as its speakers call it; once where both are the same."""
    reader, own = translation.get_language() or settings.LANGUAGE_CODE, OWN_NAMES[code]
    name = Locale.parse(reader, sep="-").languages.get(code, own)
    name = name[:1].upper() + name[1:]
    return name if name == own else f"{name} · {own}"


SPOKEN = [(code, lazy(_spoken, str)(code)) for code in OWN_NAMES]
"""Choices (code, label) in the reader's language."""


def by_name(codes: Collection[str] = tuple(OWN_NAMES)) -> list[tuple[str, str]]:
    """Choices as somebody looks for them: the languages of the house, then the others as the reader names them."""
    labels = {code: str(label) for code, label in SPOKEN if code in codes}
    own = [(code, labels.pop(code)) for code in FALLBACK_ORDER if code in labels]
    return own + sorted(labels.items(), key=lambda one: as_filed(one[1]))


def language_names(codes: Iterable[str]) -> str:
    """`Dutch, French and Arabic` stored as codes, as the reader calls them; a code that nobody knows stays as it is."""
    names = Locale.parse(translation.get_language() or settings.LANGUAGE_CODE, sep="-").languages
    words = ", ".join(str(names.get(code, code)) for code in codes)
    return words[:1].upper() + words[1:]


def localized(obj: Any, field: str, language: str | None = None) -> str:
    """The text of `field` in `language` (default: the active one), else in the first language that has one.

    Texts live in one column per language: `title_nl`, `title_fr`, `title_en`.
    """
    return named("", {code: getattr(obj, f"{field}_{code}", "") for code in FALLBACK_ORDER}, language)


def named(name: str, names: Mapping[str, str], language: str | None = None) -> str:
    """What a thing is called in `language`; else what stands on its door; else in the first language that has it."""
    return named_in(name, names, language)[0]


def named_in(name: str, names: Mapping[str, str], language: str | None = None) -> tuple[str, str]:
    """The same with the language that it is in: a page says it to whoever reads aloud and to what breaks words."""
    wanted = (language or translation.get_language() or settings.LANGUAGE_CODE)[:2]
    found = ((names.get(code) or "", code) for code in (wanted, *FALLBACK_ORDER))
    if names.get(wanted) or not name:
        return next(filter(lambda each: each[0], found), ("", wanted))
    return name, wanted


class UserLanguageMiddleware(LocaleMiddleware):
    """The language of the signed-in user, else of the cookie, else of the browser; links stay the same."""

    def process_request(self, request: HttpRequest) -> None:
        language = self._language_of_user(request) or translation.get_language_from_request(request)
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()

    @staticmethod
    def _language_of_user(request: HttpRequest) -> str:
        """Empty for visitors; without a session cookie nobody is signed in, so nothing is looked up."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return ""
        language = getattr(request.user, "language", "")
        return language if language in dict(settings.LANGUAGES) else ""
