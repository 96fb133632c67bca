"""Which column of the prison's list holds what: headings in Dutch, French or English, alone or side by side. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import zip_longest
from typing import Any

from enrollment.domain.roster.cell_values import plain

HEAD_ROWS = 25
"""How many title rows may stand above the headings."""
Columns = dict[str, int]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


HEADINGS: dict[str, frozenset[str]] = {
    "number": _words(
        "opsluitingsnummer registernummer opsluitingsnr opsluitingsnum "
        "numerodecrou numdecrou nrdecrou ndecrou nodecrou necrou ecrou noecrou numeroecrou numecrou "
        "numerodetenu registernumber gedetineerdennummer detentienummer numerodelecrou matricule siset "
        "sisetnummer sisetnr nummergedetineerde nrgedetineerde numerodudetenu ndetenu registratienummer"
    ),
    "other_number": _words("rolnummer dossiernummer dossiernr stamnummer numerodedossier ndedossier nodossier"),
    "any_number": _words("nummer nr num numero no n number ref"),
    "last_name": _words("naam familienaam achternaam nom nomdefamille name lastname surname familyname"),
    "first_name": _words("voornaam voornamen voorn prenom prenoms firstname firstnames givenname givennames"),
    "full_name": _words("volledigenaam fullname nomcomplet gedetineerde detenu detenue"),
    "unit": _words(
        "leefeenheid eenheid vleugel afdeling sectie unit unite unitedevie aile section livingunit le "
        "leefeenh afd wing nieuweleefeenheid nieuweeenheid nouvelleunite uniteactuelle huidigeleefeenheid"
    ),
    "cell": _words(
        "cel celnummer cellule cell celnr nrcel ncel celn numerodecellule celnum cellulen ncellule nocellule "
        "numerocellule nrcellule kamer cellnumber cellno nieuwecel huidigecel nouvellecellule celluleactuelle newcell"
    ),
    "arrived_on": _words(
        "aankomst aankomstdatum datumaankomst datumopsluiting opgeslotenop dateentree datedentree binnen "
        "entree arrivee datearrivee datedarrivee arrival arrivedon arrivaldate binnengekomen opsluitingsdatum "
        "dateecrou datedecrou datumvanaankomst datumvanopsluiting"
    ),
}  # fmt: skip
_TOGETHER: dict[tuple[str, ...], str] = {
    ("last_name", "first_name"): "full_name",
    ("first_name", "last_name"): "full_name_reversed",
    ("unit", "cell"): "unit_and_cell",
}
_BETWEEN = re.compile(r"\s*[/,;&+|\n()]\s*|\s[-–]\s")
_SMALL_WORDS = frozenset(
    ("en", "et", "and", "de", "du", "des", "van", "het", "la", "le", "of", "ou", "d", "l")
)
_OF_WHOM = re.compile(
    r"\s(?:van de |du |de la |de l['’])?(?:gedetineerden?|d[ée]tenue?s?)\s*$", re.IGNORECASE
)


def columns(row: Sequence[Any], hidden: Collection[int] = ()) -> Columns:
    """Which column holds what, when this row is the one with the headings; else empty.

    A column that is hidden counts only where no other holds the same, a number of any kind only where none says
    that it is the one of the prison.
    """
    found: Columns = {}
    order = sorted(range(len(row)), key=lambda index: (index in hidden, index))
    for index in order:
        if kind := kind_of(row[index]):
            found.setdefault(kind, index)
    for kind in ("other_number", "any_number"):
        if kind in found:
            found.setdefault("number", found.pop(kind))
    if "first_name" in found and "full_name" in found:
        found.setdefault("last_name", found.pop("full_name"))
    has_name = any(name in found for name in ("last_name", "full_name", "full_name_reversed"))
    return found if "number" in found and has_name else {}


def of_two_rows(above: Sequence[Any], below: Sequence[Any]) -> Columns:
    """Headings written over two rows (“Opsluitings-” above “nummer”), when they say more than one row does."""
    texts = [value for value in (*above, *below) if value is not None]
    if not all(isinstance(text, str) and not any(sign.isdigit() for sign in text) for text in texts):
        return {}
    joined = columns([f"{one or ''}{two or ''}" for one, two in zip_longest(above, below)])
    return joined if len(joined) > max(len(columns(above)), len(columns(below))) else {}


def kind_of(value: Any) -> str:
    if not isinstance(value, str) or not value or len(value) > 60:
        return ""
    if value.strip() == "#":
        return "any_number"
    return _kind_of_words(value) or _kind_of_words(_OF_WHOM.sub("", value)) or _kind_of_parts(value)


def _kind_of_words(text: str) -> str:
    words = plain(text)
    return next((kind for kind, spellings in HEADINGS.items() if words in spellings), "")


def _kind_of_parts(text: str) -> str:
    """“Nummer / Numéro”, “Leefeenheid (LE)”, “Naam en voornaam”, “N° de cellule”: what its parts say together."""
    text = re.sub(r"\(s\)", "", text)
    parts = [part for part in _BETWEEN.split(text) if plain(part)]
    if len(parts) > 1 and (kind := _together([kind_of(part) for part in parts])):
        return kind
    words = [word for word in re.split(r"[^\w.°º]+", text) if plain(word) and plain(word) not in _SMALL_WORDS]
    kinds = [_kind_of_words(word) for word in words]
    return _together(kinds) if len(words) > 1 and all(kinds) else ""


def _together(kinds: list[str]) -> str:
    """The first says what the column is; others say the same in another language, or more of it."""
    known = list(dict.fromkeys(kind for kind in kinds if kind))
    if len(known) == 1:
        return known[0] if kinds[0] else ""
    if "any_number" in known and len(known) == 2:
        known.remove("any_number")
        return known[0] if known[0] in ("number", "other_number", "cell") else ""
    return _TOGETHER.get(tuple(known), "")
