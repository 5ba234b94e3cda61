import pytest
import time_machine
from django.core import mail

from accounts.errors import InvitationUnusable, PermissionMissing, RoleOutOfReach
from accounts.models import Invitation, Membership, User
from accounts.services import invitations
from marketplace.core.errors import Conflict, InvalidInput, NotFound
from tests.factories.accounts import actions, mailed_token, member_as


@pytest.fixture
def invite(as_alice, django_capture_on_commit_callbacks):
    def send(email="dora@new.example", role="developer", by=as_alice):
        with django_capture_on_commit_callbacks(execute=True):
            return invitations.invite(by=by, email=email, role=role)

    return send


@pytest.fixture
def dora(db):
    return User.objects.create_user("dora@new.example", "correct horse battery", name="Dora")


def test_the_link_is_mailed_and_only_its_digest_kept(invite, acme):
    made = invite(email=" Dora@New.Example ")

    token = mailed_token()
    assert (made.email, made.token_sha256) == ("dora@new.example", invitations.digest_of(token))
    assert mail.outbox[0].subject == "Alice invites you to Acme on Stoa"
    assert "to join Acme\non Stoa as Developer" in mail.outbox[0].body
    assert token not in str(Invitation.objects.values())


def test_the_invited_person_joins_with_the_offered_role(invite, acme, dora):
    invite(role="billing")

    invitations.accept(user=dora, token=mailed_token())

    assert Membership.objects.get(user=dora, organization=acme).role == "billing"
    assert actions(acme) == ["invitation.create", "member.add"]


def test_a_link_works_once(invite, acme, dora):
    invite()
    invitations.accept(user=dora, token=mailed_token())
    Membership.objects.filter(user=dora).delete()

    with pytest.raises(InvitationUnusable, match="accepted already"):
        invitations.accept(user=dora, token=mailed_token())

    assert not Membership.objects.filter(user=dora).exists()


def test_a_link_works_for_seven_days(invite, dora):
    with time_machine.travel("2026-11-01T12:00:00Z"):
        invite()

    with (
        time_machine.travel("2026-11-08T12:00:01Z"),
        pytest.raises(InvitationUnusable, match="older than seven days"),
    ):
        invitations.accept(user=dora, token=mailed_token())

    assert not Membership.objects.filter(user=dora).exists()


def test_a_forwarded_link_lets_nobody_else_in(invite, charlie):
    invite()

    with pytest.raises(InvitationUnusable, match="sent to another address"):
        invitations.accept(user=charlie, token=mailed_token())

    assert not Membership.objects.filter(user=charlie).exists()


def test_a_withdrawn_link_lets_nobody_in(invite, as_alice, dora, acme):
    made = invite()

    invitations.revoke(by=as_alice, invitation=made)

    with pytest.raises(InvitationUnusable, match="withdrawn"):
        invitations.accept(user=dora, token=mailed_token())
    assert actions(acme) == ["invitation.create", "invitation.revoke"]


def test_sending_again_replaces_the_link(
    invite, as_alice, dora, acme, django_capture_on_commit_callbacks
):
    made = invite()
    old = mailed_token()

    with django_capture_on_commit_callbacks(execute=True):
        invitations.resend(by=as_alice, invitation=made)

    with pytest.raises(InvitationUnusable, match="not known here"):
        invitations.accept(user=dora, token=old)
    assert invitations.accept(user=dora, token=mailed_token()).role == "developer"
    assert actions(acme) == ["invitation.create", "invitation.resend", "member.add"]


def test_only_owners_invite_owners(acme, invite):
    admin = member_as(acme, "admin")

    with pytest.raises(RoleOutOfReach):
        invite(role="owner", by=admin)

    assert (Invitation.objects.count(), mail.outbox) == (0, [])


@pytest.mark.parametrize("role", ["developer", "billing", "viewer"])
def test_other_roles_do_not_invite(acme, invite, role):
    with pytest.raises(PermissionMissing):
        invite(role="viewer", by=member_as(acme, role))

    assert Invitation.objects.count() == 0


@pytest.mark.parametrize(
    ("email", "message"),
    [
        ("nobody", "not an e-mail address"),
        ("BOB@acme.example", "bob@acme.example is a member already"),
        ("dora@new.example", "dora@new.example is invited already"),
    ],
)
def test_addresses_are_checked(invite, bob, email, message):
    invite()

    with pytest.raises(InvalidInput, match=message):
        invite(email=email)

    assert Invitation.objects.count() == 1


def test_an_unknown_role_is_named(invite):
    with pytest.raises(InvalidInput, match="'king' is not a role"):
        invite(role="king")


def test_fifty_invitations_a_day_are_enough(invite, monkeypatch):
    monkeypatch.setattr(invitations, "MOST_PER_DAY", 1)
    invite()

    with pytest.raises(Conflict, match="go on tomorrow"):
        invite(email="eve@new.example")

    assert Invitation.objects.count() == 1


def test_invitations_of_others_are_not_found(invite, as_charlie):
    made = invite()

    with pytest.raises(NotFound):
        invitations.revoke(by=as_charlie, invitation=made)
    with pytest.raises(NotFound):
        invitations.resend(by=as_charlie, invitation=made)

    assert Invitation.objects.get().revoked_at is None


def test_an_invitation_stands_when_the_mail_server_is_down(invite, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    made = invite()

    assert Invitation.objects.get() == made
