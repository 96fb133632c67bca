"""Secrets that the program must be able to read again, kept so that a copy of the database alone betrays nothing.

Sealed under a key made from `SECRET_KEY` and a purpose. A new SECRET_KEY reads what the old one sealed as long as that
one stands in OLD_SECRET_KEYS; `manage.py reseal` then seals everything anew.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class SealBroken(Exception):
    """Sealed under another SECRET_KEY, or tampered with."""


def seal(text: str, purpose: str) -> str:
    return _fernet(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, purpose: str) -> str:
    """Raises SealBroken."""
    try:
        return _fernet(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SealBroken from error


def reseal(sealed: str, purpose: str) -> str:
    """The same secret under the present key. Raises SealBroken."""
    return seal(unseal(sealed, purpose), purpose)


def _fernet(purpose: str) -> MultiFernet:
    """Seals with the first key, opens with any."""
    return MultiFernet(
        [_of_key(key, purpose) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _of_key(secret_key: str, purpose: str) -> Fernet:
    key = hashlib.sha256(f"seal:{purpose}:{secret_key}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
