"""Secrets that the program must be able to read again, kept so that a copy of the database alone betrays nothing.

Sealed under a key made from `SECRET_KEY` and a purpose. A new SECRET_KEY reads what the old one sealed as long as that
one stands in OLD_SECRET_KEYS; `manage.py reseal` then seals everything anew.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class NotDecrypted(Exception):
    """Sealed under another SECRET_KEY, or tampered with."""


def encrypt(text: str, purpose: str) -> str:
    return _fernet(purpose).encrypt(text.encode()).decode()


def decrypt(sealed: str, purpose: str) -> str:
    """Raises NotDecrypted."""
    try:
        return _fernet(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise NotDecrypted from error


def encrypt_anew(sealed: str, purpose: str) -> str:
    """The same secret under the present key. Raises NotDecrypted."""
    return encrypt(decrypt(sealed, purpose), purpose)


def _fernet(purpose: str) -> MultiFernet:
    """Seals with the first key, opens with any."""
    return MultiFernet(
        [_of_key(key, purpose) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _of_key(secret_key: str, purpose: str) -> Fernet:
    key = hashlib.sha256(f"seal:{purpose}:{secret_key}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
