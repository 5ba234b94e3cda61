import pytest
from cryptography.fernet import InvalidToken

from marketplace.core.sealing import seal, unseal


def test_what_is_sealed_is_read_for_the_same_purpose_only():
    sealed = seal(b"a secret", purpose="one")

    assert unseal(sealed, purpose="one") == b"a secret"
    assert b"secret" not in sealed
    with pytest.raises(InvalidToken):
        unseal(sealed, purpose="two")


def test_an_older_key_still_reads(settings):
    settings.SECRET_KEY = "old"
    sealed = seal(b"a secret", purpose="one")

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", ["old"]

    assert unseal(sealed, purpose="one") == b"a secret"


def test_another_installation_does_not_read(settings):
    sealed = seal(b"a secret", purpose="one")

    settings.SECRET_KEY = "another"

    with pytest.raises(InvalidToken):
        unseal(sealed, purpose="one")
