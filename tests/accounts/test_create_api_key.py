import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import ApiKey, AuditEvent
from accounts.services.api_keys import authenticate_key


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("create_api_key", *arguments, stdout=out)
    return out.getvalue()


def test_the_key_alone_is_printed_and_works(acme):
    printed = run("--organization", "acme", "--name", "Shell")

    assert printed.count("\n") == 1
    assert authenticate_key(printed.strip(), address="").organization == acme
    assert AuditEvent.objects.get(action="api_key.create").actor_kind == "platform"


def test_a_test_key_with_one_scope_is_made(acme):
    run("--organization", "acme", "--name", "Shell", "--test", "--scope", "usage.read")

    assert (ApiKey.objects.get().is_test, ApiKey.objects.get().scopes) == (True, ["usage.read"])


def test_an_unknown_organization_is_answered_with_those_there_are(acme, elsewhere):
    with pytest.raises(CommandError, match=r"one of: acme, elsewhere\."):
        run("--organization", "acne", "--name", "Shell")

    assert ApiKey.objects.count() == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--name", " "], "name: Give a name"),
        (["--name", "Shell", "--scope", "everything"], "'everything' is not a scope"),
    ],
)
def test_wrong_terms_are_explained(acme, arguments, message):
    with pytest.raises(CommandError, match=message):
        run("--organization", "acme", *arguments)

    assert ApiKey.objects.count() == 0
