"""Secrets that the program must be able to read again, kept so that a copy of the database alone betrays nothing.

Sealed under a key made from `SECRET_KEY` and a purpose. With another SECRET_KEY they are lost.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
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


def _fernet(purpose: str) -> Fernet:
    key = hashlib.sha256(f"seal:{purpose}:{settings.SECRET_KEY}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
