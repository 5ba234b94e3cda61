import pytest

from accounts.errors import NotAuthenticated
from accounts.models import ApiKey
from accounts.services import api_keys


def test_a_new_key_is_well_formed_and_kept_only_as_a_digest(as_alice):
    key, token = api_keys.create_key(by=as_alice, name="Laptop")

    assert api_keys.is_well_formed(token)
    assert token not in str(ApiKey.objects.values())
    assert api_keys.authenticate_key(token, address="127.0.0.1").organization == key.organization


def test_a_revoked_key_is_refused(as_alice):
    key, token = api_keys.create_key(by=as_alice, name="Laptop")

    api_keys.revoke_key(by=as_alice, key=key)

    with pytest.raises(NotAuthenticated, match="was revoked"):
        api_keys.authenticate_key(token, address="127.0.0.1")


def test_one_wrong_character_is_seen_without_the_database(db):
    token = api_keys.new_token(is_test=False)

    assert not api_keys.is_well_formed(token[:-1] + ("0" if token[-1] != "0" else "1"))
