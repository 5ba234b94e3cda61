"""Pages of allauth, drawn with our components."""

import pytest

ENTRANCES = ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"]
OWN_PAGES = ["email/", "password/change/", "2fa/", "sessions/", "logout/", "reauthenticate/"]


@pytest.mark.parametrize("place", ENTRANCES)
def test_entrances_are_drawn_beside_the_walk(client, db, place):
    shown = client.get(place).content.decode()

    assert '<svg class="walk"' in shown
    assert '<label class="field__label"' in shown
    assert " style=" not in shown


@pytest.mark.parametrize("place", OWN_PAGES)
def test_pages_of_the_account_obey_the_style_policy(alice_browser, place):
    response = alice_browser.get(f"/accounts/{place}")

    assert response.status_code == 200
    assert " style=" not in response.content.decode()
    assert "button--primary" in response.content.decode()


@pytest.mark.parametrize("place", ["email/", "password/change/", "2fa/", "sessions/"])
def test_pages_of_the_account_are_reached_from_each_other(alice_browser, place):
    shown = alice_browser.get(f"/accounts/{place}").content.decode()

    assert f'href="/accounts/{place}" aria-current="page"' in shown


def test_a_wrong_password_is_said_above_the_form(client, alice):
    shown = client.post(
        "/accounts/login/", {"login": alice.email, "password": "not it"}
    ).content.decode()

    assert '<div role="alert"><ul class="errorlist nonfield field__errors"' in shown


def test_the_menu_names_the_person_and_the_organization(alice_browser, alice, acme):
    shown = alice_browser.get("/ui/").content.decode()

    assert f"Signed in as {alice}" in shown
    assert "Acme" in shown


def test_outsiders_see_the_ways_in(client, db):
    shown = client.get("/accounts/login/").content.decode()

    assert 'href="/accounts/login/"' in shown
    assert "Signed in as" not in shown
