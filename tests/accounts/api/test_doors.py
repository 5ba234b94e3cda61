"""Who gets what from every API route of accounts; a route without a row fails."""

import json
import uuid

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts import api_urls
from accounts.models import Membership
from accounts.services import api_keys, invitations
from tests.conftest import api_of, browser_of
from tests.factories.accounts import ROLES, mailed_token, member_as, membership_of

ALL = (200,) * 5
# Answers to an owner, an admin, a developer, somebody of billing, and a viewer.
TABLE = {
    ("GET", "account"): ALL,
    ("GET", "audit-events"): (200, 200, 403, 403, 403),
    ("GET", "invitations"): (200, 200, 403, 403, 403),
    ("POST", "invitations"): (201, 201, 403, 403, 403),
    ("POST", "invitations/accept"): (410, 410, 410, 410, 410),
    ("DELETE", "invitations/{invitation}"): (204, 204, 403, 403, 403),
    ("POST", "invitations/{invitation}/resend"): (200, 200, 403, 403, 403),
    ("GET", "keys"): ALL,
    ("POST", "keys"): (201, 201, 201, 403, 403),
    ("GET", "keys/{key}"): ALL,
    ("DELETE", "keys/{key}"): (204, 204, 204, 403, 403),
    ("GET", "members"): ALL,
    ("GET", "members/{member}"): ALL,
    ("PATCH", "members/{member}"): (200, 200, 403, 403, 403),
    ("DELETE", "members/{member}"): (204, 204, 403, 403, 403),
    ("GET", "organization"): ALL,
    ("PATCH", "organization"): (200, 200, 403, 403, 403),
    ("GET", "organization/data-policy"): ALL,
    ("PUT", "organization/data-policy"): (200, 200, 403, 403, 403),
    ("POST", "organization/leave"): (204, 204, 204, 204, 204),
    ("GET", "organizations"): ALL,
    ("POST", "organizations"): (201, 201, 201, 201, 201),
}
BODIES = {
    ("POST", "invitations"): {"email": "dora@new.example", "role": "viewer"},
    ("POST", "invitations/accept"): {"token": "unknown"},
    ("POST", "keys"): {"name": "New"},
    ("PATCH", "members/{member}"): {"role": "billing"},
    ("PATCH", "organization"): {"name": "Renamed"},
    ("PUT", "organization/data-policy"): {"body_retention_hours": 1, "allows_training": False},
    ("POST", "organizations"): {"name": "Another"},
}
ROWS = [pytest.param(*row, id=" ".join(row)) for row in TABLE]


@pytest.fixture
def ids(as_alice, bob):
    """Things of Acme, by which routes are filled."""
    key, _ = api_keys.create_key(by=as_alice, name="Laptop")
    invitation = invitations.invite(by=as_alice, email="eve@new.example", role="viewer")
    member = Membership.objects.get(user=bob)
    return {"key": key.pk, "invitation": invitation.pk, "member": member.pk}


def send(client: Client, method: str, route: str, ids: dict[str, object]):
    return client.generic(
        method,
        f"/api/v1/{route.format(**ids)}",
        json_of(BODIES.get((method, route))),
        content_type="application/json",
    )


def json_of(body):
    return json.dumps(body) if body is not None else ""


def test_every_route_has_a_row(ids):
    named = {f"<uuid:{name}_id>": f"{{{name}}}" for name in ids}
    routes = set()
    for route in api_urls.urlpatterns:
        path = str(route.pattern)
        for converter, name in named.items():
            path = path.replace(converter, name)
        methods = {"get", "post", "put", "patch", "delete"} & set(dir(route.callback.view_class))
        routes |= {(method.upper(), path) for method in methods}
    assert routes == set(TABLE)


@pytest.mark.parametrize(("method", "route"), ROWS)
@pytest.mark.parametrize("role", ROLES)
def test_members_get_what_their_role_allows(acme, ids, method, route, role):
    caller = member_as(acme, role)

    answer = send(browser_of(caller.user), method, route, ids)

    assert answer.status_code == TABLE[method, route][ROLES.index(role)], answer.content


@pytest.mark.parametrize(("method", "route"), ROWS)
def test_outsiders_see_nothing_of_acme(charlie_browser, ids, method, route):
    answer = send(charlie_browser, method, route, ids)

    if "{" in route:
        assert answer.status_code == 404
    assert b"acme" not in answer.content.lower()
    others = [str(pk) for name, pk in ids.items() if name not in route]
    assert all(pk.encode() not in answer.content for pk in others)


@pytest.mark.parametrize(("method", "route"), ROWS)
def test_nobody_is_let_in_without_signing_in(ids, method, route):
    answer = send(Client(), method, route, ids)

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="stoa"')


@pytest.mark.parametrize(("method", "route"), ROWS)
def test_an_ordinary_key_manages_nothing(alice_api, ids, method, route):
    answer = send(alice_api, method, route, ids)

    readable = {("GET", "account"), ("GET", "organization"), ("GET", "organization/data-policy")}
    expected = 200 if (method, route) in readable else 403
    if (method, route) == ("POST", "organization/leave"):
        expected = 404
    assert answer.status_code == expected, answer.content


@pytest.mark.parametrize(("method", "route"), ROWS)
def test_unknown_ids_are_not_found(alice_browser, ids, method, route):
    unknown = {name: uuid.uuid4() for name in ids}

    answer = send(alice_browser, method, route, unknown)

    if "{" in route:
        assert (answer.status_code, answer.json()["code"]) == (404, "request.not_found")


def test_a_browser_needs_its_csrf_token(alice, acme):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)

    answer = browser.post("/api/v1/keys", {"name": "Forged"}, content_type="application/json")

    assert answer.status_code == 403
    assert acme.name == "Acme"
    assert not api_keys.ApiKey.objects.filter(name="Forged").exists()


def test_the_token_of_a_new_key_works_and_is_never_shown_again(alice_browser):
    made = alice_browser.post(
        "/api/v1/keys", {"name": "New", "spending_cap": "12.5"}, content_type="application/json"
    ).json()
    client = APIClient(HTTP_AUTHORIZATION=f"Bearer {made['token']}")

    shown = alice_browser.get(f"/api/v1/keys/{made['id']}").json()

    assert client.get("/api/v1/account").json()["api_key"] == made["id"]
    assert made["spending_cap"] == {"amount": "12.5", "currency": "USD"}
    assert "token" not in shown
    assert shown["state"] == "active"


def test_a_revoked_key_is_refused_by_the_next_request(as_alice):
    client = api_of(as_alice)
    key_id = client.get("/api/v1/account").json()["api_key"]

    api_keys.revoke_key(by=as_alice, key=api_keys.ApiKey.objects.get(pk=key_id))

    answer = client.get("/api/v1/account")
    assert (answer.status_code, answer.json()["code"]) == (401, "accounts.not_authenticated")


def test_a_key_may_not_make_a_stronger_one(as_alice):
    _, token = api_keys.create_key(by=as_alice, name="Maker", scopes=["keys.manage"])
    maker = APIClient(HTTP_AUTHORIZATION=f"Bearer {token}")

    refused = maker.post("/api/v1/keys", {"name": "Up", "scopes": ["members.manage"]})

    assert (refused.status_code, refused.json()["code"]) == (403, "accounts.key_out_of_reach")
    assert not api_keys.ApiKey.objects.filter(name="Up").exists()


def test_events_are_filtered_by_the_beginning_of_their_action(alice_browser, ids):
    answer = alice_browser.get("/api/v1/audit-events?action=invitation.")

    assert [one["action"] for one in answer.json()["results"]] == ["invitation.create"]


def test_an_invited_person_accepts_through_the_api(
    as_alice, acme, django_capture_on_commit_callbacks, charlie_browser
):
    with django_capture_on_commit_callbacks(execute=True):
        invitations.invite(by=as_alice, email="charlie@elsewhere.example", role="billing")

    answer = charlie_browser.post(
        "/api/v1/invitations/accept", {"token": mailed_token()}, content_type="application/json"
    )

    assert (answer.status_code, answer.json()["role"]) == (201, "billing")
    assert answer.json()["organization"]["slug"] == "acme"


def test_removing_a_member_can_leave_the_keys(alice_browser, acme):
    developer = member_as(acme, "developer")
    key, _ = api_keys.create_key(by=developer, name="Kept")

    answer = alice_browser.delete(
        f"/api/v1/members/{membership_of(developer).pk}?revoke_keys=false"
    )

    assert answer.status_code == 204
    assert api_keys.ApiKey.objects.get(pk=key.pk).revoked_at is None
