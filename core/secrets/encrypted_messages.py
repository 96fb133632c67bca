"""What a page says after an act ("Jan Peeters has a place") waits in a cookie: sealed, for it may name somebody."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage

from core.secrets.encryption import NotDecrypted, decrypt, encrypt

PURPOSE = "messages"


class SealedCookie(CookieStorage):
    """Django's cookie, which is signed only, under a seal."""

    max_cookie_size = 1400  # sealed it is a third longer

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cookie_name = settings.MESSAGES_COOKIE_NAME

    def _update_cookie(self, encoded_data: str | None, response: Any) -> None:
        super()._update_cookie(encrypt(encoded_data, PURPOSE) if encoded_data else encoded_data, response)  # type: ignore[misc]

    def _decode(self, data: str | None) -> Any:
        try:
            return super()._decode(decrypt(data, PURPOSE) if data else data)  # type: ignore[misc]
        except NotDecrypted:
            return None


class Storage(FallbackStorage):
    """The session takes what is too much for a cookie, until the next page."""

    storage_classes = (SealedCookie, SessionStorage)
