"""Every service of accounts that changes state writes exactly one event; a new one needs a row."""

import importlib
import inspect
import pkgutil

import pytest
from django.apps import apps

from accounts import services
from accounts.models import AuditEvent, User
from accounts.services import api_keys, invitations, members, organizations, users
from tests.factories.accounts import mailed_token, member_as, membership_of

# What these do is no change that anybody would look for in a trail.
UNAUDITED = {
    "api_keys.authenticate_key": "notes the last use",
    "api_keys.is_well_formed": "pure",
    "api_keys.new_token": "pure",
    "audit.record": "writes the trail",
    "audit.record_of_operator": "writes the trail",
    "idempotency.begin": "remembers requests for a day",
    "idempotency.fingerprint": "pure",
    "idempotency.finish": "remembers requests for a day",
    "idempotency.release": "remembers requests for a day",
    "idempotency.remove_expired": "remembers requests for a day",
    "invitations.digest_of": "pure",
    "invitations.require_usable": "pure",
    "key_terms.check_terms": "pure",
    "members.remember_choice": "a preference of one person",
    "organizations.free_slug": "reads",
    "rate_limits.take": "counts requests",
}


def _key(by):
    return api_keys.create_key(by=by, name="Key")[0]


def _invitation(by):
    return invitations.invite(by=by, email="dora@new.example", role="viewer")


def _accept(by):
    invitations.invite(by=by, email="eve@new.example", role="viewer")
    eve = User.objects.create_user("eve@new.example")
    return lambda: invitations.accept(user=eve, token=mailed_token())


def _member(by):
    return membership_of(member_as(by.organization, "viewer"))


def _leave(by):
    leaver = member_as(by.organization, "viewer")
    return lambda: members.leave(by=leaver)


def _add(by):
    new = User.objects.create_user("new@people.example")
    return lambda: members.add_member(by=by, organization=by.organization, user=new, role="viewer")


def _revoke_key(by):
    key = _key(by)
    return lambda: api_keys.revoke_key(by=by, key=key)


def _resend(by):
    invitation = _invitation(by)
    return lambda: invitations.resend(by=by, invitation=invitation)


def _withdraw(by):
    invitation = _invitation(by)
    return lambda: invitations.revoke(by=by, invitation=invitation)


def _change_role(by):
    found = _member(by)
    return lambda: members.change_role(by=by, membership=found, role="admin")


def _remove(by):
    found = _member(by)
    return lambda: members.remove_member(by=by, membership=found)


def _update_user(by):
    by.user.is_superuser = True
    other = User.objects.create_user("other@people.example")
    return lambda: users.update_user(operator=by.user, user=other, is_active=False)


AUDITED = {
    "api_keys.create_key": ("api_key.create", lambda by: lambda: _key(by)),
    "api_keys.revoke_key": ("api_key.revoke", _revoke_key),
    "invitations.accept": ("member.add", _accept),
    "invitations.invite": ("invitation.create", lambda by: lambda: _invitation(by)),
    "invitations.resend": ("invitation.resend", _resend),
    "invitations.revoke": ("invitation.revoke", _withdraw),
    "members.add_member": ("member.add", _add),
    "members.change_role": ("member.change_role", _change_role),
    "members.leave": ("member.leave", _leave),
    "members.remove_member": ("member.remove", _remove),
    "organizations.create_organization": (
        "organization.create",
        lambda by: lambda: organizations.create_organization(name="New", owner=by.user),
    ),
    "organizations.set_data_policy": (
        "data_policy.update",
        lambda by: (
            lambda: organizations.set_data_policy(
                by=by, body_retention_hours=1, allows_training=False
            )
        ),
    ),
    "users.update_user": ("user.update", _update_user),
    "organizations.update_organization": (
        "organization.update",
        lambda by: lambda: organizations.update_organization(by=by, name="Other"),
    ),
}


def public_services() -> set[str]:
    found = set()
    for module in pkgutil.iter_modules(services.__path__):
        loaded = importlib.import_module(f"accounts.services.{module.name}")
        for name, thing in inspect.getmembers(loaded, inspect.isfunction):
            is_own = inspect.unwrap(thing).__module__ == loaded.__name__
            if is_own and not name.startswith("_"):
                found.add(f"{module.name}.{name}")
    return found


def test_every_service_is_in_one_of_the_tables():
    assert public_services() == {*AUDITED, *UNAUDITED}


@pytest.mark.parametrize("service", AUDITED)
def test_it_writes_one_event_in_the_same_transaction(
    service, as_alice, django_capture_on_commit_callbacks
):
    action, prepare = AUDITED[service]
    with django_capture_on_commit_callbacks(execute=True):
        change = prepare(as_alice)
    before = AuditEvent.objects.count()

    change()

    assert AuditEvent.objects.count() == before + 1
    newest = AuditEvent.objects.order_by("-created_at", "-id")[0]
    assert newest.action == action


@pytest.mark.parametrize("service", AUDITED)
def test_nothing_changes_when_the_event_cannot_be_written(
    service, as_alice, monkeypatch, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        change = AUDITED[service][1](as_alice)
    before = snapshot()
    monkeypatch.setattr(AuditEvent.objects, "create", failing)

    with pytest.raises(RuntimeError):
        change()

    assert snapshot() == before


def failing(**fields):
    raise RuntimeError("the trail is full")


def snapshot():
    models = apps.get_app_config("accounts").get_models()
    return {model.__name__: sorted(map(str, model.objects.values())) for model in models}
