"""After SECRET_KEY was changed: everything that the old key sealed is sealed with the new one."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from core.secrets.encryption import NotDecrypted, encrypt_anew
from planner.accounts.second_factor import PURPOSE
from planner.emergency import pack_file
from planner.models import EmergencyPack

SEALED_OF_A_STEP = ("secret", "seed")
"""What allauth hands to `SealedSecrets.encrypt`: of an app with codes, of recovery codes."""


class Command(BaseCommand):
    help = (
        "Seals secrets of the second step and passphrases of emergency packs with the present SECRET_KEY. "
        "The keys of before stand in OLD_SECRET_KEYS; afterwards they can go. Twice does no harm."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                steps, packs = _steps(), _packs()
        except NotDecrypted as error:
            raise CommandError(
                "Nothing was changed: something is sealed with a key that stands neither in SECRET_KEY "
                "nor in OLD_SECRET_KEYS."
            ) from error
        self.stdout.write(
            f"Sealed anew: {steps} second steps, {packs} passphrases. OLD_SECRET_KEYS can be emptied."
        )


def _steps() -> int:
    count = 0
    for step in Authenticator.objects.select_for_update().order_by("pk"):
        sealed = {
            name: encrypt_anew(step.data[name], PURPOSE) for name in SEALED_OF_A_STEP if name in step.data
        }
        if sealed:
            Authenticator.objects.filter(pk=step.pk).update(data=step.data | sealed)
            count += 1
    return count


def _packs() -> int:
    rows = EmergencyPack.objects.select_for_update().exclude(sealed_passphrase="").order_by("pk")
    count = 0
    for pack in rows:
        anew = encrypt_anew(pack.sealed_passphrase, pack_file.PURPOSE)
        EmergencyPack.objects.filter(pk=pack.pk).update(sealed_passphrase=anew)
        count += 1
    return count
