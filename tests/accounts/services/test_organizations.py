import pytest

from accounts.errors import PermissionMissing
from accounts.models import AuditEvent, Organization
from accounts.services.organizations import (
    create_organization,
    free_slug,
    set_data_policy,
    update_organization,
)
from marketplace.core.errors import InvalidInput
from tests.factories.accounts import actions, member_as, membership_of


def test_its_maker_owns_it_and_bodies_are_kept_for_a_day(alice):
    made = create_organization(name="Blue Sky", owner=alice)

    assert (made.slug, made.data_policy.body_retention_hours) == ("blue-sky", 24)
    assert made.data_policy.allows_training is False
    assert AuditEvent.objects.get(organization=made).action == "organization.create"


@pytest.mark.parametrize(
    ("slug", "message"),
    [
        ("Blue Sky", "Use lower-case letters"),
        ("a--b", "Use lower-case letters"),
        ("acme", "'acme' is taken"),
        ("admin", "'admin' is taken"),
        ("x" * 61, "at most 60"),
    ],
)
def test_bad_slugs_are_refused(alice, acme, slug, message):
    with pytest.raises(InvalidInput, match=message):
        create_organization(name="Blue", owner=alice, slug=slug)

    assert Organization.objects.filter(name="Blue").count() == 0


def test_a_taken_slug_is_not_proposed(acme):
    assert free_slug("Acme").startswith("acme-")
    assert free_slug("Über Größe") == "uber-groe"
    assert free_slug("日本") == "organization"
    assert free_slug("API") != "api"


def test_an_owner_changes_it_and_the_fields_are_recorded(as_alice, acme):
    update_organization(by=as_alice, name="Acme Inc", website="https://acme.example")

    acme.refresh_from_db()
    assert (acme.name, acme.website) == ("Acme Inc", "https://acme.example")
    assert AuditEvent.objects.get(action="organization.update").data == {
        "fields": ["name", "website"]
    }


def test_no_change_is_no_event(as_alice, acme):
    update_organization(by=as_alice, name="Acme")

    assert actions(acme) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"description": "x" * 2001}, "description"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"website": "ftp://acme.example"}, "website"),
    ],
)
def test_wrong_fields_are_named(as_alice, acme, change, field):
    with pytest.raises(InvalidInput, match=f"{field}: "):
        update_organization(by=as_alice, **change)

    acme.refresh_from_db()
    assert (acme.name, acme.website, actions(acme)) == ("Acme", "", [])


def test_it_becomes_an_author_and_remains_one(as_alice, acme):
    update_organization(by=as_alice, is_author=True)

    with pytest.raises(InvalidInput, match="cannot stop being one"):
        update_organization(by=as_alice, is_author=False)

    acme.refresh_from_db()
    assert acme.is_author is True


@pytest.mark.parametrize("role", ["developer", "billing", "viewer"])
def test_other_roles_change_nothing(acme, role):
    caller = member_as(acme, role)

    with pytest.raises(PermissionMissing):
        update_organization(by=caller, name="Mine")
    with pytest.raises(PermissionMissing):
        set_data_policy(by=caller, body_retention_hours=0, allows_training=True)

    acme.refresh_from_db()
    assert (acme.name, acme.data_policy.allows_training) == ("Acme", False)
    assert membership_of(caller).role == role


def test_the_data_policy_is_set_and_recorded(as_alice, acme):
    set_data_policy(by=as_alice, body_retention_hours=0, allows_training=True)

    acme.data_policy.refresh_from_db()
    assert (acme.data_policy.body_retention_hours, acme.data_policy.allows_training) == (0, True)
    assert AuditEvent.objects.get(action="data_policy.update").data == {
        "before": {"hours": 24, "training": False},
        "after": {"hours": 0, "training": True},
    }


@pytest.mark.parametrize("hours", [-1, 24 * 366 + 1])
def test_impossible_retention_is_refused(as_alice, acme, hours):
    with pytest.raises(InvalidInput, match="Give hours"):
        set_data_policy(by=as_alice, body_retention_hours=hours, allows_training=False)

    acme.data_policy.refresh_from_db()
    assert acme.data_policy.body_retention_hours == 24
