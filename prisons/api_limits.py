"""How often a program may ask: so often per token, and so many wrong tokens from one network."""

from __future__ import annotations

from collections import OrderedDict

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import PlannerError

KEPT = 1000
MINUTE = 60

# Counted by each web process for itself: a count in the shared cache would cost more than most answers.
_asked: OrderedDict[tuple[int, int], int] = OrderedDict()


def count_asking(token_id: int) -> None:
    """One more request with this token. Raises PlannerError 429 beyond API_PER_MINUTE."""
    key = (token_id, int(clock.now().timestamp()) // MINUTE)
    _asked[key] = _asked.get(key, 0) + 1
    while len(_asked) > KEPT:
        _asked.popitem(last=False)
    if _asked[key] > settings.API_PER_MINUTE:
        raise _too_many()


def count_wrong_token(request: HttpRequest) -> None:
    """One more wrong token from here. Raises PlannerError 429 beyond API_WRONG_TOKENS_PER_MINUTE."""
    minute = int(clock.now().timestamp()) // MINUTE
    key = f"api-wrong:{get_adapter().get_client_ip(request)}:{minute}"
    cache.add(key, 0, 2 * MINUTE)
    if cache.incr(key) > settings.API_WRONG_TOKENS_PER_MINUTE:
        raise _too_many()


def _too_many() -> PlannerError:
    return PlannerError("too_many", _("Asked too often. Wait a minute, then go on."), 429)
