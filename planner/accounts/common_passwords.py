"""A common password with a year and a sign behind it is guessed as soon as the bare one."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

READ_AS = str.maketrans("0134578@$€!", "oleastbasei")
LONGEST = 100
"""What is longer is no common one, however often that stands in it."""
TRIMMINGS = r"[\W\d_]+"


class NoCommonOneTrimmed(CommonPasswordValidator):
    """Of Django's password validators, in place of its own: "Football2026!", "2026-p@ssw0rd" and "dragondragon" are
    refused as "football", "password" and "dragon" are.
    """

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) <= LONGEST and self.passwords & set(_cores(password.lower().strip())):
            raise ValidationError(self.get_error_message(), code="password_too_common")


def _cores(password: str) -> list[str]:
    """What is left of it without what people add: signs in front and behind, signs for letters, the same again."""
    trimmed = re.sub(rf"^{TRIMMINGS}|{TRIMMINGS}$", "", password)
    read = [re.sub(rf"^{TRIMMINGS}|{TRIMMINGS}$", "", one.translate(READ_AS)) for one in (password, trimmed)]
    once = [
        match[1]
        for one in (password, trimmed, *read)
        if (match := re.fullmatch(r"(.+?)[\W_]?(?:\1[\W_]?)+", one))
    ]
    return [password, trimmed, *read, *once]
