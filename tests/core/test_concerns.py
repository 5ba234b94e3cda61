"""What waits for the operator."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.http import HttpRequest
from django.test import Client, RequestFactory

from accounts.models import User
from authoring.models import Submission, SubmissionState
from catalog.models import Listing, Version
from inference.models import Deployment, Pool, Prediction
from marketplace.core.clock import now
from marketplace.core.concerns import open_matters
from tests.conftest import browser_of, person
from tests.factories.authoring import uploaded
from tests.factories.inference import served_listing, waiting_prediction
from tests.inference.runtimes.tiny_others import tiny_encoder


@pytest.fixture
def operator(db) -> User:
    return person("op@stoa.example", is_staff=True, is_superuser=True)


@pytest.fixture
def desk(operator) -> Client:
    return browser_of(operator)


def asked_by(rf: RequestFactory, user: User) -> HttpRequest:
    request = rf.get("/admin/")
    request.user = user
    return request


@pytest.fixture
def trouble(as_hana, as_alice, acme, harbor, tmp_path):
    """One of everything that needs attention, and a call that failed long ago."""
    shop = served_listing(harbor, tmp_path / "shield", slug="shield", buyer=acme)
    for upload_number, state in (("8.0.0", "checking"), ("9.0.0", "passed")):
        upload = uploaded(as_hana, shop, tiny_encoder(tmp_path / state), upload_number)
        Submission.objects.filter(pk=upload.pk).update(state=SubmissionState(state))
    for age in (1, 30):
        call = waiting_prediction(as_alice, shop)
        error = {"code": "inference.worker_lost", "detail": "", "fault": "platform"}
        Prediction.objects.filter(pk=call.pk).update(
            status="failed", error=error, created_at=now() - timedelta(hours=age)
        )
    Listing.objects.update(state="quarantined")
    Version.objects.update(state="quarantined")
    Deployment.objects.create(
        organization=harbor, listing=shop, pool=Pool.objects.get(name="cpu"), state="paused"
    )


def test_counts_what_needs_attention(trouble, operator, rf, django_assert_num_queries):
    with django_assert_num_queries(8):
        counts = {one.label: one.count for one in open_matters(asked_by(rf, operator))}

    assert counts == {
        "Uploads being checked": 1,
        "Uploads that passed and wait for their author": 1,
        "Listings in quarantine": 1,
        "Versions in quarantine": 1,
        "Deployments that are paused": 1,
        "Accounts without credit left": 0,
        "Calls of a day that failed by our fault": 1,
        "Webhooks of a day that were given up": 0,
    }


def test_tells_staff_only_of_what_they_may_see(trouble, rf):
    staff = person("sue@stoa.example", is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="view_listing"))

    found = open_matters(asked_by(rf, staff))

    assert [one.label for one in found] == ["Listings in quarantine"]


def test_every_matter_is_reached_from_the_front_page(desk, trouble):
    shown = desk.get("/admin/").content.decode()

    addresses = re.findall(r'<th scope="row"><a href="(/admin/[^"]+\?[^"]+)"', shown)
    assert len(addresses) == 8
    for address in addresses:
        # An address that a list does not understand is answered by a redirect.
        assert desk.get(address.replace("&amp;", "&")).status_code == 200


def test_the_list_of_calls_says_what_went_wrong(desk, trouble):
    shown = desk.get("/admin/inference/prediction/").content.decode()

    assert "inference.worker_lost (platform)" in shown
