"""Who gets what from every page of accounts; a page without a row fails."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts import urls
from accounts.models import ApiKey, Invitation, Membership
from accounts.services import api_keys, invitations
from tests.conftest import browser_of
from tests.factories.accounts import ROLES, member_as

ALL = (200,) * 5
MANAGERS = (302, 302, 403, 403, 403)
# Answers to an owner, an admin, a developer, somebody of billing, and a viewer.
TABLE = {
    ("GET", "organization"): ALL,
    ("POST", "organization"): MANAGERS,
    ("GET", "data-policy"): ALL,
    ("POST", "data-policy"): MANAGERS,
    ("POST", "leave-organization"): (302,) * 5,
    ("GET", "new-organization"): ALL,
    ("POST", "new-organization"): (302,) * 5,
    ("POST", "switch-organization"): (302,) * 5,
    ("GET", "settings"): (302,) * 5,
    ("GET", "members"): ALL,
    ("POST", "members"): MANAGERS,
    ("POST", "change-role"): MANAGERS,
    ("POST", "remove-member"): MANAGERS,
    ("POST", "withdraw"): MANAGERS,
    ("POST", "resend"): MANAGERS,
    ("GET", "invitation"): (410,) * 5,
    ("POST", "accept-invitation"): (410,) * 5,
    ("GET", "keys"): ALL,
    ("GET", "new-key"): (200, 200, 200, 403, 403),
    ("POST", "new-key"): (200, 200, 200, 403, 403),
    ("POST", "revoke-key"): (302, 302, 302, 403, 403),
    ("GET", "audit"): (200, 200, 403, 403, 403),
}
DATA = {
    "organization": {"name": "Renamed"},
    "data-policy": {"body_retention_hours": "1"},
    "new-organization": {"name": "Another"},
    "switch-organization": {"organization": "acme"},
    "members": {"email": "dora@new.example", "role": "viewer"},
    "change-role": {"role": "billing"},
    "new-key": {"name": "New", "mode": "live", "scopes": ["predictions.run"]},
}
ROWS = [pytest.param(*row, id=" ".join(row)) for row in TABLE]
# These are for whoever is signed in, or has the link.
FOR_ALL = {"new-organization", "invitation", "accept-invitation", "switch-organization"}


@pytest.fixture
def places(as_alice, bob):
    """The address of every page, about things of Acme."""
    key, _ = api_keys.create_key(by=as_alice, name="Laptop")
    open_one = invitations.invite(by=as_alice, email="eve@new.example", role="viewer")
    member = Membership.objects.get(user=bob).pk
    ids = {
        "change-role": member,
        "remove-member": member,
        "withdraw": open_one.pk,
        "resend": open_one.pk,
        "invitation": "unknown",
        "accept-invitation": "unknown",
        "revoke-key": key.pk,
    }
    names = {name for _, name in TABLE} - {"settings"}
    found = {name: reverse(name, args=[ids[name]] if name in ids else []) for name in names}
    return {**found, "settings": "/settings/"}


def visit(browser: Client, method: str, address: str, name: str):
    if method == "GET":
        return browser.get(address)
    return browser.post(address, DATA.get(name, {}))


def test_every_page_has_a_row():
    assert {route.name or "settings" for route in urls.urlpatterns} == {name for _, name in TABLE}


@pytest.mark.parametrize(("method", "name"), ROWS)
@pytest.mark.parametrize("role", ROLES)
def test_members_get_what_their_role_allows(acme, places, method, name, role):
    browser = browser_of(member_as(acme, role).user)

    answer = visit(browser, method, places[name], name)

    assert answer.status_code == TABLE[method, name][ROLES.index(role)]


@pytest.mark.parametrize(("method", "name"), ROWS)
def test_outsiders_neither_see_nor_change_acme(charlie_browser, places, method, name):
    answer = visit(charlie_browser, method, places[name], name)

    if places[name].count("-") > 3 or name == "switch-organization":
        assert answer.status_code == 404
    assert b"acme" not in answer.content.lower().replace(places[name].encode(), b"")
    assert ApiKey.objects.get(name="Laptop").revoked_at is None
    assert Invitation.objects.get(email="eve@new.example").revoked_at is None
    assert Membership.objects.filter(organization__slug="acme").count() == 2


@pytest.mark.parametrize(("method", "name"), ROWS)
def test_strangers_are_sent_to_sign_in(places, method, name):
    answer = visit(Client(), method, places[name], name)

    if (method, name) == ("GET", "invitation"):
        assert answer.status_code == 410
    else:
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/?next=/")
    assert Membership.objects.filter(organization__slug="acme").count() == 2


def test_htmx_is_sent_to_sign_in_as_a_whole_page(db):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/keys/?x=1"}

    answer = Client().get("/keys/", headers=headers)

    assert (answer.status_code, answer["HX-Redirect"]) == (
        200,
        "/accounts/login/?next=/keys/%3Fx%3D1",
    )


def test_a_person_without_an_organization_makes_one_first(db, django_user_model):
    browser = browser_of(django_user_model.objects.create_user("new@people.example"))

    assert browser.get("/keys/")["Location"] == "/organizations/new/"
    assert browser.get("/organizations/new/").status_code == 200


def test_a_refusal_is_a_page_that_says_what_is_missing(acme):
    answer = browser_of(member_as(acme, "viewer").user).get("/audit/")

    assert "the permission" in answer.content.decode()
    assert "audit.read" in answer.content.decode()
