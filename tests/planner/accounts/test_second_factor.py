"""A copy of the database makes no codes."""

import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from core.secrets.encryption import NotDecrypted
from planner.accounts.second_factor import SealedSecrets
from tests.factories import make_user


@pytest.mark.django_db
def test_secrets_of_the_second_step_are_sealed(settings):
    user, secret = make_user(), generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    stored = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    codes = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes()
    assert secret not in stored and not [code for code in codes if code in stored]
    assert SealedSecrets().decrypt(SealedSecrets().encrypt(secret)) == secret
    sealed = SealedSecrets().encrypt(secret)
    settings.SECRET_KEY = "another"
    with pytest.raises(NotDecrypted):
        SealedSecrets().decrypt(sealed)
