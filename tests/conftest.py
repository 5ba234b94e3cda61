"""Alice owns, Bob belongs, Charlie is outside; sockets stay on loopback."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections
from django.test import Client
from pytest_django.plugin import blocking_manager_key
from pytest_socket import socket_allow_hosts
from rest_framework.test import APIClient

from accounts.models import Membership, Organization, User
from accounts.permissions import SIGNED_IN_AT
from accounts.selectors import caller_for
from accounts.services.api_keys import create_key
from accounts.services.organizations import create_organization
from accounts.types import Caller

pytest_plugins = ["tests.browser"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that commits starts with what the migrations wrote, whatever ran before it."""
    for item in items:
        if commits(item):
            marker = item.get_closest_marker("django_db")
            kwargs = {**(marker.kwargs if marker else {}), "transaction": True}
            kwargs["serialized_rollback"] = True
            item.add_marker(pytest.mark.django_db(**kwargs), append=False)


def commits(item: pytest.Item) -> bool:
    """Tell whether a test empties the database when it ends, and does not just roll back."""
    marker = item.get_closest_marker("django_db")
    if marker is not None and marker.kwargs.get("transaction"):
        return True
    return bool({"live_server", "transactional_db"} & set(item.fixturenames))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Put back what the migrations wrote after a test that emptied the database."""
    yield
    contents = getattr(connections["default"], "_test_serialized_contents", None)
    if contents and nextitem is not None and commits(item):
        with item.config.stash[blocking_manager_key].unblock():
            connections["default"].creation.deserialize_db_from_string(contents)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """Let every connection know what the migrations wrote: Playwright's event loop makes
    Django open another one."""
    first = connections["default"]
    if hasattr(first, "_test_serialized_contents"):
        type(first)._test_serialized_contents = first._test_serialized_contents


def pytest_runtest_setup() -> None:
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture(autouse=True)
def own_places(settings, tmp_path: Path) -> None:
    """Every test has its own folder for artifacts, files and keys; passwords hash quickly."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    for name in ("default", "artifacts"):
        settings.STORAGES[name]["OPTIONS"] = {"location": str(tmp_path / name)}
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.DATA_DIR = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    settings.STOA_SIGNING_KEY_FILE = tmp_path / "operator.pem"


def person(email: str, **fields: object) -> User:
    return User.objects.create_user(email, "correct horse battery", **fields)


@pytest.fixture
def alice(db) -> User:
    """Owner of Acme."""
    return person("alice@acme.example", name="Alice")


@pytest.fixture
def acme(alice: User) -> Organization:
    """A buyer's organization."""
    return create_organization(name="Acme", owner=alice)


@pytest.fixture
def bob(acme: Organization) -> User:
    """A viewer of Acme."""
    bob = person("bob@acme.example", name="Bob")
    Membership.objects.create(organization=acme, user=bob, role="viewer")
    return bob


@pytest.fixture
def charlie(db) -> User:
    """Owner of another organization."""
    return person("charlie@elsewhere.example", name="Charlie")


@pytest.fixture
def elsewhere(charlie: User) -> Organization:
    """An organization that has nothing to do with Acme."""
    return create_organization(name="Elsewhere", owner=charlie)


@pytest.fixture
def harbor(db) -> Organization:
    """An author's organization, owned by Hana."""
    return create_organization(name="Harbor", owner=person("hana@harbor.example"), is_author=True)


def caller_of(user: User, organization: Organization) -> Caller:
    """Return the caller that a member is."""
    return caller_for(Membership.objects.get(user=user, organization=organization))


@pytest.fixture
def as_alice(alice: User, acme: Organization) -> Caller:
    return caller_of(alice, acme)


@pytest.fixture
def as_charlie(charlie: User, elsewhere: Organization) -> Caller:
    return caller_of(charlie, elsewhere)


@pytest.fixture
def as_hana(harbor: Organization) -> Caller:
    return caller_for(Membership.objects.get(organization=harbor))


def browser_of(user: User) -> Client:
    """Return a browser in which a person has just signed in with a password."""
    client = Client()
    client.force_login(user)
    session = client.session
    session[SIGNED_IN_AT] = time.time()
    session.save()
    return client


@pytest.fixture
def alice_browser(alice: User, acme: Organization) -> Client:
    return browser_of(alice)


@pytest.fixture
def charlie_browser(charlie: User, elsewhere: Organization) -> Client:
    return browser_of(charlie)


@pytest.fixture
def hana_browser(as_hana: Caller) -> Client:
    return browser_of(as_hana.user)


def api_of(caller: Caller, *, is_test: bool = False) -> APIClient:
    """Return an API client with a fresh key of the caller's organization."""
    _, token = create_key(by=caller, name="test", is_test=is_test)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


@pytest.fixture
def alice_api(as_alice: Caller) -> APIClient:
    return api_of(as_alice)


@pytest.fixture
def charlie_api(as_charlie: Caller) -> APIClient:
    return api_of(as_charlie)


@pytest.fixture
def hana_api(as_hana: Caller) -> APIClient:
    return api_of(as_hana)
