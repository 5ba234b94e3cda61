import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Permission

from accounts.models import ApiKey, AuditEvent, Invitation, User
from accounts.services.api_keys import create_key
from accounts.services.invitations import invite
from tests.conftest import browser_of, person

LISTS = ["user", "organization", "membership", "invitation", "apikey", "auditevent"]


@pytest.fixture
def operator(db):
    return browser_of(person("olu@operator.example", is_staff=True, is_superuser=True))


@pytest.fixture
def key(as_alice):
    return create_key(by=as_alice, name="Laptop")[0]


@pytest.fixture
def invitation(as_alice):
    return invite(by=as_alice, email="dora@new.example", role="viewer")


@pytest.mark.parametrize("name", LISTS)
def test_every_list_is_shown_and_searched(operator, key, invitation, name):
    page = operator.get(f"/admin/accounts/{name}/?q=a")

    assert page.status_code == 200
    assert "acme" in page.content.decode().lower()


@pytest.mark.parametrize("name", LISTS)
def test_nothing_is_added_or_deleted_by_hand(operator, name):
    assert operator.get(f"/admin/accounts/{name}/add/").status_code == 403


def test_secrets_are_not_shown(operator, key, invitation):
    shown = operator.get(f"/admin/accounts/apikey/{key.pk}/change/").content.decode()
    offered = operator.get(f"/admin/accounts/invitation/{invitation.pk}/change/").content.decode()

    assert key.prefix in shown
    assert key.sha256 not in shown
    assert invitation.token_sha256 not in offered


def test_a_key_is_revoked_with_the_operators_name_in_the_trail(operator, key, acme):
    operator.post("/admin/accounts/apikey/", {"action": "revoke", "_selected_action": key.pk})

    assert ApiKey.objects.get().revoked_at is not None
    event = AuditEvent.objects.get(action="api_key.revoke")
    assert (event.organization, event.actor_label) == (acme, "olu@operator.example")


def test_an_invitation_is_withdrawn(operator, invitation):
    data = {"action": "withdraw", "_selected_action": invitation.pk}
    operator.post("/admin/accounts/invitation/", data)

    assert Invitation.objects.get().revoked_at is not None


def test_rights_are_changed_with_a_trail(operator, bob):
    form = {"name": "Bob", "is_active": "on", "is_staff": "on"}
    inline = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    operator.post(f"/admin/accounts/user/{bob.pk}/change/", {**form, **inline})

    assert User.objects.get(pk=bob.pk).is_staff is True
    assert AuditEvent.objects.filter(action="user.update").count() == 1


def test_an_operator_does_not_change_his_own_rights(operator):
    olu = User.objects.get(email="olu@operator.example")

    page = operator.get(f"/admin/accounts/user/{olu.pk}/change/").content.decode()

    assert 'name="is_superuser"' not in page


def test_the_trail_is_read_only(operator, acme):
    event = AuditEvent.objects.get()

    answer = operator.post(f"/admin/accounts/auditevent/{event.pk}/change/", {"action": "x"})

    assert answer.status_code == 403
    assert AuditEvent.objects.get().action == "organization.create"


def test_others_are_not_let_in(alice_browser, client):
    assert alice_browser.get("/admin/").status_code == 302
    assert client.get("/admin/login/")["Location"].startswith("/accounts/login/")
    assert alice_browser.get("/admin/login/").status_code == 403


def test_a_second_factor_is_taken_away_without_being_shown(operator, alice):
    TOTP.activate(alice, "JBSWY3DPEHPK3PXP")
    factor = Authenticator.objects.get(user=alice)

    shown = operator.get(f"/admin/mfa/authenticator/{factor.pk}/change/").content.decode()
    sent = {"action": "take_away", "_selected_action": str(factor.pk)}
    operator.post("/admin/mfa/authenticator/", sent)

    assert alice.email in shown
    assert "secret" not in shown.lower()
    assert not Authenticator.objects.filter(pk=factor.pk).exists()
    event = AuditEvent.objects.get(action="second_factor.remove")
    assert (event.target_label, event.data) == (str(alice), {"type": "totp"})


def test_only_a_superuser_takes_a_second_factor_away(alice):
    TOTP.activate(alice, "JBSWY3DPEHPK3PXP")
    staff = person("sue@operator.example", is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="view_authenticator"))
    factor = Authenticator.objects.get(user=alice)

    sent = {"action": "take_away", "_selected_action": str(factor.pk)}
    browser_of(staff).post("/admin/mfa/authenticator/", sent)

    assert Authenticator.objects.filter(pk=factor.pk).exists()


def test_sessions_are_searched_without_their_keys(operator, alice, acme):
    browser = browser_of(alice)
    browser.get("/keys/")
    session = UserSession.objects.get(user=alice)

    listed = operator.get("/admin/usersessions/usersession/?q=alice").content.decode()
    shown = operator.get(f"/admin/usersessions/usersession/{session.pk}/change/").content.decode()

    assert alice.email in listed
    assert session.session_key not in listed + shown


def test_addresses_are_not_changed_behind_the_trail(operator):
    assert operator.get("/admin/account/emailaddress/").status_code == 404
