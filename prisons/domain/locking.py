"""One lock for one prison: whoever changes facts or the plan holds it until the transaction ends."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from prisons.models import Prison


def lock_prison(prison: Prison | int) -> Prison:
    """The prison row, locked and fresh. Call first inside `transaction.atomic()`.

    On PostgreSQL `FOR NO KEY UPDATE`, because a plain FOR UPDATE blocks every insert that points to the
    prison. On SQLite the immediate transaction is the lock already.
    """
    return lock_prisons([prison])[0]


def lock_prisons(prisons: Iterable[Prison | int]) -> list[Prison]:
    """Several prisons, always locked in order of id, so that two transfers never wait for each other.

    Raises Prison.DoesNotExist when one is missing, and TransactionManagementError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("A prison is locked inside transaction.atomic().")
    wanted = {prison.pk if isinstance(prison, Prison) else prison for prison in prisons}
    locked = list(Prison.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk"))
    if len(locked) != len(wanted):
        raise Prison.DoesNotExist
    return locked
