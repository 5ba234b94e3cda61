"""The operator's view of uploads."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import AuditEvent
from tests.conftest import browser_of, person
from tests.factories.authoring import checked, make_listing, write_broken
from tests.factories.catalog import make_version

LIST = "/admin/authoring/submission/"


@pytest.fixture
def desk(db) -> Client:
    return browser_of(person("op@stoa.example", is_staff=True, is_superuser=True))


@pytest.fixture
def refused(as_hana, tmp_path):
    """An upload that did not pass its first check."""
    broken = write_broken(tmp_path / "model", b"not tensors")
    return checked(as_hana, make_listing(as_hana), broken)


def act(desk: Client, row, action: str, **sent: str) -> str:
    body = {"action": action, "_selected_action": str(row.pk), **sent}
    return desk.post(LIST, body, follow=True).content.decode()


def test_shows_an_upload_with_its_checks_and_files_to_read(desk, refused) -> None:
    listed = desk.get(LIST).content.decode()
    shown = desk.get(f"{LIST}{refused.pk}/change/").content.decode()

    assert "File formats: model.safetensors" in listed
    assert "Skipped: File formats did not pass." in shown
    assert "config.json" in shown
    assert 'name="_save"' not in shown
    assert desk.get(f"{LIST}add/").status_code == 403
    assert desk.post(f"{LIST}{refused.pk}/delete/", {"post": "yes"}).status_code == 403


def test_runs_the_checks_again_and_leaves_a_trail(desk, refused) -> None:
    act(desk, refused, "check_again")

    refused.refresh_from_db()
    event = AuditEvent.objects.get(action="submission.check_again")
    assert (refused.state, event.actor_label, event.organization) == (
        "checking",
        "op@stoa.example",
        refused.organization,
    )


def test_quarantines_what_an_upload_became(desk, refused) -> None:
    refused.version = make_version(refused.listing)
    refused.save()

    assert "Say why, for the author to read." in act(desk, refused, "quarantine_version")
    act(desk, refused, "quarantine_version", reason="It leaks secrets")

    refused.version.refresh_from_db()
    assert (refused.version.state, refused.version.state_reason) == (
        "quarantined",
        "It leaks secrets",
    )


def test_what_became_no_version_cannot_be_quarantined(desk, refused) -> None:
    html = act(desk, refused, "quarantine_version", reason="Odd")

    assert "has not become a version." in html


def test_staff_who_may_only_look_are_offered_no_action(refused) -> None:
    reader = person("reader@stoa.example", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_submission"))
    desk = browser_of(reader)

    assert desk.get(LIST).status_code == 200
    act(desk, refused, "check_again")

    refused.refresh_from_db()
    assert refused.state == "refused"
