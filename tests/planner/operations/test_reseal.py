"""A new SECRET_KEY loses nothing while the old one is named, and after `reseal` without it."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import CommandError, call_command

from core.secrets.encryption import NotDecrypted, decrypt, encrypt
from planner.accounts.second_factor import SealedSecrets
from planner.emergency import pack_file
from planner.models import EmergencyPack
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def secrets_of_before(haren):
    user, secret = make_user(), generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    EmergencyPack.objects.create(prison=haren, sealed_passphrase=encrypt("oude woorden", pack_file.PURPOSE))
    return secret, RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes()


def read():
    secret = SealedSecrets().decrypt(Authenticator.objects.get(type="totp").data["secret"])
    codes = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes()
    assert decrypt(EmergencyPack.objects.get().sealed_passphrase, pack_file.PURPOSE) == "oude woorden"
    return secret, codes


def test_another_key_reads_nothing_the_old_one_named_reads_all_and_resealing_makes_it_needless(
    secrets_of_before, settings, capsys
):
    old, settings.SECRET_KEY = settings.SECRET_KEY, "a new key of fifty letters and more, made at random"
    with pytest.raises(NotDecrypted):
        read()
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("reseal")
    settings.SECRET_KEY_FALLBACKS = [old]
    assert read() == secrets_of_before
    call_command("reseal")
    assert "2 second steps, 1 passphrases" in capsys.readouterr().out
    settings.SECRET_KEY_FALLBACKS = []
    assert read() == secrets_of_before
    call_command("reseal")  # twice does no harm
    assert read() == secrets_of_before
