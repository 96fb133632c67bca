"""Names such as Brussels has, mixed by chance: nobody is meant."""

from __future__ import annotations

from random import Random


def _words(text: str) -> list[str]:
    """One name per word; an underscore stands for the space inside a name."""
    return [word.replace("_", " ") for word in text.split()]


_MEN = _words(
    """
    Adil Ahmed Alexandru Ali Amine Anas Andrei Anthony Antoine Arben Arthur Ayoub Bart Benoît Besnik
    Bilal Bogdan Bram Brahim Carlos Cédric Christian Claude Cristian Damien Daniel David Dieudonné
    Dimitri Driss Dylan Éric Emre Erik Fabrice Farid Filip Florin François Gert Ghislain Hakim Hamza
    Hassan Hicham Ibrahim Ilias Ismaël Ivan Jan Jean-Pierre Jérôme Jonas Jorge Joseph Kamal Karim Kevin
    Khalid Koen Laurent Liviu Luc Lukas Mamadou Marc Mehdi Michel Mihai Mohamed Mustafa Nabil Nicolas
    Nordin Olivier Omar Patrick Pavel Petru Philippe Pieter Rachid Radu Rik Robert Said Samir Sébastien
    Serge Sofiane Stefan Steven Stijn Tarik Thierry Thomas Tom Valon Vincent Wim Xavier Yannick Yassine
    Youssef Yusuf Zakaria
    """
)
_WOMEN = _words(
    """
    Aïcha Alina Amina An Anke Béatrice Bruna Carine Chantal Claudine Cristina Diana Elena Elke Émilie
    Fatima Fatoumata Florence Gaëlle Hanne Houria Ilse Ioana Isabelle Jessica Joke Julie Karima Katrien
    Khadija Laetitia Latifa Leen Lindita Maria Marie-Claire Martine Mercedes Mirela Nadia Naima Nathalie
    Nele Nora Odile Rosa Sabine Samira Sara Sofie Sylvie Tine Vanessa Veerle Yasmina Zineb
    """
)
FAMILIES = _words(
    """
    Aerts Alaoui Amrani Baert Bakkali Barry Bastin Benali Berisha Boulanger Bouzid Claes Claeys Cools
    Coulibaly Cuypers Da_Costa Da_Silva De_Backer De_Clercq De_Smet De_Wilde Delvaux Denis Desmet Diallo
    Dimitrov Dubois Dumitru Dumont El_Amrani El_Idrissi Fernandes Fontaine Gashi Georgescu Goossens
    Gérard Haddad Hadj Hermans Hoxha Ibrahimi Ilunga Ionescu Jacobs Janssens Kabongo Kaya Kone Krasniqi
    Lambert Lambrecht Leclercq Legrand Lemmens Leroy Lopez Maes Marchal Martens Mbuyi Mercier Mertens
    Michiels Moreau Morina Mutombo Nguyen Okafor Ouali Pauwels Peeters Petit Petrov Popa Popescu Renard
    Rexhepi Rodrigues Rousseau Saidi Santos Simon Smets Sow Stan Stevens Tahiri Thys Toure Tran
    Van_Damme Van_den_Broeck Vandenberghe Vanhoutte Verbeke Verhoeven Vermeulen Wauters Willems Wouters
    Yildirim Yilmaz Zeqiri Ziani Öztürk
    """
)


def invent(random: Random, count: int, *, is_woman: bool) -> list[tuple[str, str]]:
    """`count` pairs of (name, first name), each once."""
    first_names = _WOMEN if is_woman else _MEN
    found: dict[tuple[str, str], None] = {}
    while len(found) < count:
        found[(random.choice(FAMILIES), random.choice(first_names))] = None
    return list(found)
