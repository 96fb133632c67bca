"""Secrets of the second step are sealed: a copy of the database alone makes no codes."""

from __future__ import annotations

from allauth.mfa.adapter import DefaultMFAAdapter

from core.secrets.encryption import decrypt, encrypt

PURPOSE = "second factor"


class SealedSecrets(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return encrypt(text, PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text, PURPOSE)
