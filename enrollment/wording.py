"""The words on paper for the prison: always in Dutch and in French, of equal size, whoever prints it.

They are not translated with the screens: a list is never in one language only.
"""

from __future__ import annotations

import datetime as dt
import functools

from django.utils import translation
from django.utils.formats import date_format

from core.dates.clock import BRUSSELS

_WORDS: dict[str, tuple[str, ...]] = {
    "added": ("ERBIJ", "EN PLUS"),
    "agreement": ("Akkoord van de gevangenis", "Accord de la prison"),
    "agreement_how": (
        "Kruis per persoon één vakje aan; een reden is niet nodig.",
        "Cochez une case par personne ; aucun motif n'est demandé.",
    ),
    "answer_by_slip": ("U krijgt een antwoord op papier.", "Vous recevez une réponse sur papier."),
    "ask_by_note": (
        "Vraag het met een rapportbriefje: naam, cel, activiteit.",
        "Demandez-le par billet de rapport : nom, cellule, activité.",
    ),
    "attendance_sheet": ("Aanwezigheidslijst", "Liste de présences"),
    "back": ("terug", "retour"),
    "change": ("Wijziging", "Changement"),
    "changes": ("Wijzigingen", "Changements"),
    "changed_at_gate": ("GEWIJZIGD", "MODIFIÉ"),
    "changed_name": ("VERBETERD", "CORRIGÉ"),
    "changed_cell": ("ANDERE CEL", "AUTRE CELLULE"),
    "changed_place": ("ANDER UUR OF LOKAAL", "AUTRE HEURE OU LOCAL"),
    "call_list": ("Bellijst van de lesgevers", "Liste d'appels des intervenants"),
    "cancelled": ("GAAT NIET DOOR", "N'A PAS LIEU"),
    "cancellations": ("Wat niet doorgaat", "Ce qui n'a pas lieu"),
    "cell": ("Cel", "Cellule"),
    "cells_as_of": ("Cellen volgens de toestand van / Cellules d'après la situation du %(when)s",),
    "cells_old": (
        "LET OP / ATTENTION: cellen volgens de toestand van / cellules d'après la situation du %(when)s",
    ),
    "cells_unknown": ("LET OP: cellen niet nagekeken", "ATTENTION : cellules non vérifiées"),
    "changed_since": (
        "Sinds versie %(number)s van %(when)s",
        "Depuis la version %(number)s du %(when)s",
    ),
    "code": ("Code %(code)s",),
    "copies": ("Exemplaren", "Exemplaires"),
    "day_lists": ("Daglijsten", "Listes du jour"),
    "day": ("Dag", "Jour"),
    "destroy": ("Vernietigen na gebruik", "À détruire après usage"),
    "drop_in": ("Vrije inloop, zonder namen", "Accès libre, sans noms"),
    "emergency_use": (
        "Enkel als het netwerk niet werkt. De lijsten op papier gaan voor.",
        "Uniquement si le réseau est en panne. Les listes sur papier priment.",
    ),
    "emergency_pack": ("Noodpakket", "Dossier de secours"),
    "families": (
        "Familiebezoekers: %(adults)s volwassenen, %(children)s kinderen",
        "Visiteurs familiaux : %(adults)s adultes, %(children)s enfants",
    ),
    "for_nobody": ("NOG VOOR GEEN ENKELE POST", "ENCORE POUR AUCUN POSTE"),
    "for_post": ("Voor de post", "Pour le poste"),
    "from": ("Van", "De"),
    "gate_changes": ("Wijzigingen aan de poort", "Changements à la porte"),
    "gate_in": ("binnen", "entré"),
    "gate_list": ("Toegangslijst", "Liste d'accès"),
    "gate_out": ("buiten", "sorti"),
    "head_count": ("Aantal aanwezigen: ______", "Nombre de présents : ______"),
    "how_many": ("Aantal personen", "Nombre de personnes"),
    "hours": ("uren", "heures"),
    "hours_done": ("Gepresteerde uren", "Heures prestées"),
    "hours_of_date": ("Data", "Dates"),
    "interpreter": ("tolk", "interprète"),
    "letter_missing": (
        "“?”: een letter die niet gedrukt kan worden",
        "« ? » : une lettre qui ne peut pas être imprimée",
    ),
    "list": ("Lijst", "Liste"),
    "made_at": ("Opgemaakt op / Établi le %(when)s",),
    "material": ("Toegelaten materiaal", "Matériel autorisé"),
    "movement_list": ("Bewegingslijst", "Liste de mouvements"),
    "movement_slip": ("Bewegingsbriefje", "Billet de mouvement"),
    "name": ("Naam", "Nom"),
    "no": ("nee", "non"),
    "nobody": ("Niemand op de lijst", "Personne sur la liste"),
    "no_changes": ("Geen wijzigingen", "Aucun changement"),
    "no_programme": ("Geen activiteiten", "Pas d'activités"),
    "none_cancelled": ("Alles gaat door", "Tout a lieu"),
    "not_brought": ("niet gebracht", "non amené"),
    "not_here": ("niet hier", "pas ici"),
    "not_now": ("nu niet", "pas maintenant"),
    "nothing_for_post": ("Niets voor deze post op deze dag", "Rien pour ce poste ce jour"),
    "number": ("Nr.", "N°"),
    "organisation": ("Organisatie", "Organisation"),
    "out": ("uit", "sorti"),
    "overview": ("Overzicht van de dag", "Aperçu de la journée"),
    "unknown": ("niet gekend", "inconnue"),
    "page": ("Pagina %(page)s van %(pages)s", "Page %(page)s sur %(pages)s"),
    "people_at_most": ("hoogstens %(number)s personen", "%(number)s personnes au plus"),
    "permission": ("Toelating", "Autorisation"),
    "permission_none": ("GEEN", "AUCUNE"),
    "permission_until": ("tot / jusqu'au %(when)s",),
    "permission_unneeded": ("niet nodig", "pas requise"),
    "phone": ("Telefoon", "Téléphone"),
    "programme": ("Activiteiten", "Activités"),
    "provisional": ("VOORLOPIG", "PROVISOIRE"),
    "received": (
        "Ontvangen door: ____________________ om: ________",
        "Reçu par : ____________________ à : ________",
    ),
    "removed": ("NIET MEER", "RETIRÉ"),
    "replaces": ("Vervangt vroegere wijzigingen", "Remplace les changements antérieurs"),
    "signature": ("Handtekening", "Signature"),
    "signed_for_prison": (
        "Voor de gevangenis (naam, datum, handtekening)",
        "Pour la prison (nom, date, signature)",
    ),
    "signed_for_service": (
        "Voor de dienst (naam, datum, handtekening)",
        "Pour le service (nom, date, signature)",
    ),
    "slips": ("Antwoordbriefjes", "Billets de réponse"),
    "substitute": ("vervanger", "remplaçant"),
    "tick": (
        "Kruis aan: uit, terug of niet gebracht. Niet gebracht: schrijf waarom.",
        "Cochez : sorti, retour ou non amené. Non amené : écrivez le motif.",
    ),
    "to": ("Tot", "À"),
    "total": ("Totaal", "Total"),
    "version": ("Versie / Version %(number)s van / du %(when)s",),
    "was": ("was", "était"),
    "whole_group": ("hele groep", "tout le groupe"),
    "what": ("Wat", "Quoi"),
    "where": ("Waar", "Où"),
    "why": ("waarom", "motif"),
    "yes": ("ja", "oui"),
}


def both(word: str, **facts: object) -> str:
    """The word in Dutch and in French. Raises KeyError for an unknown one."""
    return joined(*(text % facts for text in _WORDS[word]))


def joined(*texts: str) -> str:
    """The texts side by side, once where they are the same."""
    return " / ".join(dict.fromkeys(texts))


@functools.lru_cache(maxsize=64)
def day_in_words(day: dt.date) -> str:
    """`dinsdag 24 november 2026 / mardi 24 novembre 2026`."""
    told = []
    for language in ("nl", "fr"):
        with translation.override(language):
            told.append(date_format(day, "l j F Y").lower())
    return joined(*told)


def weekday(day: dt.date) -> str:
    """`dinsdag / mardi`."""
    told = []
    for language in ("nl", "fr"):
        with translation.override(language):
            told.append(date_format(day, "l").lower())
    return joined(*told)


def moment(at: dt.datetime | dt.date) -> str:
    """A day, or a moment on the clock of Brussels, in figures that both languages read alike."""
    if isinstance(at, dt.datetime):
        return f"{at.astimezone(BRUSSELS):%d-%m-%Y %H:%M}"
    return f"{at:%d-%m-%Y}"


def hour(time: dt.time) -> str:
    return f"{time:%H:%M}"
