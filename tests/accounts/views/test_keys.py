import re

import pytest
import time_machine
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import ApiKey
from accounts.services.api_keys import create_key
from tests.conftest import browser_of
from tests.factories.accounts import member_as

FORM = {
    "name": "Website",
    "mode": "test",
    "scopes": ["predictions.run", "usage.read"],
    "expires": "30",
    "spending_cap": "12.50",
    "allowed_networks": "127.0.0.0/8\n192.0.2.7",
}


def test_the_key_is_shown_once_and_works(alice_browser):
    page = alice_browser.post("/keys/new/", FORM).content.decode()

    token = re.search(r"stoa_test_\w{36}", page)[0]
    answer = APIClient(HTTP_AUTHORIZATION=f"Bearer {token}").get("/api/v1/account")
    assert answer.json()["permissions"] == ["predictions.run", "usage.read"]
    assert token not in alice_browser.get("/keys/").content.decode()


@time_machine.travel("2026-11-24T10:00:00Z", tick=False)
def test_the_form_becomes_the_terms_of_the_key(as_alice):
    browser_of(as_alice.user).post("/keys/new/", FORM)

    key = ApiKey.objects.get()
    assert (key.is_test, key.spending_cap_nano) == (True, 12_500_000_000)
    assert key.expires_at.isoformat() == "2026-12-24T10:00:00+00:00"
    assert key.allowed_networks == ["127.0.0.0/8", "192.0.2.7"]


def test_the_page_of_a_new_key_is_not_cached(alice_browser):
    answer = alice_browser.post("/keys/new/", FORM)

    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": ""}, "This field is required"),
        ({"scopes": []}, "This field is required"),
        ({"scopes": ["everything"]}, "Select a valid choice"),
        ({"spending_cap": "-1"}, "greater than or equal to 0"),
        ({"allowed_networks": "office"}, "is not like 192.0.2.0/24"),
        ({"name": "nul\x00"}, "Null characters are not allowed"),
    ],
)
def test_wrong_fields_are_explained_and_nothing_is_made(alice_browser, change, message):
    answer = alice_browser.post("/keys/new/", {**FORM, **change})

    assert message in answer.content.decode()
    assert ApiKey.objects.count() == 0


def test_nobody_is_offered_more_than_he_may(acme):
    page = browser_of(member_as(acme, "developer").user).get("/keys/new/").content.decode()

    assert 'value="keys.manage"' in page
    assert 'value="members.manage"' not in page


def test_a_long_signed_in_person_gives_the_password_again(as_alice):
    browser = browser_of(as_alice.user)

    with time_machine.travel("2099-01-01"):
        browser.force_login(as_alice.user)
        answer = browser.get("/keys/new/")

    assert answer["Location"] == "/accounts/reauthenticate/?next=%2Fkeys%2Fnew%2F"


def test_revoking_asks_first_and_is_told(alice_browser, as_alice):
    key, _ = create_key(by=as_alice, name="Laptop")

    page = alice_browser.get("/keys/").content.decode()
    told = alice_browser.post(f"/keys/{key.pk}/revoke/", follow=True).content.decode()

    assert f'<dialog class="dialog dialog--sm" id="revoke-{key.pk}"' in page
    assert "Laptop was revoked" in told
    assert ApiKey.objects.get().revoked_at is not None


def test_a_forged_form_revokes_nothing(alice, as_alice):
    key, _ = create_key(by=as_alice, name="Laptop")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)

    answer = browser.post(f"/keys/{key.pk}/revoke/")

    assert answer.status_code == 403
    assert ApiKey.objects.get().revoked_at is None


def test_the_list_reads_the_same_number_of_times_for_more_keys(
    alice_browser, as_alice, django_assert_num_queries
):
    create_key(by=as_alice, name="One", spending_cap_nano=5)
    alice_browser.get("/keys/")
    for number in range(5):
        create_key(by=as_alice, name=f"Key {number}")

    with django_assert_num_queries(5):
        alice_browser.get("/keys/")
