"""No password of the words that whoever knows this house tries first."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError


@pytest.mark.parametrize(
    "password",
    ["Haren-Haren", "haren2026!!", "Tempo Tempo 12", "DeBrug-de-brug", "Gevangenis 1", "Bienvenue2027",
     "wachtwoord-26", "planner_prison", "gévangenis.123"],
)  # fmt: skip
def test_words_of_the_house_with_a_few_signs_more_are_refused(haren, service, password):
    with pytest.raises(ValidationError) as refusal:
        validate_password(password)
    assert "known_words" in [error.code for error in refusal.value.error_list]


@pytest.mark.parametrize(
    "password",
    [
        "herfst-in-Brussel-27",
        "haren is ver van Luik",
        "correct horse battery",
        "Пароль-для-входа",
        "vier en zestig tekens, zoals een hele zin die niemand anders kent",
    ],
)
def test_others_are_not(haren, service, password):
    validate_password(password)
