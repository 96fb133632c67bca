"""No password of the common ones, bare or with what people add to them."""

import pytest
from django.contrib.auth.password_validation import CommonPasswordValidator, get_default_password_validators
from django.core.exceptions import ValidationError

from planner.accounts.common_passwords import NoCommonOneTrimmed

COMMON = NoCommonOneTrimmed()


@pytest.mark.parametrize(
    "password",
    ["qwertyuiop", "Football2026!", "2026-dragon", "p@ssw0rd1234", "!!sunshine!!", "dragondragon", "Dragon-dragon1",
     " baseball_27 "],
)  # fmt: skip
def test_common_ones_are_refused(password):
    with pytest.raises(ValidationError) as refusal:
        COMMON.validate(password)
    assert refusal.value.code == "password_too_common"


@pytest.mark.parametrize(
    "password",
    ["herfst-in-Brussel-27", "correct horse battery", "Пароль-для-входа", "x1y2" + "z" * 60, "9381-4417-2"],
)
def test_others_are_not(password):
    COMMON.validate(password)


def test_more_than_three_thousand_that_would_fit_are_refused():
    """Each of Django's list that is too short by itself, with a year behind it: as long as is asked."""
    fitting = {word if len(word) >= 10 else f"{word}{'2026'}" for word in COMMON.passwords}
    refused = 0
    for password in sorted(one for one in fitting if len(one) >= 10):
        try:
            COMMON.validate(password)
        except ValidationError:
            refused += 1
    assert refused > 12_000


def test_it_stands_in_for_the_one_of_django():
    kinds = [type(each) for each in get_default_password_validators()]
    assert NoCommonOneTrimmed in kinds and CommonPasswordValidator not in kinds
