import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.errors import KeyOutOfReach, NotAuthenticated, PermissionMissing
from accounts.models import ApiKey
from accounts.services import api_keys
from accounts.types import KEY_SCOPES
from marketplace.core.clock import now
from marketplace.core.errors import InvalidInput
from tests.factories.accounts import actions, member_as


def caller_with(by, **terms):
    """Return a new key of somebody, as a caller."""
    _, token = api_keys.create_key(by=by, name="Maker", **terms)
    return api_keys.authenticate_key(token, address="192.0.2.7")


MANAGING = {"scopes": ["keys.manage", "predictions.run"]}


def test_a_new_key_is_well_formed_and_kept_only_as_a_digest(as_alice):
    key, token = api_keys.create_key(by=as_alice, name="Laptop")

    assert re.fullmatch(r"stoa_live_[0-9A-Za-z]{36}", token)
    assert token not in str(ApiKey.objects.values())
    assert api_keys.authenticate_key(token, address="127.0.0.1").organization == key.organization


def test_a_test_key_says_so(as_alice):
    assert caller_with(as_alice, is_test=True).is_test
    assert api_keys.new_token(is_test=True).startswith("stoa_test_")


def test_a_revoked_key_is_refused_at_once(as_alice, acme):
    key, token = api_keys.create_key(by=as_alice, name="Laptop")
    api_keys.authenticate_key(token, address="127.0.0.1")

    api_keys.revoke_key(by=as_alice, key=key)

    with pytest.raises(NotAuthenticated, match="was revoked"):
        api_keys.authenticate_key(token, address="127.0.0.1")
    assert actions(acme) == ["api_key.create", "api_key.revoke"]


def test_revoking_twice_is_one_event(as_alice, acme):
    key, _ = api_keys.create_key(by=as_alice, name="Laptop")
    api_keys.revoke_key(by=as_alice, key=key)

    api_keys.revoke_key(by=as_alice, key=key)

    assert actions(acme) == ["api_key.create", "api_key.revoke"]


def test_an_expired_key_is_refused(as_alice):
    with time_machine.travel("2026-11-24T10:00:00Z", tick=False):
        _, token = api_keys.create_key(by=as_alice, name="Day", expires_at=now().replace(hour=11))

    with (
        time_machine.travel("2026-11-24T11:00:00Z", tick=False),
        pytest.raises(NotAuthenticated, match="expired"),
    ):
        api_keys.authenticate_key(token, address="127.0.0.1")


NETWORKS = ["192.0.2.0/24", "2001:db8::/32"]


@pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8::1"])
def test_a_key_works_from_its_networks(as_alice, address):
    _, token = api_keys.create_key(by=as_alice, name="Office", allowed_networks=NETWORKS)

    assert api_keys.authenticate_key(token, address=address).api_key.name == "Office"


@pytest.mark.parametrize("address", ["198.51.100.1", "2001:db9::1", ""])
def test_a_key_does_not_work_from_elsewhere(as_alice, address):
    _, token = api_keys.create_key(by=as_alice, name="Office", allowed_networks=NETWORKS)

    with pytest.raises(NotAuthenticated, match="may not be used from this address"):
        api_keys.authenticate_key(token, address=address)


def test_one_wrong_character_is_seen_without_the_database():
    token = api_keys.new_token(is_test=False)

    assert api_keys.is_well_formed(token)
    assert not api_keys.is_well_formed(token[:-1] + ("0" if token[-1] != "0" else "1"))


@pytest.mark.parametrize("token", ["", "stoa_live_", "sk-abc", "stoa_live_" + "ü" * 36])
def test_other_strings_are_no_keys(db, token):
    with pytest.raises(NotAuthenticated, match="not a whole Stoa key"):
        api_keys.authenticate_key(token, address="127.0.0.1")


def test_authenticating_reads_once_and_notes_the_use_once_a_minute(as_alice):
    key, token = api_keys.create_key(by=as_alice, name="Laptop")
    api_keys.authenticate_key(token, address="127.0.0.1")

    with CaptureQueriesContext(
        connection,
    ) as queries:
        api_keys.authenticate_key(token, address="127.0.0.1")

    assert len(queries) == 1
    assert ApiKey.objects.get(pk=key.pk).last_used_at is not None


@pytest.mark.parametrize("role", ["billing", "viewer"])
def test_other_roles_make_no_keys(acme, role):
    with pytest.raises(PermissionMissing):
        api_keys.create_key(by=member_as(acme, role), name="Mine")

    assert ApiKey.objects.count() == 0


def test_a_developer_makes_no_key_that_manages_members(acme):
    developer = member_as(acme, "developer")

    with pytest.raises(KeyOutOfReach, match="You may not do members"):
        api_keys.create_key(by=developer, name="Mine", scopes=["members.manage"])

    assert ApiKey.objects.count() == 0


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"allowed_networks": ["office"]}, "allowed_networks"),
        ({"allowed_networks": ["10.0.0.0/8"] * 51}, "allowed_networks"),
        ({"spending_cap_nano": -1}, "spending_cap"),
        ({"spending_cap_nano": 2**63}, "spending_cap"),
    ],
)
def test_wrong_terms_are_named(as_alice, terms, field):
    with pytest.raises(InvalidInput, match=f"{field}: "):
        api_keys.create_key(by=as_alice, **{"name": "Key", **terms})

    assert ApiKey.objects.count() == 0


def test_a_key_may_do_the_usual_unless_told_otherwise(as_alice):
    key, _ = api_keys.create_key(by=as_alice, name="Key")

    assert "keys.manage" not in key.scopes
    assert len(key.scopes) == 5


def test_a_key_hands_on_what_it_may_do(as_alice):
    maker = caller_with(as_alice, **MANAGING)

    key, _ = api_keys.create_key(by=maker, name="Child")

    assert (key.scopes, key.created_by) == (["predictions.run"], as_alice.user)


@pytest.mark.parametrize(
    ("maker", "child", "reason"),
    [
        ({}, {"scopes": list(KEY_SCOPES)}, "You may not do"),
        ({"is_test": True}, {"is_test": False}, "test keys only"),
        ({"spending_cap_nano": 5}, {"spending_cap_nano": 5}, "makes no other keys"),
        ({"expires_at": "2026-12-01"}, {}, "outlive"),
        ({"expires_at": "2026-12-01"}, {"expires_at": "2026-12-02"}, "outlive"),
        ({"allowed_networks": ["192.0.2.0/24"]}, {}, "networks"),
        (
            {"allowed_networks": ["192.0.2.0/24"]},
            {"allowed_networks": ["192.0.0.0/16"]},
            "networks",
        ),
        ({"allowed_networks": ["192.0.2.0/24"]}, {"allowed_networks": ["::/0"]}, "networks"),
    ],
)
@time_machine.travel("2026-11-24T10:00:00Z")
def test_a_key_makes_no_key_that_may_do_more(as_alice, maker, child, reason):
    by = caller_with(as_alice, **MANAGING, **dated(maker))
    child = {"scopes": ["predictions.run"], **dated(child)}

    with pytest.raises(KeyOutOfReach, match=reason):
        api_keys.create_key(by=by, name="Child", **child)

    assert ApiKey.objects.count() == 1


def dated(terms):
    if "expires_at" not in terms:
        return terms
    day = int(terms["expires_at"][-2:])
    return {**terms, "expires_at": now().replace(month=12, day=day)}


@time_machine.travel("2026-11-24T10:00:00Z")
def test_a_key_within_its_makers_limits_is_made(as_alice):
    limits = dated({"allowed_networks": ["192.0.2.0/24"], "expires_at": "2026-12-02"})
    by = caller_with(as_alice, **MANAGING, **limits)

    narrower = dated({"allowed_networks": ["192.0.2.8/32"], "expires_at": "2026-12-01"})
    key, _ = api_keys.create_key(by=by, name="Child", **narrower)

    assert key.allowed_networks == ["192.0.2.8/32"]
