"""What the services of Brussels publish as group activities, and who leads them (people invented)."""

from __future__ import annotations

from dataclasses import dataclass

# key: name, short name, kind, authority, language
ORGANISATIONS = {
    "jww": ("Justitieel Welzijnswerk, CAW Brussel", "JWW Brussel", "service", "flemish", "nl"),
    "slajv": ("Service Laïque d'Aide aux Justiciables et aux Victimes", "SLAJ-V", "service", "french", "fr"),
    "apo": ("APO asbl", "APO", "service", "common", "fr"),
    "rizome": ("Rizome-Bxl", "Rizome-Bxl", "service", "common", "fr"),
    "sireas": (
        "Siréas / Sociale Actie van Brussel - Action Sociale de Bruxelles",
        "Siréas",
        "service",
        "common",
        "fr",
    ),
    "sma": (
        "Stichting voor Morele Bijstand aan Gevangenen - Fondation pour l'Assistance Morale aux Détenus",
        "SMBG-FAMD",
        "service",
        "common",
        "nl",
    ),
    "rode": ("De Rode Antraciet", "De Rode Antraciet", "partner", "flemish", "nl"),
    "brusselleer": ("Brusselleer", "Brusselleer", "partner", "flemish", "nl"),
    "vdab": ("VDAB", "VDAB", "partner", "flemish", "nl"),
    "actiris": ("Actiris", "Actiris", "partner", "common", "fr"),
    "biblio": ("Gevangenisbibliotheek - Bibliothèque de la prison", "Bib", "partner", "flemish", "nl"),
    "moderator": ("De Moderator", "De Moderator", "partner", "flemish", "nl"),
    "antwerp": ("Justitieel Welzijnswerk, CAW Antwerpen", "JWW Antwerpen", "service", "flemish", "nl"),
}


@dataclass(frozen=True)
class Offer:
    """One activity and the groups of it that run this term."""

    organisation: str
    domain: str
    nl: str
    fr: str
    en: str
    places: int = 10
    needs: str = ""
    minutes: int = 90
    groups: str = "haren"
    """One word per series: prison, then `:` and who it is for (a letter of units), then `:` and its label."""
    slot: str = "day"
    """day, evening or saturday."""
    languages: tuple[str, ...] = ()
    level: str = ""
    intake: bool = False
    drop_in: bool = False
    materials: tuple[tuple[str, int, str], ...] = ()


OFFERS = [
    Offer("jww", "language", "Onthaalklas Nederlands", "Classe d'accueil néerlandais", "Welcome class Dutch",
          groups="haren:A:1 haren:A:2", languages=("nl",)),
    Offer("apo", "language", "Onthaalklas Frans", "Classe d'accueil français", "Welcome class French",
          groups="haren:A:1 saint-gilles:ABC:1", languages=("fr",)),
    Offer("brusselleer", "language", "Nederlands tweede taal", "Néerlandais deuxième langue", "Dutch as a second language",
          places=12, groups="haren:B:1 haren:F:2", languages=("nl",), level="A1", intake=True),
    Offer("rizome", "language", "Frans tweede taal", "Français deuxième langue", "French as a second language",
          places=12, groups="haren:B:1 haren:F:2", languages=("fr",), level="A1"),
    Offer("brusselleer", "education", "Alfabetisering", "Alphabétisation", "Literacy", places=8, groups="haren:C saint-gilles:ABC",
          languages=("nl", "fr")),
    Offer("vdab", "education", "Computer voor beginners", "Ordinateur pour débutants", "Computers for beginners",
          needs="computers", groups="haren:C", minutes=120, intake=True, materials=(("USB-stick", 10, "granted"),)),
    Offer("actiris", "work", "Mijn eigen zaak", "Ma propre affaire", "Business management", needs="projector", groups="haren:B",
          languages=("fr",)),
    Offer("moderator", "mediation", "Kennismaking met herstelbemiddeling", "Découvrir la médiation réparatrice",
          "Introduction to restorative mediation", groups="haren:B saint-gilles:D"),
    Offer("slajv", "mental_health", "Communicatie en zelfbeeld", "Communication et image de soi",
          "Communication and self-image", places=8, groups="haren:F saint-gilles:ABC", languages=("fr",)),
    Offer("apo", "addiction", "Praatgroep verslaving", "Groupe de parole assuétudes", "Addiction discussion group",
          places=8, groups="haren:B:1 haren:M:2", intake=True),
    Offer("sma", "family", "Ouder zijn van binnenuit", "Être parent de l'intérieur", "Parenting from inside",
          places=8, groups="haren:F haren:B"),
    Offer("slajv", "mediation", "Stilstaan bij slachtoffers", "Penser aux victimes", "Victim awareness", places=8,
          groups="haren:B", intake=True),
    Offer("rode", "culture", "Theater", "Théâtre", "Theatre", places=14, needs="stage", minutes=120,
          groups="haren:BC", materials=(("Kostuums / Costumes", 6, "asked"),)),
    Offer("rode", "culture", "Muziek maken", "Faire de la musique", "Making music", places=8, needs="music",
          groups="haren:C", slot="evening"),
    Offer("rizome", "culture", "Tekenen", "Dessin", "Drawing", places=8, needs="water", groups="haren:A saint-gilles:ABC"),
    Offer("biblio", "culture", "Lees- en schrijfgroep", "Atelier lecture et écriture", "Reading and writing",
          needs="books", groups="haren:BC", slot="evening"),
    Offer("sma", "culture", "Filmavond", "Soirée film", "Film evening", places=20, needs="projector stage",
          groups="haren:C", slot="evening", minutes=120),
    Offer("biblio", "culture", "Bibliotheekuur", "Heure de bibliothèque", "Library hour", places=15, needs="books",
          groups="haren:A", drop_in=True),
    Offer("rode", "sport", "Yoga", "Yoga", "Yoga", places=12, needs="sport", groups="haren:F haren:M", minutes=60,
          materials=(("Yogamat / Tapis", 12, "granted"),)),
    Offer("rode", "sport", "Fitness", "Fitness", "Fitness", places=12, needs="sport", groups="haren:C saint-gilles:D",
          minutes=60, slot="day", drop_in=False),
    Offer("rode", "sport", "Voetbal", "Football", "Football", places=16, needs="sport", groups="haren:BC", slot="evening",
          drop_in=True),
    Offer("jww", "mental_health", "Veerkracht", "Résilience", "Resilience training", groups="haren:A saint-gilles:D"),
    Offer("actiris", "work", "Jobcoaching", "Coaching emploi", "Job coaching", places=8, needs="projector",
          groups="haren:C saint-gilles:D", languages=("fr", "nl")),
    Offer("sireas", "housing", "Infosessie wonen", "Séance d'info logement", "Housing information", places=12,
          groups="haren:B", languages=("fr",)),
    Offer("sireas", "administration", "Schulden en uitkeringen", "Dettes et allocations", "Debts and benefits", places=10,
          groups="haren:A", languages=("fr", "nl")),
    Offer("sma", "family", "Familienamiddag", "Après-midi en famille", "Family afternoon", places=18, needs="play",
          minutes=120, groups="haren:BC", slot="saturday"),
    Offer("antwerp", "language", "Nederlands voor beginners", "Néerlandais pour débutants", "Dutch for beginners",
          groups="antwerpen:P"),
    Offer("antwerp", "sport", "Conditietraining", "Entraînement", "Fitness training", places=12, needs="sport",
          groups="antwerpen:P", minutes=60),
]  # fmt: skip

# name, organisation, languages spoken, prisons, days from today until the permission ends (None: none is needed)
WORKERS = [
    ("Chloé Lambert", "rode", "nl fr en", "haren saint-gilles", 400),
    ("Joris Vanhoutte", "jww", "nl en", "haren", 300),
    ("Leen Baert", "jww", "nl", "haren", None),
    ("Samira Tahiri", "jww", "nl fr ar", "haren saint-gilles", 500),
    ("Marc Delvaux", "apo", "fr", "haren saint-gilles", 420),
    ("Nadia Ouali", "apo", "fr ar", "haren saint-gilles", 350),
    ("Wouter Claeys", "brusselleer", "nl fr", "haren saint-gilles", 380),
    ("Hilde Smets", "brusselleer", "nl", "haren", 21),
    ("Béatrice Fontaine", "rizome", "fr", "haren saint-gilles", 460),
    ("Thomas Legrand", "rizome", "fr nl", "haren saint-gilles", 200),
    ("Ioana Popescu", "rizome", "fr ro", "haren", 330),
    ("Karel Maes", "vdab", "nl", "haren", 270),
    ("Farid Amrani", "actiris", "fr nl ar", "haren saint-gilles", 510),
    ("Sylvie Renard", "actiris", "fr", "haren", 310),
    ("Griet Hermans", "moderator", "nl fr", "haren saint-gilles", 440),
    ("Anne Dubois", "slajv", "fr", "haren saint-gilles", None),
    ("Olivier Marchal", "slajv", "fr en", "haren", 350),
    ("Mieke Pauwels", "sma", "nl fr", "haren", 600),
    ("Yusuf Kaya", "sma", "nl tr", "haren", 410),
    ("Bram Stevens", "rode", "nl", "haren", 390),
    ("Inès Moreau", "rode", "fr nl", "haren saint-gilles", 240),
    ("Els Cools", "biblio", "nl fr", "haren", 365),
    ("Philippe Bastin", "sireas", "fr nl", "haren", 17),
    ("Fatoumata Diallo", "sireas", "fr", "haren", 470),
    ("Dirk Goossens", "antwerp", "nl", "antwerpen", 300),
    ("Elena Georgescu", "apo", "ro fr", "haren", -12),
]
INTERPRETERS = ("Elena Georgescu", "Ioana Popescu")

# wishes for what does not exist yet
WISHES = [
    ("culture", "Schaken / Échecs"),
    ("work", "Kappersopleiding / Formation coiffure"),
    ("education", "Rijbewijs theorie / Permis théorique"),
    ("culture", "Koken / Cuisine"),
    ("language", "Engels / Anglais"),
    ("sport", "Boksen / Boxe"),
    ("family", "Voorlezen voor mijn kind / Lire pour mon enfant"),
    ("health", "Stoppen met roken / Arrêter de fumer"),
]
