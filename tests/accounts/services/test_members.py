import pytest

from accounts.errors import LastOwner, PermissionMissing, RoleOutOfReach
from accounts.models import ApiKey, Membership
from accounts.services import members
from accounts.services.api_keys import create_key
from marketplace.core.errors import Conflict, NotFound
from tests.factories.accounts import actions, member_as, membership_of


def test_an_owner_gives_another_role_and_it_is_recorded(as_alice, acme):
    dora = member_as(acme, "viewer")

    members.change_role(by=as_alice, membership=membership_of(dora), role="admin")

    assert membership_of(dora).role == "admin"
    assert actions(acme) == ["member.change_role"]


def test_the_same_role_again_is_no_event(as_alice, acme):
    dora = member_as(acme, "viewer")

    members.change_role(by=as_alice, membership=membership_of(dora), role="viewer")

    assert actions(acme) == []


def test_an_admin_does_not_make_himself_an_owner(acme):
    admin = member_as(acme, "admin")

    with pytest.raises(RoleOutOfReach):
        members.change_role(by=admin, membership=membership_of(admin), role="owner")

    assert (membership_of(admin).role, actions(acme)) == ("admin", [])


def test_an_admin_does_not_touch_an_owner(as_alice, acme):
    admin = member_as(acme, "admin")

    with pytest.raises(RoleOutOfReach):
        members.change_role(by=admin, membership=membership_of(as_alice), role="viewer")
    with pytest.raises(RoleOutOfReach):
        members.remove_member(by=admin, membership=membership_of(as_alice))

    assert membership_of(as_alice).role == "owner"


@pytest.mark.parametrize("role", ["developer", "billing", "viewer"])
def test_other_roles_do_not_manage_members(acme, role):
    caller, victim = member_as(acme, role), member_as(acme, "viewer")

    with pytest.raises(PermissionMissing):
        members.change_role(by=caller, membership=membership_of(caller), role="admin")
    with pytest.raises(PermissionMissing):
        members.remove_member(by=caller, membership=membership_of(victim))

    assert (membership_of(caller).role, actions(acme)) == (role, [])


def test_the_last_owner_stays_an_owner(as_alice, acme):
    mine = membership_of(as_alice)

    with pytest.raises(LastOwner):
        members.change_role(by=as_alice, membership=mine, role="admin")
    with pytest.raises(LastOwner):
        members.remove_member(by=as_alice, membership=mine)
    with pytest.raises(LastOwner, match="Acme would have no owner left"):
        members.leave(by=as_alice)

    assert membership_of(as_alice).role == "owner"


def test_an_owner_leaves_once_there_is_another(as_alice, acme):
    member_as(acme, "owner")

    members.leave(by=as_alice)

    assert not Membership.objects.filter(user=as_alice.user, organization=acme).exists()
    assert actions(acme) == ["member.leave"]


def test_the_keys_of_a_removed_member_stop(as_alice, acme):
    developer = member_as(acme, "developer")
    key, _ = create_key(by=developer, name="Theirs")
    own, _ = create_key(by=as_alice, name="Mine")

    members.remove_member(by=as_alice, membership=membership_of(developer))

    assert ApiKey.objects.get(pk=key.pk).revoked_at is not None
    assert ApiKey.objects.get(pk=own.pk).revoked_at is None


def test_the_keys_of_a_removed_member_stay_when_wanted(as_alice, acme):
    developer = member_as(acme, "developer")
    key, _ = create_key(by=developer, name="In production")

    members.remove_member(by=as_alice, membership=membership_of(developer), revoke_keys=False)

    assert ApiKey.objects.get(pk=key.pk).revoked_at is None


def test_members_of_other_organizations_are_not_found(as_alice, as_charlie):
    with pytest.raises(NotFound):
        members.remove_member(by=as_alice, membership=membership_of(as_charlie))
    with pytest.raises(NotFound):
        members.change_role(by=as_alice, membership=membership_of(as_charlie), role="viewer")

    assert membership_of(as_charlie).role == "owner"


def test_nobody_is_a_member_twice(as_alice, acme, bob):
    with pytest.raises(Conflict):
        members.add_member(by=as_alice, organization=acme, user=bob, role="admin")

    assert Membership.objects.get(organization=acme, user=bob).role == "viewer"


def test_a_key_is_no_member_and_cannot_leave(as_alice, acme):
    key, _ = create_key(by=as_alice, name="Robot")
    robot = type(as_alice)(acme, api_key=key, permissions=frozenset(key.scopes))

    with pytest.raises(NotFound):
        members.leave(by=robot)
