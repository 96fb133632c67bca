"""From which network a request comes, as far as can be trusted: for limits on wrong passwords."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "0.0.0.0"  # noqa: S104  # a bucket of its own, no address to listen on


def client_network(request: HttpRequest) -> str:
    """The address seen by the outermost proxy that we trust; of IPv6 the network, which one person has whole.

    Each proxy adds the address it saw at the end of X-Forwarded-For. What stands before the last
    TRUSTED_PROXIES entries was typed by whoever sent the request, and counts for nothing.
    """
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    count = settings.TRUSTED_PROXIES
    seen = hops[-count] if 0 < count <= len(hops) else request.META.get("REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(seen.strip("[]"))
    except ValueError:
        return UNKNOWN
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)
